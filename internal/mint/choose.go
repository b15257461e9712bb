package mint

import (
	"fmt"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Selector is how a request names one of several identities. The zero value names none.
type Selector struct {
	Kind     SelectorKind
	ID       name.GUID       // of ByClient, ByObject and ByEither
	Resource name.ResourceID // of ByResource
}

// SelectorKind says what a selector's value is.
type SelectorKind uint8

// The ways in which clients name an identity.
const (
	ByNothing  SelectorKind = iota
	ByClient                // client id
	ByObject                // object (principal) id
	ByEither                // client id or object id: some clients send the one in place of the other
	ByResource              // ARM id
)

// choose finds the identity of the workload that the request is for: the one it names, else the system-assigned, else
// the only user-assigned one. It never substitutes one for another.
func choose(v *view.View, w view.Workload, sel Selector) (view.Owner, error) {
	have := identities(v, w)
	if sel.Kind != ByNothing {
		for _, o := range have {
			if sel.names(o) {
				return o, nil
			}
		}
		return view.Owner{}, fault.New(fault.Denied, IdentityNotFound,
			"Identity not found: %s is not assigned to %s.", sel, w.Name())
	}
	switch {
	case len(have) == 0:
		return view.Owner{}, fault.New(fault.Denied, NoIdentity, "Identity not found: %s has no managed identity.", w.Name())
	case len(have) == 1 || have[0].Resource != nil: // the system-assigned one comes first
		return have[0], nil
	}
	return view.Owner{}, fault.New(fault.Denied, IdentityAmbiguous,
		"Multiple user assigned identities exist on %s, please specify the clientId or resourceId of one: %s.",
		w.Name(), strings.Join(choices(have), ", "))
}

// identities lists what the workload has now, the system-assigned identity first. An attached identity that was deleted
// and made again under its name is another one and not listed.
func identities(v *view.View, w view.Workload) []view.Owner {
	if w.Operator != nil {
		return []view.Owner{{Operator: w.Operator}}
	}
	if w.Resource == nil { // a workload in AWS's words has a role, and no identity in a tenant
		return nil
	}
	have := make([]view.Owner, 0, 1+len(w.Resource.Users))
	if w.Resource.System != nil {
		have = append(have, view.Owner{Resource: w.Resource})
	}
	for _, a := range w.Resource.Users {
		if i, ok := v.Identity(a.ID); ok && i.Principal.ObjectID == a.ObjectID {
			have = append(have, view.Owner{Identity: i})
		}
	}
	return have
}

func choices(have []view.Owner) []string {
	out := make([]string, len(have))
	for i, o := range have {
		out[i] = fmt.Sprintf("%s (client_id %s)", o.Display(), o.Principal().ClientID)
	}
	return out
}

// names tells whether the selector means this identity.
func (s Selector) names(o view.Owner) bool {
	p := o.Principal()
	switch s.Kind {
	case ByClient:
		return s.ID == p.ClientID
	case ByObject:
		return s.ID == p.ObjectID
	case ByEither:
		return s.ID == p.ClientID || s.ID == p.ObjectID
	case ByResource:
		return s.Resource.Equal(armID(o))
	case ByNothing:
	}
	return false
}

// String is what the request named.
func (s Selector) String() string {
	if s.Kind == ByResource {
		return s.Resource.String()
	}
	return s.ID.String()
}

// armID is the ARM id that a token names its identity by: the identity's own, or that of the resource it belongs to.
func armID(o view.Owner) name.ResourceID {
	switch {
	case o.Identity != nil:
		return o.Identity.ID
	case o.Resource != nil:
		return o.Resource.ID
	}
	return name.ResourceID{}
}
