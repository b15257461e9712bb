// Package harness is what the stories of unmodified clients stand on: a server of their own, sessions in which clients run
// with the settings of "lanyard run", an outside issuer and an outside identity provider, and the rows of docs/conformance.md.
//
// It owns the server's process and folders, and what a row says. It never configures a client beyond what a user of
// that client would, never answers for a server, and never turns a client that is missing into a pass.
package harness
