package directory

import (
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/directory/document"
	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/directory/trust"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// RoleSpec is an IAM role as somebody wants it: all of it, what it does not name is taken away.
type RoleSpec struct {
	Account     name.AccountID
	Path, Name  string // Path is "/" when empty
	Description string
	Trust       string            // trust policy document
	Inline      map[string]string // document by name
	Managed     []name.ARN
	Boundary    name.ARN
	MaxSession  int // seconds, 3600 to 43200; 0 is 3600
	MaxLifetime int // seconds, from 2; 0 is no bound of its own
	Tags        view.Tags
}

// Limits of a role (IAM User Guide, "IAM and STS quotas").
const (
	minSession = 3600
	maxSession = 43200
	maxManaged = 20
)

// SpecOf gives a role as the spec that would leave it unchanged.
func SpecOf(r *view.Role) RoleSpec {
	return RoleSpec{
		Account: r.ARN.Account(), Path: r.Path, Name: r.Name, Description: r.Description, Trust: r.Trust,
		Inline: maps.Clone(r.Inline), Managed: slices.Clone(r.Managed), Boundary: r.Boundary, MaxSession: r.MaxSession,
		MaxLifetime: r.MaxLifetime, Tags: maps.Clone(r.Tags),
	}
}

// CreateRole makes a role; one of that name, whatever its path and case, exists already.
func (e *Edit) CreateRole(s RoleSpec) error {
	if _, taken := e.view.RoleNamed(s.Account, s.Name); taken {
		return conflict(Exists, "Role with name %s already exists.", s.Name)
	}
	_, err := e.PutRole(s)
	return err
}

// UpdateRole changes a role: change gets the role as it is and leaves it as it shall be. Account, path and name stay.
func (e *Edit) UpdateRole(arn name.ARN, change func(*RoleSpec) error) (Outcome, error) {
	r, ok := e.view.Role(arn)
	if !ok {
		return Unchanged, notFound(RoleNotFound, "The role with ARN %s cannot be found.", arn)
	}
	s := SpecOf(r)
	if err := change(&s); err != nil {
		return Unchanged, err
	}
	s.Account, s.Path, s.Name = r.ARN.Account(), r.Path, r.Name
	return e.PutRole(s)
}

// PutRole makes or replaces a role. A new one gets a new unique id, whatever had the name before.
func (e *Edit) PutRole(s RoleSpec) (Outcome, error) {
	arn, err := e.IAMName("role", s.Account, &s.Path, s.Name)
	if err != nil {
		return Unchanged, err
	}
	if err := s.check(); err != nil {
		return Unchanged, err
	}
	r := &view.Role{ARN: arn, UniqueID: form.UniqueID("AROA"), Path: s.Path, Name: s.Name, Created: e.now}
	if old, ok := e.view.RoleNamed(s.Account, s.Name); ok {
		if old.ARN != arn {
			return Unchanged, conflict(Exists, "Role with name %s already exists, as %s.", old.Name, old.ARN)
		}
		kept := *old
		r = &kept
	}
	if r.Trust, err = e.settleTrust(s.Trust, r); err != nil {
		return Unchanged, err
	}
	if err := e.checkAttached(s); err != nil {
		return Unchanged, err
	}
	r.Description, r.Inline, r.Managed, r.Boundary = s.Description, s.Inline, s.Managed, s.Boundary
	r.MaxSession, r.MaxLifetime, r.Tags = max(s.MaxSession, minSession), s.MaxLifetime, s.Tags
	return e.Save(r)
}

// settleTrust settles a trust policy. One that is as it was before is kept unread: it may name a role that is gone, and
// changing something else must still be possible.
func (e *Edit) settleTrust(doc string, r *view.Role) (string, error) {
	if doc == r.Trust && doc != "" {
		return doc, nil
	}
	kept, err := document.Keep(e.view, doc, iampolicy.Trust)
	if err != nil {
		return "", err
	}
	return kept, trust.Policy(e.view, kept)
}

func (s RoleSpec) check() error {
	switch {
	case utf8.RuneCountInString(s.Description) > 1000:
		return invalid(InvalidValue, "a description has at most 1,000 characters")
	case s.MaxSession != 0 && (s.MaxSession < minSession || s.MaxSession > maxSession):
		return invalid(InvalidValue, "the maximum session duration is %d to %d seconds, not %d", minSession, maxSession, s.MaxSession)
	case len(s.Managed) > maxManaged:
		return invalid(LimitExceeded, "at most %d managed policies are attached to a role, not %d", maxManaged, len(s.Managed))
	}
	err := firstError(because(InvalidName, form.Role(s.Name)),
		because(InvalidValue, form.Tags(s.Tags)), because(InvalidValue, form.Lifetime(s.MaxLifetime)))
	if err != nil {
		return err
	}
	total := 0
	for _, n := range slices.Sorted(maps.Keys(s.Inline)) {
		if err := because(InvalidName, form.Policy(n)); err != nil {
			return err
		}
		p, err := iampolicy.Parse([]byte(s.Inline[n]), iampolicy.Identity)
		if err != nil {
			return err
		}
		total += p.Size()
	}
	if total > iampolicy.MaxRoleInline {
		return invalid(LimitExceeded, "Maximum policy size of %d bytes exceeded for role %s", iampolicy.MaxRoleInline, s.Name)
	}
	return nil
}

// checkAttached says whether the managed policies and the boundary exist.
func (e *Edit) checkAttached(s RoleSpec) error {
	wanted := s.Managed
	if !s.Boundary.IsZero() {
		wanted = append(slices.Clone(wanted), s.Boundary)
	}
	for i, arn := range wanted {
		if _, ok := e.view.Policy(arn); !ok || arn.Account() != s.Account {
			return notFound(PolicyNotFound, "Policy %s does not exist or is not attachable.", arn)
		}
		if i < len(s.Managed) && slices.Contains(s.Managed[:i], arn) {
			return invalid(InvalidValue, "the policy %s is listed twice", arn)
		}
	}
	return nil
}

// DeleteRole deletes a role with its inline policies. Its sessions end, and nothing that trusted it trusts a later role
// of that name.
func (e *Edit) DeleteRole(arn name.ARN) error {
	r, ok := e.view.Role(arn)
	if !ok {
		return notFound(RoleNotFound, "The role with ARN %s cannot be found.", arn)
	}
	return e.Remove(r)
}
