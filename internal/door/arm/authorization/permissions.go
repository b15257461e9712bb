package authorization

import (
	"cmp"
	"slices"

	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/view"
)

// listPermissions says what the caller's own roles allow at the scope, each with the condition under which it does. Deny
// assignments are listed by themselves.
func listPermissions(c *kit.Call) (kit.Answer, error) {
	out := []permission{}
	for _, a := range held(c.View, c.Principal()) {
		role, ok := c.View.AzureRole(a.Tenant, a.Role)
		if !ok || a.Tenant != c.Token.Tenant || !a.Scope.Covers(c.Scope) {
			continue
		}
		for _, p := range presentPermissions(role.Definition().Permissions) {
			if a.Condition != "" {
				p.Condition, p.ConditionVersion = text(a.Condition), text(rbac.ConditionVersion)
			}
			out = append(out, p)
		}
	}
	return kit.OK(map[string]any{"value": out}, 0), nil
}

// held gives what a principal was granted, itself or through a group, in the order of scopes.
func held(v *view.View, p *view.Principal) []*view.RoleAssignment {
	list := slices.Clone(v.AssignmentsOf(p.ObjectID))
	for _, group := range v.GroupsOf(p.ObjectID) {
		list = append(list, v.AssignmentsOf(group)...)
	}
	slices.SortFunc(list, func(a, b *view.RoleAssignment) int {
		return cmp.Or(cmp.Compare(a.Scope.Key(), b.Scope.Key()), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	return list
}

// unknownType is ARM's word for an object id that names nothing. What is another tenant's is nothing here.
const unknownType = "Unknown"

// principalType is ARM's word for what an object id names in a tenant.
func principalType(v *view.View, tenant, id name.GUID) string {
	who, ok := v.Assignee(id)
	switch {
	case !ok || who.Tenant != tenant:
		return unknownType
	case who.Group != nil:
		return "Group"
	}
	return "ServicePrincipal"
}
