// Package saml reads what a SAML 2.0 identity provider says: its metadata, and the responses that it signs.
//
// It owns the strict reading of their XML, which signatures are believed, and which bytes are read: after a signature was
// verified, only what it covers, taken from the canonical form that it was made over. The time is an argument. It never
// knows who may assume which role, never fetches anything, and never decrypts.
package saml
