package users

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/iam"
	"github.com/lanyard-id/lanyard/internal/door/iam/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
)

// findGroup gives the group of a name; names are spelled as they were given.
func findGroup(c *kit.Call, v *view.View, called string) (*view.UserGroup, error) {
	if g, ok := v.UserGroupNamed(c.Account(), called); ok && g.Name == called {
		return g, nil
	}
	return nil, fault.New(fault.NotFound, iam.UserGroupNotFound, "The group with name %s cannot be found.", called)
}

// onGroup asks for a right on a group of a name, whether it exists or not.
func onGroup(c *kit.Call, called string) kit.Asks {
	return func(v *view.View) []kit.Ask {
		ask := kit.Ask{Resource: c.ARN("group/" + called)}
		if g, err := findGroup(c, v, called); err == nil {
			ask.Resource = g.ARN.String()
		}
		return []kit.Ask{ask}
	}
}

func writeGroup(x *awswire.XML, g *view.UserGroup) {
	x.Text("Path", g.Path)
	x.Text("GroupName", g.Name)
	x.Text("GroupId", g.UniqueID)
	x.Text("Arn", g.ARN.String())
	x.Time("CreateDate", g.Created)
}

func createGroup(c *kit.Call) (kit.Result, error) {
	called, err := c.Name("GroupName")
	if err != nil {
		return nil, err
	}
	path, err := c.Path()
	if err != nil {
		return nil, err
	}
	asks := kit.Only(kit.Ask{Resource: c.ARN("group" + path + called)})
	if err := c.Change(asks, func(e *directory.Edit) error { return iam.CreateGroup(e, c.Account(), path, called) }); err != nil {
		return nil, err
	}
	g, err := findGroup(c, c.View, called)
	return func(x *awswire.XML) {
		x.Begin("Group")
		writeGroup(x, g)
		x.End()
	}, err
}

func getGroup(c *kit.Call) (kit.Result, error) {
	called, err := c.Name("GroupName")
	if err != nil {
		return nil, err
	}
	if err := c.Allow(onGroup(c, called)); err != nil {
		return nil, err
	}
	g, err := findGroup(c, c.View, called)
	if err != nil {
		return nil, err
	}
	var items []kit.Item
	for _, u := range iam.Members(c.View, g) {
		items = append(items, kit.Item{Key: kit.Place(u.Name, u.ARN), Write: func(x *awswire.XML) { writeUser(x, u, false) }})
	}
	page, err := c.List("Users", items)
	if err != nil {
		return nil, err
	}
	return func(x *awswire.XML) {
		x.Begin("Group")
		writeGroup(x, g)
		x.End()
		page(x)
	}, nil
}

func listGroups(c *kit.Call) (kit.Result, error) {
	prefix, err := c.PathPrefix()
	if err != nil {
		return nil, err
	}
	if err := c.Allow(kit.Only(kit.Ask{Resource: c.ARN("group" + prefix)})); err != nil {
		return nil, err
	}
	var items []kit.Item
	for g := range c.View.UserGroups(c.Account()) {
		if strings.HasPrefix(g.Path, prefix) {
			items = append(items, kit.Item{Key: kit.Place(g.Name, g.ARN), Write: func(x *awswire.XML) { writeGroup(x, g) }})
		}
	}
	return c.List("Groups", items)
}

// updateGroup moves a group to another name or path. The caller needs the right on both names (IAM API Reference, UpdateGroup).
func updateGroup(c *kit.Call) (kit.Result, error) {
	called, err := c.Name("GroupName")
	if err != nil {
		return nil, err
	}
	to, err := c.Renamed("NewGroupName", kit.GroupNames)
	if err != nil {
		return nil, err
	}
	path, err := c.NewPath()
	if err != nil {
		return nil, err
	}
	asks := func(v *view.View) []kit.Ask {
		list := onGroup(c, called)(v)
		if g, err := findGroup(c, v, called); err == nil {
			list = append(list, kit.Ask{Resource: c.ARN("group" + cmp.Or(path, g.Path) + cmp.Or(to, g.Name))})
		}
		return list
	}
	return nil, c.Change(asks, func(e *directory.Edit) error {
		g, err := findGroup(c, e.View(), called)
		if err != nil {
			return err
		}
		return iam.UpdateGroup(e, g, func(g *view.UserGroup) error {
			g.Name, g.Path = cmp.Or(to, g.Name), cmp.Or(path, g.Path)
			return nil
		})
	})
}

func deleteGroup(c *kit.Call) (kit.Result, error) {
	called, err := c.Name("GroupName")
	if err != nil {
		return nil, err
	}
	return nil, c.Delete(onGroup(c, called), func(e *directory.Edit) error {
		g, err := findGroup(c, e.View(), called)
		if err != nil {
			return err
		}
		return iam.DeleteGroup(e, g)
	})
}

// member reads the group and the user that a request is about.
func member(c *kit.Call) (group, user string, err error) {
	if group, err = c.Name("GroupName"); err != nil {
		return "", "", err
	}
	user, err = c.UserName()
	return group, user, err
}

// join puts a user into a group. The right is asked for on the group (Service Authorization Reference, AddUserToGroup); what
// the user gets by it is looked at as with every change.
func join(c *kit.Call) (kit.Result, error) {
	return nil, regroup(c, func(u *view.User, g *view.UserGroup) error {
		if !slices.Contains(u.Groups, g.UniqueID) {
			u.Groups = append(u.Groups, g.UniqueID)
		}
		return nil
	})
}

func leave(c *kit.Call) (kit.Result, error) {
	return nil, regroup(c, func(u *view.User, g *view.UserGroup) error {
		if !slices.Contains(u.Groups, g.UniqueID) {
			return fault.New(fault.NotFound, iam.UserNotFound, "The user with name %s is not in the group %s.", u.Name, g.Name)
		}
		u.Groups = slices.DeleteFunc(u.Groups, func(id string) bool { return id == g.UniqueID })
		return nil
	})
}

func regroup(c *kit.Call, how func(*view.User, *view.UserGroup) error) error {
	group, user, err := member(c)
	if err != nil {
		return err
	}
	return c.Change(onGroup(c, group), func(e *directory.Edit) error {
		g, err := findGroup(c, e.View(), group)
		if err != nil {
			return err
		}
		u, err := findUser(c, e.View(), user)
		if err != nil {
			return err
		}
		return iam.UpdateUser(e, u, func(u *view.User) error { return how(u, g) })
	})
}

func listGroupsOf(c *kit.Call) (kit.Result, error) {
	called, err := c.UserName()
	if err != nil {
		return nil, err
	}
	u, err := readUser(c, called)
	if err != nil {
		return nil, err
	}
	var items []kit.Item
	for _, id := range u.Groups {
		if g, ok := c.View.UserGroupByID(id); ok {
			items = append(items, kit.Item{Key: kit.Place(g.Name, g.ARN), Write: func(x *awswire.XML) { writeGroup(x, g) }})
		}
	}
	return c.List("Groups", items)
}
