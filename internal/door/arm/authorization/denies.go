package authorization

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/view"
)

// getDeny shows a deny assignment on exactly the scope of the path.
func getDeny(c *kit.Call) (kit.Answer, error) {
	id, err := guid(c)
	if err != nil {
		return kit.Answer{}, err
	}
	d, ok := c.View.Deny(id)
	if !ok || d.Tenant != c.Token.Tenant || d.Scope.Key() != c.Scope.Key() || c.View.Fenced(d.Scope) {
		return kit.Answer{}, notFound(directory.DenyNotFound, "The deny assignment '%s' is not found.", id)
	}
	return kit.OK(presentDeny(c.View, d), d.Rev), nil
}

// listDenies lists what is blocked at the scope and above it, and without atScope() below it too.
func listDenies(c *kit.Call) (kit.Answer, error) {
	f, err := readFilter(c, filterAtScope, filterDenyName, filterPrincipal)
	if err != nil {
		return kit.Answer{}, err
	}
	var found []*view.DenyAssignment
	for d := range c.View.Denies() {
		near := d.Scope.Covers(c.Scope) || !f.atScope && c.Scope.Covers(d.Scope)
		named := f.principal.IsZero() || slices.Contains(d.Principals, f.principal) || slices.Contains(d.Principals, rbac.Everyone())
		if d.Tenant == c.Token.Tenant && near && named && !c.View.Fenced(d.Scope) && (f.denyName == "" || strings.EqualFold(d.Name, f.denyName)) {
			found = append(found, d)
		}
	}
	key := func(d *view.DenyAssignment) string { return d.Scope.Key() + "\x00" + d.ID.String() }
	slices.SortFunc(found, func(a, b *view.DenyAssignment) int { return cmp.Compare(key(a), key(b)) })
	return kit.List(c, func(after string, yield func(kit.Item) bool) {
		for _, d := range found {
			if key(d) > after && !yield(kit.Item{Key: key(d), Body: presentDeny(c.View, d)}) {
				return
			}
		}
	})
}
