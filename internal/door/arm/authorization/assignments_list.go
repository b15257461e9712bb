package authorization

import (
	"container/heap"
	"iter"
	"sort"

	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/name"
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
	return kit.List(c, func(after string, yield func(kit.Item) bool) {
		entry := presentAssignment(c.View, c.Scope, nil)
		for key, a := range c.View.AssignmentsFrom(c.Scope, !f.atScope, after) {
			entry.a = a
			if a.Tenant == c.Token.Tenant && !c.View.Fenced(a.Scope) && !yield(kit.Item{Key: key, Body: entry}) {
				return
			}
		}
	})
}

// listGrants lists what one principal was granted, in the order of ids. Its own assignments are looked up, not searched for,
// and a page begins where the last one ended.
func listGrants(c *kit.Call, f filter) (kit.Answer, error) {
	return kit.List(c, func(after string, yield func(kit.Item) bool) {
		entry := presentAssignment(c.View, c.Scope, nil)
		for a := range grantsOf(c.View, f, after).inOrder() {
			entry.a = a
			near := a.Scope.Covers(c.Scope) || !f.atScope && c.Scope.Covers(a.Scope)
			if a.Tenant == c.Token.Tenant && near && !c.View.Fenced(a.Scope) && !yield(kit.Item{Key: a.ID.String(), Body: entry}) {
				return
			}
		}
	})
}

// grants are lists of assignments, each in the order of ids and none empty: a heap by their first.
type grants [][]*view.RoleAssignment

// grantsOf gives the assignments of the filter's principal, and of its groups if they are asked for, from behind an id on.
func grantsOf(v *view.View, f filter, after string) (all grants) {
	of := []name.GUID{f.principal}
	if f.withGroups {
		of = append(of, v.GroupsOf(f.principal)...)
	}
	for i, id := range of {
		list := v.AssignmentsOf(id)
		at := sort.Search(len(list), func(at int) bool { return list[at].ID.String() > after })
		if i > 0 && id == f.principal || at == len(list) { // a group may be its own member, through others
			continue
		}
		all = append(all, list[at:])
	}
	return all
}

// inOrder yields all by their ids, once.
func (g grants) inOrder() iter.Seq[*view.RoleAssignment] {
	return func(yield func(*view.RoleAssignment) bool) {
		for heap.Init(&g); len(g) > 0 && yield(g[0][0]); {
			if g[0] = g[0][1:]; len(g[0]) == 0 {
				heap.Pop(&g)
			} else {
				heap.Fix(&g, 0)
			}
		}
	}
}

// Len implements sort.Interface.
func (g grants) Len() int { return len(g) }

// Less implements sort.Interface.
func (g grants) Less(i, j int) bool { return g[i][0].ID.String() < g[j][0].ID.String() }

// Swap implements sort.Interface.
func (g grants) Swap(i, j int) { g[i], g[j] = g[j], g[i] }

// Push implements heap.Interface.
func (g *grants) Push(x any) { *g = append(*g, x.([]*view.RoleAssignment)) } //nolint:forcetypeassert // it holds nothing else

// Pop implements heap.Interface.
func (g *grants) Pop() any {
	last := (*g)[len(*g)-1]
	*g = (*g)[:len(*g)-1]
	return last
}
