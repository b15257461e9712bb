// Package claims says whether the claims of a verified token are the ones that somebody trusts.
//
// It owns two things. A Pattern compares one value: exactly, with Lanyard's own wildcards for subjects, which stay
// between two separators, or with Entra's wildcards, which cross everything. An Expression is Entra's flexible language
// for federated credentials, version 1: comparisons of single claims joined by "and". Claims are compared one by one as
// the token holds them, never glued together, so that a value cannot pose as two (threat F03); a value is text
// throughout, whatever characters it has (threat F07); and every comparison is with the whole value (threat F06).
//
// It never verifies a token, never looks at issuer, audience or times, and its matches are pure text: a refusal says
// which clause failed, what was there, what was wanted and how near it came.
package claims
