// Package credential is what Lanyard issues: Entra tokens and AWS sessions, what they say and how they are opened again.
//
// It owns the claims of our own tokens, the sealed form of a session, and the one check whether such a credential still
// holds against a View: same incarnation, principal or role still there, not revoked, not over. It never makes a
// credential (mint does), never fetches anything and never trusts a field that was not verified first.
package credential
