// Package directory is the only writer of an installation's nouns and the owner of the current View.
//
// It owns the lifecycles: what may be made, what dies with what, which ids are new, what is refused and why. A change is
// a Command, a function that reads the View and edits it; Do runs it in the one writer loop, commits it together with the
// commands that wait beside it, publishes the next View and only then answers.
//
// It never authorizes, never issues a credential and never writes an answer: the doors ask access first and translate
// the faults. It never guesses about a write: when the store cannot say whether it happened, the directory stops.
//
// # What a name used again inherits
//
// Nothing. Every thing that is made gets new ids, and what was granted to, attached to or trusted by the old ones dies
// with them: assignments of a dead principal and assignments at a dead scope are removed, attached identities and role
// trust are kept by id.
//
// # Commands larger than one transaction
//
// A command of up to MaxOps changes is written whole or not at all. A larger one (a big manifest, an identity with
// hundreds of assignments) is written in several transactions, in the order in which it made its changes, and published
// when the last one is done. If the store fails in between, what was written stays, the caller is told, and the same
// command can be given again. Deleting a subtree writes one tombstone, which fences the subtree at once, and leaves the
// rest to a sweep that resumes after a restart.
package directory
