package directory

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// ApplicationSpec is an app registration as somebody wants it. Its federated credentials have commands of their own.
type ApplicationSpec struct {
	ObjectID     name.GUID // zero makes a new one
	Tenant       name.GUID
	DisplayName  string
	IDURIs       []string
	TokenVersion int            // 1 or 2; 0 is 1
	Algorithm    string         // RS256 or ES256; empty is RS256
	Roles        []view.AppRole // a zero ID keeps that of the role with the same value, or makes one
	MaxLifetime  int            // seconds; 0 is no bound of its own
}

// PutApplication makes or replaces an application and gives its object id. A new one gets a new client id.
func (e *Edit) PutApplication(s ApplicationSpec) (name.GUID, Outcome, error) {
	a, err := e.application(s)
	if err != nil {
		return name.GUID{}, Unchanged, err
	}
	if err := s.check(); err != nil {
		return name.GUID{}, Unchanged, err
	}
	a.DisplayName, a.IDURIs, a.MaxLifetime = s.DisplayName, s.IDURIs, s.MaxLifetime
	a.TokenVersion, a.Algorithm = max(s.TokenVersion, 1), s.Algorithm
	if a.Algorithm == "" {
		a.Algorithm = "RS256"
	}
	if a.Roles, err = e.appRoles(s.Tenant, a.Roles, s.Roles); err != nil {
		return name.GUID{}, Unchanged, err
	}
	outcome, err := e.save(a)
	return a.ObjectID, outcome, err
}

// application gives the record to change: a copy of the one that exists, or a new one.
func (e *Edit) application(s ApplicationSpec) (*view.Application, error) {
	if _, ok := e.view.Tenant(s.Tenant); !ok {
		return nil, notFound(TenantNotFound, "there is no tenant %s", s.Tenant)
	}
	if s.ObjectID.IsZero() {
		p := newPrincipal(s.Tenant)
		return &view.Application{ObjectID: p.ObjectID, Principal: *p, Created: e.now}, nil
	}
	old, err := e.ownApplication(s.ObjectID)
	if err != nil {
		return nil, err
	}
	if old.Principal.Tenant != s.Tenant {
		return nil, notFound(ApplicationNotFound, "there is no application %s in this tenant", s.ObjectID)
	}
	a := *old
	return &a, nil
}

// DeleteApplication deletes an application and its assignments. Tokens for its audiences are no longer minted.
func (e *Edit) DeleteApplication(id name.GUID) error {
	a, err := e.ownApplication(id)
	if err != nil {
		return err
	}
	return e.removeAll(a)
}

// ownApplication finds an application that is not the house's.
func (e *Edit) ownApplication(id name.GUID) (*view.Application, error) {
	a, ok := e.view.Application(id)
	if !ok {
		return nil, notFound(ApplicationNotFound, "there is no application %s", id)
	}
	if a.House {
		return nil, conflict(HouseOwned, "%q is one of Lanyard's own applications and is not changed", a.DisplayName)
	}
	return a, nil
}

func (s ApplicationSpec) check() error {
	switch {
	case s.DisplayName == "" || len(s.DisplayName) > 256:
		return invalid(InvalidName, "the name of an application has 1 to 256 bytes")
	case s.TokenVersion < 0 || s.TokenVersion > 2:
		return invalid(InvalidValue, "the token version is 1 or 2, not %d", s.TokenVersion)
	case s.Algorithm != "" && s.Algorithm != "RS256" && s.Algorithm != "ES256":
		return invalid(InvalidValue, "the algorithm is RS256 or ES256, not %q", shown(s.Algorithm))
	}
	return firstError(because(InvalidValue, form.IDURIs(s.IDURIs)), because(InvalidValue, form.Lifetime(s.MaxLifetime)))
}

// appRoles gives the roles with ids; all members must be principals of the tenant. Members that are gone are refused
// when they are new and dropped when they were there before.
func (e *Edit) appRoles(tenant name.GUID, before, wanted []view.AppRole) ([]view.AppRole, error) {
	if len(wanted) > 100 {
		return nil, invalid(LimitExceeded, "an application has at most 100 app roles, not %d", len(wanted))
	}
	var list []view.AppRole
	seen := map[string]bool{}
	for _, r := range wanted {
		if r.Value == "" || len(r.Value) > 120 || strings.ContainsAny(r.Value, " \t\r\n") || seen[r.Value] {
			return nil, invalid(InvalidValue, "the app role %q is empty, longer than 120 bytes, has a space or is listed twice", shown(r.Value))
		}
		seen[r.Value] = true
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
		members, err := e.members(tenant, was.Members, r.Members)
		if err != nil {
			return nil, err
		}
		r.Members = members
		list = append(list, r)
	}
	return list, nil
}

func (e *Edit) members(tenant name.GUID, before, wanted []name.GUID) ([]name.GUID, error) {
	var list []name.GUID
	for _, id := range wanted {
		o, ok := e.view.PrincipalByObject(id)
		switch {
		case ok && o.Principal().Tenant != tenant:
			return nil, invalid(TenantMismatch, "the principal %s belongs to another tenant", id)
		case ok && !slices.Contains(list, id):
			list = append(list, id)
		case !ok && !slices.Contains(before, id):
			return nil, notFound(PrincipalNotFound, "there is no principal with the object id %s", id)
		}
	}
	return list, nil
}
