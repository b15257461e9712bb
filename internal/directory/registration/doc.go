// Package registration is the rules for app registrations and groups: what an application, its app roles, its legacy
// proofs and a group of principals may look like, and what a change of them leads to.
//
// It owns those rules as pure functions over a View. It never writes: the directory does; and it never says who may make
// a change.
package registration
