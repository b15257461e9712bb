// Package proof holds the running binary to what is promised of it. It starts "lanyard serve" as a process of its own,
// speaks to it over its doors and its operator's socket as any client does, kills it, fills it, starves it, and looks at
// what it did.
//
// It owns the proofs that docs/promises.md names, and the scene that they play. Those that are quick run with every
// "go test"; the long ones are behind the build tag proof and are run by scripts/show.sh, the soak behind the tag soak.
// It has tests only: nothing of it is in the binary, and it never reaches into a running server but through its doors.
package proof
