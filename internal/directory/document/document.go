package document

import (
	"errors"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Keep parses a document and gives it as it is kept: roles and users that it names as principals stand in it by unique id, so
// that one made later under the name is not the one that was trusted (IAM User Guide, "Principal"). A principal that
// does not exist makes the document malformed. Sessions of roles are kept by name, as AWS does.
func Keep(v *view.View, doc string, kind iampolicy.Kind) (string, error) {
	p, err := iampolicy.Parse([]byte(doc), kind)
	if err != nil {
		return "", err
	}
	kept, err := p.Rewrite(settler{v}.principal)
	if err != nil {
		return "", err
	}
	return string(kept), nil
}

// KeepOfBucket does so with the policy of a bucket. Each resource that a statement names must be able to be the bucket or an
// object in it: a statement about another bucket would hold nowhere, and S3 refuses it in these words.
func KeepOfBucket(v *view.View, doc string, b *view.Bucket) (string, error) {
	p, err := iampolicy.Parse([]byte(doc), iampolicy.Resource)
	if err != nil {
		return "", err
	}
	for s := range p.Statements() {
		texts, not := s.Resources()
		for _, text := range texts {
			if !not && !mayMean(text, b.ARN().String()) {
				return "", fault.New(fault.Invalid, iampolicy.Malformed, "Policy has invalid resource: %s", text)
			}
		}
	}
	return Keep(v, doc, iampolicy.Resource)
}

// mayMean tells whether a resource in a policy may be the bucket or an object in it. Only what stands before its first wildcard or
// variable is looked at.
func mayMean(resource, bucket string) bool {
	at := strings.IndexAny(resource, "*?$")
	if at < 0 {
		return resource == bucket || strings.HasPrefix(resource, bucket+"/")
	}
	fixed := resource[:at]
	return strings.HasPrefix(bucket, fixed) || strings.HasPrefix(fixed, bucket+"/")
}

// settler settles the principals of one document.
type settler struct{ view *view.View }

// principal gives a principal as it is kept.
func (s settler) principal(kind, value string) (string, error) {
	switch kind {
	case "AWS":
		return s.aws(value)
	case "Federated":
		return value, s.federatedExists(value)
	}
	return value, nil // services are names, not things of this installation
}

func (s settler) aws(value string) (string, error) {
	if id, err := name.ParseAccountID(value); err == nil {
		return value, s.accountExists(id)
	}
	arn, err := name.ParseARN(value)
	if err != nil {
		_, role := s.view.RoleByID(value)
		if _, user := s.view.UserByID(value); role || user {
			return value, nil
		}
		return "", errors.New("no role and no user has this unique id")
	}
	if arn.Resource() == "root" {
		return value, s.accountExists(arn.Account())
	}
	if u, ok := s.view.User(arn); ok {
		return u.UniqueID, nil
	}
	if arn.Service() == "sts" {
		kind, rest, _ := strings.Cut(arn.Resource(), "/")
		role, _, _ := strings.Cut(rest, "/")
		if r, ok := s.view.RoleNamed(arn.Account(), role); kind != "assumed-role" || !ok || r.Name != role {
			return "", errors.New("no such role")
		}
		return value, nil
	}
	r, ok := s.view.Role(arn)
	if !ok {
		return "", errors.New("no such role or user")
	}
	return r.UniqueID, nil
}

func (s settler) accountExists(id name.AccountID) error {
	if _, ok := s.view.Account(id); !ok {
		return errors.New("no such account")
	}
	return nil
}

// federatedExists accepts the providers of this installation and the names that AWS knows without registration.
func (s settler) federatedExists(value string) error {
	arn, err := name.ParseARN(value)
	_, oidc := s.view.OIDCProvider(arn)
	_, saml := s.view.SAMLProvider(arn)
	if err == nil && !oidc && !saml {
		return errors.New("no such provider")
	}
	return nil // what is no ARN is a well-known name: the engine has checked that
}

// Readable gives a document as people write it: unique ids of roles and users that exist stand as their ARNs again. The id of
// one that is gone stays, which shows that nobody is meant any more.
func Readable(v *view.View, doc string, kind iampolicy.Kind) string {
	p, err := iampolicy.Parse([]byte(doc), kind)
	if err != nil {
		return doc
	}
	out, err := p.Rewrite(func(kind, value string) (string, error) {
		if r, ok := v.RoleByID(value); ok && kind == "AWS" {
			return r.ARN.String(), nil
		}
		if u, ok := v.UserByID(value); ok && kind == "AWS" {
			return u.ARN.String(), nil
		}
		return value, nil
	})
	if err != nil {
		return doc
	}
	return string(out)
}
