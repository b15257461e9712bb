// Package jose reads, verifies and signs the tokens of Lanyard: JWS compact serialization (RFC 7515) with JSON Web Keys
// (RFC 7517) and the algorithms of RFC 7518.
//
// It owns the reading and writing of key sets, the choice of the key for a token, and the signing of tokens with a
// given key. The strict reading of the token itself is package verify's, which everybody can use; here its errors
// become faults. It never fetches a key set, never makes or keeps a key, never looks at a clock and never decides who
// may do something: keys come from the caller, who has chosen them by issuer, and claims go back to the caller.
package jose
