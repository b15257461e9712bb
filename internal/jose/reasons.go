package jose

import (
	"errors"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/verify"
)

// Why a token is refused.
const (
	// Malformed: the token is not a signed JWT of the one form that is accepted (three parts of base64url, strict JSON
	// inside, no encryption, nesting, compression or critical extension).
	Malformed fault.Reason = "jose.malformed"
	// Algorithm: the token is signed with an algorithm that is unknown or not allowed here.
	Algorithm fault.Reason = "jose.algorithm"
	// UnknownKey: none of the issuer's keys can have signed the token: no key has the token's kid, or, for a token
	// without kid, none is of its algorithm. The key set may be stale.
	UnknownKey fault.Reason = "jose.unknown_key"
	// AmbiguousKey: the token has no kid, and more keys fit its algorithm than are tried.
	AmbiguousKey fault.Reason = "jose.ambiguous_key"
	// WeakKey: a key is too small, too large, malformed, or does not fit its algorithm.
	WeakKey fault.Reason = "jose.key"
	// Signature: the signature of the token does not hold under any of the keys that could have made it.
	Signature fault.Reason = "jose.signature"
	// MissingClaim: the token has no exp, or lacks another claim that the check at hand requires.
	MissingClaim fault.Reason = "jose.missing_claim"
	// Expired: the time in exp has come.
	Expired fault.Reason = "jose.expired"
	// NotYet: the time in nbf has not come.
	NotYet fault.Reason = "jose.not_yet"
	// IssuedInFuture: the time in iat has not come.
	IssuedInFuture fault.Reason = "jose.issued_in_future"
	// Lifetime: the token lives longer than is accepted from its issuer.
	Lifetime fault.Reason = "jose.lifetime"
	// Audience: the token is meant for somebody else.
	Audience fault.Reason = "jose.audience"
	// Issuer: the token comes from another issuer than the expected one.
	Issuer fault.Reason = "jose.issuer"
)

// Why a key set is refused.
const (
	// KeySetMalformed: the key set is not strict JSON, too large, or one of its keys is not written as RFC 7517 says.
	KeySetMalformed fault.Reason = "jose.key_set_malformed"
	// KeySetPrivate: the key set contains a private or symmetric key. Whoever published it must replace that key.
	KeySetPrivate fault.Reason = "jose.key_set_private"
	// KeySetAmbiguous: two different keys of the set have the same kid.
	KeySetAmbiguous fault.Reason = "jose.key_set_ambiguous"
	// KeySetTooMany: the set has more than 100 RSA keys or more than 100 elliptic curve keys.
	KeySetTooMany fault.Reason = "jose.key_set_too_many"
	// KeySetEmpty: no key of the set can verify a token.
	KeySetEmpty fault.Reason = "jose.key_set_empty"
)

// reasonOf translates the reasons of package verify.
func reasonOf(r verify.Reason) (fault.Kind, fault.Reason) {
	switch r {
	case verify.Malformed:
		return fault.Unauthenticated, Malformed
	case verify.Algorithm:
		return fault.Unauthenticated, Algorithm
	case verify.Key:
		return fault.Unauthenticated, WeakKey
	case verify.Signature:
		return fault.Unauthenticated, Signature
	case verify.Missing:
		return fault.Unauthenticated, MissingClaim
	case verify.Expired:
		return fault.Expired, Expired
	case verify.NotYet:
		return fault.Unauthenticated, NotYet
	case verify.IssuedInFuture:
		return fault.Unauthenticated, IssuedInFuture
	case verify.Lifetime:
		return fault.Unauthenticated, Lifetime
	case verify.Audience:
		return fault.Unauthenticated, Audience
	case verify.Issuer:
		return fault.Unauthenticated, Issuer
	case verify.KeySetMalformed:
		return fault.Invalid, KeySetMalformed
	case verify.KeySetPrivate:
		return fault.Invalid, KeySetPrivate
	case verify.KeySetAmbiguous:
		return fault.Invalid, KeySetAmbiguous
	case verify.KeySetTooMany:
		return fault.Invalid, KeySetTooMany
	case verify.KeySetEmpty:
		return fault.Invalid, KeySetEmpty
	}
	return fault.Internal, "internal"
}

// refused turns an error of package verify into a fault. The error stays inside as the private cause, so that
// errors.As finds the *verify.Error, which names the claim at fault.
func refused(err error) error {
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*verify.Error](err)
	if !ok {
		return err
	}
	kind, why := reasonOf(e.Reason)
	return fault.New(kind, why, "%s", e.Detail).Because(e)
}
