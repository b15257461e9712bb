package directory

import (
	"github.com/lanyard-id/lanyard/internal/directory/registration"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// ApplicationSpec is an app registration as somebody wants it.
type ApplicationSpec = registration.Spec

// GroupMembersSpec is a group of principals as somebody wants it.
type GroupMembersSpec = registration.GroupSpec

// PutApplication makes or replaces an application and gives its object id. A new one gets a new client id.
func (e *Edit) PutApplication(s ApplicationSpec) (name.GUID, Outcome, error) {
	a, err := e.application(s)
	if err != nil {
		return name.GUID{}, Unchanged, err
	}
	if a, err = registration.Apply(e.view, a, s); err != nil {
		return name.GUID{}, Unchanged, err
	}
	outcome, err := e.Save(a)
	return a.ObjectID, outcome, err
}

// RedefineAppRoles replaces the definitions of an application's roles; who holds them stays.
func (e *Edit) RedefineAppRoles(s ApplicationSpec) (name.GUID, Outcome, error) {
	a, err := e.application(s)
	if err == nil {
		s.Roles, err = registration.Redefine(e.view, a, s.Roles)
	}
	if err != nil {
		return name.GUID{}, Unchanged, err
	}
	return e.PutApplication(s)
}

// application gives the record to change: the one that exists, or a new one.
func (e *Edit) application(s ApplicationSpec) (*view.Application, error) {
	if _, ok := e.view.Tenant(s.Tenant); !ok {
		return nil, notFound(TenantNotFound, "there is no tenant %s", s.Tenant)
	}
	if s.ObjectID.IsZero() {
		return registration.New(s, e.now), nil
	}
	old, err := e.ownApplication(s.ObjectID)
	if err == nil && old.Principal.Tenant != s.Tenant {
		err = notFound(ApplicationNotFound, "there is no application %s in this tenant", s.ObjectID)
	}
	return old, err
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

// ChangeApplication saves what a rule makes of an application. A service principal that is no longer its own takes what it
// was granted with it.
func (e *Edit) ChangeApplication(id name.GUID, change registration.Change) (Outcome, error) {
	if _, err := e.ownApplication(id); err != nil {
		return Unchanged, err
	}
	return e.ChangeHolders(id, change)
}

// ChangeHolders is ChangeApplication for rules about who holds app roles: those of the house's applications are granted
// like others.
func (e *Edit) ChangeHolders(id name.GUID, change registration.Change) (Outcome, error) {
	before, ok := e.view.Application(id)
	if !ok {
		return Unchanged, notFound(ApplicationNotFound, "there is no application %s", id)
	}
	after, err := change(registration.Context{View: e.view, Application: *before, Now: e.now, NextRev: e.NextRev()})
	if err != nil {
		return Unchanged, err
	}
	if before.HasService() && before.Principal.ObjectID != after.Principal.ObjectID {
		for _, granted := range e.view.AssignmentsOf(before.Principal.ObjectID) {
			if err := e.Remove(granted); err != nil {
				return Unchanged, err
			}
		}
	}
	return e.Save(after)
}

// PutDirectoryGroup makes or replaces a group of principals and gives its object id.
func (e *Edit) PutDirectoryGroup(s GroupMembersSpec) (name.GUID, Outcome, error) {
	if _, ok := e.view.Tenant(s.Tenant); !ok {
		return name.GUID{}, Unchanged, notFound(TenantNotFound, "there is no tenant %s", s.Tenant)
	}
	if old, ok := e.view.DirectoryGroup(s.ObjectID); !s.ObjectID.IsZero() && (!ok || old.Tenant != s.Tenant) {
		return name.GUID{}, Unchanged, notFound(PrincipalNotFound, "there is no group %s in this tenant", s.ObjectID)
	}
	g, err := registration.Group(e.view, s, e.now)
	if err != nil {
		return name.GUID{}, Unchanged, err
	}
	outcome, err := e.Save(g)
	return g.ObjectID, outcome, err
}

// DeleteDirectoryGroup deletes a group of principals and what was granted to it. Its members stay.
func (e *Edit) DeleteDirectoryGroup(id name.GUID) error {
	g, ok := e.view.DirectoryGroup(id)
	if !ok {
		return notFound(PrincipalNotFound, "there is no group %s", id)
	}
	return e.removeAll(g)
}
