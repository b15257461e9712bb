package registration

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Reasons about registrations.
const (
	// Invalid: a field of an application, an app role, a proof or a group has a value that cannot be.
	Invalid fault.Reason = "directory.registration_invalid"
	// PrincipalUnknown: no service principal with this object id in the tenant.
	PrincipalUnknown fault.Reason = "directory.principal_unknown"
	// TooMany: an application has as many of these as it may have.
	TooMany fault.Reason = "directory.registration_full"
	// ProofNotFound: the application has no secret or certificate with this key id.
	ProofNotFound fault.Reason = "directory.proof_not_found"
	// AppRoleNotFound: the application has no app role with this id, or the principal does not hold it.
	AppRoleNotFound fault.Reason = "directory.app_role_not_found"
	// AppRoleHeld: an app role that somebody holds keeps its value and is not removed: take it back from them first.
	AppRoleHeld fault.Reason = "directory.app_role_held"
	// AppRoleHeldAlready: the principal holds the app role already.
	AppRoleHeldAlready fault.Reason = "directory.app_role_held_already"
	// ServiceExists: the application has a service principal already.
	ServiceExists fault.Reason = "directory.service_exists"
)

// Spec is an app registration as somebody wants it. Its federated credentials and its proofs have commands of their own.
type Spec struct {
	ObjectID     name.GUID // zero makes a new one
	Tenant       name.GUID
	DisplayName  string
	IDURIs       []string
	TokenVersion int            // 1 or 2; 0 is 1
	Algorithm    string         // RS256 or ES256; empty is RS256
	Roles        []view.AppRole // a zero ID keeps that of the role with the same value, or makes one
	MaxLifetime  int            // seconds; 0 is no bound of its own
	Bare         bool           // a new one gets no service principal yet
	Owner        name.GUID      // of a new one; zero is nobody
}

// New is the record of a new application, without what Apply adds.
func New(s Spec, now time.Time) *view.Application {
	a := &view.Application{
		ObjectID:  name.NewGUID(),
		Principal: view.Principal{ClientID: name.NewGUID(), Tenant: s.Tenant}, Created: now,
	}
	if !s.Bare {
		a.Principal.ObjectID = name.NewGUID()
	}
	if !s.Owner.IsZero() {
		a.Owners = []name.GUID{s.Owner}
	}
	return a
}

// Apply gives the application as the spec wants it.
func Apply(v *view.View, old *view.Application, s Spec) (*view.Application, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	for _, uri := range s.IDURIs {
		if !slices.Contains(old.IDURIs, uri) && atHouse(v.Installation(), uri) {
			return nil, invalid("%q lies at an address of this installation: a token for it would be taken for one of the house's", form.Shown(uri))
		}
	}
	a := *old
	a.DisplayName, a.IDURIs, a.MaxLifetime = s.DisplayName, s.IDURIs, s.MaxLifetime
	a.TokenVersion, a.Algorithm = max(s.TokenVersion, 1), s.Algorithm
	if a.Algorithm == "" {
		a.Algorithm = "RS256"
	}
	var err error
	a.Roles, err = appRoles(v, s.Tenant, old.Roles, s.Roles)
	return &a, err
}

// atHouse tells whether a URI lies at one of the installation's own addresses or in one of its domains. Clients ask for
// tokens of these, and the doors take them: whoever is handed such a token could use it there.
func atHouse(i *view.Installation, uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || i == nil || u.Host == "" {
		return false
	}
	host := strings.ToLower(u.Host)
	for _, base := range i.URLs {
		if _, own, ok := strings.Cut(strings.ToLower(base), "://"); ok && own != "" && (host == own || strings.HasSuffix(host, "."+own)) {
			return true
		}
	}
	return false
}

func (s Spec) check() error {
	switch {
	case s.DisplayName == "" || len(s.DisplayName) > 256:
		return invalid("the name of an application has 1 to 256 bytes")
	case s.TokenVersion < 0 || s.TokenVersion > 2:
		return invalid("the token version is 1 or 2, not %d", s.TokenVersion)
	case s.Algorithm != "" && s.Algorithm != "RS256" && s.Algorithm != "ES256":
		return invalid("the algorithm is RS256 or ES256, not %q", form.Shown(s.Algorithm))
	}
	for _, err := range []error{form.IDURIs(s.IDURIs), form.Lifetime(s.MaxLifetime)} {
		if err != nil {
			return invalid("%v", err)
		}
	}
	return nil
}

// appRoles gives the roles with ids; all members must be principals of the tenant. Members that are gone are refused
// when they are new and dropped when they were there before.
func appRoles(v *view.View, tenant name.GUID, before, wanted []view.AppRole) ([]view.AppRole, error) {
	if len(wanted) > 100 {
		return nil, tooMany("an application has at most 100 app roles, not %d", len(wanted))
	}
	var list []view.AppRole
	values, ids := map[string]bool{}, map[name.GUID]bool{}
	for _, r := range wanted {
		if !roleValue(r.Value) || values[r.Value] {
			return nil, invalid("the app role %q is empty, longer than 120 bytes, has a space or is listed twice", form.Shown(r.Value))
		}
		var was view.AppRole
		if at := slices.IndexFunc(before, func(o view.AppRole) bool { return o.Value == r.Value }); at >= 0 {
			was = before[at]
		}
		switch {
		case !r.ID.IsZero():
		case !was.ID.IsZero():
			r.ID = was.ID
		default:
			r.ID = name.NewGUID()
		}
		if ids[r.ID] {
			return nil, invalid("two app roles have the id %s", r.ID)
		}
		values[r.Value], ids[r.ID] = true, true
		members, err := holders(v, tenant, was.Members, r.Members)
		if err != nil {
			return nil, err
		}
		r.Members = members
		list = append(list, r)
	}
	return list, nil
}

func roleValue(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c == 0x7f {
			return false
		}
	}
	return s != "" && len(s) <= 120
}

func holders(v *view.View, tenant name.GUID, before, wanted []name.GUID) ([]name.GUID, error) {
	var list []name.GUID
	for _, id := range wanted {
		o, ok := v.PrincipalByObject(id)
		switch {
		case ok && o.Principal().Tenant == tenant && !slices.Contains(list, id):
			list = append(list, id)
		case (!ok || o.Principal().Tenant != tenant) && !slices.Contains(before, id): // another tenant's is like a missing one
			return nil, fault.New(fault.NotFound, PrincipalUnknown, "there is no principal with the object id %s", id)
		}
	}
	return list, nil
}

// Redefine gives the roles as their owner defines them: who holds them stays as it is. A role that somebody holds keeps
// its value, because the value is the right, and is not left out.
func Redefine(v *view.View, a *view.Application, wanted []view.AppRole) ([]view.AppRole, error) {
	out := slices.Clone(wanted)
	for _, was := range a.Roles {
		at := slices.IndexFunc(out, func(r view.AppRole) bool { return r.ID == was.ID })
		held := slices.ContainsFunc(was.Members, func(id name.GUID) bool { _, lives := v.PrincipalByObject(id); return lives })
		switch {
		case held && (at < 0 || out[at].Value != was.Value):
			return nil, fault.New(fault.Conflict, AppRoleHeld,
				"the app role %q is held by somebody: it keeps its value, and is removed when nobody holds it", was.Value)
		case at >= 0:
			out[at].Members = was.Members
		}
	}
	return out, nil
}

func invalid(format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, Invalid, "%s", fmt.Sprintf(format, args...))
}

func tooMany(format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, TooMany, "%s", fmt.Sprintf(format, args...))
}
