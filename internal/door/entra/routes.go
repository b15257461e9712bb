package entra

import (
	"context"
	"net/http"
	"time"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Verifier says who an assertion is about.
type Verifier interface {
	Verify(ctx context.Context, v *view.View, token string) (federation.Assertion, error)
}

// Minter makes tokens.
type Minter interface {
	Exchange(ctx context.Context, v *view.View, req mint.ExchangeRequest) (mint.Token, error)
}

// Proofs checks what clients prove themselves with on their own.
type Proofs interface {
	ClientSecret(app *view.Application, text secret.Text) error
	ClientAssertion(app *view.Application, token *jose.Token, audiences []string) error
}

// KeySet gives the published signing keys as a JWK set.
type KeySet interface {
	JWKS() []byte
}

// Door is what the Entra door needs.
type Door struct {
	View     func() *view.View
	Verifier Verifier
	Proofs   Proofs
	Mint     Minter
	Keys     KeySet
	Now      func() time.Time
}

// Mount makes the door. cfg brings the house's part: ids, clock, log, witness.
func (d Door) Mount(cfg web.Config) (*web.Door, error) {
	cfg.Name, cfg.Dialect = "entra", dialect{errors: azwire.EntraErrors(rows()), now: d.Now}
	cfg.IDHeaders = []string{"x-ms-request-id"}
	return web.New(cfg, d.routes())
}

// routes is the table of the door. A tenant is named by its id or by its name; /adfs names none, because some clients can
// be pointed at a private authority only in that form, and is resolved by the client id.
func (d Door) routes() []web.Route {
	get := func(pattern, name, doc string, h web.Handler) web.Route {
		return web.Route{Method: http.MethodGet, Pattern: pattern, Name: name, Doc: doc, Permission: "none", Fold: true, Handler: h}
	}
	post := func(pattern, name, doc string, h web.Handler) web.Route {
		return web.Route{Method: http.MethodPost, Pattern: pattern, Name: name, Doc: doc, Permission: "an assertion or a secret", Fold: true, Handler: h}
	}
	return []web.Route{
		get("/adfs/.well-known/openid-configuration", "DiscoveryADFS", "discovery in the form without a tenant", d.discovery(adfs)),
		post("/adfs/oauth2/token", "TokenADFS", "a token; the client id says which tenant", d.token),
		get("/aws/{account}/.well-known/openid-configuration", "DiscoveryAWS", "discovery, issuer of an AWS account's tokens for others", d.discoveryOfAccount),
		get("/common/discovery/instance", "Instance", "whether an authority is this one", d.instance),
		get("/common/discovery/keys", "KeysCommon", "the public signing keys", d.keys),
		get("/{tenant}/v2.0/.well-known/openid-configuration", "DiscoveryV2", "discovery, issuer of v2 tokens", d.discovery(v2)),
		get("/{tenant}/.well-known/openid-configuration", "DiscoveryV1", "discovery, issuer of v1 tokens", d.discovery(v1)),
		get("/{tenant}/discovery/v2.0/keys", "KeysV2", "the public signing keys", d.keys),
		get("/{tenant}/discovery/keys", "KeysV1", "the public signing keys", d.keys),
		post("/{tenant}/oauth2/v2.0/token", "TokenV2", "a token for scope", d.token),
		post("/{tenant}/oauth2/token", "TokenV1", "a token for resource", d.token),
	}
}
