package place

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Lack says why nothing can be granted at a scope.
type Lack uint8

// The lacks. None means that the scope is a place of the tenant.
const (
	None    Lack = iota
	Absent       // nothing is there
	Foreign      // it belongs to another tenant
	Fenced       // it is being deleted
)

// Check looks for a place of the tenant at a scope: its root, a subscription, group, resource, identity, blob container or
// secret.
func Check(v *view.View, tenant name.GUID, s name.Scope) Lack {
	if s.Key() == "/" {
		return None
	}
	owner, ok := v.TenantOf(s)
	switch {
	case !ok:
		return Absent
	case owner != tenant:
		return Foreign
	case v.Fenced(s):
		return Fenced
	case strings.Count(s.Key(), "/") == 2: // TenantOf has found the subscription
		return None
	}
	switch at := v.Place(s).(type) {
	case *view.ResourceGroup, *view.Resource, *view.UserIdentity:
		return None
	case *view.Container:
		if r, ok := v.Resource(at.Account); ok && r.UID == at.AccountUID {
			return None
		}
	case *view.Secret:
		if r, ok := v.Resource(at.Vault); ok && r.UID == at.VaultUID {
			return None
		}
	}
	return Absent
}

// Above gives the nearest place above a scope that exists.
func Above(v *view.View, s name.Scope) (name.Scope, bool) {
	for key := range s.Ancestors() {
		if above, err := name.ParseScope(key); err == nil && key != s.Key() && v.Place(above) != nil {
			return above, true
		}
	}
	return name.Scope{}, false
}
