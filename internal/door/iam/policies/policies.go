package policies

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/iam"
	"github.com/lanyard-id/lanyard/internal/door/iam/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// target is the managed policy that a request names: the zero ARN is one of somebody else's, which is never found.
type target struct {
	arn  name.ARN
	text string
}

func named(c *kit.Call) (t target, err error) {
	t.arn, t.text, err = c.Named("PolicyArn", "policy")
	return t, err
}

// find gives the policy.
func (t target) find(v *view.View) (*view.Policy, error) {
	if p, ok := v.Policy(t.arn); ok {
		return p, nil
	}
	return nil, kit.NoSuchPolicy(t.text)
}

// on asks for a right on the policy, whether it exists or not.
func (t target) on(more func(keys map[string][]string)) kit.Asks {
	return kit.OnLabelled(t.text, func(v *view.View) view.Tags {
		if p, err := t.find(v); err == nil {
			return p.Tags
		}
		return nil
	}, more)
}

// read finds the policy that the request names, for a caller who may.
func read(c *kit.Call) (*view.Policy, error) {
	t, err := named(c)
	if err != nil {
		return nil, err
	}
	if err := c.Allow(t.on(nil)); err != nil {
		return nil, err
	}
	return t.find(c.View)
}

// change runs a command on the policy.
func change(c *kit.Call, t target, asks kit.Asks, command directory.Command) error {
	return c.Change(asks, func(e *directory.Edit) error {
		if _, err := t.find(e.View()); err != nil {
			return err
		}
		return command(e)
	})
}

func create(c *kit.Call) (kit.Result, error) {
	s := iam.PolicySpec{Account: c.Account()}
	var err error
	if s.Name, err = c.Name("PolicyName"); err != nil {
		return nil, err
	}
	if s.Path, err = c.Path(); err != nil {
		return nil, err
	}
	if s.Document, err = c.Document("PolicyDocument"); err != nil {
		return nil, err
	}
	if s.Description, err = c.Text("Description", 1000); err != nil {
		return nil, err
	}
	if s.Tags, err = c.NewTags(); err != nil {
		return nil, err
	}
	var arn name.ARN
	asks := kit.Only(kit.Ask{Resource: c.ARN("policy" + s.Path + s.Name), Keys: kit.Sent(map[string][]string{}, s.Tags)})
	err = c.Change(asks, func(e *directory.Edit) (err error) { arn, err = iam.CreatePolicy(e, s); return err })
	if err != nil {
		return nil, err
	}
	p, err := target{arn, arn.String()}.find(c.View)
	return func(x *awswire.XML) {
		x.Begin("Policy")
		kit.WritePolicy(x, p, kit.Uses(c.View, p.ARN.Account())[p.ARN])
		if len(p.Tags) > 0 {
			kit.WriteTags(x, p.Tags)
		}
		x.End()
	}, err
}

func get(c *kit.Call) (kit.Result, error) {
	p, err := read(c)
	if err != nil {
		return nil, err
	}
	return func(x *awswire.XML) {
		x.Begin("Policy")
		kit.WritePolicy(x, p, kit.Uses(c.View, p.ARN.Account())[p.ARN])
		if p.Description != "" {
			x.Text("Description", p.Description)
		}
		kit.WriteTags(x, p.Tags)
		x.End()
	}, nil
}

func list(c *kit.Call) (kit.Result, error) {
	scope, err := c.Choice("Scope", "All", "AWS", "Local")
	if err != nil {
		return nil, err
	}
	only, err := c.Flag("OnlyAttached")
	if err != nil {
		return nil, err
	}
	prefix, err := c.PathPrefix()
	if err != nil {
		return nil, err
	}
	way, err := c.Choice("PolicyUsageFilter", "", "PermissionsPolicy", "PermissionsBoundary")
	if err != nil {
		return nil, err
	}
	if err := c.Allow(kit.Only(kit.Ask{Resource: "*"})); err != nil {
		return nil, err
	}
	var items []kit.Item
	all := kit.Uses(c.View, c.Account())
	for p := range c.View.Policies(c.Account()) {
		used := len(all[p.ARN].By(way)) > 0
		if scope != "AWS" && strings.HasPrefix(p.Path, prefix) && (used || !only && way == "") {
			items = append(items, kit.Item{Key: kit.Place(p.Name, p.ARN), Write: func(x *awswire.XML) { kit.WritePolicy(x, p, all[p.ARN]) }})
		}
	}
	return c.List("Policies", items)
}

func remove(c *kit.Call) (kit.Result, error) {
	t, err := named(c)
	if err != nil {
		return nil, err
	}
	return nil, c.Delete(t.on(nil), func(e *directory.Edit) error {
		p, err := t.find(e.View())
		switch {
		case err != nil:
			return err
		case len(p.Others) > 0:
			return fault.New(fault.Conflict, directory.InUse, "This policy has more than one version. Before you delete a policy, "+
				"you must delete the policy's versions. The default version is deleted with the policy.")
		}
		return iam.DeletePolicy(e, t.arn)
	})
}

func tag(c *kit.Call) (kit.Result, error) {
	t, err := named(c)
	if err != nil {
		return nil, err
	}
	tags, err := c.NewTags()
	if err != nil {
		return nil, err
	}
	return nil, change(c, t, t.on(func(keys map[string][]string) { kit.Sent(keys, tags) }), func(e *directory.Edit) error {
		return iam.TagPolicy(e, t.arn, func(have view.Tags) view.Tags { return kit.Retagged(have, tags) })
	})
}

func untag(c *kit.Call) (kit.Result, error) {
	t, err := named(c)
	if err != nil {
		return nil, err
	}
	gone, err := c.TagKeys()
	if err != nil {
		return nil, err
	}
	return nil, change(c, t, t.on(func(keys map[string][]string) { kit.Naming(keys, gone) }), func(e *directory.Edit) error {
		return iam.TagPolicy(e, t.arn, func(have view.Tags) view.Tags { return kit.Untagged(have, gone) })
	})
}

func listTags(c *kit.Call) (kit.Result, error) {
	p, err := read(c)
	if err != nil {
		return nil, err
	}
	return c.ListTags(p.Tags)
}

func listEntities(c *kit.Call) (kit.Result, error) {
	filter, err := c.Choice("EntityFilter", "", "User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy")
	if err != nil {
		return nil, err
	}
	way, err := c.Choice("PolicyUsageFilter", "", "PermissionsPolicy", "PermissionsBoundary")
	if err != nil {
		return nil, err
	}
	prefix, err := c.PathPrefix()
	if err != nil {
		return nil, err
	}
	p, err := read(c)
	if err != nil {
		return nil, err
	}
	var items []kit.Item
	for _, u := range kit.Uses(c.View, c.Account())[p.ARN].By(way) {
		if (filter == "" || filter == u.Kind) && strings.HasPrefix(u.Path, prefix) {
			items = append(items, kit.Item{Key: kit.Place(u.Name, u.ARN), List: "Policy" + u.Kind + "s", Write: func(x *awswire.XML) {
				x.Text(u.Kind+"Name", u.Name)
				x.Text(u.Kind+"Id", u.ID)
			}})
		}
	}
	return c.Lists([]string{"PolicyGroups", "PolicyUsers", "PolicyRoles"}, items)
}
