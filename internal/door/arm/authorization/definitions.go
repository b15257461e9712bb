package authorization

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/view"
)

// findRole gives a role that has to do with the scope of the path: it can be granted there, or somewhere below.
func findRole(c *kit.Call, v *view.View, id name.GUID) (*rbac.Role, bool) {
	role, ok := v.AzureRole(c.Token.Tenant, id)
	return role, ok && (role.Assignable(c.Scope) || assignableBelow(role, c.Scope))
}

func assignableBelow(role *rbac.Role, at name.Scope) bool {
	return slices.ContainsFunc(role.Definition().AssignableScopes, at.Covers)
}

func getDefinition(c *kit.Call) (kit.Answer, error) {
	id, err := guid(c)
	if err != nil {
		return kit.Answer{}, err
	}
	role, ok := findRole(c, c.View, id)
	if !ok {
		return kit.Answer{}, notFound(directory.RoleDefinitionNotFound, "The specified role definition with ID '%s' does not exist.", id)
	}
	return kit.OK(presentRole(c.View, c.Scope, role), revision(c.View, id)), nil
}

// revision is that of a custom role; built-in ones never change.
func revision(v *view.View, id name.GUID) int64 {
	if d, ok := v.RoleDefinition(id); ok {
		return d.Rev
	}
	return 0
}

// listDefinitions lists the roles that can be granted at the scope, and with atScopeAndBelow() those that can only be
// granted below it too.
func listDefinitions(c *kit.Call) (kit.Answer, error) {
	f, err := readFilter(c, filterAtScope, filterAndBelow, filterRoleName, filterRoleType)
	if err != nil {
		return kit.Answer{}, err
	}
	roles := slices.Clone(c.View.BuiltinRoles())
	for d := range c.View.RoleDefinitions() {
		role, ok := c.View.AzureRole(c.Token.Tenant, d.ID)
		if ok && !role.BuiltIn() && (role.Assignable(c.Scope) || f.andBelow && assignableBelow(role, c.Scope)) {
			roles = append(roles, role)
		}
	}
	slices.SortFunc(roles, func(a, b *rbac.Role) int { return cmp.Compare(a.ID().String(), b.ID().String()) })
	return kit.List(c, func(after string, yield func(kit.Item) bool) {
		for _, role := range roles {
			key := role.ID().String()
			if key > after && f.wants(role) && !yield(kit.Item{Key: key, Body: presentRole(c.View, c.Scope, role)}) {
				return
			}
		}
	})
}

// wants tells whether the filter lets a role through.
func (f filter) wants(role *rbac.Role) bool {
	typ := customRole
	if role.BuiltIn() {
		typ = builtInRole
	}
	return (f.roleName == "" || strings.EqualFold(f.roleName, role.Name())) && (f.roleType == "" || strings.EqualFold(f.roleType, typ))
}

// putDefinition makes or replaces a custom role. The right is needed wherever the role could be granted, before and after.
func putDefinition(c *kit.Call) (kit.Answer, error) {
	spec, err := readDefinition(c)
	if err != nil {
		return kit.Answer{}, err
	}
	if err := allowEverywhere(c, c.View, spec.Assignable); err != nil {
		return kit.Answer{}, err
	}
	c.Note("role", spec.ID.String())
	var outcome directory.Outcome
	err = c.Change(func(e *directory.Edit) error {
		scopes := spec.Assignable
		if old, ok := ownDefinition(c, e.View(), spec.ID); ok {
			scopes = slices.Concat(scopes, old.Assignable)
		}
		if err := allowEverywhere(c, e.View(), scopes); err != nil {
			return err
		}
		if err := guardDefinition(c, e.View(), spec); err != nil {
			return err
		}
		if err := c.Match(revision(e.View(), spec.ID)); err != nil {
			return err
		}
		var err error
		_, outcome, err = e.PutRoleDefinition(spec)
		return renamed(err, directory.Exists, DefinitionExists)
	})
	if err != nil {
		return kit.Answer{}, err
	}
	role, _ := c.View.AzureRole(c.Token.Tenant, spec.ID)
	return kit.Put(outcome, presentRole(c.View, c.Scope, role), revision(c.View, spec.ID)), nil
}

// ownDefinition gives a custom role of the caller's tenant.
func ownDefinition(c *kit.Call, v *view.View, id name.GUID) (*view.RoleDefinition, bool) {
	d, ok := v.RoleDefinition(id)
	return d, ok && d.Tenant == c.Token.Tenant
}

// allowEverywhere asks for the operation's action at the scope of the path and at each of these.
func allowEverywhere(c *kit.Call, v *view.View, scopes []name.Scope) error {
	for _, at := range append(slices.Clip(scopes), c.Scope) {
		if err := c.AllowOn(v, c.Action(), at); err != nil {
			return err
		}
	}
	return nil
}

func readDefinition(c *kit.Call) (spec directory.RoleDefinitionSpec, err error) {
	spec = directory.RoleDefinitionSpec{Tenant: c.Token.Tenant, By: c.Principal().ObjectID}
	if spec.ID, err = guid(c); err != nil {
		return spec, err
	}
	body, err := c.Body()
	if err != nil {
		return spec, err
	}
	in, ok, err := body.Object("properties")
	if err != nil {
		return spec, err
	}
	if !ok {
		return spec, invalid(kit.BadBody, "The request content has no 'properties'.")
	}
	var typ string
	for called, to := range map[string]*string{"roleName": &spec.Name, "description": &spec.Description, "type": &typ} {
		if *to, err = in.Text(called); err != nil {
			return spec, err
		}
	}
	if typ != "" && !strings.EqualFold(typ, customRole) {
		return spec, invalid(kit.BadBody, "A role that is made here is of the type '%s', not '%s'.", customRole, kit.Shown(typ))
	}
	scopes, err := in.Texts("assignableScopes")
	if err != nil {
		return spec, err
	}
	for _, said := range scopes {
		s, err := name.ParseScope(said)
		if err != nil {
			return spec, invalid(kit.BadBody, "The assignable scope '%s' is not valid: %s.", kit.Shown(said), err)
		}
		spec.Assignable = append(spec.Assignable, s)
	}
	spec.Permissions, err = readPermissions(in)
	return spec, err
}

// readPermissions reads the blocks of a role. A condition inside of one is refused: it belongs on the assignment here.
func readPermissions(in kit.Object) (list []view.RolePermission, err error) {
	v, err := in.Get("permissions")
	if err != nil {
		return nil, err
	}
	blocks, ok := v.Elements()
	if !ok {
		return nil, invalid(kit.BadBody, "The request content was invalid: 'properties.permissions' is not an array.")
	}
	for _, b := range blocks {
		block, err := kit.ParseObject(b.Raw())
		if err != nil {
			return nil, err
		}
		var p view.RolePermission
		for called, to := range map[string]*[]string{
			"actions": &p.Actions, "notActions": &p.NotActions, "dataActions": &p.DataActions, "notDataActions": &p.NotDataActions,
		} {
			if *to, err = block.Texts(called); err != nil {
				return nil, err
			}
		}
		for _, called := range []string{"condition", "conditionVersion"} {
			if text, err := block.Text(called); err != nil || text != "" {
				return nil, cmp.Or(err, invalid(NotOffered, "A condition inside of a permission is not offered; put it on the role assignment."))
			}
		}
		list = append(list, p)
	}
	return list, nil
}

// deleteDefinition deletes a custom role that nobody holds.
func deleteDefinition(c *kit.Call) (kit.Answer, error) {
	id, err := guid(c)
	if err != nil {
		return kit.Answer{}, err
	}
	if err := c.NoBody(); err != nil {
		return kit.Answer{}, err
	}
	role, ok := findRole(c, c.View, id)
	if !ok {
		return kit.Answer{Status: http.StatusNoContent}, nil
	}
	if role.BuiltIn() {
		return kit.Answer{}, invalid(kit.BadParameter, "The role '%s' is built in and cannot be deleted.", role.Name())
	}
	gone := presentRole(c.View, c.Scope, role)
	c.Note("role", id.String())
	err = c.Change(func(e *directory.Edit) error {
		d, ok := ownDefinition(c, e.View(), id)
		if !ok {
			return notFound(directory.RoleDefinitionNotFound, "The specified role definition with ID '%s' does not exist.", id)
		}
		if err := allowEverywhere(c, e.View(), d.Assignable); err != nil {
			return err
		}
		if err := c.Match(d.Rev); err != nil {
			return err
		}
		return renamed(e.DeleteRoleDefinition(id), directory.InUse, DefinitionUsed)
	})
	return kit.OK(gone, 0), err
}
