package directory

import (
	"fmt"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/directory/place"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/view"
)

// RoleDefinitionSpec is a custom Azure role as somebody wants it.
type RoleDefinitionSpec struct {
	ID                name.GUID // zero makes a new one; an id that nothing has yet is taken
	Tenant            name.GUID
	Name, Description string
	Assignable        []name.Scope
	Permissions       []view.RolePermission
	By                name.GUID // object id of who writes it; zero is the installation itself
}

// PutRoleDefinition makes or replaces a custom role and gives its id.
func (e *Edit) PutRoleDefinition(s RoleDefinitionSpec) (name.GUID, Outcome, error) {
	if s.ID.IsZero() {
		s.ID = name.NewGUID()
	}
	d := &view.RoleDefinition{
		ID: s.ID, Tenant: s.Tenant, Name: s.Name, Description: s.Description, Assignable: s.Assignable,
		Permissions: s.Permissions, Created: e.now, CreatedBy: s.By,
	}
	if err := e.checkDefinition(d); err != nil {
		return s.ID, Unchanged, err
	}
	if old, ok := e.view.RoleDefinition(s.ID); ok {
		d.Created, d.CreatedBy, d.Updated, d.UpdatedBy = old.Created, old.CreatedBy, old.Updated, old.UpdatedBy
		if e.differs(d) {
			d.Updated, d.UpdatedBy = e.now, s.By
		}
	}
	outcome, err := e.Save(d)
	return s.ID, outcome, err
}

func (e *Edit) checkDefinition(d *view.RoleDefinition) error {
	if _, ok := e.view.Tenant(d.Tenant); !ok {
		return notFound(TenantNotFound, "there is no tenant %s", d.Tenant)
	}
	if old, ok := e.view.RoleDefinition(d.ID); ok && old.Tenant != d.Tenant {
		return notFound(RoleDefinitionNotFound, "there is no role definition %s in this tenant", d.ID)
	}
	if d.Name == "" || utf8.RuneCountInString(d.Name) > 128 {
		return invalid(InvalidName, "the name of a role has 1 to 128 characters")
	}
	if b, ok := e.view.AzureRole(d.Tenant, d.ID); ok && b.BuiltIn() {
		return conflict(HouseOwned, "%q is a built-in role and is not changed", b.Name())
	}
	if other, ok := e.view.AzureRoleNamed(d.Tenant, d.Name); ok && other.ID() != d.ID {
		return conflict(Exists, "there is already a role named %q", d.Name)
	}
	for _, s := range d.Assignable {
		if err := e.checkScope(d.Tenant, s); err != nil {
			return err
		}
	}
	return because(InvalidValue, form.Definition(d))
}

// DeleteRoleDefinition deletes a custom role that no assignment uses.
func (e *Edit) DeleteRoleDefinition(id name.GUID) error {
	d, ok := e.view.RoleDefinition(id)
	if !ok {
		return notFound(RoleDefinitionNotFound, "there is no custom role definition %s", id)
	}
	for a := range e.view.Assignments() {
		if a.Role == id {
			return conflict(InUse, "the role %q is still granted at %s, by the assignment %s", d.Name, a.Scope, a.ID)
		}
	}
	return e.Remove(d)
}

// AssignmentSpec is a role assignment as somebody wants it.
type AssignmentSpec struct {
	ID        name.GUID // zero makes a new one
	Tenant    name.GUID // whose "/" the scope "/" is; for other scopes it may be zero
	Scope     name.Scope
	Role      name.GUID // id of a role definition
	Principal name.GUID // object id
	Name      string    // a description
	Condition string    // empty is none
	By        name.GUID // object id of who writes it; zero is the installation itself
}

// PutAssignment grants a role and gives the assignment's id. The same grant under another id exists already and is
// refused with that id; for an id that exists only description and condition may differ.
func (e *Edit) PutAssignment(s AssignmentSpec) (name.GUID, Outcome, error) {
	if err := e.checkAssignment(&s); err != nil {
		return name.GUID{}, Unchanged, err
	}
	for _, a := range e.view.AssignmentsOf(s.Principal) {
		if a.Role == s.Role && a.Scope.Key() == s.Scope.Key() && a.ID != s.ID {
			return a.ID, Unchanged, conflict(Exists, "The role assignment already exists. The ID of the existing role assignment is %s.", a.ID)
		}
	}
	if s.ID.IsZero() {
		s.ID = name.NewGUID()
	}
	a := &view.RoleAssignment{
		ID: s.ID, Tenant: s.Tenant, Scope: s.Scope, Role: s.Role, Principal: s.Principal, Name: s.Name, Condition: s.Condition,
		Created: e.now, CreatedBy: s.By,
	}
	if old, ok := e.view.Assignment(s.ID); ok {
		if old.Tenant != s.Tenant || old.Scope.Key() != s.Scope.Key() || old.Role != s.Role || old.Principal != s.Principal {
			return s.ID, Unchanged, conflict(AssignmentFixed,
				"the assignment %s exists and grants something else; delete it and make another", s.ID)
		}
		a.Scope, a.Created, a.CreatedBy, a.Updated, a.UpdatedBy = old.Scope, old.Created, old.CreatedBy, old.Updated, old.UpdatedBy
		if e.differs(a) {
			a.Updated, a.UpdatedBy = e.now, s.By
		}
	}
	outcome, err := e.Save(a)
	return s.ID, outcome, err
}

func (e *Edit) checkAssignment(s *AssignmentSpec) error {
	who, ok := e.view.Assignee(s.Principal)
	if !ok {
		return notFound(PrincipalNotFound, "Principal %s does not exist in the directory", s.Principal)
	}
	tenant := who.Tenant
	if s.Tenant.IsZero() {
		s.Tenant = tenant
	}
	if s.Tenant != tenant {
		return invalid(TenantMismatch, "the principal %s belongs to another tenant", s.Principal)
	}
	if err := e.checkScope(tenant, s.Scope); err != nil {
		return err
	}
	role, ok := e.view.AzureRole(tenant, s.Role)
	if !ok {
		return notFound(RoleUnknown, "The specified role definition with ID '%s' does not exist.", s.Role)
	}
	if !role.Assignable(s.Scope) {
		return invalid(RoleNotAssignable, "the role %q may not be assigned at %s", role.Name(), s.Scope)
	}
	if s.Condition != "" {
		if _, err := rbac.ParseCondition(s.Condition); err != nil {
			return invalid(ConditionInvalid, "%v", err)
		}
	}
	return because(InvalidValue, form.Assignment(&view.RoleAssignment{Name: s.Name}))
}

// DeleteAssignment takes a grant back.
func (e *Edit) DeleteAssignment(id name.GUID) error {
	a, ok := e.view.Assignment(id)
	if !ok {
		return notFound(AssignmentNotFound, "there is no role assignment %s", id)
	}
	return e.Remove(a)
}

// checkScope says whether the scope is a place of the tenant that exists, and names the nearest above it if it is not.
func (e *Edit) checkScope(tenant name.GUID, s name.Scope) error {
	switch place.Check(e.view, tenant, s) {
	case place.Foreign:
		return invalid(TenantMismatch, "the scope %s belongs to another tenant", s)
	case place.Fenced:
		return fenced(s)
	case place.Absent:
		hint := ""
		if above, ok := place.Above(e.view, s); ok {
			hint = fmt.Sprintf("; the nearest place above it that a role can be granted on is %s", above)
		}
		return notFound(ReferenceMissing, "the scope %s does not exist%s", s, hint)
	case place.None:
	}
	return nil
}
