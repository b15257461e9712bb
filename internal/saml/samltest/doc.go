// Package samltest is a SAML identity provider for tests. It writes XML that is canonical as it stands and signs it with the
// standard library alone, so that it shares no fault with the library that verifies.
//
// It owns nothing outside of the test that uses it, and is never part of a server.
package samltest
