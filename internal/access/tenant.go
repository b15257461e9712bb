package access

import (
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Tenant decides whether a principal may do a data operation that concerns its whole tenant. Only an assignment at "/" of
// that tenant reaches so far: one on a subscription says nothing about what lies beside it.
func Tenant(v *view.View, p *view.Principal, action string) reason.Decision {
	return Azure(v, AzureRequest{Principal: p, Action: action, Data: true, Scope: name.Root()})
}
