package graph

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// group is a group of principals as Graph shows it.
type group struct {
	Context  string    `json:"@odata.context,omitempty"`
	Type     string    `json:"@odata.type,omitempty"`
	ID       string    `json:"id"`
	Display  string    `json:"displayName"`
	Detail   *string   `json:"description"`
	Nickname string    `json:"mailNickname"`
	Mail     bool      `json:"mailEnabled"`
	Security bool      `json:"securityEnabled"`
	Kinds    []string  `json:"groupTypes"`
	Created  time.Time `json:"createdDateTime"`
}

func showGroup(g *view.DirectoryGroup) group {
	out := group{ID: g.ObjectID.String(), Display: g.Display, Nickname: g.Nickname, Security: true, Kinds: []string{}, Created: g.Created}
	if g.Description != "" {
		out.Detail = &g.Description
	}
	return out
}

func listGroups(c *call) (answer, error) {
	if err := c.permit(access.DirectoryRequest{Action: access.ReadGroups, Target: "groups"}); err != nil {
		return answer{}, err
	}
	var rows []row
	for g := range c.v.DirectoryGroups() {
		if g.Tenant == c.token.Tenant {
			rows = append(rows, row{g.ObjectID.String(), func(property string) []string {
				return map[string][]string{"displayName": {g.Display}, "mailNickname": {g.Nickname}, "id": {g.ObjectID.String()}}[property]
			}, func() any { return showGroup(g) }})
		}
	}
	return c.list("groups", rows, "displayName", "mailNickname", "id")
}

// groupFor finds the group of the path for a caller who may do that with it.
func (c *call) groupFor(action access.DirectoryAction) (*view.DirectoryGroup, access.DirectoryRequest, error) {
	said := web.Param(c.r, "id")
	id, err := name.ParseGUID(said)
	g, ok := c.v.DirectoryGroup(id)
	absent := notFound(said)
	if ok && err == nil {
		absent = c.ours(g.Tenant, said)
	}
	if absent != nil {
		g = nil
	}
	ask := access.DirectoryRequest{Action: action, Group: g, Target: "groups/" + said}
	if err := c.permit(ask); err != nil {
		return nil, ask, err
	}
	return g, ask, absent
}

func getGroup(c *call) (answer, error) {
	g, _, err := c.groupFor(access.ReadGroups)
	if err != nil {
		return answer{}, err
	}
	out := showGroup(g)
	out.Context = c.context("groups/$entity")
	return c.one(out)
}

func createGroup(c *call) (answer, error) {
	m, err := c.members()
	if err != nil {
		return answer{}, err
	}
	spec := directory.GroupMembersSpec{Tenant: c.token.Tenant}
	for to, called := range map[*string]string{&spec.Display: "displayName", &spec.Description: "description", &spec.Nickname: "mailNickname"} {
		if *to, _, err = textOf(m, called); err != nil {
			return answer{}, err
		}
	}
	if security := m["securityenabled"]; string(security.Raw()) != "true" {
		return answer{}, badBody("The property 'securityEnabled' must be true: other groups are not offered.")
	}
	delete(m, "securityenabled")
	if err := only(m, "displayname", "description", "mailnickname"); err != nil {
		return answer{}, err
	}
	var id name.GUID
	err = c.change(access.DirectoryRequest{Action: access.WriteGroups, Target: "groups"}, func(e *directory.Edit) (err error) {
		id, _, err = e.PutDirectoryGroup(spec)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	g, _ := c.v.DirectoryGroup(id)
	out := showGroup(g)
	out.Context = c.context("groups/$entity")
	return answer{http.StatusCreated, out}, nil
}

func deleteGroup(c *call) (answer, error) {
	g, ask, err := c.groupFor(access.WriteGroups)
	if err != nil {
		return answer{}, err
	}
	err = c.change(ask, func(e *directory.Edit) error { return e.DeleteDirectoryGroup(g.ObjectID) })
	return answer{status: http.StatusNoContent}, err
}

func listMembers(c *call) (answer, error) {
	g, _, err := c.groupFor(access.ReadGroups)
	if err != nil {
		return answer{}, err
	}
	var rows []row
	for _, id := range g.Members {
		if who, ok := c.v.Assignee(id); ok {
			rows = append(rows, row{id.String(), nil, func() any { return c.typed(who) }})
		}
	}
	return c.list("directoryObjects", rows)
}

// limited is all that is shown of an object to whoever may not read it (Microsoft Graph, "Limited information returned for
// inaccessible member objects").
type limited struct {
	Type string `json:"@odata.type"`
	ID   string `json:"id"`
}

// typed shows a group or service principal among others.
func (c *call) typed(who view.Assignee) any {
	if who.Group == nil {
		out := typedService(who.Owner)
		if c.permitted(c.v, access.DirectoryRequest{Action: access.ReadApplications, Application: who.Owner.Application}) != nil {
			return limited{out.Type, out.ID}
		}
		return out
	}
	out := showGroup(who.Group)
	out.Type = "#microsoft.graph.group"
	if c.permitted(c.v, access.DirectoryRequest{Action: access.ReadGroups, Group: who.Group}) != nil {
		return limited{out.Type, out.ID}
	}
	return out
}

// typedApplication shows an application among others.
func (c *call) typedApplication(a *view.Application) any {
	out := showApplication(a)
	out.Type = "#microsoft.graph.application"
	if c.permitted(c.v, access.DirectoryRequest{Action: access.ReadApplications, Application: a}) != nil {
		return limited{out.Type, out.ID}
	}
	return out
}

func addMember(c *call) (answer, error) {
	g, ask, err := c.groupFor(access.FillGroups)
	if err != nil {
		return answer{}, err
	}
	m, err := c.members()
	if err != nil {
		return answer{}, err
	}
	link, _, err := textOf(m, "@odata.id")
	if err != nil {
		return answer{}, err
	}
	id, err := name.ParseGUID(link[strings.LastIndexByte(link, '/')+1:])
	if err != nil {
		return answer{}, badBody("The property '@odata.id' must be the URL of an object.")
	}
	err = c.change(ask, func(e *directory.Edit) error {
		return editMembers(e, g.ObjectID, func(list []name.GUID) ([]name.GUID, error) {
			if slices.Contains(list, id) {
				return nil, badBody("One or more added object references already exist for the following modified properties: 'members'.")
			}
			return append(slices.Clone(list), id), nil
		})
	})
	return answer{status: http.StatusNoContent}, err
}

func removeMember(c *call) (answer, error) {
	g, ask, err := c.groupFor(access.WriteGroups)
	if err != nil {
		return answer{}, err
	}
	id, err := name.ParseGUID(web.Param(c.r, "member"))
	if err != nil || !slices.Contains(g.Members, id) {
		return answer{}, notFound(web.Param(c.r, "member"))
	}
	err = c.change(ask, func(e *directory.Edit) error {
		return editMembers(e, g.ObjectID, func(list []name.GUID) ([]name.GUID, error) {
			return slices.DeleteFunc(slices.Clone(list), func(o name.GUID) bool { return o == id }), nil
		})
	})
	return answer{status: http.StatusNoContent}, err
}

// editMembers changes the members of a group as it is now.
func editMembers(e *directory.Edit, id name.GUID, change func([]name.GUID) ([]name.GUID, error)) error {
	g, ok := e.View().DirectoryGroup(id)
	if !ok {
		return notFound(id.String())
	}
	members, err := change(g.Members)
	if err != nil {
		return err
	}
	_, _, err = e.PutDirectoryGroup(directory.GroupMembersSpec{
		ObjectID: id, Tenant: g.Tenant, Display: g.Display, Description: g.Description, Nickname: g.Nickname, Members: members,
	})
	return err
}
