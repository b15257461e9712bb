package iam

import (
	"maps"
	"slices"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// UserNotFound means that the account has no user of this name.
const UserNotFound fault.Reason = "directory.user_not_found"

// The limits of users and groups (IAM User Guide, "IAM and STS quotas").
const (
	maxAttached = 20 // managed policies, as of roles
	maxGroups   = 10 // of one user
)

// UserSpec is a user as somebody wants it at first.
type UserSpec struct {
	Account    name.AccountID
	Path, Name string // Path is "/" when empty
	Boundary   name.ARN
	Tags       view.Tags
}

// CreateUser makes a user without policies, groups and keys, under a unique id that nobody had before.
func CreateUser(e *directory.Edit, s UserSpec) error {
	arn, err := e.IAMName("user", s.Account, &s.Path, s.Name)
	if err != nil {
		return err
	}
	if _, taken := e.View().UserNamed(s.Account, s.Name); taken {
		return userExists(s.Name)
	}
	return saveUser(e, &view.User{
		ARN: arn, UniqueID: form.UniqueID("AIDA"), Path: s.Path, Name: s.Name, Boundary: s.Boundary, Tags: s.Tags, Created: e.Now(),
	})
}

// UpdateUser changes a user: change gets the user as it is and leaves it as it shall be. Path and name may change: the user
// stays who it is, and sessions that were made under the old name end.
func UpdateUser(e *directory.Edit, old *view.User, change func(*view.User) error) error {
	u := *old
	u.Inline, u.Managed, u.Groups, u.Tags = maps.Clone(u.Inline), slices.Clone(u.Managed), slices.Clone(u.Groups), maps.Clone(u.Tags)
	if err := change(&u); err != nil {
		return err
	}
	var err error
	if u.ARN, err = e.IAMName("user", old.ARN.Account(), &u.Path, u.Name); err != nil {
		return err
	}
	if u.ARN == old.ARN {
		return saveUser(e, &u)
	}
	if other, taken := e.View().UserNamed(u.ARN.Account(), u.Name); taken && other.UniqueID != old.UniqueID {
		return userExists(u.Name)
	}
	if err := e.Remove(old); err != nil {
		return err
	}
	return saveUser(e, &u)
}

func saveUser(e *directory.Edit, u *view.User) error {
	if err := form.User(u.Name); err != nil {
		return refuse(directory.InvalidName, "%v", err)
	}
	if err := form.Tags(u.Tags); err != nil {
		return refuse(directory.InvalidValue, "%v", err)
	}
	if err := checkInline(u.Inline, iampolicy.MaxUserInline, "user "+u.Name); err != nil {
		return err
	}
	if err := checkAttached(e, u.ARN.Account(), u.Managed, u.Boundary); err != nil {
		return err
	}
	if len(u.Groups) > maxGroups {
		return fault.New(fault.Conflict, directory.LimitExceeded, "Cannot exceed quota for GroupsPerUser: %d", maxGroups)
	}
	for _, id := range u.Groups {
		if g, ok := e.View().UserGroupByID(id); !ok || g.ARN.Account() != u.ARN.Account() {
			return fault.New(fault.NotFound, UserGroupNotFound, "The group with the id %s cannot be found.", id)
		}
	}
	_, err := e.Save(u)
	return err
}

// DeleteUser deletes a user that has neither keys nor policies and is in no group. What it signed, and every session that came
// from it, ends; nothing that named it is about a later user of that name.
func DeleteUser(e *directory.Edit, u *view.User) error {
	first := ""
	switch {
	case len(slices.Collect(e.View().AccessKeys(u.UniqueID))) > 0:
		first = "delete access keys"
	case len(u.Managed) > 0:
		first = "detach all policies"
	case len(u.Inline) > 0:
		first = "delete policies"
	case len(u.Groups) > 0:
		first = "remove users from group"
	}
	if first != "" {
		return mustFirst(first)
	}
	return e.Remove(u)
}

func mustFirst(what string) error {
	return fault.New(fault.Conflict, directory.InUse, "Cannot delete entity, must %s first.", what)
}

func userExists(called string) error {
	return fault.New(fault.Conflict, directory.Exists, "User with name %s already exists.", called)
}

// checkInline checks inline policies, and that all together are not too long.
func checkInline(documents map[string]string, most int, of string) error {
	total := 0
	for _, n := range slices.Sorted(maps.Keys(documents)) {
		if err := form.Policy(n); err != nil {
			return refuse(directory.InvalidName, "%v", err)
		}
		p, err := iampolicy.Parse([]byte(documents[n]), iampolicy.Identity)
		if err != nil {
			return err
		}
		total += p.Size()
	}
	if total > most {
		return fault.New(fault.Conflict, directory.LimitExceeded, "Maximum policy size of %d bytes exceeded for %s", most, of)
	}
	return nil
}

// checkAttached says whether the managed policies and the boundary exist in the account.
func checkAttached(e *directory.Edit, account name.AccountID, managed []name.ARN, boundary name.ARN) error {
	if len(managed) > maxAttached {
		return fault.New(fault.Conflict, directory.LimitExceeded, "Cannot exceed quota for attached policies: %d", maxAttached)
	}
	wanted := managed
	if !boundary.IsZero() {
		wanted = append(slices.Clone(managed), boundary)
	}
	for _, arn := range wanted {
		if _, ok := e.View().Policy(arn); !ok || arn.Account() != account {
			return fault.New(fault.NotFound, directory.PolicyNotFound, "Policy %s does not exist or is not attachable.", arn)
		}
	}
	return nil
}
