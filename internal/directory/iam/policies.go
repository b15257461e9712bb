package iam

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// PolicySpec is a managed policy as somebody wants it: all of it, what it does not name is taken away.
type PolicySpec struct {
	Account     name.AccountID
	Path, Name  string // Path is "/" when empty
	Description string
	Document    string
	Tags        view.Tags
}

// maxVersions is how many versions a managed policy has at once (IAM User Guide, "IAM and STS quotas").
const maxVersions = 5

// CreatePolicy makes a managed policy and gives its ARN; one of that name, whatever its path and case, exists already.
func CreatePolicy(e *directory.Edit, s PolicySpec) (name.ARN, error) {
	if _, taken := e.View().PolicyNamed(s.Account, s.Name); taken {
		return name.ARN{}, policyExists(s.Name)
	}
	arn, _, err := PutPolicy(e, s)
	return arn, err
}

// PutPolicy makes a managed policy or changes it, and gives its ARN. Another document becomes a new version, which is the
// default one; where that is one too many, the oldest goes.
func PutPolicy(e *directory.Edit, s PolicySpec) (name.ARN, directory.Outcome, error) {
	arn, err := e.IAMName("policy", s.Account, &s.Path, s.Name)
	if err != nil {
		return arn, directory.Unchanged, err
	}
	if err := s.check(); err != nil {
		return arn, directory.Unchanged, err
	}
	old, exists := e.View().PolicyNamed(s.Account, s.Name)
	if exists && old.ARN != arn {
		return arn, directory.Unchanged, policyExists(s.Name)
	}
	p := &view.Policy{
		ARN: arn, UniqueID: form.UniqueID("ANPA"), Path: s.Path, Name: s.Name, Document: s.Document, Created: e.Now(),
	}
	if exists {
		kept := *old
		p = &kept
	}
	p.Description, p.Tags = s.Description, s.Tags
	if p.Document != s.Document {
		p.Others = p.Versions()[:min(maxVersions-1, len(p.Others)+1)]
		if !slices.ContainsFunc(p.Others, isDefault(p)) { // what decided until now is the last to go
			p.Others[len(p.Others)-1] = p.DefaultVersion()
		}
		turn(p, view.PolicyVersion{N: cmp.Or(p.Last, 1) + 1, Document: s.Document, Created: e.Now()}, e)
	}
	outcome, err := e.Save(p)
	return arn, outcome, err
}

func (s PolicySpec) check() error {
	if err := form.Policy(s.Name); err != nil {
		return refuse(directory.InvalidName, "%v", err)
	}
	if utf8.RuneCountInString(s.Description) > 1000 {
		return refuse(directory.InvalidValue, "a description has at most 1,000 characters")
	}
	if err := form.Tags(s.Tags); err != nil {
		return refuse(directory.InvalidValue, "%v", err)
	}
	return checkDocument(s.Document)
}

// checkDocument wants an identity policy of the size that a managed one may have.
func checkDocument(doc string) error {
	_, err := iampolicy.Parse([]byte(doc), iampolicy.Boundary)
	return err
}

func isDefault(p *view.Policy) func(view.PolicyVersion) bool {
	return func(v view.PolicyVersion) bool { return v.N == p.DefaultVersion().N }
}

// turn makes a version the default one. The one that was it stays only if p.Others has it.
func turn(p *view.Policy, to view.PolicyVersion, e *directory.Edit) {
	p.Document, p.Default, p.Set, p.Updated = to.Document, to.N, to.Created, e.Now()
	p.Last = max(p.Last, to.N)
}

// CreateVersion adds a version to a policy, and gives it.
func CreateVersion(e *directory.Edit, arn name.ARN, doc string, asDefault bool) (view.PolicyVersion, error) {
	p, err := policyOf(e, arn)
	if err != nil {
		return view.PolicyVersion{}, err
	}
	if err := checkDocument(doc); err != nil {
		return view.PolicyVersion{}, err
	}
	if len(p.Others)+1 >= maxVersions {
		return view.PolicyVersion{}, fault.New(fault.Conflict, directory.LimitExceeded, "A managed policy can have up to %d versions. "+
			"Before you create a new version, you must delete an existing version.", maxVersions)
	}
	v := view.PolicyVersion{N: cmp.Or(p.Last, 1) + 1, Document: doc, Created: e.Now()}
	p.Last, p.Updated = v.N, e.Now()
	if asDefault {
		p.Others = p.Versions()
		turn(p, v, e)
	} else {
		p.Others = append([]view.PolicyVersion{v}, p.Others...)
	}
	_, err = e.Save(p)
	return v, err
}

// SetDefaultVersion has another version of a policy decide.
func SetDefaultVersion(e *directory.Edit, arn name.ARN, id string) error {
	p, err := policyOf(e, arn)
	if err != nil {
		return err
	}
	v, ok := p.Version(id)
	if !ok {
		return noVersion(arn, id)
	}
	if isDefault(p)(v) {
		return nil
	}
	p.Others = slices.DeleteFunc(p.Versions(), func(o view.PolicyVersion) bool { return o.N == v.N })
	turn(p, v, e)
	_, err = e.Save(p)
	return err
}

// DeleteVersion deletes a version that is not the default one.
func DeleteVersion(e *directory.Edit, arn name.ARN, id string) error {
	p, err := policyOf(e, arn)
	if err != nil {
		return err
	}
	v, ok := p.Version(id)
	switch {
	case !ok:
		return noVersion(arn, id)
	case isDefault(p)(v):
		return fault.New(fault.Conflict, directory.InUse, "Cannot delete the default version of a policy.")
	}
	p.Others = slices.DeleteFunc(slices.Clone(p.Others), func(o view.PolicyVersion) bool { return o.N == v.N })
	_, err = e.Save(p)
	return err
}

// TagPolicy changes the labels of a policy: change gets them as they are and gives them as they shall be.
func TagPolicy(e *directory.Edit, arn name.ARN, change func(view.Tags) view.Tags) error {
	p, err := policyOf(e, arn)
	if err != nil {
		return err
	}
	if p.Tags = change(p.Tags); form.Tags(p.Tags) != nil {
		return refuse(directory.InvalidValue, "%v", form.Tags(p.Tags))
	}
	_, err = e.Save(p)
	return err
}

// DeletePolicy deletes a managed policy, with its versions, that is attached to nobody and is nobody's boundary.
func DeletePolicy(e *directory.Edit, arn name.ARN) error {
	p, err := policyOf(e, arn)
	if err != nil {
		return err
	}
	for r := range e.View().Roles(name.AccountID{}) {
		if r.Boundary == arn || slices.Contains(r.Managed, arn) {
			return fault.New(fault.Conflict, directory.InUse, "Cannot delete a policy attached to entities: the role %s uses it.", r.Name)
		}
	}
	for u := range e.View().Users(arn.Account()) {
		if u.Boundary == arn || slices.Contains(u.Managed, arn) {
			return fault.New(fault.Conflict, directory.InUse, "Cannot delete a policy attached to entities: the user %s uses it.", u.Name)
		}
	}
	for g := range e.View().UserGroups(arn.Account()) {
		if slices.Contains(g.Managed, arn) {
			return fault.New(fault.Conflict, directory.InUse, "Cannot delete a policy attached to entities: the group %s uses it.", g.Name)
		}
	}
	return e.Remove(p)
}

// policyOf gives a policy that may be changed and saved.
func policyOf(e *directory.Edit, arn name.ARN) (*view.Policy, error) {
	p, ok := e.View().Policy(arn)
	if !ok {
		return nil, fault.New(fault.NotFound, directory.PolicyNotFound, "Policy %s was not found.", arn)
	}
	kept := *p
	return &kept, nil
}

func policyExists(called string) error {
	return fault.New(fault.Conflict, directory.Exists, "A policy called %s already exists. Duplicate names are not allowed.", called)
}

func noVersion(arn name.ARN, id string) error {
	return fault.New(fault.NotFound, directory.PolicyNotFound, "Policy %s version %s does not exist or is not attachable.", arn, form.Shown(id))
}

func refuse(why fault.Reason, format string, args ...any) error {
	return fault.New(fault.Invalid, why, format, args...)
}
