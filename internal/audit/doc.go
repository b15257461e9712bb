// Package audit remembers what was asked, what was answered and why.
//
// It owns three streams. The ledger holds new credentials, changes, and refusals of callers who proved who they are: a
// record is on the disk before the caller gets anything, and when it cannot be written nothing is issued. That of a change
// is on the disk with the change, in the store, and comes here behind it (Entry). The refusals stream holds what strangers
// were refused: it never blocks, folds repeats into a count, and drops its oldest segments beyond a quota, saying so. The
// access stream counts allowed data access and credentials served again, and keeps the
// latest in memory.
//
// On the disk a stream is a folder of segments: files of JSON lines, each line carrying its number, the hash of the
// line before, and its own hash. Verify walks that chain. A chain shows damage and edits in the middle; somebody who
// may write the files can also write a whole new chain, which only a Head that was noted elsewhere shows. One process
// at a time opens a folder; the lock of the data folder sees to that.
//
// It never decides anything, never keeps a token or a secret (callers pass ids and allow-listed input), and never
// sends records anywhere.
package audit
