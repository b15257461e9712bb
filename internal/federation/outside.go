package federation

import (
	"context"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/verify"
)

// What is accepted of an outside issuer's times: its clock is not ours.
const (
	Leeway      = time.Minute
	MaxLifetime = 24 * time.Hour
)

// algorithms are those that AWS accepts of web identity tokens (AWS STS, AssumeRoleWithWebIdentity).
func algorithms() []string { return []string{"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"} }

// foreign verifies a token of a registered issuer: algorithm, key of that issuer, signature, then the claims.
func (f *Verifier) foreign(ctx context.Context, i *view.Issuer, t *jose.Token) (Assertion, error) {
	if i.Disabled {
		return Assertion{}, fault.New(fault.Unauthenticated, IssuerDisabled, "The token's issuer is disabled here.")
	}
	if err := t.CheckAlgorithm(algorithms()...); err != nil {
		return Assertion{}, fault.New(fault.Unauthenticated, BadSignature, "%s", sentence(err)).Because(err)
	}
	keys, err := f.keys(ctx, i, t.KeyID())
	if err != nil {
		return Assertion{}, err
	}
	claims, err := jose.VerifyParsed(t, func(string, string) []jose.Key { return keys }, jose.Options{Algorithms: algorithms()})
	if err != nil {
		return Assertion{}, translateJOSE(err)
	}
	if err := f.checkForeign(i, claims); err != nil {
		return Assertion{}, err
	}
	party, _ := claims.String("azp")
	return Assertion{
		Issuer: claims.Issuer(), Subject: claims.Subject(), Audience: claims.Audience(), Party: party, Claims: claims, Outside: i,
	}, nil
}

// checkForeign checks what a verified token says of itself: the issuer, the claims that must be there (AWS STS wants iss,
// sub, aud, exp, iat), the times, and whether it was used before.
func (f *Verifier) checkForeign(i *view.Issuer, c *verify.Claims) error {
	if err := jose.CheckIssuer(c, i.URL.String()); err != nil {
		return translateJOSE(err)
	}
	for _, claim := range []string{"sub", "aud", "iat"} {
		if !c.Has(claim) {
			return fault.New(fault.Unauthenticated, ClaimMissing, "Missing a required claim: %s", claim)
		}
	}
	if c.Subject() == "" {
		return fault.New(fault.Unauthenticated, ClaimMissing, "Missing a required claim: sub")
	}
	if err := jose.CheckTimes(c, f.Now(), Leeway, MaxLifetime); err != nil {
		return translateJOSE(err)
	}
	if i.OneUse {
		if c.ID() == "" {
			return fault.New(fault.Unauthenticated, ClaimMissing, "Missing a required claim: jti")
		}
		return f.used.take(once{"token", i.URL.String(), c.ID(), c.IssuedAt(), c.Expires().Add(Leeway)}, f.Began, f.Now())
	}
	return nil
}

// translateJOSE names the failure in the words of federation.
func translateJOSE(err error) error {
	f := fault.From(err)
	to := *f
	switch f.Reason {
	case jose.Malformed:
		to.Kind, to.Reason = fault.Invalid, Malformed
	case jose.UnknownKey:
		to.Reason = KeyUnknown
	case jose.Algorithm, jose.Signature, jose.AmbiguousKey, jose.WeakKey:
		to.Reason = BadSignature
	case jose.Expired:
		to.Reason = Expired
	case jose.NotYet, jose.IssuedInFuture:
		to.Reason = NotYet
	case jose.Lifetime:
		to.Reason = Lifetime
	case jose.MissingClaim:
		to.Reason = ClaimMissing
	}
	to.Public = sentence(err)
	return (&to).Because(err)
}
