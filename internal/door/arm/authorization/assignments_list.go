package authorization

import (
	"cmp"
	"iter"
	"slices"

	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/view"
)

// listAssignments lists who has which role at the scope and above it, and without atScope() below it too. principalId eq
// keeps those of one principal, assignedTo() those of its groups as well.
func listAssignments(c *kit.Call) (kit.Answer, error) {
	f, err := readFilter(c, filterAtScope, filterPrincipal, filterAssignedTo)
	if err != nil {
		return kit.Answer{}, err
	}
	if !f.principal.IsZero() {
		return listGrants(c, f)
	}
	return kit.List(c, func(after string) iter.Seq[kit.Item] {
		return func(yield func(kit.Item) bool) {
			for key, a := range c.View.AssignmentsFrom(c.Scope, !f.atScope, after) {
				if a.Tenant == c.Token.Tenant && !c.View.Fenced(a.Scope) && !yield(kit.Item{Key: key, Body: presentAssignment(c.View, c.Scope, a)}) {
					return
				}
			}
		}
	})
}

// listGrants lists what one principal was granted. Its own assignments are looked up, not searched for.
func listGrants(c *kit.Call, f filter) (kit.Answer, error) {
	type entry struct {
		key string
		a   *view.RoleAssignment
	}
	var found []entry
	for _, a := range grantsOf(c.View, f.principal, f.withGroups) {
		near := a.Scope.Covers(c.Scope) || !f.atScope && c.Scope.Covers(a.Scope)
		if a.Tenant == c.Token.Tenant && near && !c.View.Fenced(a.Scope) {
			found = append(found, entry{a.ScopeKey(), a})
		}
	}
	slices.SortFunc(found, func(a, b entry) int { return cmp.Compare(a.key, b.key) })
	return kit.List(c, func(after string) iter.Seq[kit.Item] {
		return func(yield func(kit.Item) bool) {
			for _, e := range found {
				if e.key > after && !yield(kit.Item{Key: e.key, Body: presentAssignment(c.View, c.Scope, e.a)}) {
					return
				}
			}
		}
	})
}
