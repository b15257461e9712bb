package profiles

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/iam"
	"github.com/lanyard-id/lanyard/internal/door/iam/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Operations is the room's table.
func Operations() []kit.Operation {
	const called = "InstanceProfileName"
	tags := []string{"Tags.member.N.Key", "Tags.member.N.Value"}
	return []kit.Operation{
		{Name: "CreateInstanceProfile", Do: create, Doc: "a new instance profile", Params: append([]string{called, "Path"}, tags...)},
		{Name: "GetInstanceProfile", Do: get, Doc: "an instance profile with its role", Params: []string{called}},
		{Name: "ListInstanceProfiles", Do: list, Doc: "the instance profiles of the account", Params: kit.Paged("PathPrefix")},
		{Name: "ListInstanceProfilesForRole", Do: listFor, Doc: "the instance profiles that a role is in", Params: kit.Paged("RoleName")},
		{
			Name: "AddRoleToInstanceProfile", Do: add, Doc: "put a role into an instance profile", Also: "iam:PassRole on the role",
			Params: []string{called, "RoleName"},
		},
		{Name: "RemoveRoleFromInstanceProfile", Do: take, Doc: "take a role out of an instance profile", Params: []string{called, "RoleName"}},
		{Name: "DeleteInstanceProfile", Do: remove, Doc: "delete an instance profile that holds no role", Params: []string{called}},
		{Name: "TagInstanceProfile", Do: tag, Doc: "put labels on an instance profile", Params: append([]string{called}, tags...)},
		{Name: "UntagInstanceProfile", Do: untag, Doc: "take labels off an instance profile", Params: []string{called, "TagKeys.member.N"}},
		{Name: "ListInstanceProfileTags", Do: listTags, Doc: "the labels of an instance profile", Params: kit.Paged(called)},
	}
}

func find(c *kit.Call, v *view.View, called string) (*view.InstanceProfile, error) {
	if p, ok := v.InstanceProfileNamed(c.Account(), called); ok && p.Name == called {
		return p, nil
	}
	return nil, fault.New(fault.NotFound, iam.ProfileNotFound, "Instance Profile %s cannot be found.", called)
}

func findRole(c *kit.Call, v *view.View, called string) (*view.Role, error) {
	if r, ok := v.RoleNamed(c.Account(), called); ok && r.Name == called {
		return r, nil
	}
	return nil, fault.New(fault.NotFound, directory.RoleNotFound, "The role with name %s cannot be found.", called)
}

// on asks for a right on a profile of a name, whether it exists or not.
func on(c *kit.Call, called string, more func(keys map[string][]string)) kit.Asks {
	return func(v *view.View) []kit.Ask {
		ask := kit.Ask{Resource: c.ARN("instance-profile/" + called), Keys: map[string][]string{}}
		if p, err := find(c, v, called); err == nil {
			ask.Resource, ask.Keys = p.ARN.String(), kit.Having(p.Tags)
		}
		if more != nil {
			more(ask.Keys)
		}
		return []kit.Ask{ask}
	}
}

// change runs a command on the profile that the request names.
func change(c *kit.Call, called string, asks kit.Asks, how func(*directory.Edit, *view.InstanceProfile) error) error {
	return c.Change(asks, func(e *directory.Edit) error {
		p, err := find(c, e.View(), called)
		if err != nil {
			return err
		}
		return how(e, p)
	})
}

func shown(c *kit.Call, p *view.InstanceProfile) kit.Result {
	return func(x *awswire.XML) {
		x.Begin("InstanceProfile")
		c.WriteProfile(x, p)
		kit.WriteTags(x, p.Tags)
		x.End()
	}
}

func create(c *kit.Call) (kit.Result, error) {
	s := iam.ProfileSpec{Account: c.Account()}
	var err error
	if s.Name, err = c.Name("InstanceProfileName"); err != nil {
		return nil, err
	}
	if s.Path, err = c.Path(); err != nil {
		return nil, err
	}
	if s.Tags, err = c.NewTags(); err != nil {
		return nil, err
	}
	asks := kit.Only(kit.Ask{Resource: c.ARN("instance-profile" + s.Path + s.Name), Keys: kit.Sent(map[string][]string{}, s.Tags)})
	if err := c.Change(asks, func(e *directory.Edit) error { _, err := iam.CreateProfile(e, s); return err }); err != nil {
		return nil, err
	}
	p, err := find(c, c.View, s.Name)
	return shown(c, p), err
}

// read finds the profile that the request names, for a caller who may.
func read(c *kit.Call) (*view.InstanceProfile, error) {
	called, err := c.Name("InstanceProfileName")
	if err != nil {
		return nil, err
	}
	if err := c.Allow(on(c, called, nil)); err != nil {
		return nil, err
	}
	return find(c, c.View, called)
}

func get(c *kit.Call) (kit.Result, error) {
	p, err := read(c)
	if err != nil {
		return nil, err
	}
	return shown(c, p), nil
}

func items(c *kit.Call, which func(*view.InstanceProfile) bool) (list []kit.Item) {
	for p := range c.View.InstanceProfiles(c.Account()) {
		if which(p) {
			list = append(list, kit.Item{Key: kit.Place(p.Name, p.ARN), Write: func(x *awswire.XML) { c.WriteProfile(x, p) }})
		}
	}
	return list
}

func list(c *kit.Call) (kit.Result, error) {
	prefix, err := c.PathPrefix()
	if err != nil {
		return nil, err
	}
	if err := c.Allow(kit.Only(kit.Ask{Resource: c.ARN("instance-profile" + prefix)})); err != nil {
		return nil, err
	}
	return c.List("InstanceProfiles", items(c, func(p *view.InstanceProfile) bool { return strings.HasPrefix(p.Path, prefix) }))
}

func listFor(c *kit.Call) (kit.Result, error) {
	called, err := c.RoleName()
	if err != nil {
		return nil, err
	}
	asks := func(v *view.View) []kit.Ask { return []kit.Ask{onRole(c, v, called)} }
	if err := c.Allow(asks); err != nil {
		return nil, err
	}
	r, err := findRole(c, c.View, called)
	if err != nil {
		return nil, err
	}
	return c.List("InstanceProfiles", items(c, func(p *view.InstanceProfile) bool { return p.RoleID == r.UniqueID }))
}

func onRole(c *kit.Call, v *view.View, called string) kit.Ask {
	ask := kit.Ask{Resource: c.ARN("role/" + called), Keys: map[string][]string{}}
	if r, err := findRole(c, v, called); err == nil {
		ask.Resource, ask.Keys = r.ARN.String(), kit.Having(r.Tags)
	}
	return ask
}

// both reads the profile and the role that a request is about.
func both(c *kit.Call) (profile, role string, err error) {
	if profile, err = c.Name("InstanceProfileName"); err != nil {
		return "", "", err
	}
	role, err = c.RoleName()
	return profile, role, err
}

func add(c *kit.Call) (kit.Result, error) {
	profile, role, err := both(c)
	if err != nil {
		return nil, err
	}
	asks := func(v *view.View) []kit.Ask { // whoever runs an instance with the profile is the role: it must be the caller's to give
		pass := onRole(c, v, role)
		pass.Action, pass.Keys["iam:PassedToService"] = "iam:PassRole", []string{"ec2.amazonaws.com"}
		return append(on(c, profile, nil)(v), pass)
	}
	return nil, change(c, profile, asks, func(e *directory.Edit, p *view.InstanceProfile) error {
		r, err := findRole(c, e.View(), role)
		if err != nil {
			return err
		}
		return iam.AddRole(e, p.ARN, r)
	})
}

func take(c *kit.Call) (kit.Result, error) {
	profile, role, err := both(c)
	if err != nil {
		return nil, err
	}
	return nil, change(c, profile, on(c, profile, nil), func(e *directory.Edit, p *view.InstanceProfile) error {
		r, err := findRole(c, e.View(), role)
		if err != nil {
			return err
		}
		return iam.RemoveRole(e, p.ARN, r)
	})
}

func remove(c *kit.Call) (kit.Result, error) {
	called, err := c.Name("InstanceProfileName")
	if err != nil {
		return nil, err
	}
	return nil, c.Delete(on(c, called, nil), func(e *directory.Edit) error {
		p, err := find(c, e.View(), called)
		if err != nil {
			return err
		}
		return iam.DeleteProfile(e, p.ARN)
	})
}

// retag changes the labels of the profile that the request names.
func retag(c *kit.Call, keys func(map[string][]string), how func(view.Tags) view.Tags) error {
	called, err := c.Name("InstanceProfileName")
	if err != nil {
		return err
	}
	return change(c, called, on(c, called, keys), func(e *directory.Edit, p *view.InstanceProfile) error {
		return iam.TagProfile(e, p.ARN, how)
	})
}

func tag(c *kit.Call) (kit.Result, error) {
	tags, err := c.NewTags()
	if err != nil {
		return nil, err
	}
	return nil, retag(c, func(keys map[string][]string) { kit.Sent(keys, tags) }, func(have view.Tags) view.Tags { return kit.Retagged(have, tags) })
}

func untag(c *kit.Call) (kit.Result, error) {
	gone, err := c.TagKeys()
	if err != nil {
		return nil, err
	}
	return nil, retag(c, func(keys map[string][]string) { kit.Naming(keys, gone) }, func(have view.Tags) view.Tags { return kit.Untagged(have, gone) })
}

func listTags(c *kit.Call) (kit.Result, error) {
	p, err := read(c)
	if err != nil {
		return nil, err
	}
	return c.ListTags(p.Tags)
}
