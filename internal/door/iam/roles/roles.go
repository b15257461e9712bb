package roles

import (
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/iam"
	"github.com/lanyard-id/lanyard/internal/door/iam/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// find gives the role of a name; names are spelled as they were given.
func find(c *kit.Call, v *view.View, called string) (*view.Role, error) {
	if r, ok := v.RoleNamed(c.Account(), called); ok && r.Name == called {
		return r, nil
	}
	return nil, fault.New(fault.NotFound, directory.RoleNotFound, "The role with name %s cannot be found.", called)
}

// on asks for a right on a role of a name, whether it exists or not. more adds to the keys that follow from the role; its
// argument is nil where there is none.
func on(c *kit.Call, called string, more func(keys map[string][]string, r *view.Role)) kit.Asks {
	return func(v *view.View) []kit.Ask {
		ask := kit.Ask{Resource: c.ARN("role/" + called), Keys: map[string][]string{}}
		r, err := find(c, v, called)
		if err == nil {
			ask.Resource, ask.Keys = r.ARN.String(), kit.Having(r.Tags)
		}
		if more != nil {
			more(ask.Keys, r)
		}
		return []kit.Ask{ask}
	}
}

// change updates a role for which the caller needs a right.
func change(c *kit.Call, called string, asks kit.Asks, how func(*directory.RoleSpec) error) error {
	return c.Change(asks, func(e *directory.Edit) error {
		r, err := find(c, e.View(), called)
		if err != nil {
			return err
		}
		_, err = e.UpdateRole(r.ARN, how)
		return err
	})
}

// created are the parameters of CreateRole.
func created(c *kit.Call) (s directory.RoleSpec, err error) {
	s.Account = c.Account()
	if s.Name, err = c.RoleName(); err != nil {
		return s, err
	}
	if s.Path, err = c.Path(); err != nil {
		return s, err
	}
	if s.Trust, err = c.Document("AssumeRolePolicyDocument"); err != nil {
		return s, err
	}
	if s.Description, err = c.Text("Description", 1000); err != nil {
		return s, err
	}
	if s.MaxSession, err = duration(c); err != nil {
		return s, err
	}
	if s.Tags, err = c.NewTags(); err != nil {
		return s, err
	}
	if _, given := c.Form.Get("PermissionsBoundary"); given {
		s.Boundary, err = c.Boundary()
	}
	if strings.HasPrefix(s.Path, "/aws-service-role/") {
		return s, fault.New(fault.Invalid, kit.BadInput, "Roles of services are not made by CreateRole.")
	}
	return s, err
}

func create(c *kit.Call) (kit.Result, error) {
	s, err := created(c)
	if err != nil {
		return nil, err
	}
	asks := kit.Only(kit.Ask{
		Resource: c.ARN("role" + s.Path + s.Name), Keys: kit.Bounded(kit.Sent(map[string][]string{}, s.Tags), s.Boundary),
	})
	if err := c.Change(asks, func(e *directory.Edit) error { return e.CreateRole(s) }); err != nil {
		return nil, err
	}
	r, err := find(c, c.View, s.Name)
	return shown(c, r, kit.Made), err
}

func shown(c *kit.Call, r *view.Role, how kit.Full) kit.Result {
	return func(x *awswire.XML) {
		x.Begin("Role")
		c.WriteRole(x, r, how)
		x.End()
	}
}

// duration reads MaxSessionDuration; 0 where none is given.
func duration(c *kit.Call) (int, error) {
	text, ok := c.Form.Get("MaxSessionDuration")
	if !ok {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 3600 || n > 43200 {
		return 0, query.Constraint(text, "maxSessionDuration", "have value between 3600 and 43200")
	}
	return n, nil
}

// read finds the role that the request names, for a caller who may.
func read(c *kit.Call) (*view.Role, error) {
	called, err := c.RoleName()
	if err != nil {
		return nil, err
	}
	if err := c.Allow(on(c, called, nil)); err != nil {
		return nil, err
	}
	return find(c, c.View, called)
}

func get(c *kit.Call) (kit.Result, error) {
	r, err := read(c)
	if err != nil {
		return nil, err
	}
	return shown(c, r, kit.Whole), nil
}

func list(c *kit.Call) (kit.Result, error) {
	prefix, err := c.PathPrefix()
	if err != nil {
		return nil, err
	}
	if err := c.Allow(kit.Only(kit.Ask{Resource: c.ARN("role" + prefix)})); err != nil {
		return nil, err
	}
	var items []kit.Item
	for r := range c.View.Roles(c.Account()) {
		if strings.HasPrefix(r.Path, prefix) {
			items = append(items, kit.Item{Key: kit.Place(r.Name, r.ARN), Write: func(x *awswire.XML) { c.WriteRole(x, r, kit.Listed) }})
		}
	}
	return c.List("Roles", items)
}

func update(c *kit.Call) (kit.Result, error) {
	called, err := c.RoleName()
	if err != nil {
		return nil, err
	}
	description, err := c.Text("Description", 1000)
	if err != nil {
		return nil, err
	}
	_, described := c.Form.Get("Description")
	seconds, err := duration(c)
	if err != nil {
		return nil, err
	}
	err = change(c, called, on(c, called, nil), func(s *directory.RoleSpec) error {
		if described {
			s.Description = description
		}
		if seconds != 0 {
			s.MaxSession = seconds
		}
		return nil
	})
	return func(*awswire.XML) {}, err
}

func describe(c *kit.Call) (kit.Result, error) {
	called, err := c.RoleName()
	if err != nil {
		return nil, err
	}
	description, err := c.Text("Description", 1000)
	if err != nil {
		return nil, err
	}
	err = change(c, called, on(c, called, nil), func(s *directory.RoleSpec) error { s.Description = description; return nil })
	if err != nil {
		return nil, err
	}
	r, err := find(c, c.View, called)
	return shown(c, r, kit.Listed), err
}

func retrust(c *kit.Call) (kit.Result, error) {
	called, err := c.RoleName()
	if err != nil {
		return nil, err
	}
	doc, err := c.Document("PolicyDocument")
	if err != nil {
		return nil, err
	}
	return nil, change(c, called, on(c, called, nil), func(s *directory.RoleSpec) error { s.Trust = doc; return nil })
}

func remove(c *kit.Call) (kit.Result, error) {
	called, err := c.RoleName()
	if err != nil {
		return nil, err
	}
	return nil, c.Delete(on(c, called, nil), func(e *directory.Edit) error {
		r, err := find(c, e.View(), called)
		if err != nil {
			return err
		}
		first := ""
		switch {
		case len(r.Managed) > 0:
			first = "detach all policies"
		case len(r.Inline) > 0:
			first = "delete policies"
		case len(iam.InProfiles(e.View(), r)) > 0:
			first = "remove roles from instance profile"
		}
		if first != "" {
			return fault.New(fault.Conflict, directory.InUse, "Cannot delete entity, must %s first.", first)
		}
		return e.DeleteRole(r.ARN)
	})
}

func tag(c *kit.Call) (kit.Result, error) {
	called, err := c.RoleName()
	if err != nil {
		return nil, err
	}
	tags, err := c.NewTags()
	if err != nil {
		return nil, err
	}
	asks := on(c, called, func(keys map[string][]string, _ *view.Role) { kit.Sent(keys, tags) })
	return nil, change(c, called, asks, func(s *directory.RoleSpec) error { s.Tags = kit.Retagged(s.Tags, tags); return nil })
}

func untag(c *kit.Call) (kit.Result, error) {
	called, err := c.RoleName()
	if err != nil {
		return nil, err
	}
	gone, err := c.TagKeys()
	if err != nil {
		return nil, err
	}
	asks := on(c, called, func(keys map[string][]string, _ *view.Role) { kit.Naming(keys, gone) })
	return nil, change(c, called, asks, func(s *directory.RoleSpec) error { s.Tags = kit.Untagged(s.Tags, gone); return nil })
}

func listTags(c *kit.Call) (kit.Result, error) {
	r, err := read(c)
	if err != nil {
		return nil, err
	}
	return c.ListTags(r.Tags)
}
