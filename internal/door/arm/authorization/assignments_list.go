package authorization

import (
	"container/heap"
	"iter"

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
	all := grantsOf(c.View, f.principal, f.withGroups)
	return kit.List(c, func(after string) iter.Seq[kit.Item] {
		found := make(grants, 0, len(all))
		for _, a := range all {
			near := a.Scope.Covers(c.Scope) || !f.atScope && c.Scope.Covers(a.Scope)
			if a.Tenant == c.Token.Tenant && near && !c.View.Fenced(a.Scope) {
				if key := a.ScopeKey(); key > after {
					found = append(found, grant{key, a})
				}
			}
		}
		return func(yield func(kit.Item) bool) {
			for g := range found.inOrder() {
				if !yield(kit.Item{Key: g.key, Body: presentAssignment(c.View, c.Scope, g.a)}) {
					return
				}
			}
		}
	})
}

// grant is an assignment and its place in the order of the list.
type grant struct {
	key string
	a   *view.RoleAssignment
}

// grants is a heap: a page takes the first of many, and sorting them all for every page took a third of its time.
type grants []grant

// inOrder yields all by their keys, once.
func (g grants) inOrder() iter.Seq[grant] {
	return func(yield func(grant) bool) {
		heap.Init(&g)
		for len(g) > 0 && yield(heap.Pop(&g).(grant)) { //nolint:forcetypeassert // it holds nothing else
		}
	}
}

// Len implements sort.Interface.
func (g grants) Len() int { return len(g) }

// Less implements sort.Interface.
func (g grants) Less(i, j int) bool { return g[i].key < g[j].key }

// Swap implements sort.Interface.
func (g grants) Swap(i, j int) { g[i], g[j] = g[j], g[i] }

// Push implements heap.Interface.
func (g *grants) Push(x any) { *g = append(*g, x.(grant)) } //nolint:forcetypeassert // see inOrder

// Pop implements heap.Interface.
func (g *grants) Pop() any {
	last := (*g)[len(*g)-1]
	*g = (*g)[:len(*g)-1]
	return last
}
