package name

import (
	"fmt"
	"strings"
)

// ResourceID is the full id of an ARM resource in a resource group:
// /subscriptions/{s}/resourceGroups/{g}/providers/{namespace}/{type}/{name}[/{type}/{name}...].
type ResourceID struct {
	scope        Scope
	subscription GUID
	group        string
	typ          string // namespace/type[/type...], as created
	name         string // last segment
}

// MaxResourceName bounds one name segment in characters.
const MaxResourceName = 260

// ParseResourceID reads a full resource id; keywords are matched ignoring case.
func ParseResourceID(s string) (ResourceID, error) {
	scope, err := ParseScope(s)
	if err != nil {
		return ResourceID{}, err
	}
	p := strings.Split(scope.s[1:], "/")
	if len(p) < 8 || len(p)%2 != 0 || !strings.EqualFold(p[0], "subscriptions") ||
		!strings.EqualFold(p[2], "resourceGroups") || !strings.EqualFold(p[4], "providers") {
		return ResourceID{}, fmt.Errorf("%q is not a resource id: want "+
			"/subscriptions/{id}/resourceGroups/{group}/providers/{namespace}/{type}/{name}", s)
	}
	sub, err := ParseGUID(p[1])
	if err != nil {
		return ResourceID{}, fmt.Errorf("resource id %q: subscription: %w", s, err)
	}
	for i := 7; i < len(p); i += 2 {
		if len(p[i]) > MaxResourceName {
			return ResourceID{}, fmt.Errorf("resource id: a name is longer than %d characters", MaxResourceName)
		}
	}
	return ResourceID{scope: scope, subscription: sub, group: p[3], typ: typeOf(scope.s, p), name: p[len(p)-1]}, nil
}

// typeOf gives namespace and types of an id that has the segments p. Those of a top-level resource stand in the id side by
// side, and need no text of their own.
func typeOf(id string, p []string) string {
	if len(p) == 8 {
		end := len(id) - 1 - len(p[7])
		return id[end-1-len(p[5])-len(p[6]) : end]
	}
	typ := []string{p[5]}
	for i := 6; i < len(p); i += 2 {
		typ = append(typ, p[i])
	}
	return strings.Join(typ, "/")
}

// NewResourceID builds the id of a top-level resource from its parts; typ is "Namespace/type".
func NewResourceID(sub GUID, group, typ, nm string) (ResourceID, error) {
	return ParseResourceID("/subscriptions/" + sub.String() + "/resourceGroups/" + group + "/providers/" + typ + "/" + nm)
}

// String is the id as created.
func (r ResourceID) String() string { return r.scope.s }

// Key is the id in lower case: what is compared and indexed.
func (r ResourceID) Key() string { return r.scope.key }

// Scope is the id as a scope.
func (r ResourceID) Scope() Scope { return r.scope }

// IsZero tells "no id".
func (r ResourceID) IsZero() bool { return r.scope.s == "" }

// Subscription is the subscription's id.
func (r ResourceID) Subscription() GUID { return r.subscription }

// Group is the resource group's name as spelled in the id.
func (r ResourceID) Group() string { return r.group }

// Type is the resource type, e.g. "Microsoft.Web/sites".
func (r ResourceID) Type() string { return r.typ }

// IsType compares the type ignoring case.
func (r ResourceID) IsType(typ string) bool { return strings.EqualFold(r.typ, typ) }

// Name is the last segment.
func (r ResourceID) Name() string { return r.name }

// Equal compares ignoring case, as ARM does.
func (r ResourceID) Equal(o ResourceID) bool { return r.scope.key == o.scope.key }

// MarshalText writes the created spelling.
func (r ResourceID) MarshalText() ([]byte, error) { return []byte(r.scope.s), nil }

// UnmarshalText reads what MarshalText wrote; empty is the zero value.
func (r *ResourceID) UnmarshalText(b []byte) error { return unmarshalText(r, b, ParseResourceID) }

// Parent is the resource that a nested one lies in; ok is false for a top-level resource.
func (r ResourceID) Parent() (parent ResourceID, ok bool) {
	if strings.Count(r.typ, "/") < 2 {
		return ResourceID{}, false
	}
	up := r.scope.s
	for range 2 { // the last type and the last name
		up = up[:strings.LastIndexByte(up, '/')]
	}
	parent, err := ParseResourceID(up)
	return parent, err == nil
}
