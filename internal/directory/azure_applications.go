package directory

import (
	"github.com/lanyard-id/lanyard/internal/directory/registration"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// ApplicationSpec is an app registration as somebody wants it.
type ApplicationSpec = registration.Spec

// Grant is an app role that a principal holds.
type Grant = registration.Grant

// DirectoryGroupSpec is a group of principals as somebody wants it.
type DirectoryGroupSpec = registration.GroupSpec

// PutApplication makes or replaces an application and gives its object id. A new one gets a new client id.
func (e *Edit) PutApplication(s ApplicationSpec) (name.GUID, Outcome, error) {
	a, err := e.application(s)
	if err != nil {
		return name.GUID{}, Unchanged, err
	}
	if a, err = registration.Apply(e.view, a, s); err != nil {
		return name.GUID{}, Unchanged, err
	}
	outcome, err := e.save(a)
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

// changed saves what a rule made of an application.
func (e *Edit) changed(id name.GUID, change func(view.Application) (*view.Application, error)) (Outcome, error) {
	a, err := e.ownApplication(id)
	if err != nil {
		return Unchanged, err
	}
	if a, err = change(*a); err != nil {
		return Unchanged, err
	}
	return e.save(a)
}

// AddSecret gives an application one more secret to sign in with.
func (e *Edit) AddSecret(id name.GUID, s view.ClientSecret) error {
	_, err := e.changed(id, func(a view.Application) (*view.Application, error) { return registration.AddSecret(a, s, e.now) })
	return err
}

// RemoveSecret takes a secret away from an application.
func (e *Edit) RemoveSecret(id, keyID name.GUID) error {
	_, err := e.changed(id, func(a view.Application) (*view.Application, error) { return registration.RemoveSecret(a, keyID) })
	return err
}

// SetCertificates makes the list the application's whole set of certificates.
func (e *Edit) SetCertificates(id name.GUID, list []view.ClientCertificate) (Outcome, error) {
	return e.changed(id, func(a view.Application) (*view.Application, error) {
		return registration.SetCertificates(a, list, e.now)
	})
}

// CreateService gives an application a service principal with a new object id.
func (e *Edit) CreateService(id name.GUID) error {
	_, err := e.changed(id, func(a view.Application) (*view.Application, error) {
		if a.HasService() {
			return nil, conflict(Exists, "the application %q has a service principal already", a.DisplayName)
		}
		a.Principal.ObjectID, a.Principal.RevokedAt, a.Disabled = name.NewGUID(), 0, false
		return &a, nil
	})
	return err
}

// DeleteService takes the service principal away from an application: its tokens and what it was granted end with it.
func (e *Edit) DeleteService(id name.GUID) error {
	_, err := e.changed(id, func(a view.Application) (*view.Application, error) {
		for _, granted := range e.view.AssignmentsOf(a.Principal.ObjectID) {
			if err := e.remove(granted); err != nil {
				return nil, err
			}
		}
		a.Principal.ObjectID, a.Principal.RevokedAt = name.GUID{}, 0
		return &a, nil
	})
	return err
}

// SetEnabled says whether an application's service principal gets tokens. Disabling it ends those that it has.
func (e *Edit) SetEnabled(id name.GUID, enabled bool) (Outcome, error) {
	return e.changed(id, func(a view.Application) (*view.Application, error) {
		if !enabled && !a.Disabled {
			a.Principal.RevokedAt = e.nextRev()
		}
		a.Disabled = !enabled
		return &a, nil
	})
}

// GrantAppRole lets a principal hold an app role of any application of its tenant, the house's too.
func (e *Edit) GrantAppRole(g Grant) error {
	a, ok := e.view.Application(g.Application)
	if !ok {
		return notFound(ApplicationNotFound, "there is no application %s", g.Application)
	}
	held, already, err := registration.Hold(e.view, *a, g)
	if err == nil && already {
		err = conflict(Exists, "the principal holds the app role already")
	}
	if err == nil {
		_, err = e.save(held)
	}
	return err
}

// RevokeAppRole takes an app role back.
func (e *Edit) RevokeAppRole(g Grant) error {
	a, ok := e.view.Application(g.Application)
	if !ok {
		return notFound(ApplicationNotFound, "there is no application %s", g.Application)
	}
	left, err := registration.Drop(*a, g)
	if err == nil {
		_, err = e.save(left)
	}
	return err
}

// PutDirectoryGroup makes or replaces a group of principals and gives its object id.
func (e *Edit) PutDirectoryGroup(s DirectoryGroupSpec) (name.GUID, Outcome, error) {
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
	outcome, err := e.save(g)
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
