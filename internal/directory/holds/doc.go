// Package holds is what tenants and accounts still hold, and so why they cannot be deleted yet.
//
// It owns the list of the kinds of things that live in each, and which of them are the house's own and go with it. It
// reads a View; it never deletes: the directory does.
package holds
