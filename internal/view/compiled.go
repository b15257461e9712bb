package view

import (
	"sync"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
)

// What is compiled hangs on the record: it is made on first use, by whichever request comes first, and lives as long as
// that version of the record. The writer has parsed every document before it was stored, so an error here means that the
// store is damaged or was written by a newer version; the caller must refuse.

type compiledDefinition struct {
	once sync.Once
	role *rbac.Role
	err  error
}

type compiledCondition struct {
	once      sync.Once
	condition *rbac.Condition
	err       error
}

// CompiledCondition is the assignment's condition as the engine evaluates it; nil if it has none.
func (a *RoleAssignment) CompiledCondition() (*rbac.Condition, error) {
	c := a.compiled
	if c == nil {
		return nil, nil //nolint:nilnil // an assignment without a condition is the usual case
	}
	c.once.Do(func() { c.condition, c.err = rbac.ParseCondition(a.Condition) })
	return c.condition, c.err
}

// Compiled is the definition as the engine decides by it.
func (d *RoleDefinition) Compiled() (*rbac.Role, error) {
	c := d.compiled
	c.once.Do(func() { c.role, c.err = rbac.Compile(d.Definition()) })
	return c.role, c.err
}

// Definition is the definition in the engine's words.
func (d *RoleDefinition) Definition() rbac.RoleDefinition {
	return rbac.RoleDefinition{
		ID: d.ID, Name: d.Name, Description: d.Description,
		AssignableScopes: d.Assignable, Permissions: permissions(d.Permissions),
	}
}

// builtinRoles are the engine's own roles, compiled once for all Views that come from one Load.
type builtinRoles struct {
	byID map[name.GUID]*rbac.Role
	list []*rbac.Role
}

func compileBuiltins() (*builtinRoles, error) {
	b := &builtinRoles{byID: map[name.GUID]*rbac.Role{}}
	for _, d := range rbac.Builtins() {
		role, err := rbac.Compile(d)
		if err != nil {
			return nil, err
		}
		b.byID[d.ID] = role
		b.list = append(b.list, role)
	}
	return b, nil
}
