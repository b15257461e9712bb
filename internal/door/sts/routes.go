package sts

import (
	"context"
	"time"

	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// InvalidIdentityToken means that the token is not accepted by any provider of the role's account.
const InvalidIdentityToken fault.Reason = "sts.invalid_identity_token"

// Authenticator says who signed a request.
type Authenticator interface {
	Signed(v *view.View, req awswire.Request, rule awswire.Rule) (*authn.Session, error)
}

// Verifier says who a web identity token is about.
type Verifier interface {
	Verify(ctx context.Context, v *view.View, token string) (federation.Assertion, error)
}

// Minter makes sessions.
type Minter interface {
	Session(ctx context.Context, v *view.View, req mint.SessionRequest) (mint.IssuedSession, error)
}

// Door is what the STS door needs.
type Door struct {
	Authn    Authenticator
	Verifier Verifier
	Mint     Minter
	Now      func() time.Time
}

// maxForm bounds a request body: a web identity token of 20,000 characters, a session policy and room for escapes.
const maxForm = 128 << 10

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
				Name: "AssumeRole", Do: d.assumeRole,
				Permission: "sts:AssumeRole in the role's trust policy, and in the caller's policies unless the trust policy names the caller in its own account",
				Doc:        "temporary credentials of a role for a session of another role",
				Params: []string{
					"RoleArn", "RoleSessionName", "PolicyArns.member.N.arn", "Policy", "DurationSeconds", "Tags.member.N.Key",
					"Tags.member.N.Value", "TransitiveTagKeys.member.N", "ExternalId", "SourceIdentity", "SerialNumber", "TokenCode",
				},
			},
			{Name: "GetCallerIdentity", Do: d.callerIdentity, Permission: "none", Doc: "who signed the request"},
		},
	}
}
