package attach

import (
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Most is how many user-assigned identities one resource may have.
const Most = 100

// Why says why an identity cannot be attached.
type Why uint8

// The reasons. Fine means that all are attached.
const (
	Fine    Why = iota
	Foreign     // it belongs to another tenant
	Missing     // there is no such identity, and the resource did not have it
)

// Resolve turns the wanted identities into those that have the names now. One that the resource had already and that
// exists no longer stays attached, and grants nothing. which is the identity that why is about.
func Resolve(v *view.View, tenant name.GUID, before []view.Attached, wanted []name.ResourceID) (list []view.Attached, which name.ResourceID, why Why) {
	was := make(map[string]view.Attached, len(before))
	for _, a := range before {
		was[a.ID.Key()] = a
	}
	seen := map[string]bool{}
	for _, id := range wanted {
		if seen[id.Key()] {
			continue
		}
		seen[id.Key()] = true
		i, exists := v.Identity(id)
		dangling, attached := was[id.Key()]
		switch {
		case exists && i.Principal.Tenant != tenant:
			return nil, id, Foreign
		case exists:
			list = append(list, view.Attached{ID: i.ID, ObjectID: i.Principal.ObjectID})
		case attached:
			list = append(list, dangling)
		default:
			return nil, id, Missing
		}
	}
	return list, name.ResourceID{}, Fine
}
