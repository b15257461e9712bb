package form

import (
	"errors"
	"slices"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Definition checks what a custom role says of itself (Azure RBAC limits: 2,000 assignable scopes).
func Definition(d *view.RoleDefinition) error {
	if len(d.Assignable) == 0 || len(d.Assignable) > 2000 {
		return errors.New("a role needs 1 to 2,000 assignable scopes")
	}
	if utf8.RuneCountInString(d.Description) > 1024 {
		return errors.New("the description of a role has at most 1,024 characters")
	}
	_, err := rbac.Compile(d.Definition())
	return err
}

// Assignment checks the texts of a role assignment.
func Assignment(a *view.RoleAssignment) error {
	if utf8.RuneCountInString(a.Name) > 1024 {
		return errors.New("the description of an assignment has at most 1,024 characters")
	}
	return nil
}

// Deny checks what a deny assignment says of itself. All principals are named by the zero GUID, which cannot be excluded
// (Microsoft, "Understand Azure deny assignments").
func Deny(d *view.DenyAssignment) error {
	switch {
	case len(d.Permissions) == 0:
		return errors.New("a deny assignment needs permissions")
	case len(d.Principals) == 0:
		return errors.New("a deny assignment needs principals; all of them are " + rbac.Everyone().String())
	case len(d.Principals)+len(d.Exclude) > 2000:
		return errors.New("a deny assignment names at most 2,000 principals")
	case slices.Contains(d.Exclude, rbac.Everyone()):
		return errors.New("a deny assignment cannot exclude all principals")
	case slices.ContainsFunc(slices.Concat(d.Principals, d.Exclude), name.GUID.IsZero):
		return errors.New("a principal of a deny assignment is empty")
	case utf8.RuneCountInString(d.Description) > 1024:
		return errors.New("the description of a deny assignment has at most 1,024 characters")
	}
	_, err := d.Parse()
	return err
}
