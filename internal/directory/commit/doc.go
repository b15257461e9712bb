// Package commit is how the directory reads and writes its store.
//
// It owns the guard, a key that every write also writes after comparing that this process wrote it last, so that a
// second writer is found out before it can do harm; the loading of all records on all cores; the cutting of a set of
// changes into transactions; and the slots, in which the records of changes lie in the store, written in the very
// transaction of the changes, until the ledger has them. It never decides what is written or recorded, never repeats a
// write and never guesses about one.
package commit
