// Package guard protects a Go service with tokens of Lanyard: it says who calls, or why nobody does. It needs the standard
// library and nothing else.
//
// It owns the order of the checks, the fetching of the issuer's keys and the following of its feed of revocations. A token
// must have a good signature of the issuer, come from the tenant, be meant for this service, live, carry the roles that are
// wanted, and its identity's tokens must not have ended: a deleted identity is refused within a second of its deletion.
//
// It fails closed. When the feed was silent for longer than Feed.Staleness, or the keys were never fetched, every request
// is refused with 503 and a reason, whatever token it brings. It never takes a key, a URL or a time from a token, never
// follows a redirect, and never takes an old answer for a new one: each carries a random number that was asked with.
package guard
