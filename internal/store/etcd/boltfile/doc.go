// Package boltfile reads a bbolt file without trusting a byte of it.
//
// It owns the check that is made before the database engine maps the file into memory: a mapped file with a damaged
// page makes the engine panic, run out of memory or, worse, come up with a part of the data missing. Check reads each
// reachable page once, by its own bounds, and hands every entry to the caller. It never writes and never repairs.
package boltfile
