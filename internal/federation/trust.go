package federation

import (
	"fmt"

	"github.com/lanyard-id/lanyard/internal/claims"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation/fetch"
	"github.com/lanyard-id/lanyard/internal/preset"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

// FetchReasons lists the reasons for which an issuer's keys cannot be got, for the doors' tables.
func FetchReasons() []fault.Reason { return fetch.Reasons() }

// CheckTrust refuses a role that trusts everybody of a shared issuer, however it came into the store (threat F01). The
// text says no more than any other refusal: why is in the record.
func CheckTrust(a Assertion, p *view.OIDCProvider, r *view.Role) error {
	if r == nil || a.Outside == nil || !a.Outside.Shared {
		return nil
	}
	trust, err := r.TrustPolicy()
	if err != nil {
		return err
	}
	known, _ := preset.Named(a.Outside.Preset)
	key := known.Key(p.URL.WithoutScheme())
	s := trust.Policy.OpenTo(p.ARN.String(), key, a.Outside.Limits)
	if s == nil {
		return nil
	}
	return fault.New(fault.Denied, TrustOpen, "Not authorized to perform sts:AssumeRoleWithWebIdentity").Explained(reason.Decision{
		Question: reason.Question{Principal: a.Issuer + "#" + a.Subject, Action: "sts:AssumeRoleWithWebIdentity", Resource: r.ARN.String()},
		Hint: fmt.Sprintf("anybody can get a token of %s, and the statement %s does not limit %s to an owner",
			a.Issuer, s.Rule(trust.ID), key),
	})
}

// openMiss says that a credential trusts everybody of a shared issuer; empty if it does not.
func openMiss(a Assertion, c view.FederatedCredential) (string, error) {
	if a.Outside == nil || !a.Outside.Shared {
		return "", nil
	}
	limited, err := claims.Limited(c.Subject, c.Pattern, c.Expression, a.Outside.Limits)
	if err != nil || limited {
		return "", err
	}
	return "anybody can get a token of this issuer, and the credential does not limit the subject to an owner", nil
}

// plainHint tells that a subject with GitHub's ids would fit without them.
func plainHint(a Assertion, fits func(subject string) bool) string {
	if plain, ok := preset.PlainGitHub(a.Subject); ok && fits(plain) {
		return ": the same names in GitHub's form without ids; trust the form with ids"
	}
	return ""
}
