// Package preset knows the outside issuers that many people use: their URLs, whether everybody in the world can get a
// token from them, and how their subjects say whose they are.
//
// It owns that table and nothing else. It is data: it never fetches, never verifies, and an issuer that is not in it is
// just an issuer without a preset.
package preset
