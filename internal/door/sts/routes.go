package sts

import (
	"context"
	"net/http"
	"time"

	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Why a request is refused before anybody is asked.
const (
	// InvalidAction means that the request names no action of this version that is offered here.
	InvalidAction fault.Reason = "sts.invalid_action"
	// Validation means that a parameter is missing, unknown or breaks its constraint.
	Validation fault.Reason = "sts.validation"
	// InvalidIdentityToken means that the token is not accepted by any provider of the role's account.
	InvalidIdentityToken fault.Reason = "sts.invalid_identity_token"
)

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
	View     func() *view.View
	Authn    Authenticator
	Verifier Verifier
	Mint     Minter
	Now      func() time.Time
}

// version is the one version of the protocol; IAM's shares the listener under another.
const version = "2011-06-15"

// action is one line of the table: what the operation reads and who answers it.
type action struct {
	name   string
	doc    string
	params []string // every parameter that is known; another one is refused
	do     func(Door, *call) (result func(*awswire.XML), err error)
}

// actions is the table of the door.
func actions() []action {
	return []action{
		{
			name: "AssumeRoleWithWebIdentity", do: Door.assumeWithWebIdentity,
			doc: "temporary credentials of a role for whoever holds a token that the role trusts",
			params: []string{
				"RoleArn", "RoleSessionName", "WebIdentityToken", "ProviderId", "PolicyArns.member.N.arn", "Policy",
				"DurationSeconds",
			},
		},
		{name: "GetCallerIdentity", do: Door.callerIdentity, doc: "who signed the request"},
	}
}

// Mount makes the door. cfg brings the house's part: ids, clock, log, witness.
func (d Door) Mount(cfg web.Config) (*web.Door, error) {
	cfg.Name, cfg.Dialect = "sts", dialect{errors: awswire.QueryErrors(rows())}
	cfg.IDHeaders = []string{"x-amzn-RequestId"}
	cfg.MaxBody = maxForm
	var table []web.Route
	for _, a := range actions() {
		for _, method := range []string{http.MethodPost, http.MethodGet} {
			table = append(table, web.Route{Method: method, Pattern: "/", Name: a.name, Doc: a.doc, Permission: permission(a.name)})
		}
	}
	return web.NewRaw(cfg, table, d.serve)
}

func permission(action string) string {
	if action == "GetCallerIdentity" {
		return "none"
	}
	return "sts:" + action + " in the role's trust policy"
}
