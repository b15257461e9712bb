// Package issuertest is an outside issuer on loopback for tests: discovery and keys over TLS with an authority of its own,
// tokens with any claims, and GitHub's protocol by which a job asks for its token.
//
// It owns the issuer's keys and can be made slow, lying, huge or gone. It never checks anything: it signs what it is told to.
package issuertest
