// Package compat is the proof by clients that nobody changed: each story drives a real SDK, command line or Terraform against
// a server of this checkout, through "lanyard run" and the client's own configuration, and looks at what it got and at
// what it was refused, for which reason.
//
// It owns no client: programs under goclient, awsclient, node, python and terraform call the clients' own functions and nothing else.
// Run it with compat/run.sh, which builds what it needs, makes the page of all rows and compares it with
// docs/conformance.md. It never reaches beyond this machine.
package compat
