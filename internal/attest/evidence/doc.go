// Package evidence states facts about the peer of a connection, as the kernel tells them: which process holds its other end, and
// from which it descends.
//
// It owns the reading of /proc, on Linux. It never judges: what a fact is worth, the caller says. What it cannot see, such as a
// process of another user or in another namespace, is not there.
package evidence
