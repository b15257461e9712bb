package roles

import (
	"slices"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/iam/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// withBoundary adds the boundary that the role has: policies let people change roles that have one.
func withBoundary(keys map[string][]string, r *view.Role) {
	if r != nil {
		kit.Bounded(keys, r.Boundary)
	}
}

// named reads the role and the inline policy that a request is about.
func named(c *kit.Call) (role, policy string, err error) {
	if role, err = c.RoleName(); err != nil {
		return "", "", err
	}
	policy, err = c.Name("PolicyName")
	return role, policy, err
}

func noInline(called string) error {
	return fault.New(fault.NotFound, directory.PolicyNotFound, "The role policy with name %s cannot be found.", called)
}

func putInline(c *kit.Call) (kit.Result, error) {
	role, policy, err := named(c)
	if err != nil {
		return nil, err
	}
	doc, err := c.Document("PolicyDocument")
	if err != nil {
		return nil, err
	}
	return nil, change(c, role, on(c, role, withBoundary), func(s *directory.RoleSpec) error {
		if s.Inline == nil {
			s.Inline = map[string]string{}
		}
		s.Inline[policy] = doc
		return nil
	})
}

func getInline(c *kit.Call) (kit.Result, error) {
	_, policy, err := named(c)
	if err != nil {
		return nil, err
	}
	r, err := read(c)
	if err != nil {
		return nil, err
	}
	doc, ok := r.Inline[policy]
	if !ok {
		return nil, noInline(policy)
	}
	return func(x *awswire.XML) {
		x.Text("RoleName", r.Name)
		x.Text("PolicyName", policy)
		kit.WriteDocument(x, "PolicyDocument", doc)
	}, nil
}

func listInline(c *kit.Call) (kit.Result, error) {
	r, err := read(c)
	if err != nil {
		return nil, err
	}
	return c.ListInline(r.Inline)
}

func deleteInline(c *kit.Call) (kit.Result, error) {
	role, policy, err := named(c)
	if err != nil {
		return nil, err
	}
	return nil, change(c, role, on(c, role, withBoundary), func(s *directory.RoleSpec) error {
		if _, ok := s.Inline[policy]; !ok {
			return noInline(policy)
		}
		delete(s.Inline, policy)
		return nil
	})
}

// attachment reads the role and the managed policy that a request is about. The zero ARN is a policy of somebody else's.
func attachment(c *kit.Call) (role string, policy name.ARN, asks kit.Asks, err error) {
	if role, err = c.RoleName(); err != nil {
		return "", policy, nil, err
	}
	policy, text, err := c.Named("PolicyArn", "policy")
	return role, policy, on(c, role, func(keys map[string][]string, r *view.Role) {
		withBoundary(keys, r)
		keys["iam:PolicyARN"] = []string{text}
	}), err
}

func attach(c *kit.Call) (kit.Result, error) {
	role, policy, asks, err := attachment(c)
	if err != nil {
		return nil, err
	}
	return nil, change(c, role, asks, func(s *directory.RoleSpec) error {
		if policy.IsZero() {
			return c.NotAttachable()
		}
		if !slices.Contains(s.Managed, policy) {
			s.Managed = append(s.Managed, policy)
		}
		return nil
	})
}

func detach(c *kit.Call) (kit.Result, error) {
	role, policy, asks, err := attachment(c)
	if err != nil {
		return nil, err
	}
	return nil, change(c, role, asks, func(s *directory.RoleSpec) error {
		if policy.IsZero() || !slices.Contains(s.Managed, policy) {
			return kit.NoSuchPolicy(c.Form.Value("PolicyArn"))
		}
		s.Managed = slices.DeleteFunc(s.Managed, func(o name.ARN) bool { return o == policy })
		return nil
	})
}

func listAttached(c *kit.Call) (kit.Result, error) {
	prefix, err := c.PathPrefix()
	if err != nil {
		return nil, err
	}
	r, err := read(c)
	if err != nil {
		return nil, err
	}
	return c.ListAttached(prefix, r.Managed)
}

func putBoundary(c *kit.Call) (kit.Result, error) {
	role, err := c.RoleName()
	if err != nil {
		return nil, err
	}
	arn, err := c.Boundary()
	if err != nil {
		return nil, err
	}
	asks := on(c, role, func(keys map[string][]string, _ *view.Role) { kit.Bounded(keys, arn) })
	return nil, change(c, role, asks, func(s *directory.RoleSpec) error { s.Boundary = arn; return nil })
}

func deleteBoundary(c *kit.Call) (kit.Result, error) {
	role, err := c.RoleName()
	if err != nil {
		return nil, err
	}
	return nil, change(c, role, on(c, role, withBoundary), func(s *directory.RoleSpec) error {
		if s.Boundary.IsZero() {
			return fault.New(fault.NotFound, directory.PolicyNotFound, "The role %s has no permissions boundary.", role)
		}
		s.Boundary = name.ARN{}
		return nil
	})
}
