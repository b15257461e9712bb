// Package feed is the door where services that verify tokens themselves are told whose tokens ended: a signed long poll.
//
// It owns the cursor, the bounds of an answer and of those who wait, and when a waiting caller is answered. A caller proves
// itself with a token of its own identity and needs a right at the root of its tenant; it is told of its tenant and of no
// other. The door never says that a token is good, never signs (mint does) and never answers from an older View than the
// one it has looked at last.
package feed
