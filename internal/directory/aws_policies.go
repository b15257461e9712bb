package directory

import (
	"errors"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// settle parses a document and gives it as it is kept: roles that it names as principals stand in it by unique id, so
// that a role made later under the name is not the one that was trusted (IAM User Guide, "Principal"). A principal that
// does not exist makes the document malformed. Sessions of roles are kept by name, as AWS does.
func (e *Edit) settle(doc string, kind iampolicy.Kind) (string, error) {
	p, err := iampolicy.Parse([]byte(doc), kind)
	if err != nil {
		return "", err
	}
	kept, err := p.Rewrite(e.settlePrincipal)
	if err != nil {
		return "", err
	}
	return string(kept), nil
}

// settlePrincipal gives a principal as it is kept.
func (e *Edit) settlePrincipal(kind, value string) (string, error) {
	switch kind {
	case "AWS":
		return e.settleAWS(value)
	case "Federated":
		return value, e.federatedExists(value)
	}
	return value, nil // services are names, not things of this installation
}

func (e *Edit) settleAWS(value string) (string, error) {
	if id, err := name.ParseAccountID(value); err == nil {
		return value, e.accountExists(id)
	}
	arn, err := name.ParseARN(value)
	if err != nil {
		if _, ok := e.view.RoleByID(value); ok {
			return value, nil
		}
		return "", errors.New("no role has this unique id")
	}
	if arn.Resource() == "root" {
		return value, e.accountExists(arn.Account())
	}
	if arn.Service() == "sts" {
		kind, rest, _ := strings.Cut(arn.Resource(), "/")
		role, _, _ := strings.Cut(rest, "/")
		if r, ok := e.view.RoleNamed(arn.Account(), role); kind != "assumed-role" || !ok || r.Name != role {
			return "", errors.New("no such role")
		}
		return value, nil
	}
	r, ok := e.view.Role(arn)
	if !ok {
		return "", errors.New("no such role")
	}
	return r.UniqueID, nil
}

func (e *Edit) accountExists(id name.AccountID) error {
	if _, ok := e.view.Account(id); !ok {
		return errors.New("no such account")
	}
	return nil
}

// federatedExists accepts the providers of this installation and the names that AWS knows without registration.
func (e *Edit) federatedExists(value string) error {
	arn, err := name.ParseARN(value)
	if _, ok := e.view.OIDCProvider(arn); err == nil && !ok {
		return errors.New("no such provider")
	}
	return nil // what is no ARN is a well-known name: the engine has checked that
}

// Readable gives a document as people write it: unique ids of roles that exist stand as their ARNs again. The id of a
// role that is gone stays, which shows that nobody is meant any more.
func Readable(v *view.View, doc string, kind iampolicy.Kind) string {
	p, err := iampolicy.Parse([]byte(doc), kind)
	if err != nil {
		return doc
	}
	out, err := p.Rewrite(func(kind, value string) (string, error) {
		if r, ok := v.RoleByID(value); ok && kind == "AWS" {
			return r.ARN.String(), nil
		}
		return value, nil
	})
	if err != nil {
		return doc
	}
	return string(out)
}

// PolicySpec is a managed policy as somebody wants it.
type PolicySpec struct {
	Account    name.AccountID
	Path, Name string // Path is "/" when empty
	Document   string
}

// PutPolicy makes a managed policy or replaces its document, and gives its ARN.
func (e *Edit) PutPolicy(s PolicySpec) (name.ARN, Outcome, error) {
	arn, err := e.iamName("policy", s.Account, &s.Path, s.Name)
	if err != nil {
		return name.ARN{}, Unchanged, err
	}
	if err := because(InvalidName, form.Policy(s.Name)); err != nil {
		return arn, Unchanged, err
	}
	if _, err := iampolicy.Parse([]byte(s.Document), iampolicy.Boundary); err != nil { // identity policy within the managed size
		return arn, Unchanged, err
	}
	p := &view.Policy{ARN: arn, UniqueID: form.UniqueID("ANPA"), Path: s.Path, Name: s.Name, Document: s.Document, Created: e.now}
	if old, ok := e.view.Policy(arn); ok {
		p.UniqueID, p.Created = old.UniqueID, old.Created
	}
	for other := range e.view.Policies(s.Account) {
		if strings.EqualFold(other.Name, s.Name) && other.ARN != arn {
			return arn, Unchanged, conflict(Exists, "A policy called %s already exists. Duplicate names are not allowed.", s.Name)
		}
	}
	outcome, err := e.save(p)
	return arn, outcome, err
}

// DeletePolicy deletes a managed policy that is attached to no role and is no role's boundary.
func (e *Edit) DeletePolicy(arn name.ARN) error {
	p, ok := e.view.Policy(arn)
	if !ok {
		return notFound(PolicyNotFound, "Policy %s was not found.", arn)
	}
	for r := range e.view.Roles(name.AccountID{}) {
		if r.Boundary == arn || slices.Contains(r.Managed, arn) {
			return conflict(InUse, "Cannot delete a policy attached to entities: the role %s uses it.", r.Name)
		}
	}
	return e.remove(p)
}

// iamName checks account and path and gives the ARN. An empty path becomes "/".
func (e *Edit) iamName(kind string, account name.AccountID, path *string, entity string) (name.ARN, error) {
	if _, ok := e.view.Account(account); !ok {
		return name.ARN{}, notFound(AccountNotFound, "there is no AWS account %s", account)
	}
	if *path == "" {
		*path = "/"
	}
	if err := because(InvalidName, form.Path(*path)); err != nil {
		return name.ARN{}, err
	}
	arn, err := name.NewARN("iam", "", account, kind+*path+entity)
	if err != nil {
		return name.ARN{}, invalid(InvalidName, "%v", err)
	}
	return arn, nil
}
