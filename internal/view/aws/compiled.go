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
		for _, n := range slices.Sorted(maps.Keys(r.Inline)) {
			p, err := iampolicy.Parse([]byte(r.Inline[n]), iampolicy.Identity)
			if err != nil {
				c.err = fmt.Errorf("inline policy %q of %s: %w", n, r.ARN, err)
				return
			}
			c.inline = append(c.inline, iampolicy.Named{ID: "role/" + r.Name + "/inline/" + n, Rev: r.Rev, Policy: p})
		}
	})
	return c, c.err
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
	list := slices.Clone(c.inline)
	for _, arn := range r.Managed {
		p, ok := v.Policy(arn)
		if !ok {
			return nil, fmt.Errorf("%s: the attached policy %s does not exist", r.ARN, arn)
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
	if r.Boundary.IsZero() {
		return nil, nil
	}
	p, ok := v.Policy(r.Boundary)
	if !ok {
		return nil, fmt.Errorf("%s: the boundary %s does not exist", r.ARN, r.Boundary)
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
