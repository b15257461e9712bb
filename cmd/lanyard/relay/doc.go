// Package relay is the instance metadata endpoint of one launch: an address of its own, for clients that keep nothing of an
// endpoint but its host.
//
// It owns the listener in the launcher and the question who asks: a process that the kernel says descends from this launcher gets
// the launch's proof put before its path; whoever else does not, and is refused by the server, which records it. It never keeps
// an answer and never asks anybody but this machine's server.
package relay
