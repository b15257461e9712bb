// Package lease is what a blob's lease allows (Lease Blob, with its table of outcomes by state).
//
// It owns the states, what each action makes of them, and what a lease means to other operations. It never reads a
// clock and keeps nothing: both are the caller's.
package lease
