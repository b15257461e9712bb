package jose

import (
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/verify"
)

// Token is a token that was read and not verified.
type Token = verify.Token

// Claims are what a token says, after its signature was verified.
type Claims = verify.Claims

// maxKeysTried bounds the work for a token that names no key.
const maxKeysTried = 4

// Keys gives the keys that the issuer of a token may have used; the caller knows the issuer. An implementation may use
// kid ("" when the token has none) and alg to look keys up, or give all keys of the issuer: they are filtered again.
type Keys func(kid, alg string) []Key

// Options say what is accepted. The zero value is right for tokens of outside issuers.
type Options struct {
	Algorithms []string // the allowed algorithms; none means verify.DefaultAlgorithms
	MaxBytes   int      // the longest token; 0 means verify.DefaultMaxBytes
}

// Parse reads a token of at most maxBytes characters (0 means verify.DefaultMaxBytes) without verifying it, for callers
// that choose the keys by Token.UnverifiedIssuer. Errors are faults: Malformed, Algorithm.
func Parse(token string, maxBytes int) (*Token, error) {
	t, err := verify.Parse(token, maxBytes)
	if err != nil {
		return nil, refused(err)
	}
	return t, nil
}

// Verify parses a token and verifies its signature. Times, audience and issuer remain to be checked. Errors are faults.
func Verify(token string, keys Keys, o Options) (*Claims, error) {
	t, err := Parse(token, o.MaxBytes)
	if err != nil {
		return nil, err
	}
	return VerifyParsed(t, keys, o)
}

// VerifyParsed verifies the signature of a token that Parse gave. Errors are faults: Algorithm, UnknownKey,
// AmbiguousKey, WeakKey, Signature, and, once the signature held, Malformed and MissingClaim.
func VerifyParsed(t *Token, keys Keys, o Options) (*Claims, error) {
	if err := t.CheckAlgorithm(o.Algorithms...); err != nil {
		return nil, refused(err)
	}
	candidates := fitting(t, keys(t.KeyID(), t.Algorithm()))
	switch {
	case len(candidates) == 0:
		return nil, fault.New(fault.Unauthenticated, UnknownKey, "the token is signed with a key that is not known")
	case len(candidates) > maxKeysTried:
		return nil, fault.New(fault.Unauthenticated, AmbiguousKey, "the token does not say which key it is signed with")
	}
	var err error
	for _, key := range candidates {
		var claims *Claims
		if claims, err = t.Verify(key.Public, o.Algorithms...); err == nil {
			return claims, nil
		}
		if verify.ReasonOf(err) != verify.Signature {
			break
		}
	}
	return nil, refused(err)
}

// fitting selects the keys that may have signed the token: of its algorithm, and of its kid when it has one.
func fitting(t *Token, keys []Key) []Key {
	var fit []Key
	for _, key := range keys {
		if t.KeyID() != "" && key.KID != t.KeyID() {
			continue
		}
		if key.usableFor(t.Algorithm()) {
			fit = append(fit, key)
		}
	}
	return fit
}

// CheckTimes is verify.CheckTimes with faults: Expired, NotYet, IssuedInFuture, Lifetime.
func CheckTimes(c *Claims, now time.Time, leeway, maxLifetime time.Duration) error {
	return refused(verify.CheckTimes(c, now, leeway, maxLifetime))
}

// CheckAudience is verify.CheckAudience with faults: MissingClaim, Audience.
func CheckAudience(c *Claims, accepted ...string) error {
	return refused(verify.CheckAudience(c, accepted...))
}

// CheckIssuer is verify.CheckIssuer with faults: MissingClaim, Issuer.
func CheckIssuer(c *Claims, issuer string) error {
	return refused(verify.CheckIssuer(c, issuer))
}
