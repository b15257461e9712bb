package directory

import (
	"cmp"
	"maps"
	"slices"

	"github.com/lanyard-id/lanyard/internal/directory/document"
	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// BucketSpec is a bucket as somebody wants it.
type BucketSpec struct {
	Account name.AccountID
	Name    string
	Policy  string    // bucket policy document; empty is none
	Tags    view.Tags // nil keeps those that there are
}

// PutBucket makes a bucket or changes its policy and tags. A bucket of another account is refused as taken.
func (e *Edit) PutBucket(s BucketSpec) (Outcome, error) {
	if _, ok := e.view.Account(s.Account); !ok {
		return Unchanged, notFound(AccountNotFound, "there is no AWS account %s", s.Account)
	}
	if err := because(InvalidName, form.Bucket(s.Name)); err != nil {
		return Unchanged, err
	}
	b := &view.Bucket{Name: s.Name, Account: s.Account, UID: name.NewGUID(), Created: e.now}
	if old, ok := e.view.Bucket(s.Name); ok {
		if old.Account != s.Account {
			return Unchanged, conflict(Exists, "the bucket name %q is taken by another account", s.Name)
		}
		*b = *old
	}
	if i := e.view.Installation(); b.Region == "" && i != nil {
		b.Region = i.Region
	}
	if s.Policy != "" && s.Policy != b.Policy {
		var err error
		if s.Policy, err = document.KeepOfBucket(e.view, s.Policy, b); err != nil {
			return Unchanged, err
		}
	}
	b.Policy = s.Policy
	if s.Tags != nil {
		b.Tags = s.Tags
	}
	return e.Save(b)
}

// DeleteBucket deletes a bucket. Whether it is empty, and its bytes, are for the caller to see to.
func (e *Edit) DeleteBucket(bucket string) error {
	b, ok := e.view.Bucket(bucket)
	if !ok {
		return notFound(BucketNotFound, "there is no bucket %q", shown(bucket))
	}
	return e.Remove(b)
}

// ProviderSpec is an OIDC provider as somebody wants it.
type ProviderSpec struct {
	Account       name.AccountID
	URL           name.IssuerURL
	ClientIDs     []string
	AudienceClaim string // azp-first or aud; empty is azp-first
	Thumbprints   []string
	Tags          view.Tags
}

// ProviderSpecOf gives a provider as the spec that would leave it unchanged.
func ProviderSpecOf(p *view.OIDCProvider) ProviderSpec {
	return ProviderSpec{
		Account: p.ARN.Account(), URL: p.URL, ClientIDs: slices.Clone(p.ClientIDs), AudienceClaim: p.AudienceClaim,
		Thumbprints: slices.Clone(p.Thumbprints), Tags: maps.Clone(p.Tags),
	}
}

// maxProviders is how many OIDC providers an account has (IAM User Guide, "IAM and STS quotas").
const maxProviders = 100

// PutOIDCProvider makes an issuer known to an account or changes what is accepted of it, and gives the ARN.
func (e *Edit) PutOIDCProvider(s ProviderSpec) (name.ARN, Outcome, error) {
	if _, ok := e.view.Account(s.Account); !ok {
		return name.ARN{}, Unchanged, notFound(AccountNotFound, "there is no AWS account %s", s.Account)
	}
	if s.AudienceClaim == "" {
		s.AudienceClaim = "azp-first"
	}
	if err := s.check(); err != nil {
		return name.ARN{}, Unchanged, err
	}
	arn, err := name.NewARN("iam", "", s.Account, "oidc-provider/"+s.URL.WithoutScheme())
	if err != nil {
		return name.ARN{}, Unchanged, invalid(InvalidValue, "%v", err)
	}
	p := &view.OIDCProvider{ARN: arn, URL: s.URL, Created: e.now}
	if old, ok := e.view.OIDCProvider(arn); ok {
		if old.URL != s.URL {
			return arn, Unchanged, conflict(Exists, "the provider %s is registered with the URL %s", arn, old.URL)
		}
		p.Created = old.Created
	} else if len(slices.Collect(e.view.OIDCProviders(s.Account))) >= maxProviders {
		return arn, Unchanged, conflict(LimitExceeded, "an account has at most %d OIDC providers", maxProviders)
	}
	if err := e.know(s.URL); err != nil {
		return arn, Unchanged, err
	}
	p.ClientIDs, p.AudienceClaim, p.Thumbprints, p.Tags = s.ClientIDs, s.AudienceClaim, s.Thumbprints, s.Tags
	outcome, err := e.Save(p)
	return arn, outcome, err
}

func (s ProviderSpec) check() error {
	switch {
	case s.URL.IsZero() || len(s.URL.String()) > 255:
		return invalid(InvalidValue, "a provider needs a URL of at most 255 characters")
	case s.AudienceClaim != "azp-first" && s.AudienceClaim != "aud":
		return invalid(InvalidValue, "the audience claim is azp-first or aud, not %q", shown(s.AudienceClaim))
	}
	return because(InvalidValue, cmp.Or(form.ClientIDs(s.ClientIDs), form.Thumbprints(s.Thumbprints), form.Tags(s.Tags)))
}

// DeleteOIDCProvider makes an issuer unknown to an account. Roles that trust it can no longer be assumed through it.
func (e *Edit) DeleteOIDCProvider(arn name.ARN) error {
	p, ok := e.view.OIDCProvider(arn)
	if !ok {
		return notFound(ProviderNotFound, "OpenIDConnect Provider not found for arn %s", arn)
	}
	return e.Remove(p)
}
