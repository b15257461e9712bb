package policies

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/iam"
	"github.com/lanyard-id/lanyard/internal/door/iam/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web/query"
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
	return nil, fault.New(fault.NotFound, directory.PolicyNotFound, "Policy %s was not found.", query.Bounded(t.text))
}

// on asks for a right on the policy, whether it exists or not.
func (t target) on(more func(keys map[string][]string)) kit.Asks {
	return func(v *view.View) []kit.Ask {
		ask := kit.Ask{Resource: t.text, Keys: map[string][]string{}}
		if p, err := t.find(v); err == nil {
			ask.Keys = kit.Having(p.Tags)
		}
		if more != nil {
			more(ask.Keys)
		}
		return []kit.Ask{ask}
	}
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
		write(x, p, uses(c.View, p.ARN.Account())[p.ARN])
		if len(p.Tags) > 0 {
			kit.WriteTags(x, p.Tags)
		}
		x.End()
	}, err
}

// write writes what every answer shows of a policy.
func write(x *awswire.XML, p *view.Policy, u usage) {
	x.Text("PolicyName", p.Name)
	x.Text("PolicyId", p.UniqueID)
	x.Text("Arn", p.ARN.String())
	x.Text("Path", p.Path)
	x.Text("DefaultVersionId", p.DefaultVersion().ID())
	x.Int("AttachmentCount", int64(len(u.attached)))
	x.Int("PermissionsBoundaryUsageCount", int64(len(u.bounding)))
	x.Bool("IsAttachable", true)
	x.Time("CreateDate", p.Created)
	updated := p.Updated
	if updated.IsZero() {
		updated = p.Created
	}
	x.Time("UpdateDate", updated)
}

// user is a role, a user or a group that a policy is attached to or bounds.
type user struct {
	kind string // as in EntityFilter
	path string
	arn  name.ARN
	name string
	id   string
}

// usage lists whom a policy is attached to, and whom it bounds.
type usage struct{ attached, bounding []user }

// uses gives the usage of every policy of an account.
func uses(v *view.View, account name.AccountID) map[name.ARN]usage {
	all := map[name.ARN]usage{}
	enter := func(who user, managed []name.ARN, boundary name.ARN) {
		for _, arn := range managed {
			u := all[arn]
			u.attached = append(u.attached, who)
			all[arn] = u
		}
		if !boundary.IsZero() {
			u := all[boundary]
			u.bounding = append(u.bounding, who)
			all[boundary] = u
		}
	}
	for r := range v.Roles(account) {
		enter(user{"Role", r.Path, r.ARN, r.Name, r.UniqueID}, r.Managed, r.Boundary)
	}
	for u := range v.Users(account) {
		enter(user{"User", u.Path, u.ARN, u.Name, u.UniqueID}, u.Managed, u.Boundary)
	}
	for g := range v.UserGroups(account) {
		enter(user{"Group", g.Path, g.ARN, g.Name, g.UniqueID}, g.Managed, name.ARN{})
	}
	return all
}

// by gives those who use the policy in one way, or in any.
func (u usage) by(way string) []user {
	switch way {
	case "PermissionsPolicy":
		return u.attached
	case "PermissionsBoundary":
		return u.bounding
	}
	both := slices.Concat(u.attached, u.bounding)
	slices.SortFunc(both, func(a, b user) int { return cmp.Compare(a.id, b.id) })
	return slices.Compact(both)
}

func get(c *kit.Call) (kit.Result, error) {
	p, err := read(c)
	if err != nil {
		return nil, err
	}
	return func(x *awswire.XML) {
		x.Begin("Policy")
		write(x, p, uses(c.View, p.ARN.Account())[p.ARN])
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
	all := uses(c.View, c.Account())
	for p := range c.View.Policies(c.Account()) {
		used := len(all[p.ARN].by(way)) > 0
		if scope != "AWS" && strings.HasPrefix(p.Path, prefix) && (used || !only && way == "") {
			items = append(items, kit.Item{Key: kit.Place(p.Name, p.ARN), Write: func(x *awswire.XML) { write(x, p, all[p.ARN]) }})
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
	for _, u := range uses(c.View, c.Account())[p.ARN].by(way) {
		if (filter == "" || filter == u.kind) && strings.HasPrefix(u.path, prefix) {
			items = append(items, kit.Item{Key: kit.Place(u.name, u.arn), List: "Policy" + u.kind + "s", Write: func(x *awswire.XML) {
				x.Text(u.kind+"Name", u.name)
				x.Text(u.kind+"Id", u.id)
			}})
		}
	}
	return c.Lists([]string{"PolicyGroups", "PolicyUsers", "PolicyRoles"}, items)
}
