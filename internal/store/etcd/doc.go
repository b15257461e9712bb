// Package etcd is the store that keeps what it is given: etcd v3, running inside the process on one folder.
//
// It owns the folder (its format mark, its lock, the database and the automatic snapshots), the check of that folder
// before the engine touches it, and the engine's life. The engine listens on nothing, neither TCP nor a socket file:
// it is called in process only, and its own access control is never relied on.
//
// A failed write is never answered with "no". When the engine cannot write its log it wants to end the process at
// once; instead nothing is acknowledged or read any more, and Config.Fatal is told, once.
//
// It never starts empty where data was, never overwrites a folder that is not its own, and never repairs a damage
// silently: Restore is a command of the operator.
package etcd
