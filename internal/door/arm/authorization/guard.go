package authorization

import (
	"slices"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// guardDefinition refuses a definition by which its author would widen what the author may do. Whoever may grant any role
// to anybody wherever this one can be granted has nothing to win. Of the others nobody may say what a role means that they
// hold; and nobody whose right to grant roles is limited by a condition may define roles at all where they grant them: the
// condition names roles, and they would become something else.
func guardDefinition(c *kit.Call, v *view.View, spec directory.RoleDefinitionSpec) error {
	old, exists := ownDefinition(c, v, spec.ID)
	if exists && slices.EqualFunc(old.Permissions, spec.Permissions, samePermission) && slices.EqualFunc(old.Assignable, spec.Assignable, sameScope) {
		return nil // name and description mean nothing to the engine
	}
	var bound []name.Scope // where the caller may not grant whatever it likes
	for _, at := range spec.Assignable {
		if !c.Decide(v, writeAssignments, at).Allowed() {
			bound = append(bound, at)
		}
	}
	if len(bound) == 0 {
		return nil
	}
	for _, a := range held(v, c.Principal()) {
		role, ok := v.AzureRole(a.Tenant, a.Role)
		switch {
		case !ok:
		case a.Role == spec.ID:
			return refuseDefinition("the client holds it, by the assignment %s", a.ID)
		case role.Permits(writeAssignments, false) && slices.ContainsFunc(bound, func(at name.Scope) bool { return at.Covers(a.Scope) || a.Scope.Covers(at) }):
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
	return fault.New(fault.Denied, DefinitionDenied, "The role would widen what the client itself may do: "+format+".", args...)
}
