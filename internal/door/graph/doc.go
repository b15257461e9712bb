// Package graph is Microsoft Graph, as far as the identities of workloads need it: applications with their app roles,
// proofs and federated credentials, service principals, who holds which app role, and groups.
//
// It owns Graph's paths, its JSON and its errors. It never decides what a caller may do (access does, by the app roles
// that the caller holds now), never writes a record (the directory does) and never makes a secret (mint does). Another
// tenant's object is answered exactly like a missing one.
package graph
