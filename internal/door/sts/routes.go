package sts

import (
	"context"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/requestid"
	"github.com/lanyard-id/lanyard/internal/saml"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// InvalidIdentityToken means that the token is not accepted by any provider of the role's account.
const InvalidIdentityToken fault.Reason = "sts.invalid_identity_token"

// Authenticator says who signed a request.
type Authenticator interface {
	Signed(v *view.View, req awswire.Request, rule awswire.Rule) (*authn.Session, error)
}

// Verifier says who a web identity token or a SAML response is about.
type Verifier interface {
	Verify(ctx context.Context, v *view.View, token string) (federation.Assertion, error)
	SAML(v *view.View, p *view.SAMLProvider, response string) (*saml.Assertion, error)
	UseSAML(p *view.SAMLProvider, a *saml.Assertion) error
}

// Minter makes sessions, tokens for others and references to records.
type Minter interface {
	Session(ctx context.Context, v *view.View, req mint.SessionRequest) (mint.IssuedSession, error)
	Outbound(ctx context.Context, v *view.View, req mint.OutboundRequest) (mint.Outbound, error)
	Reference(account name.AccountID, id requestid.ID) (string, error)
}

// Trail finds the record of a request; the audit.
type Trail interface {
	Find(ctx context.Context, id requestid.ID) (audit.Record, error)
}

// Door is what the STS door needs.
type Door struct {
	Authn    Authenticator
	Verifier Verifier
	Mint     Minter
	Keys     credential.Opener // opens references to records
	Trail    Trail
	Now      func() time.Time
}

// maxForm bounds a request body: a SAML response of 100,000 characters, of which some are escaped, or a web identity token, and
// a session policy.
const maxForm = 192 << 10

// Service is the door's table.
func (d Door) Service() query.Service {
	return query.Service{
		Name: "sts", Version: "2011-06-15", Namespace: awswire.STSNamespace, MaxForm: maxForm, Errors: rows(),
		Actions: []query.Action{
			{
				Name: "AssumeRoleWithWebIdentity", Do: d.assumeWithWebIdentity,
				Permission: "sts:AssumeRoleWithWebIdentity in the role's trust policy",
				Doc:        "temporary credentials of a role for whoever holds a token that the role trusts",
				Params: []string{
					"RoleArn", "RoleSessionName", "WebIdentityToken", "ProviderId", "PolicyArns.member.N.arn", "Policy",
					"DurationSeconds",
				},
			},
			{
				Name: "AssumeRoleWithSAML", Do: d.assumeWithSAML,
				Permission: "sts:AssumeRoleWithSAML in the role's trust policy",
				Doc:        "temporary credentials of a role for whoever a SAML provider signed in, whom the role trusts",
				Params:     []string{"RoleArn", "PrincipalArn", "SAMLAssertion", "PolicyArns.member.N.arn", "Policy", "DurationSeconds"},
			},
			{
				Name: "AssumeRole", Do: d.assumeRole,
				Permission: "sts:AssumeRole in the role's trust policy, and in the caller's policies unless the trust policy names the caller in its own account",
				Doc:        "temporary credentials of a role for a user or a session of another role",
				Params: []string{
					"RoleArn", "RoleSessionName", "PolicyArns.member.N.arn", "Policy", "DurationSeconds", "Tags.member.N.Key",
					"Tags.member.N.Value", "TransitiveTagKeys.member.N", "ExternalId", "SourceIdentity", "SerialNumber", "TokenCode",
				},
			},
			{Name: "GetCallerIdentity", Do: d.callerIdentity, Permission: "none", Doc: "who signed the request"},
			{
				Name: "GetSessionToken", Do: d.sessionToken, Permission: "a user's own key, or the root of an account", Doc: "the caller again, with temporary credentials",
				Params: []string{"DurationSeconds", "SerialNumber", "TokenCode"},
			},
			{
				Name: "GetFederationToken", Do: d.federationToken, Permission: "sts:GetFederationToken with a user's own key, or the root of an account",
				Doc: "credentials of a federated user, who may what the session policies say",
				Params: []string{
					"Name", "Policy", "PolicyArns.member.N.arn", "DurationSeconds", "Tags.member.N.Key", "Tags.member.N.Value",
				},
			},
			{
				Name: "GetAccessKeyInfo", Do: d.keyInfo, Permission: "sts:GetAccessKeyInfo", Doc: "the account of an access key",
				Params: []string{"AccessKeyId"},
			},
			{
				Name: "DecodeAuthorizationMessage", Do: d.decodeMessage, Permission: "sts:DecodeAuthorizationMessage",
				Doc: "why a request was refused in the caller's account", Params: []string{"EncodedMessage"},
			},
			{
				Name: "GetWebIdentityToken", Do: d.webIdentityToken,
				Permission: "sts:GetWebIdentityToken, with tags sts:TagGetWebIdentityToken; the account's switch",
				Doc:        "a token of our issuer that tells others which principal the caller is",
				Params: []string{
					"Audience.member.N", "SigningAlgorithm", "DurationSeconds", "Tags.member.N.Key", "Tags.member.N.Value",
				},
			},
		},
	}
}
