package arm

import (
	"net/http"
	"slices"
	"time"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/door/arm/authorization"
	"github.com/lanyard-id/lanyard/internal/door/arm/cloud"
	"github.com/lanyard-id/lanyard/internal/door/arm/identity"
	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/door/arm/resource"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Door is what the Resource Manager door needs.
type Door struct {
	View      func() *view.View
	Authn     kit.Authenticator
	Directory kit.Directory
	Ledger    kit.Ledger
	Room      kit.Room
	Now       func() time.Time
}

// Mount makes the door. cfg brings the house's part: ids, clock, log, witness.
func (d Door) Mount(cfg web.Config) (*web.Door, error) {
	cfg.Name, cfg.Dialect = "arm", dialect{errors: azwire.ARMErrors(authorization.Rows()), view: d.View}
	cfg.IDHeaders = []string{"x-ms-request-id", "x-ms-correlation-request-id"}
	cfg.MaxBody = kit.MaxBody
	k := kit.New(kit.Kit{View: d.View, Authn: d.Authn, Directory: d.Directory, Ledger: d.Ledger, Room: d.Room, Now: d.Now})
	return web.New(cfg, slices.Concat(cloud.Public(d.View), k.Routes(operations()), nothing()))
}

// operations is the table of the door but for what is public: the providers' own patterns first, then what would match
// them too.
func operations() []kit.Operation {
	return slices.Concat(
		cloud.Operations(own()...),
		authorization.Operations(),
		identity.Operations(),
		resource.Operations(cloud.Versions()),
	)
}

// own are the providers with operations of their own, as the list of providers shows them.
func own() []cloud.Known {
	return []cloud.Known{
		{Namespace: "Microsoft.Authorization", Versions: authorization.Versions().All(), Types: []string{
			"roleAssignments", "roleDefinitions", "denyAssignments", "permissions",
		}},
		{Namespace: "Microsoft.ManagedIdentity", Versions: identity.Versions().All(), Types: []string{
			"userAssignedIdentities", "userAssignedIdentities/federatedIdentityCredentials", "identities", "operations",
		}},
		{Namespace: "Microsoft.Resources", Versions: cloud.Versions().All(), Types: []string{"subscriptions", "resourceGroups", "tenants", "resources"}},
	}
}

// nothing answers in this door's words for what lies below its paths and is not there; the listener is shared.
func nothing() (routes []web.Route) {
	for _, pattern := range []string{"/subscriptions/{rest...}", "/providers/{rest...}"} {
		routes = append(routes, web.Route{
			Method: http.MethodGet, Pattern: pattern, Name: "Nothing", Doc: "whatever is not in this table", Permission: "none", Fold: true, Slash: true,
			Handler: func(http.ResponseWriter, *http.Request) error {
				return fault.New(fault.NotFound, web.NoRoute, "There is nothing under this path.")
			},
		})
	}
	return routes
}
