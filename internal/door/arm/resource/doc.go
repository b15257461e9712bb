// Package resource is resource groups and resources of any type: made, replaced, changed in part, deleted and listed, each
// with its identity block; and the containers of storage accounts.
//
// It owns the wire's form of them and what an identity block asks for. Properties are kept as they were sent and never
// read, but for the few that are computed here. It never makes a service principal (the directory does) and never lets an
// identity be attached without asking for the right to assign it.
package resource
