package authorization

import (
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/view"
)

// findAssignment gives an assignment of the caller's tenant on exactly the scope of the path.
func findAssignment(c *kit.Call, v *view.View, id name.GUID) (*view.RoleAssignment, bool) {
	a, ok := v.Assignment(id)
	if ok && a.Tenant != c.Token.Tenant {
		c.Foreign(a.Tenant)
		return nil, false
	}
	return a, ok && a.Scope.Key() == c.Scope.Key() && !v.Fenced(a.Scope)
}

func getAssignment(c *kit.Call) (kit.Answer, error) {
	id, err := guid(c)
	if err != nil {
		return kit.Answer{}, err
	}
	a, ok := findAssignment(c, c.View, id)
	if !ok {
		return kit.Answer{}, notFound(directory.AssignmentNotFound, "The role assignment '%s' is not found.", id)
	}
	return kit.OK(presentAssignment(c.View, c.Scope, a), a.Rev), nil
}

// putAssignment grants a role at exactly the scope of the path. What it would grant to whom is put before the conditions of
// the caller's own roles, by the View that the command changes.
func putAssignment(c *kit.Call) (kit.Answer, error) {
	spec, saidType, err := readAssignment(c)
	if err != nil {
		return kit.Answer{}, err
	}
	if err := c.AllowHaving(c.View, requested(c.View, spec)); err != nil {
		return kit.Answer{}, err
	}
	switch have := principalType(c.View, c.Token.Tenant, spec.Principal); {
	case have == unknownType:
		return kit.Answer{}, notFound(directory.PrincipalNotFound, "Principal %s does not exist in the directory %s.", spec.Principal, c.Token.Tenant)
	case saidType != "" && !strings.EqualFold(saidType, have):
		return kit.Answer{}, invalid(kit.BadBody, "The principal '%s' is of the type '%s', and not '%s'.", spec.Principal, have, kit.Shown(saidType))
	}
	c.Note("principal", spec.Principal.String())
	c.Note("role", spec.Role.String())
	var outcome directory.Outcome
	err = c.Change(func(e *directory.Edit) error {
		if err := c.AllowHaving(e.View(), requested(e.View(), spec)); err != nil {
			return err
		}
		var rev int64
		if old, ok := findAssignment(c, e.View(), spec.ID); ok {
			rev = old.Rev
		}
		if err := c.Match(rev); err != nil {
			return err
		}
		var err error
		_, outcome, err = e.PutAssignment(spec)
		return renamed(err, directory.Exists, AssignmentExists)
	})
	if err != nil {
		return kit.Answer{}, err
	}
	a, _ := c.View.Assignment(spec.ID)
	return kit.Put(outcome, presentAssignment(c.View, c.Scope, a), a.Rev), nil
}

// readAssignment reads what is to be granted, and of which type the caller says the principal is.
func readAssignment(c *kit.Call) (spec directory.AssignmentSpec, saidType string, err error) {
	spec = directory.AssignmentSpec{Tenant: c.Token.Tenant, Scope: c.Scope, By: c.Principal().ObjectID}
	if spec.ID, err = guid(c); err != nil {
		return spec, "", err
	}
	body, err := c.Body()
	if err != nil {
		return spec, "", err
	}
	in, ok, err := body.Object("properties")
	if err != nil {
		return spec, "", err
	}
	if !ok {
		return spec, "", invalid(kit.BadBody, "The request content has no 'properties'.")
	}
	var t struct{ role, principal, saidType, version, delegated string }
	for called, to := range map[string]*string{
		"roleDefinitionId": &t.role, "principalId": &t.principal, "principalType": &t.saidType, "description": &spec.Name,
		"condition": &spec.Condition, "conditionVersion": &t.version, "delegatedManagedIdentityResourceId": &t.delegated,
	} {
		if *to, err = in.Text(called); err != nil {
			return spec, "", err
		}
	}
	switch v, err := in.Get("canDelegate"); {
	case err != nil:
		return spec, "", err
	case string(v.Raw()) == "true", t.delegated != "":
		return spec, "", invalid(NotOffered, "Delegation to other tenants ('canDelegate', 'delegatedManagedIdentityResourceId') is not offered.")
	case t.version != "" && t.version != rbac.ConditionVersion:
		return spec, "", invalid(ConditionVersion, "The condition version '%s' is not supported. The supported version is '%s'.", kit.Shown(t.version), rbac.ConditionVersion)
	}
	if spec.Role, err = readRoleID(t.role); err != nil {
		return spec, "", err
	}
	if spec.Principal, err = name.ParseGUID(t.principal); err != nil {
		return spec, "", invalid(kit.BadBody, "The principal id '%s' is not a GUID.", kit.Shown(t.principal))
	}
	return spec, t.saidType, nil
}

// readRoleID reads the id of a role: the GUID alone, or behind the path with or without a scope before it.
func readRoleID(said string) (name.GUID, error) {
	last := said
	if at := strings.LastIndexByte(said, '/'); at >= 0 {
		last = said[at+1:]
		if !strings.HasSuffix(strings.ToLower(said[:at+1]), strings.ToLower(provider+"roleDefinitions/")) {
			last = ""
		}
	}
	id, err := name.ParseGUID(last)
	if err != nil {
		return id, invalid(kit.BadBody, "The role definition id '%s' is not valid: want .../providers/Microsoft.Authorization/roleDefinitions/GUID.", kit.Shown(said))
	}
	return id, nil
}

// requested is what conditions may ask of an assignment that is to be written (Microsoft, "Authorization actions and
// attributes"). A principal that does not exist has no type.
func requested(v *view.View, s directory.AssignmentSpec) rbac.Attributes {
	have := rbac.Attributes{
		{Key: rbac.RequestRoleDefinition, Value: s.Role.String()}, {Key: rbac.RequestPrincipal, Value: s.Principal.String()},
	}
	if typ := principalType(v, s.Tenant, s.Principal); typ != unknownType {
		have = append(have, rbac.Attribute{Key: rbac.RequestPrincipalType, Value: typ})
	}
	return have
}

// existing is what conditions may ask of an assignment that is to be deleted.
func existing(v *view.View, a *view.RoleAssignment) rbac.Attributes {
	return rbac.Attributes{
		{Key: rbac.ResourceRoleDefinition, Value: a.Role.String()},
		{Key: rbac.ResourcePrincipal, Value: a.Principal.String()},
		{Key: rbac.ResourcePrincipalType, Value: principalType(v, a.Tenant, a.Principal)},
	}
}

// deleteAssignment takes a role back. To whom no condition gives the right whatever the assignment is, one that is not
// there is refused like one that is.
func deleteAssignment(c *kit.Call) (kit.Answer, error) {
	id, err := guid(c)
	if err != nil {
		return kit.Answer{}, err
	}
	if err := c.NoBody(); err != nil {
		return kit.Answer{}, err
	}
	a, ok := findAssignment(c, c.View, id)
	if !ok {
		if err := c.AllowHaving(c.View, nil); err != nil {
			return kit.Answer{}, err
		}
		return kit.Answer{Status: http.StatusNoContent}, nil
	}
	if err := c.AllowHaving(c.View, existing(c.View, a)); err != nil {
		return kit.Answer{}, err
	}
	c.Note("principal", a.Principal.String())
	c.Note("role", a.Role.String())
	gone := presentAssignment(c.View, c.Scope, a)
	err = c.Change(func(e *directory.Edit) error {
		a, ok := findAssignment(c, e.View(), id)
		if !ok {
			return notFound(directory.AssignmentNotFound, "The role assignment '%s' is not found.", id)
		}
		if err := c.AllowHaving(e.View(), existing(e.View(), a)); err != nil {
			return err
		}
		if err := c.Match(a.Rev); err != nil {
			return err
		}
		return e.DeleteAssignment(id)
	})
	return kit.OK(gone, 0), err
}
