package federation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/claims"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

// How far a credential came before it did not fit: the order in which Entra names the failure.
const (
	missedIssuer = iota
	missedSubject
	missedAudience
)

// Match finds the federated credential that accepts the assertion. Issuer and audience are compared byte for byte, the
// subject exactly or by the credential's expression. The fault's text shows what was presented; what is configured, and
// where it differs, goes to the record only: whoever presents an assertion is a stranger.
func Match(a Assertion, credentials []view.FederatedCredential) (view.FederatedCredential, error) {
	d := reason.Decision{Question: reason.Question{Principal: a.Subject, Action: "exchange", Resource: a.Issuer}}
	furthest, expressions := missedIssuer, true
	for _, c := range credentials {
		met, miss, err := compare(a, c)
		if err != nil {
			return view.FederatedCredential{}, err
		}
		if miss == "" {
			return c, nil
		}
		furthest = max(furthest, met)
		expressions = expressions && (met != missedSubject || c.Expression != "")
		d.AddNearest(reason.Clause{Kind: "federated credential", Rule: c.Name, Text: miss, Met: met})
	}
	f := refusal(a, furthest)
	switch {
	case len(credentials) == 0 && a.Own == nil:
		f = fault.New(fault.Unauthenticated, NoCredential, "No matching federated identity record found: the client has none.")
	case f.Reason == SubjectMismatch && expressions:
		f.Reason = ExpressionMismatch
	}
	return view.FederatedCredential{}, f.Explained(d)
}

// compare tells how far the credential fits and what was missing; an empty miss is a fit.
func compare(a Assertion, c view.FederatedCredential) (met int, miss string, err error) {
	if c.Issuer.String() != a.Issuer {
		return missedIssuer, fmt.Sprintf("issuer: have %q, want %q", a.Issuer, c.Issuer), nil
	}
	for _, check := range []func(Assertion, view.FederatedCredential) (string, error){subjectMiss, openMiss} {
		if miss, err := check(a, c); err != nil || miss != "" {
			return missedSubject, miss, err
		}
	}
	if a.Own != nil && overlap(a.Audience, c.Audiences) && !exchangeable(a) {
		return missedIssuer, fmt.Sprintf("audience: a token of this authority is an assertion only for %q", azwire.ExchangeAudience), nil
	}
	if !overlap(a.Audience, c.Audiences) {
		return missedAudience, fmt.Sprintf("audience: have %q, want one of %q", a.Audience, c.Audiences), nil
	}
	return missedAudience, "", nil
}

// subjectMiss says why the credential does not accept the subject; empty if it does.
func subjectMiss(a Assertion, c view.FederatedCredential) (string, error) {
	if c.Pattern != "" {
		return patternMiss(a, c)
	}
	if c.Expression == "" {
		switch {
		case c.Subject == a.Subject:
			return "", nil
		case strings.EqualFold(c.Subject, a.Subject):
			return fmt.Sprintf("subject: have %q, want %q: differs only in case", a.Subject, c.Subject), nil
		}
		return fmt.Sprintf("subject: have %q, want %q", a.Subject, c.Subject) +
			plainHint(a, func(plain string) bool { return plain == c.Subject }), nil
	}
	expression, err := claims.Compile(c.Expression)
	if err != nil { // it was checked when it was saved: the store is damaged, or this version reads it differently
		return "", fmt.Errorf("federated credential %q: %w", c.Name, err)
	}
	if trace := expression.Match(a.lookup); !trace.Matched {
		return trace.String(), nil
	}
	return "", nil
}

// patternMiss compares with a subject that has wildcards.
func patternMiss(a Assertion, c view.FederatedCredential) (string, error) {
	p, err := claims.Wildcard(c.Pattern)
	if err != nil { // as above
		return "", fmt.Errorf("federated credential %q: %w", c.Name, err)
	}
	if p.Matches(a.Subject) {
		return "", nil
	}
	return fmt.Sprintf("subject: have %q, want a match of %q: %s", a.Subject, c.Pattern, p.Explain(a.Subject)) +
		plainHint(a, p.Matches), nil
}

// lookup gives a claim's values as texts.
func (a Assertion) lookup(name string) ([]string, bool) { return a.Claims.Strings(name) }

func refusal(a Assertion, furthest int) *fault.Fault {
	const none = "No matching federated identity record found for presented assertion "
	switch {
	case furthest == missedAudience:
		return fault.New(fault.Unauthenticated, AudienceMismatch, none+"audience %q.", strings.Join(a.Audience, ", "))
	case furthest == missedSubject:
		return fault.New(fault.Unauthenticated, SubjectMismatch, none+"subject %q.", a.Subject)
	case a.Own != nil:
		return fault.New(fault.Unauthenticated, OwnToken,
			"A token of this authority is an assertion only where a federated credential names its issuer %q.", a.Issuer)
	}
	return fault.New(fault.Unauthenticated, IssuerUnknown, none+"issuer %q.", a.Issuer)
}

// CheckAudience checks that the provider of an account expects this audience. AWS compares azp instead of aud when the
// token has one; a provider may be told to read aud as RFC 7519 does.
func CheckAudience(a Assertion, p *view.OIDCProvider) error {
	presented := a.Audience
	if p.AudienceClaim != "aud" && a.Party != "" {
		presented = []string{a.Party}
	}
	if !overlap(presented, p.ClientIDs) {
		return fault.New(fault.Denied, AudienceMismatch, "Incorrect token audience")
	}
	return nil
}

// exchangeable tells whether a token of our own was minted to be exchanged. One for another audience is shown to whoever
// that is, and must not make its receiver somebody else's client, whatever the credential lists.
func exchangeable(a Assertion) bool {
	return len(a.Audience) == 1 && strings.TrimSuffix(a.Audience[0], "/") == azwire.ExchangeAudience
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
