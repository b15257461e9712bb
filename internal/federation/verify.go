package federation

import (
	"time"

	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
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
}

// Verifier verifies assertions. Until outside issuers can be registered with their keys, the only issuers are the
// tenants of this installation.
type Verifier struct {
	Own *credential.Tokens
	Now func() time.Time
}

// Verify checks an assertion against one View. White space around it is the token file's and is ignored by the doors.
func (f *Verifier) Verify(v *view.View, token string) (Assertion, error) {
	if len(token) > MaxAssertion {
		return Assertion{}, fault.New(fault.Invalid, Malformed, "The token is longer than %d characters.", MaxAssertion)
	}
	own, err := f.Own.Verify(v, f.Now(), token)
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
