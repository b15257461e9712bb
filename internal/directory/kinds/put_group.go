package kinds

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/manifest"
)

// putDirectoryGroup makes a group of principals. The list is the whole of its members.
func (p *planner) putDirectoryGroup(s *manifest.Group) (string, directory.Outcome, error) {
	spec := directory.GroupMembersSpec{Tenant: p.tenant}
	if err := p.all(pair{&spec.Display, s.Name}, pair{&spec.Description, s.Description}); err != nil {
		return "", directory.Unchanged, err
	}
	var same []thing
	for g := range p.e.View().DirectoryGroups() {
		if t, _ := thingOf(p.e.View(), g); g.Tenant == p.tenant && strings.EqualFold(g.Display, spec.Display) {
			same = append(same, t)
			spec.ObjectID, spec.Nickname = g.ObjectID, g.Nickname
		}
	}
	if len(same) > 1 {
		_, err := single("Group", spec.Display, same)
		return "", directory.Unchanged, err
	}
	for _, m := range s.Members {
		id, err := p.objectID(m)
		if err != nil {
			return "", directory.Unchanged, err
		}
		spec.Members = append(spec.Members, id)
	}
	id, outcome, err := p.e.PutDirectoryGroup(spec)
	return id.String(), outcome, err
}
