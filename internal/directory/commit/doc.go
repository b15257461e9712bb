// Package commit is how the directory reads and writes its store.
//
// It owns the guard, a key that every write also writes after comparing that this process wrote it last, so that a
// second writer is found out before it can do harm; the loading of all records on all cores; and the cutting of a set of
// changes into transactions. It never decides what is written, never retries and never guesses about a write.
package commit
