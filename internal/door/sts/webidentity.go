package sts

import (
	"strconv"
	"strings"
	"time"

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

	role, _ := c.View.Role(in.role)
	if err := federation.CheckTrust(assertion, provider, role); err != nil {
		return nil, err
	}
	facts := access.Facts(access.Network{
		Now: d.Now(), Remote: c.Event.Remote(), Secure: c.Request.TLS != nil, UserAgent: c.Request.UserAgent(),
	})
	if clash := access.AddClaims(facts, provider.URL.WithoutScheme(), assertion.Claims); clash != "" {
		return nil, fault.New(fault.Denied, InvalidIdentityToken, "Two claims of the token differ in case only: %.64q is one.", clash)
	}
	facts.Set("sts:RoleSessionName", in.session)
	decision := access.Assume(c.View, access.AssumeRequest{
		Role: role, RoleARN: in.role, Action: "sts:AssumeRoleWithWebIdentity", Context: facts,
		Caller: iampolicy.Principal{Type: iampolicy.WebIdentity, Federated: provider.ARN.String()},
	})
	if err := access.Refusal(decision, "Not authorized to perform sts:AssumeRoleWithWebIdentity"); err != nil {
		return nil, err
	}
	req := mint.SessionRequest{
		Role: role, Name: in.session, Duration: in.duration, Provider: provider.ARN.String(), Subject: assertion.Subject,
		Policies: in.policies,
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
	role     name.ARN
	session  string
	token    string
	duration time.Duration // 0: not named
	policies []string
}

func decodeWebIdentity(f awswire.Form) (webIdentity, error) {
	in := webIdentity{session: f.Value("RoleSessionName"), token: strings.Trim(f.Value("WebIdentityToken"), " \t\r\n")}
	arn, err := name.ParseARN(f.Value("RoleArn"))
	if err != nil || arn.Service() != "iam" || !strings.HasPrefix(arn.Resource(), "role/") || arn.Account().IsZero() {
		return in, query.Constraint(f.Value("RoleArn"), "roleArn", "satisfy regular expression pattern: arn:aws:iam::[0-9]{12}:role/.+")
	}
	in.role = arn
	if !validSessionName(in.session) {
		return in, query.Constraint(in.session, "roleSessionName", `have length 2 to 64 and satisfy regular expression pattern: [\w+=,.@-]*`)
	}
	if len(in.token) < 4 || len(in.token) > federation.MaxAssertion {
		return in, query.Constraint("...", "webIdentityToken", "have length 4 to 20000")
	}
	if f.Value("ProviderId") != "" {
		return in, query.Invalid("ProviderId is for OAuth 2.0 access tokens of www.amazon.com and graph.facebook.com, which are not offered.")
	}
	if arns, err := f.Structs("PolicyArns", 10); err != nil || len(arns) > 0 {
		return in, query.Invalid("Managed session policies are not offered; pass an inline Policy.")
	}
	if in.duration, err = decodeDuration(f); err != nil {
		return in, err
	}
	if text := f.Value("Policy"); text != "" {
		if len(text) > 2048 {
			return in, query.Constraint("...", "policy", "have length less than or equal to 2048")
		}
		if _, err := iampolicy.Parse([]byte(text), iampolicy.Session); err != nil {
			return in, err
		}
		in.policies = []string{text}
	}
	return in, nil
}

// decodeDuration reads DurationSeconds: 900 to 43,200 (AWS STS); what the role allows is checked later.
func decodeDuration(f awswire.Form) (time.Duration, error) {
	text := f.Value("DurationSeconds")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 900 || n > 43200 {
		return 0, query.Constraint(text, "durationSeconds", "have value between 900 and 43200")
	}
	return time.Duration(n) * time.Second, nil
}

// validSessionName checks AWS's pattern [\w+=,.@-]{2,64}.
func validSessionName(s string) bool {
	if len(s) < 2 || len(s) > 64 {
		return false
	}
	for _, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && !strings.ContainsRune("_+=,.@-", rune(c)) {
			return false
		}
	}
	return true
}

func writeWebIdentity(s mint.IssuedSession, role *view.Role, a federation.Assertion) func(*awswire.XML) {
	return func(x *awswire.XML) {
		x.Begin("AssumedRoleUser")
		x.Text("AssumedRoleId", s.UserID())
		x.Text("Arn", s.ARN(role).String())
		x.End()
		x.Text("Audience", strings.Join(a.Audience, " "))
		writeCredentials(x, s)
		x.Text("Provider", a.Issuer)
		x.Text("SubjectFromWebIdentityToken", a.Subject)
	}
}

func writeCredentials(x *awswire.XML, s mint.IssuedSession) {
	x.Begin("Credentials")
	x.Text("AccessKeyId", s.KeyID)
	x.Text("SecretAccessKey", s.Secret.Reveal())
	x.Text("SessionToken", s.Token.Reveal())
	x.Time("Expiration", s.Expires)
	x.End()
}
