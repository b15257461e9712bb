package users

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/iam"
	"github.com/lanyard-id/lanyard/internal/door/iam/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// noun is what has policies: users or groups. Their actions on policies differ in nothing but the words.
type noun struct {
	kind string // as in the actions' names
	name func(*kit.Call) (string, error)
	find func(c *kit.Call, v *view.View, called string) (held, error)
}

// held is one user or group, as far as its policies go.
type held struct {
	arn      name.ARN
	name     string
	tags     view.Tags
	boundary name.ARN
	grants
	save func(e *directory.Edit, change func(*grants) error) error
}

// grants are inline policies, document by name, and attached managed policies.
type grants struct {
	inline  map[string]string
	managed []name.ARN
}

func userNoun() noun {
	return noun{
		kind: "User",
		name: (*kit.Call).UserName,
		find: func(c *kit.Call, v *view.View, called string) (held, error) {
			u, err := findUser(c, v, called)
			if err != nil {
				return held{}, err
			}
			return held{u.ARN, u.Name, u.Tags, u.Boundary, grants{u.Inline, u.Managed}, func(e *directory.Edit, change func(*grants) error) error {
				return iam.UpdateUser(e, u, func(u *view.User) error { return into(&u.Inline, &u.Managed, change) })
			}}, nil
		},
	}
}

func groupNoun() noun {
	return noun{
		kind: "Group",
		name: func(c *kit.Call) (string, error) { return c.Name("GroupName") },
		find: func(c *kit.Call, v *view.View, called string) (held, error) {
			g, err := findGroup(c, v, called)
			if err != nil {
				return held{}, err
			}
			return held{g.ARN, g.Name, nil, name.ARN{}, grants{g.Inline, g.Managed}, func(e *directory.Edit, change func(*grants) error) error {
				return iam.UpdateGroup(e, g, func(g *view.UserGroup) error { return into(&g.Inline, &g.Managed, change) })
			}}, nil
		},
	}
}

// into changes grants where they lie.
func into(inline *map[string]string, managed *[]name.ARN, change func(*grants) error) error {
	g := grants{*inline, *managed}
	if g.inline == nil {
		g.inline = map[string]string{}
	}
	err := change(&g)
	*inline, *managed = g.inline, g.managed
	return err
}

func (n noun) param() string { return n.kind + "Name" }

// on asks for a right on a user or group of a name, whether it exists or not; bounded tells that the action's condition keys
// include the boundary.
func (n noun) on(c *kit.Call, called string, bounded bool, policy string) kit.Asks {
	return func(v *view.View) []kit.Ask {
		ask := kit.Ask{Resource: c.ARN(strings.ToLower(n.kind) + "/" + called), Keys: map[string][]string{}}
		if h, err := n.find(c, v, called); err == nil {
			ask.Resource, ask.Keys = h.arn.String(), kit.Having(h.tags)
			if bounded {
				kit.Bounded(ask.Keys, h.boundary)
			}
		}
		if policy != "" {
			ask.Keys["iam:PolicyARN"] = []string{policy}
		}
		return []kit.Ask{ask}
	}
}

func (n noun) change(c *kit.Call, called string, asks kit.Asks, how func(*grants) error) error {
	return c.Change(asks, func(e *directory.Edit) error {
		h, err := n.find(c, e.View(), called)
		if err != nil {
			return err
		}
		return h.save(e, how)
	})
}

// read finds the user or group that the request names, for a caller who may.
func (n noun) read(c *kit.Call) (held, error) {
	called, err := n.name(c)
	if err != nil {
		return held{}, err
	}
	if err := c.Allow(n.on(c, called, false, "")); err != nil {
		return held{}, err
	}
	return n.find(c, c.View, called)
}

// both reads the user or group and the inline policy that a request is about.
func (n noun) both(c *kit.Call) (called, policy string, err error) {
	if called, err = n.name(c); err != nil {
		return "", "", err
	}
	policy, err = c.Name("PolicyName")
	return called, policy, err
}

func (n noun) noInline(called string) error {
	return fault.New(fault.NotFound, directory.PolicyNotFound, "The %s policy with name %s cannot be found.", strings.ToLower(n.kind), called)
}

func (n noun) putInline(c *kit.Call) (kit.Result, error) {
	called, policy, err := n.both(c)
	if err != nil {
		return nil, err
	}
	doc, err := c.Document("PolicyDocument")
	if err != nil {
		return nil, err
	}
	return nil, n.change(c, called, n.on(c, called, true, ""), func(g *grants) error { g.inline[policy] = doc; return nil })
}

func (n noun) getInline(c *kit.Call) (kit.Result, error) {
	_, policy, err := n.both(c)
	if err != nil {
		return nil, err
	}
	h, err := n.read(c)
	if err != nil {
		return nil, err
	}
	doc, ok := h.inline[policy]
	if !ok {
		return nil, n.noInline(policy)
	}
	return func(x *awswire.XML) {
		x.Text(n.param(), h.name)
		x.Text("PolicyName", policy)
		kit.WriteDocument(x, "PolicyDocument", doc)
	}, nil
}

func (n noun) listInline(c *kit.Call) (kit.Result, error) {
	h, err := n.read(c)
	if err != nil {
		return nil, err
	}
	return c.ListInline(h.inline)
}

func (n noun) deleteInline(c *kit.Call) (kit.Result, error) {
	called, policy, err := n.both(c)
	if err != nil {
		return nil, err
	}
	return nil, n.change(c, called, n.on(c, called, true, ""), func(g *grants) error {
		if _, ok := g.inline[policy]; !ok {
			return n.noInline(policy)
		}
		delete(g.inline, policy)
		return nil
	})
}

// attachment reads the user or group and the managed policy that a request is about. The zero ARN is a policy of somebody
// else's.
func (n noun) attachment(c *kit.Call) (called string, policy name.ARN, asks kit.Asks, err error) {
	if called, err = n.name(c); err != nil {
		return "", policy, nil, err
	}
	policy, text, err := c.Named("PolicyArn", "policy")
	return called, policy, n.on(c, called, true, text), err
}

func (n noun) attach(c *kit.Call) (kit.Result, error) {
	called, policy, asks, err := n.attachment(c)
	if err != nil {
		return nil, err
	}
	return nil, n.change(c, called, asks, func(g *grants) error {
		if policy.IsZero() {
			return c.NotAttachable()
		}
		if !slices.Contains(g.managed, policy) {
			g.managed = append(g.managed, policy)
		}
		return nil
	})
}

func (n noun) detach(c *kit.Call) (kit.Result, error) {
	called, policy, asks, err := n.attachment(c)
	if err != nil {
		return nil, err
	}
	return nil, n.change(c, called, asks, func(g *grants) error {
		if policy.IsZero() || !slices.Contains(g.managed, policy) {
			return kit.NoSuchPolicy(c.Form.Value("PolicyArn"))
		}
		g.managed = slices.DeleteFunc(g.managed, func(o name.ARN) bool { return o == policy })
		return nil
	})
}

func (n noun) listAttached(c *kit.Call) (kit.Result, error) {
	prefix, err := c.PathPrefix()
	if err != nil {
		return nil, err
	}
	h, err := n.read(c)
	if err != nil {
		return nil, err
	}
	return c.ListAttached(prefix, h.managed)
}
