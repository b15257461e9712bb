// Package vault knows the rules of key vaults' secrets: what a version may be, how many there may be, and what deleting,
// recovering and purging make of them.
//
// It owns the bounds and the faults of secrets. It reads a View and gives the records that a command has to write; it never
// writes one, and never sees a value that is not sealed.
package vault
