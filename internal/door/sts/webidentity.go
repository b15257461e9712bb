package sts

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// assumeWithWebIdentity gives a session of a role to whoever holds a token that the role trusts: who is the token about,
// does the role's account know its issuer, does the role's trust policy name it, then the session.
func (d Door) assumeWithWebIdentity(c *query.Call) (func(*awswire.XML), error) {
	in, err := decodeWebIdentity(c.Form)
	if err != nil {
		return nil, err
	}
	rec := &c.Event.Record
	rec.Resource, rec.Account = in.role.String(), in.role.Account()
	rec.Input = map[string]string{"session": in.session}
	assertion, err := d.Verifier.Verify(c.Request.Context(), c.View, in.token)
	if err != nil {
		return nil, err
	}
	rec.Input["issuer"], rec.Input["subject"] = assertion.Issuer, assertion.Subject
	rec.Input["audience"] = strings.Join(assertion.Audience, " ")
	if assertion.Own != nil {
		c.Event.Caller(callerOf(assertion)) // one of us is known at once, a stranger once an account trusts its issuer
	}
	provider, err := vouched(c.View, in.role.Account(), assertion)
	if err != nil {
		return nil, err
	}
	c.Event.Caller(callerOf(assertion))

	said, err := readSpecial(assertion.Claims)
	if err != nil {
		return nil, err
	}
	if err := said.authorizes(in.role); err != nil {
		return nil, err
	}
	role, _ := c.View.Role(in.role)
	if err := federation.CheckTrust(assertion, provider, role); err != nil {
		return nil, err
	}
	facts := d.facts(c)
	if clash := access.AddClaims(facts, provider.URL.WithoutScheme(), assertion.Claims); clash != "" {
		return nil, fault.New(fault.Denied, InvalidIdentityToken, "Two claims of the token differ in case only: %.64q is one.", clash)
	}
	decision := access.Assume(c.View, access.AssumeRequest{
		Role: role, RoleARN: in.role, Action: "sts:AssumeRoleWithWebIdentity", Also: said.tell(facts, in.session, role), Context: facts,
		Caller: iampolicy.Principal{Type: iampolicy.WebIdentity, Federated: provider.ARN.String()},
	})
	if err := access.Refusal(decision, "Not authorized to perform sts:AssumeRoleWithWebIdentity"); err != nil {
		return nil, err
	}
	managed, err := in.settle(c.View, in.role.Account())
	if err != nil {
		return nil, err
	}
	req := mint.SessionRequest{
		Role: role, Name: in.session, Duration: in.duration, Provider: provider.ARN.String(), Subject: assertion.Subject,
		Tags: said.tags, Transitive: said.transitive, SourceID: said.source, Policies: in.policies, Managed: managed,
	}
	if assertion.Own != nil {
		req.Origin = assertion.Own.Owner.Principal().ObjectID
	}
	req.Record = c.Event.Draft()
	req.Record.Decision = &decision
	session, err := d.Mint.Session(c.Request.Context(), c.View, req)
	if err != nil {
		return nil, err
	}
	return writeWebIdentity(session, role, assertion), nil
}

// vouched finds the provider of the role's account that stands for the token's issuer and expects its audience.
func vouched(v *view.View, account name.AccountID, a federation.Assertion) (*view.OIDCProvider, error) {
	provider, ok := v.ProviderOf(account, a.Issuer)
	if !ok {
		return nil, fault.New(fault.Denied, InvalidIdentityToken, "No OpenIDConnect provider found in your account for %s", a.Issuer)
	}
	return provider, federation.CheckAudience(a, provider)
}

// callerOf names whoever the token is about: the identity itself where it is ours.
func callerOf(a federation.Assertion) audit.Principal {
	if a.Own != nil {
		return mint.PrincipalOf(a.Own.Owner)
	}
	return audit.Principal{Kind: "webIdentity", ID: a.Issuer + "#" + a.Subject, Display: a.Subject}
}

// webIdentity is the request, decoded.
type webIdentity struct {
	wanted
	token string
}

func decodeWebIdentity(f awswire.Form) (in webIdentity, err error) {
	if in.wanted, err = decodeWanted(f); err != nil {
		return in, err
	}
	in.token = strings.Trim(f.Value("WebIdentityToken"), " \t\r\n")
	if len(in.token) < 4 || len(in.token) > federation.MaxAssertion {
		return in, query.Constraint("...", "webIdentityToken", "have length 4 to 20000")
	}
	if f.Value("ProviderId") != "" {
		return in, query.Invalid("ProviderId is for OAuth 2.0 access tokens of www.amazon.com and graph.facebook.com, which are not offered.")
	}
	return in, nil
}

func writeWebIdentity(s mint.IssuedSession, role *view.Role, a federation.Assertion) func(*awswire.XML) {
	return func(x *awswire.XML) {
		writeAssumed(x, s, role)
		x.Text("Audience", strings.Join(a.Audience, " "))
		writeCredentials(x, s)
		writeExtras(x, s)
		x.Text("Provider", a.Issuer)
		x.Text("SubjectFromWebIdentityToken", a.Subject)
	}
}
