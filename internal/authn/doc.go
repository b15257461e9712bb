// Package authn is the only place that turns presented proof into a caller.
//
// It owns the reading of bearer tokens, of signed AWS requests and of the uid behind a local socket. What comes out was
// verified against one View: the credential holds now, whatever happened since it was issued. It never says what the
// caller may do, and it never takes a request with two proofs.
package authn
