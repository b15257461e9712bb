// Package operator is the door of whoever operates the installation: JSON over a unix socket, the other end of the
// command.
//
// It owns the routes of that protocol (package opwire has its words), the judgement of the peer's uid, the grammar of
// "--as" and what a launcher is told. The caller is the uid that the kernel names, and nobody else may ask anything. Every
// credential handed out is in the ledger before the answer, and every change is written with its record. What an operator may do as a principal of a
// tenant or as a role of an account is decided like anybody's, by assignments and trust policies; the door itself never
// grants, never signs, and never writes but through the directory.
package operator
