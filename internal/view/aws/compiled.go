package aws

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/saml"
)

// What is compiled hangs on the record: it is made on first use, by whichever request comes first, and lives as long as
// that version of the record. The writer has parsed every document before it was stored, so an error here means that the
// store is damaged or was written by a newer version; the caller must refuse.

// PolicyFinder finds managed policies; a View.
type PolicyFinder interface {
	Policy(arn name.ARN) (*Policy, bool)
}

// Finder finds groups of users as well; a View.
type Finder interface {
	PolicyFinder
	UserGroupByID(id string) (*Group, bool)
}

type compiledInline struct {
	once   sync.Once
	inline []iampolicy.Named
	err    error
}

type compiledRole struct {
	once   sync.Once
	trust  *iampolicy.Policy
	inline []iampolicy.Named
	err    error
}

type compiledPolicy struct {
	once     sync.Once
	policy   *iampolicy.Policy
	boundary *iampolicy.Policy // the same document as a permissions boundary; managed policies only
	err      error
}

type compiledMetadata struct {
	once     sync.Once
	metadata *saml.Metadata
	err      error
}

// Parsed is the provider's metadata, read.
func (p *SAMLProvider) Parsed() (*saml.Metadata, error) {
	c := p.compiled
	c.once.Do(func() {
		if c.metadata, c.err = saml.ParseMetadata(p.Metadata); c.err != nil {
			c.err = fmt.Errorf("metadata of %s: %w", p.ARN, c.err)
		}
	})
	return c.metadata, c.err
}

func (r *Role) compile() (*compiledRole, error) {
	c := r.compiled
	c.once.Do(func() {
		if c.trust, c.err = iampolicy.Parse([]byte(r.Trust), iampolicy.Trust); c.err != nil {
			c.err = fmt.Errorf("trust policy of %s: %w", r.ARN, c.err)
			return
		}
		c.inline, c.err = inline("role/"+r.Name, r.Rev, r.Inline)
	})
	return c, c.err
}

// inline compiles the inline policies of a role, user or group in the order of their names.
func inline(of string, rev int64, documents map[string]string) (list []iampolicy.Named, err error) {
	for _, n := range slices.Sorted(maps.Keys(documents)) {
		p, err := iampolicy.Parse([]byte(documents[n]), iampolicy.Identity)
		if err != nil {
			return nil, fmt.Errorf("inline policy %q of %s: %w", n, of, err)
		}
		list = append(list, iampolicy.Named{ID: of + "/inline/" + n, Rev: rev, Policy: p})
	}
	return list, nil
}

func (c *compiledInline) policies(of string, rev int64, documents map[string]string) ([]iampolicy.Named, error) {
	c.once.Do(func() { c.inline, c.err = inline(of, rev, documents) })
	return c.inline, c.err
}

// TrustPolicy is who may assume the role, named by the role's ARN.
func (r *Role) TrustPolicy() (iampolicy.Named, error) {
	c, err := r.compile()
	if err != nil {
		return iampolicy.Named{}, err
	}
	return iampolicy.Named{ID: r.ARN.String(), Rev: r.Rev, Policy: c.trust}, nil
}

// Policies gives the role's inline policies in the order of their names, then the managed policies attached to it. An
// attached policy that v does not hold is an error: it may have denied something.
func (r *Role) Policies(v PolicyFinder) ([]iampolicy.Named, error) {
	c, err := r.compile()
	if err != nil {
		return nil, err
	}
	return attached(v, r.ARN, slices.Clone(c.inline), r.Managed)
}

// Policies gives the policies that a user has: its own, and those of its groups. A group or an attached policy that v does
// not hold is an error: it may have denied something.
func (u *User) Policies(v Finder) ([]iampolicy.Named, error) {
	own, err := u.compiled.policies("user/"+u.Name, u.Rev, u.Inline)
	if err != nil {
		return nil, err
	}
	list, err := attached(v, u.ARN, slices.Clone(own), u.Managed)
	for _, id := range u.Groups {
		if err != nil {
			return nil, err
		}
		g, ok := v.UserGroupByID(id)
		if !ok {
			return nil, fmt.Errorf("%s: the group %s does not exist", u.ARN, id)
		}
		var more []iampolicy.Named
		more, err = g.Policies(v)
		list = append(list, more...)
	}
	return list, err
}

// Policies gives the group's inline policies, then the managed policies attached to it.
func (g *Group) Policies(v PolicyFinder) ([]iampolicy.Named, error) {
	own, err := g.compiled.policies("group/"+g.Name, g.Rev, g.Inline)
	if err != nil {
		return nil, err
	}
	return attached(v, g.ARN, slices.Clone(own), g.Managed)
}

// attached adds managed policies to a list.
func attached(v PolicyFinder, to name.ARN, list []iampolicy.Named, managed []name.ARN) ([]iampolicy.Named, error) {
	for _, arn := range managed {
		p, ok := v.Policy(arn)
		if !ok {
			return nil, fmt.Errorf("%s: the attached policy %s does not exist", to, arn)
		}
		named, err := p.Compiled()
		if err != nil {
			return nil, err
		}
		list = append(list, named)
	}
	return list, nil
}

// BoundaryPolicy is the role's permissions boundary, or nil if it has none.
func (r *Role) BoundaryPolicy(v PolicyFinder) (*iampolicy.Named, error) {
	return boundary(v, r.ARN, r.Boundary)
}

// BoundaryPolicy is the user's permissions boundary, or nil if it has none.
func (u *User) BoundaryPolicy(v PolicyFinder) (*iampolicy.Named, error) {
	return boundary(v, u.ARN, u.Boundary)
}

func boundary(v PolicyFinder, of, arn name.ARN) (*iampolicy.Named, error) {
	if arn.IsZero() {
		return nil, nil
	}
	p, ok := v.Policy(arn)
	if !ok {
		return nil, fmt.Errorf("%s: the boundary %s does not exist", of, arn)
	}
	c, err := p.compile()
	if err != nil {
		return nil, err
	}
	return &iampolicy.Named{ID: p.ARN.String(), Rev: p.Rev, Policy: c.boundary}, nil
}

func (p *Policy) compile() (*compiledPolicy, error) {
	c := p.compiled
	c.once.Do(func() {
		if c.policy, c.err = iampolicy.Parse([]byte(p.Document), iampolicy.Identity); c.err == nil {
			c.boundary, c.err = iampolicy.Parse([]byte(p.Document), iampolicy.Boundary)
		}
		if c.err != nil {
			c.err = fmt.Errorf("policy %s: %w", p.ARN, c.err)
		}
	})
	return c, c.err
}

// Compiled is the policy as an identity policy, named by its ARN.
func (p *Policy) Compiled() (iampolicy.Named, error) {
	c, err := p.compile()
	if err != nil {
		return iampolicy.Named{}, err
	}
	return iampolicy.Named{ID: p.ARN.String(), Rev: p.Rev, Policy: c.policy}, nil
}

// PolicyDoc is the bucket's policy, named by the bucket's ARN, or nil if it has none.
func (b *Bucket) PolicyDoc() (*iampolicy.Named, error) {
	if b.Policy == "" {
		return nil, nil
	}
	c := b.compiled
	c.once.Do(func() {
		if c.policy, c.err = iampolicy.Parse([]byte(b.Policy), iampolicy.Resource); c.err != nil {
			c.err = fmt.Errorf("policy of bucket %s: %w", b.Name, c.err)
		}
	})
	if c.err != nil {
		return nil, c.err
	}
	return &iampolicy.Named{ID: b.ARN().String(), Rev: b.Rev, Policy: c.policy}, nil
}

// ARN is the bucket's name in policies.
func (b *Bucket) ARN() name.ARN {
	arn, _ := name.NewARN("s3", "", name.AccountID{}, b.Name) // the name was checked when the bucket was made
	return arn
}
