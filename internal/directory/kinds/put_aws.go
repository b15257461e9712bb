package kinds

import (
	"maps"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/iam"
	"github.com/lanyard-id/lanyard/internal/directory/pods"
	"github.com/lanyard-id/lanyard/internal/directory/workload"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/manifest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

func (p *planner) putAWS(spec manifest.Spec) (id string, outcome directory.Outcome, err error) {
	switch s := spec.(type) {
	case *manifest.Account:
		return p.putAccount(s)
	case *manifest.OIDCProvider:
		return p.putProvider(s)
	case *manifest.SAMLProvider:
		return p.putSAML(s)
	case *manifest.Bucket:
		return p.putBucket(s)
	case *manifest.Policy:
		return p.putPolicy(s)
	case *manifest.Role:
		return p.putRole(s)
	case *manifest.AWSResource:
		return p.putAWSResource(s)
	case *manifest.EKSCluster:
		return p.putCluster(s)
	}
	return "", directory.Unchanged, fault.New(fault.Invalid, UnknownKind, "there is no such kind")
}

func (p *planner) putProvider(s *manifest.OIDCProvider) (string, directory.Outcome, error) {
	spec := directory.ProviderSpec{Account: p.account}
	var url string
	err := p.all(pair{&url, s.URL}, pair{&spec.AudienceClaim, s.AudienceClaim})
	if err != nil {
		return "", directory.Unchanged, err
	}
	if spec.URL, err = name.ParseIssuerURL(url); err != nil {
		return "", directory.Unchanged, at(s.URL.At, invalidID("%v", err))
	}
	if spec.ClientIDs, err = p.texts(s.ClientIDs); err != nil {
		return "", directory.Unchanged, err
	}
	if spec.Thumbprints, err = p.texts(s.Thumbprints); err != nil {
		return "", directory.Unchanged, err
	}
	if spec.Tags, err = p.tags(s.Tags); err != nil {
		return "", directory.Unchanged, err
	}
	arn, outcome, err := p.e.PutOIDCProvider(spec)
	return arn.String(), outcome, err
}

func (p *planner) putSAML(s *manifest.SAMLProvider) (string, directory.Outcome, error) {
	spec := iam.SAMLSpec{Account: p.account, AWSNames: s.AWSNames}
	err := p.all(pair{&spec.Name, s.Name}, pair{&spec.Metadata, s.Metadata})
	if err != nil {
		return "", directory.Unchanged, err
	}
	if spec.Tags, err = p.tags(s.Tags); err != nil {
		return "", directory.Unchanged, err
	}
	arn, outcome, err := iam.PutSAML(p.e, spec)
	return arn.String(), outcome, err
}

func (p *planner) putBucket(s *manifest.Bucket) (string, directory.Outcome, error) {
	spec := directory.BucketSpec{Account: p.account}
	err := p.all(pair{&spec.Name, s.Name})
	if err != nil {
		return "", directory.Unchanged, err
	}
	if spec.Policy, err = p.document(s.Policy); err != nil {
		return "", directory.Unchanged, err
	}
	outcome, err := p.e.PutBucket(spec)
	return spec.Name, outcome, err
}

func (p *planner) putPolicy(s *manifest.Policy) (string, directory.Outcome, error) {
	spec := iam.PolicySpec{Account: p.account}
	err := p.all(pair{&spec.Name, s.Name}, pair{&spec.Path, s.Path}, pair{&spec.Description, s.Description})
	if err != nil {
		return "", directory.Unchanged, err
	}
	if spec.Document, err = p.document(s.Document); err != nil {
		return "", directory.Unchanged, err
	}
	if spec.Tags, err = p.tags(s.Tags); err != nil {
		return "", directory.Unchanged, err
	}
	arn, outcome, err := iam.PutPolicy(p.e, spec)
	return arn.String(), outcome, err
}

func (p *planner) putRole(s *manifest.Role) (string, directory.Outcome, error) {
	spec := directory.RoleSpec{Account: p.account, MaxSession: s.MaxSessionDuration.N, MaxLifetime: s.MaxLifetime.N}
	err := p.all(pair{&spec.Name, s.Name}, pair{&spec.Path, s.Path}, pair{&spec.Description, s.Description})
	if err != nil {
		return "", directory.Unchanged, err
	}
	if spec.Trust, err = p.document(s.Trust); err != nil {
		return "", directory.Unchanged, err
	}
	if spec.Inline, err = p.inline(s.Policies); err != nil {
		return "", directory.Unchanged, err
	}
	for _, t := range s.ManagedPolicies {
		arn, err := p.iamARN("policy", t)
		if err != nil {
			return "", directory.Unchanged, err
		}
		spec.Managed = append(spec.Managed, arn)
	}
	if !s.Boundary.IsZero() {
		if spec.Boundary, err = p.iamARN("policy", s.Boundary); err != nil {
			return "", directory.Unchanged, err
		}
	}
	if spec.Tags, err = p.tags(s.Tags); err != nil {
		return "", directory.Unchanged, err
	}
	outcome, err := p.e.PutRole(spec)
	if err != nil {
		return "", outcome, err
	}
	r, _ := p.e.View().RoleNamed(p.account, spec.Name)
	return r.ARN.String(), outcome, nil
}

// awsClaims reads what the tokens for an application tell AWS.
func (p *planner) awsClaims(s *manifest.AWSClaims) (*view.AWSClaims, error) {
	if s == nil {
		return nil, nil //nolint:nilnil // nothing is told
	}
	c := &view.AWSClaims{}
	facts, err := p.tags(s.Tags)
	if err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(facts)) {
		c.Tags = append(c.Tags, view.AWSTag{Key: key, Fact: facts[key]})
	}
	if c.Transitive, err = p.texts(s.TransitiveTags); err != nil {
		return nil, err
	}
	if err := p.all(pair{&c.SourceID, s.SourceIdentity}); err != nil {
		return nil, err
	}
	for _, t := range s.Roles {
		arn, err := p.iamARN("role", t)
		if err != nil {
			return nil, err
		}
		c.Roles = append(c.Roles, arn.String())
	}
	return c, nil
}

func (p *planner) inline(list []manifest.NamedDocument) (map[string]string, error) {
	if len(list) == 0 {
		return nil, nil
	}
	out := map[string]string{}
	for _, d := range list {
		policy, err := p.text(d.Name)
		if err != nil {
			return nil, err
		}
		if out[policy], err = p.document(d.Document); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// iamARN reads the ARN of a policy or role, or the name of one with the path "/" in the document's account.
func (p *planner) iamARN(kind string, t manifest.Text) (name.ARN, error) {
	said, err := p.text(t)
	if err != nil {
		return name.ARN{}, err
	}
	var arn name.ARN
	if strings.HasPrefix(said, "arn:aws:iam::aws:") {
		return arn, at(t.At, invalidID("%s: there are no AWS managed policies here; make a Policy of your own", said))
	}
	if strings.HasPrefix(said, "arn:") {
		arn, err = name.ParseARN(said)
	} else {
		arn, err = name.NewARN("iam", "", p.account, kind+"/"+said)
	}
	if err != nil {
		return name.ARN{}, at(t.At, invalidID("%v", err))
	}
	return arn, nil
}

func (p *planner) putAWSResource(s *manifest.AWSResource) (string, directory.Outcome, error) {
	var said, kind, resource string
	err := p.all(pair{&said, s.ARN}, pair{&kind, s.KindOf}, pair{&resource, s.Name})
	if err != nil {
		return "", directory.Unchanged, err
	}
	var spec workload.Spec
	if said != "" {
		if spec.ARN, err = name.ParseARN(said); err != nil {
			return "", directory.Unchanged, at(s.ARN.At, invalidID("%v", err))
		}
	} else if spec.ARN, err = workload.ARN(kind, p.region, p.account, resource); err != nil {
		return "", directory.Unchanged, err
	}
	if spec.Tags, err = p.tags(s.Tags); err != nil {
		return "", directory.Unchanged, err
	}
	if !s.Role.IsZero() {
		if spec.Role, err = p.iamARN("role", s.Role); err != nil {
			return "", directory.Unchanged, err
		}
	}
	outcome, err := workload.Put(p.e, spec)
	return spec.ARN.String(), outcome, err
}

func (p *planner) putCluster(s *manifest.EKSCluster) (string, directory.Outcome, error) {
	spec := pods.ClusterSpec{Account: p.account}
	var issuer string
	err := p.all(pair{&spec.Name, s.Name}, pair{&issuer, s.Issuer})
	if err != nil {
		return "", directory.Unchanged, err
	}
	if spec.Issuer, err = name.ParseIssuerURL(issuer); err != nil {
		return "", directory.Unchanged, at(s.Issuer.At, invalidID("%v", err))
	}
	if spec.Tags, err = p.tags(s.Tags); err != nil {
		return "", directory.Unchanged, err
	}
	spec.Whole = s.Whole
	for _, a := range s.Associations {
		one := pods.Spec{NoTags: a.NoTags}
		if err := p.all(pair{&one.Namespace, a.Namespace}, pair{&one.ServiceAccount, a.ServiceAccount}); err != nil {
			return "", directory.Unchanged, err
		}
		if one.RoleARN, err = p.iamARN("role", a.Role); err != nil {
			return "", directory.Unchanged, err
		}
		spec.Associations = append(spec.Associations, one)
	}
	arn, outcome, err := pods.Put(p.e, spec)
	return arn.String(), outcome, err
}
