package metadata

import (
	"context"
	"net/http"
	"time"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Minter makes tokens for workloads.
type Minter interface {
	Token(ctx context.Context, v *view.View, req mint.TokenRequest) (mint.Token, error)
}

// Door is what the metadata door needs.
type Door struct {
	View func() *view.View
	Mint Minter
	Now  func() time.Time
}

// Fabric is the part of the door that Service Fabric's clients ask: over TLS, at a server whose certificate they know by its
// thumbprint and by nothing else.
type Fabric struct{ Door }

// Mount makes the door on a listener with TLS.
func (d Fabric) Mount(cfg web.Config) (*web.Door, error) {
	cfg.Name, cfg.Dialect = "fabric", dialect{azwire.MetadataErrors(rows())}
	cfg.IDHeaders = []string{"x-ms-request-id"}
	return web.New(cfg, []web.Route{{
		Method: http.MethodGet, Pattern: "/msi/fabric/token", Slash: true, Permission: "a workload rule", Name: "ServiceFabricToken",
		Doc:     "a token by IDENTITY_ENDPOINT, IDENTITY_HEADER and IDENTITY_SERVER_THUMBPRINT (2019-07-01-preview)",
		Handler: d.handler(azwire.DecodeServiceFabric),
	}})
}

// Mount makes the door. cfg brings the house's part: ids, clock, log, witness.
func (d Door) Mount(cfg web.Config) (*web.Door, error) {
	cfg.Name, cfg.Dialect = "metadata", dialect{azwire.MetadataErrors(rows())}
	cfg.IDHeaders = []string{"x-ms-request-id"}
	return web.New(cfg, d.routes())
}

// routes is the table of the door. The secret that says which workload calls comes in a header where the flavour has one
// and in the path where it has none; the path is what the launcher gives to a client as its endpoint.
func (d Door) routes() []web.Route {
	endpoint, imds := d.handler(azwire.DecodeEndpoint), d.handler(azwire.DecodeIMDS)
	return []web.Route{
		{
			Method: http.MethodGet, Pattern: "/msi/token", Slash: true, Permission: "a workload rule", Name: "AppServiceToken", Handler: endpoint,
			Doc: "a token by IDENTITY_ENDPOINT and IDENTITY_HEADER (2019-08-01), or by MSI_ENDPOINT and MSI_SECRET (2017-09-01)",
		},
		{
			Method: http.MethodPost, Pattern: "/msi/token", Slash: true, Permission: "a workload rule", Name: "AutomationToken", Handler: d.handler(azwire.DecodeAutomation),
			Doc: "a token by a form with IDENTITY_HEADER, as runbooks of an automation account ask",
		},
		{
			Method: http.MethodPost, Pattern: "/launch/{secret}/msi/token", Slash: true, Permission: "a workload rule", Name: "CloudShellToken", Handler: endpoint,
			Doc: "a token by MSI_ENDPOINT alone; the endpoint's path is the proof",
		},
		{
			Method: http.MethodGet, Pattern: "/launch/{secret}/metadata/identity/oauth2/token", Slash: true, Permission: "a workload rule", Name: "IMDSToken", Handler: imds,
			Doc: "a token by AZURE_POD_IDENTITY_AUTHORITY_HOST or a full metadata URL; the endpoint's path is the proof",
		},
		{
			Method: http.MethodGet, Pattern: "/metadata/identity/oauth2/token", Slash: true, Permission: "a workload rule", Name: "IMDSTokenUnproved", Handler: imds,
			Doc: "the instance metadata path itself: refused, because nothing says which workload calls",
		},
	}
}
