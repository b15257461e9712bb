package authorization

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// guardDefinition refuses a definition by which its author would widen rights. To change what a role means is to grant it
// anew to everybody who holds it, and to everybody whom a condition lets grant it: the author must be free to grant whatever
// it likes wherever that is. And nobody whose right to grant roles is limited by a condition may define roles at all where
// they grant them: the condition names roles, and they would become something else.
func guardDefinition(c *kit.Call, v *view.View, spec directory.RoleDefinitionSpec) error {
	old, exists := ownDefinition(c, v, spec.ID)
	if exists && slices.EqualFunc(old.Permissions, spec.Permissions, samePermission) && slices.EqualFunc(old.Assignable, spec.Assignable, sameScope) {
		return nil // name and description mean nothing to the engine
	}
	free := func(at name.Scope) bool { return c.Decide(v, writeAssignments, at).Allowed() }
	for a := range v.Assignments() {
		gives, names := a.Role == spec.ID, strings.Contains(strings.ToLower(a.Condition), spec.ID.String())
		if (gives || names) && a.Tenant == c.Token.Tenant && !free(a.Scope) {
			return refuseDefinition("the assignment %s gives it, or names it in its condition, where the client may not grant whatever it likes", a.ID)
		}
	}
	bound := slices.DeleteFunc(slices.Clone(spec.Assignable), free)
	for _, a := range held(v, c.Principal()) {
		role, ok := v.AzureRole(a.Tenant, a.Role)
		if ok && role.Permits(writeAssignments, false) && slices.ContainsFunc(bound, func(at name.Scope) bool { return at.Covers(a.Scope) || a.Scope.Covers(at) }) {
			return refuseDefinition("it could be granted where the client may grant some roles only, by the assignment %s", a.ID)
		}
	}
	return nil
}

func sameScope(a, b name.Scope) bool { return a.Key() == b.Key() }

// samePermission compares as the engine reads: a list that is not there is an empty one.
func samePermission(a, b view.RolePermission) bool {
	return slices.Equal(a.Actions, b.Actions) && slices.Equal(a.NotActions, b.NotActions) &&
		slices.Equal(a.DataActions, b.DataActions) && slices.Equal(a.NotDataActions, b.NotDataActions)
}

func refuseDefinition(format string, args ...any) error {
	return fault.New(fault.Denied, DefinitionDenied, "The role would widen what the client may give: "+format+".", args...)
}
