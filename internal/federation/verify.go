package federation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/verify"
)

// MaxAssertion bounds an assertion in bytes (AWS: 20,000).
const MaxAssertion = 20000

// Assertion is a token of a known issuer that was verified: it says who the caller is, not what it may do.
type Assertion struct {
	Issuer   string
	Subject  string
	Audience []string
	Party    string // azp, the party that the token was issued to; empty if there is none
	Claims   *verify.Claims
	Own      *credential.Token // set when this installation issued it
	Outside  *view.Issuer      // set when an outside issuer did
}

// Verifier verifies assertions: of this installation's own tenants, and of the outside issuers that are registered.
type Verifier struct {
	Own   *credential.Tokens
	Now   func() time.Time
	Fetch Fetcher   // nil is fetch.Keys
	Began time.Time // when this process began: tokens that may be used once and are older were perhaps used already

	outside keepers
	used    used // tokens of issuers whose tokens may be used once
	signed  used // assertions of SAML providers
}

// Verify checks an assertion against one View. White space around it is the token file's and is ignored by the doors.
func (f *Verifier) Verify(ctx context.Context, v *view.View, token string) (Assertion, error) {
	if len(token) > MaxAssertion {
		return Assertion{}, fault.New(fault.Invalid, Malformed, "The token is longer than %d characters.", MaxAssertion)
	}
	presented := credential.Present(token)
	if own, known, err := f.Own.VerifyKnown(v, f.Now(), presented); known {
		return ours(own, err)
	}
	t, err := jose.Parse(token, MaxAssertion)
	if err != nil {
		return ours(f.Own.Verify(v, f.Now(), token)) // names what is wrong with it
	}
	if _, own := credential.TenantOfIssuer(v, t.UnverifiedIssuer()); !own {
		// What our accounts' principals get for others is never taken back, even where somebody has registered its issuer: it
		// would make of a session another one without end (AWS STS, GetWebIdentityToken).
		if i, known := v.Issuer(t.UnverifiedIssuer()); known && !v.Installation().IsIssuerAWS(i.URL.String()) {
			return f.foreign(ctx, i, t)
		}
	}
	return ours(f.Own.VerifyParsed(v, f.Now(), presented, t)) // names what is wrong with one that nobody knows
}

// ours makes an assertion of a token of this installation.
func ours(own *credential.Token, err error) (Assertion, error) {
	if err != nil {
		return Assertion{}, translate(err)
	}
	party, _ := own.Claims.String("azp")
	return Assertion{
		Issuer: own.Issuer, Subject: own.Subject, Audience: own.Audience, Party: party, Claims: own.Claims, Own: own,
	}, nil
}

// translate names the failure in the words of federation: to an exchange the token is an assertion, not a credential.
func translate(err error) error {
	f := fault.From(err)
	to := *f
	switch f.Reason {
	case credential.TokenMalformed:
		to.Kind, to.Reason = fault.Invalid, Malformed
	case credential.TokenAlgorithm, credential.TokenSignature, credential.TokenIncarnation:
		to.Reason = BadSignature
	case credential.TokenExpired:
		to.Reason = Expired
	case credential.TokenNotYet:
		to.Reason = NotYet
	case credential.TokenPrincipalGone, credential.TokenRevoked:
		to.Reason = Revoked
	case credential.TokenIssuer:
		to.Reason = IssuerUnknown
	}
	return (&to).Because(err)
}

// sentence makes a verifier's detail a sentence for the caller.
func sentence(err error) string {
	s := fmt.Sprint(err)
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		s = f.Public
	}
	if s == "" {
		return "The token is not valid."
	}
	return strings.ToUpper(s[:1]) + strings.TrimSuffix(s[1:], ".") + "."
}
