package directory

import (
	"github.com/lanyard-id/lanyard/internal/directory/attach"
	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/directory/vault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// ResourceSpec is an ARM resource as somebody wants it. The identity block is the whole set: what it does not name is
// taken away.
type ResourceSpec struct {
	ID             name.ResourceID
	Kind, Location string
	Tags           view.Tags
	Identity       IdentitySpec
	Properties     view.Raw // a JSON object, or nothing
	Envelope       view.Raw // a JSON object of ARM's other members (sku, plan, ...), or nothing
	MaxLifetime    int      // seconds; 0 is no bound of its own
}

// IdentitySpec is what an identity block asks for.
type IdentitySpec struct {
	System bool
	Users  []name.ResourceID
}

// ParseIdentityType reads the type of an identity block: None, SystemAssigned, UserAssigned or both with a comma.
// Spaces and case do not count; clients send both spellings.
func ParseIdentityType(s string) (system, user bool, err error) {
	system, user, err = form.IdentityType(s)
	return system, user, because(InvalidValue, err)
}

// NewIdentitySpec checks that type and list of an identity block agree.
func NewIdentitySpec(typ string, users []name.ResourceID) (IdentitySpec, error) {
	system, user, err := ParseIdentityType(typ)
	switch {
	case err != nil:
		return IdentitySpec{}, err
	case user && len(users) == 0:
		return IdentitySpec{}, invalid(InvalidValue, "the type UserAssigned needs at least one user-assigned identity")
	case !user && len(users) > 0:
		return IdentitySpec{}, invalid(InvalidValue, "user-assigned identities are listed, but the type is %s", shown(typ))
	}
	return IdentitySpec{System: system, Users: users}, nil
}

// IdentityType is the type that a resource's identity block shows, without spaces.
func IdentityType(r *view.Resource) string {
	switch {
	case r.System != nil && len(r.Users) > 0:
		return "SystemAssigned,UserAssigned"
	case r.System != nil:
		return "SystemAssigned"
	case len(r.Users) > 0:
		return "UserAssigned"
	}
	return "None"
}

// PutResource makes or replaces a resource. Enabling the system-assigned identity makes a service principal with new
// ids, disabling it destroys that principal and its assignments. Each user-assigned identity is attached as the one that
// has the name now; one that is attached already and exists no longer stays attached and grants nothing.
func (e *Edit) PutResource(s ResourceSpec) (Outcome, error) {
	if err := s.check(); err != nil {
		return Unchanged, err
	}
	tenant, err := e.place(s.ID)
	if err != nil {
		return Unchanged, err
	}
	if err := vault.Check(s.ID, s.Properties, tenant); err != nil {
		return Unchanged, err
	}
	r := &view.Resource{ID: s.ID, UID: name.NewGUID(), Created: e.now}
	if old, ok := e.view.Resource(s.ID); ok {
		kept := *old
		r = &kept
	}
	r.Kind, r.Location, r.Tags, r.MaxLifetime = s.Kind, s.Location, s.Tags, s.MaxLifetime
	r.Properties, r.Envelope = s.Properties, s.Envelope
	if r.Users, err = e.attach(tenant, r.Users, s.Identity.Users); err != nil {
		return Unchanged, err
	}
	gone := r.System
	switch {
	case s.Identity.System && r.System == nil:
		r.System = newPrincipal(tenant)
	case !s.Identity.System:
		r.System = nil
	}
	outcome, err := e.Save(r)
	if err != nil || gone == nil || r.System != nil {
		return outcome, err
	}
	return outcome, e.removeGrants(gone)
}

// DeleteResource deletes a resource with its system-assigned identity, what lies below it and the assignments on it.
// User-assigned identities stay.
func (e *Edit) DeleteResource(id name.ResourceID) error {
	if _, ok := e.view.Resource(id); !ok {
		return notFound(ResourceNotFound, "there is no resource %s", id)
	}
	return e.removeTree(&view.Tombstone{Scope: id.Scope(), Began: e.now})
}

func newPrincipal(tenant name.GUID) *view.Principal {
	return &view.Principal{ObjectID: name.NewGUID(), ClientID: name.NewGUID(), Tenant: tenant}
}

// removeGrants removes the assignments of a principal that is no more.
func (e *Edit) removeGrants(p *view.Principal) error {
	for _, a := range e.view.AssignmentsOf(p.ObjectID) {
		if err := e.Remove(a); err != nil {
			return err
		}
	}
	return nil
}

// attach resolves the wanted identities to those that have the names now.
func (e *Edit) attach(tenant name.GUID, before []view.Attached, wanted []name.ResourceID) ([]view.Attached, error) {
	if len(wanted) > attach.Most {
		return nil, invalid(LimitExceeded, "a resource has at most %d user-assigned identities, not %d", attach.Most, len(wanted))
	}
	list, which, why := attach.Resolve(e.view, tenant, before, wanted)
	switch why {
	case attach.Foreign:
		return nil, invalid(TenantMismatch, "the identity %s belongs to another tenant", which)
	case attach.Missing:
		return nil, invalid(ReferenceMissing, "there is no user-assigned identity %s", which)
	case attach.Fine:
	}
	return list, nil
}

// check looks at everything that does not need the View.
func (s ResourceSpec) check() error {
	if len(s.Kind) > 90 {
		return invalid(InvalidValue, "a kind has at most 90 characters")
	}
	for what, raw := range map[string]view.Raw{"properties": s.Properties, "the other members": s.Envelope} {
		if len(raw) == 0 {
			continue
		}
		if _, err := strictjson.Parse(raw, strictjson.Limits{}); err != nil {
			return invalid(InvalidValue, "%s must be a JSON object: %v", what, err)
		}
	}
	return firstError(because(InvalidName, form.Type(s.ID.Type())), because(InvalidValue, form.Plain(s.ID.Type())),
		because(InvalidName, form.Resource(s.ID)), because(InvalidValue, form.Promises(s.ID, s.Properties)), because(InvalidValue, form.Location(s.Location)),
		because(InvalidValue, form.Tags(s.Tags)), because(InvalidValue, form.Lifetime(s.MaxLifetime)))
}

// UserIdentitySpec is a user-assigned identity as somebody wants it. Its federated credentials have commands of their
// own.
type UserIdentitySpec struct {
	ID          name.ResourceID
	Location    string
	Tags        view.Tags
	MaxLifetime int // seconds; 0 is no bound of its own
}

// PutUserIdentity makes or updates a user-assigned identity. A new one gets a new service principal, whatever had the
// name before.
func (e *Edit) PutUserIdentity(s UserIdentitySpec) (Outcome, error) {
	if !s.ID.IsType(view.TypeUserIdentity) {
		return Unchanged, invalid(InvalidValue, "%s is not the id of a user-assigned identity", s.ID)
	}
	err := firstError(
		because(InvalidName, form.Resource(s.ID)),
		because(InvalidValue, form.Location(s.Location)), because(InvalidValue, form.Tags(s.Tags)), because(InvalidValue, form.Lifetime(s.MaxLifetime)))
	if err != nil {
		return Unchanged, err
	}
	tenant, err := e.place(s.ID)
	if err != nil {
		return Unchanged, err
	}
	i := &view.UserIdentity{ID: s.ID, Principal: *newPrincipal(tenant), Created: e.now}
	if old, ok := e.view.Identity(s.ID); ok {
		kept := *old
		i = &kept
	}
	i.Location, i.Tags, i.MaxLifetime = s.Location, s.Tags, s.MaxLifetime
	return e.Save(i)
}

// DeleteUserIdentity deletes a user-assigned identity, its assignments and its federated credentials. Resources that it
// is attached to stay, and can no longer sign in with it, also when another identity takes the name.
func (e *Edit) DeleteUserIdentity(id name.ResourceID) error {
	if _, ok := e.view.Identity(id); !ok {
		return notFound(IdentityNotFound, "there is no user-assigned identity %s", id)
	}
	return e.removeTree(&view.Tombstone{Scope: id.Scope(), Began: e.now})
}
