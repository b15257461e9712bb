// Package store is the revisioned key space under everything that Lanyard remembers.
//
// It owns the words of a store: keys with the revision of their last change, compare-and-write transactions, pages
// read at one revision, and watches that resume at a revision without a gap. The drivers stand in sub-rooms
// (store/etcd is the real one, store/memory serves tests) and are held to the same contract by store/storetest.
//
// It never knows what a value means, never retries, and never guesses whether a failed write happened: see
// Indeterminate.
package store
