package directory

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory/document"
	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Readable gives a document as people write it: unique ids of roles that exist stand as their ARNs again. The id of a
// role that is gone stays, which shows that nobody is meant any more.
func Readable(v *view.View, doc string, kind iampolicy.Kind) string {
	return document.Readable(v, doc, kind)
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
	outcome, err := e.Save(p)
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
	return e.Remove(p)
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
