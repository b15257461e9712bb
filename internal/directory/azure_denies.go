package directory

import (
	"slices"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/view"
)

// PutDeny makes or replaces a deny assignment and gives its id; a zero id makes a new one. Azure lets nobody write these
// but its own services, so no door does either: the operator alone does.
func (e *Edit) PutDeny(d view.DenyAssignment) (name.GUID, Outcome, error) {
	if d.ID.IsZero() {
		d.ID = name.NewGUID()
	}
	if err := e.checkDeny(&d); err != nil {
		return d.ID, Unchanged, err
	}
	d.Created = e.now
	if old, ok := e.view.Deny(d.ID); ok {
		d.Created = old.Created
	}
	outcome, err := e.Save(&d)
	return d.ID, outcome, err
}

func (e *Edit) checkDeny(d *view.DenyAssignment) error {
	if _, ok := e.view.Tenant(d.Tenant); !ok {
		return notFound(TenantNotFound, "there is no tenant %s", d.Tenant)
	}
	if old, ok := e.view.Deny(d.ID); ok && old.Tenant != d.Tenant {
		return notFound(DenyNotFound, "there is no deny assignment %s in this tenant", d.ID)
	}
	if d.Name == "" || utf8.RuneCountInString(d.Name) > 128 {
		return invalid(InvalidName, "the name of a deny assignment has 1 to 128 characters")
	}
	for other := range e.view.Denies() {
		if other.Tenant == d.Tenant && other.Name == d.Name && other.ID != d.ID {
			return conflict(Exists, "there is already a deny assignment named %q", d.Name)
		}
	}
	if err := firstError(e.checkScope(d.Tenant, d.Scope), because(InvalidValue, form.Deny(d))); err != nil {
		return err
	}
	for _, id := range slices.Concat(d.Principals, d.Exclude) {
		who, ok := e.view.Assignee(id)
		if id != rbac.Everyone() && (!ok || who.Tenant != d.Tenant) {
			return notFound(PrincipalNotFound, "Principal %s does not exist in the directory", id)
		}
	}
	return nil
}

// DeleteDeny takes a deny assignment back.
func (e *Edit) DeleteDeny(id name.GUID) error {
	d, ok := e.view.Deny(id)
	if !ok {
		return notFound(DenyNotFound, "there is no deny assignment %s", id)
	}
	return e.Remove(d)
}
