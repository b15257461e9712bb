// Package verify checks signed access tokens for anybody's Go service, with the standard library only.
//
// It owns the strict reading of JWS compact serialization (RFC 7515) that carries a JWT (RFC 7519), the table of
// signature algorithms, the strength that a key must have, and the checks of times, audience and issuer. The order is
// fixed by the types: Parse gives a Token that shows only its header and the issuer it claims to have, Token.Verify
// checks the signature and gives the Claims, and only Claims can be asked who somebody is.
//
// Package guard, below this one, puts the checks in order, fetches keys and follows the feed of revocations.
//
// It never decrypts, never follows a URL or a key that the token itself brings (jku, jwk, x5u, x5c), knows neither
// "none" nor an HMAC, and reads no clock: the caller says what time it is.
package verify
