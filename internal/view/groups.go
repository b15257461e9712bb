package view

import (
	"iter"
	"slices"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view/table"
)

// DirectoryGroup finds a group of principals by its object id.
func (v *View) DirectoryGroup(id name.GUID) (*DirectoryGroup, bool) {
	return v.memberships.groups.Get(id.String())
}

// DirectoryGroups yields all groups of principals.
func (v *View) DirectoryGroups() iter.Seq[*DirectoryGroup] { return v.memberships.groups.All() }

// MemberOf gives the groups that name the principal or group as a member. The slice is shared: read only.
func (v *View) MemberOf(id name.GUID) []name.GUID {
	list, _ := v.memberships.of.Get(id.String())
	return list
}

// GroupsOf gives the object ids of the groups that a principal is in, through other groups too. The slice is shared: read
// only.
func (v *View) GroupsOf(id name.GUID) []name.GUID {
	direct := v.MemberOf(id)
	if len(direct) == 0 {
		return nil
	}
	all := slices.Clone(direct)
	for at := 0; at < len(all); at++ { // groups may be members of each other in a circle
		for _, above := range v.MemberOf(all[at]) {
			if !slices.Contains(all, above) {
				all = append(all, above)
			}
		}
	}
	return all
}

// Assignee is what a role can be assigned to: a service principal or a group.
type Assignee struct {
	Tenant  name.GUID
	Display string
	Group   *DirectoryGroup // nil for a service principal
	Owner   Owner           // zero for a group
}

// Assignee finds what a role can be assigned to by its object id.
func (v *View) Assignee(id name.GUID) (Assignee, bool) {
	if o, ok := v.PrincipalByObject(id); ok {
		return Assignee{Tenant: o.Principal().Tenant, Display: o.Display(), Owner: o}, true
	}
	if g, ok := v.DirectoryGroup(id); ok {
		return Assignee{Tenant: g.Tenant, Display: g.Display, Group: g}, true
	}
	return Assignee{}, false
}

// memberships are the groups, and for each member the groups that name it.
type memberships struct {
	groups table.Map[*DirectoryGroup]
	of     table.Map[[]name.GUID]
}

func (m *memberships) put(g *DirectoryGroup) {
	m.groups.Set(g.ObjectID.String(), g)
	for _, member := range g.Members {
		list, _ := m.of.Get(member.String())
		m.of.Set(member.String(), append(slices.Clip(list), g.ObjectID))
	}
}

func (m *memberships) drop(g *DirectoryGroup) {
	m.groups.Delete(g.ObjectID.String())
	for _, member := range g.Members {
		list, _ := m.of.Get(member.String())
		kept := slices.DeleteFunc(slices.Clone(list), func(id name.GUID) bool { return id == g.ObjectID })
		if len(kept) == 0 {
			m.of.Delete(member.String())
			continue
		}
		m.of.Set(member.String(), kept)
	}
}
