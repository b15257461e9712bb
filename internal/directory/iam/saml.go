package iam

import (
	"regexp"
	"slices"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/saml"
	"github.com/lanyard-id/lanyard/internal/view"
)

// maxSAML is how many SAML providers an account has (IAM User Guide, "IAM and STS quotas").
const maxSAML = 100

// samlNames are those that SAML providers may have (IAM API Reference, CreateSAMLProvider).
var samlNames = regexp.MustCompile(`^[\w._-]{1,128}$`)

// SAMLSpec is a SAML provider as somebody wants it.
type SAMLSpec struct {
	Account  name.AccountID
	Name     string
	Metadata string
	AWSNames bool      // responses that are made for AWS's own sign-in are accepted as well
	Tags     view.Tags // nil keeps those that there are
}

// ARN is how the provider is named.
func (s SAMLSpec) ARN() (name.ARN, error) {
	if !samlNames.MatchString(s.Name) {
		return name.ARN{}, refuse(directory.InvalidName, "a SAML provider is named by 1 to 128 letters, digits and ._-, not %q", form.Shown(s.Name))
	}
	return name.NewARN("iam", "", s.Account, "saml-provider/"+s.Name)
}

// CreateSAML makes a SAML provider that there is not.
func CreateSAML(e *directory.Edit, s SAMLSpec) (name.ARN, error) {
	arn, err := s.ARN()
	if err != nil {
		return arn, err
	}
	if _, taken := e.View().SAMLProvider(arn); taken {
		return arn, fault.New(fault.Conflict, directory.Exists, "The Saml Provider %s already exists.", s.Name)
	}
	arn, _, err = PutSAML(e, s)
	return arn, err
}

// PutSAML makes a SAML provider or gives it other metadata, and gives its ARN.
func PutSAML(e *directory.Edit, s SAMLSpec) (name.ARN, directory.Outcome, error) {
	arn, err := s.ARN()
	if err != nil {
		return arn, directory.Unchanged, err
	}
	if _, ok := e.View().Account(s.Account); !ok {
		return arn, directory.Unchanged, fault.New(fault.NotFound, directory.AccountNotFound, "there is no AWS account %s", s.Account)
	}
	if _, err := saml.ParseMetadata(s.Metadata); err != nil {
		return arn, directory.Unchanged, err
	}
	if err := form.Tags(s.Tags); err != nil {
		return arn, directory.Unchanged, refuse(directory.InvalidValue, "%v", err)
	}
	p, err := savedSAML(e, arn)
	if err != nil {
		if len(slices.Collect(e.View().SAMLProviders(s.Account))) >= maxSAML {
			return arn, directory.Unchanged, fault.New(fault.Conflict, directory.LimitExceeded, "an account has at most %d SAML providers", maxSAML)
		}
		p = &view.SAMLProvider{ARN: arn, UID: name.NewGUID(), Created: e.Now()}
	}
	p.Metadata, p.AWSNames = s.Metadata, s.AWSNames
	if s.Tags != nil {
		p.Tags = s.Tags
	}
	outcome, err := e.Save(p)
	return arn, outcome, err
}

// ChangeSAML changes a SAML provider: change gets it as it is and leaves it as it shall be.
func ChangeSAML(e *directory.Edit, arn name.ARN, change func(*SAMLSpec) error) error {
	p, err := savedSAML(e, arn)
	if err != nil {
		return err
	}
	s := SAMLSpec{Account: arn.Account(), Name: p.Name(), Metadata: p.Metadata, AWSNames: p.AWSNames, Tags: p.Tags}
	if err := change(&s); err != nil {
		return err
	}
	_, _, err = PutSAML(e, s)
	return err
}

// DeleteSAML deletes a SAML provider. Roles that trust it stay and can no longer be assumed through it; its sessions end.
func DeleteSAML(e *directory.Edit, arn name.ARN) error {
	p, err := savedSAML(e, arn)
	if err != nil {
		return err
	}
	return e.Remove(p)
}

// savedSAML gives a SAML provider that may be changed and saved.
func savedSAML(e *directory.Edit, arn name.ARN) (*view.SAMLProvider, error) {
	p, ok := e.View().SAMLProvider(arn)
	if !ok {
		return nil, fault.New(fault.NotFound, directory.ProviderNotFound, "Manifest not found for arn %s", arn)
	}
	kept := *p
	return &kept, nil
}
