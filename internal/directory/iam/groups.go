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

// UserGroupNotFound means that the account has no group of users of this name.
const UserGroupNotFound fault.Reason = "directory.user_group_not_found"

// CreateGroup makes a group without policies and members.
func CreateGroup(e *directory.Edit, account name.AccountID, path, called string) error {
	arn, err := e.IAMName("group", account, &path, called)
	if err != nil {
		return err
	}
	if _, taken := e.View().UserGroupNamed(account, called); taken {
		return groupExists(called)
	}
	return saveGroup(e, &view.UserGroup{ARN: arn, UniqueID: form.UniqueID("AGPA"), Path: path, Name: called, Created: e.Now()})
}

// UpdateGroup changes a group: change gets the group as it is and leaves it as it shall be. Path and name may change, its
// members stay.
func UpdateGroup(e *directory.Edit, old *view.UserGroup, change func(*view.UserGroup) error) error {
	g := *old
	g.Inline, g.Managed = maps.Clone(g.Inline), slices.Clone(g.Managed)
	if err := change(&g); err != nil {
		return err
	}
	var err error
	if g.ARN, err = e.IAMName("group", old.ARN.Account(), &g.Path, g.Name); err != nil {
		return err
	}
	if g.ARN == old.ARN {
		return saveGroup(e, &g)
	}
	if other, taken := e.View().UserGroupNamed(g.ARN.Account(), g.Name); taken && other.UniqueID != old.UniqueID {
		return groupExists(g.Name)
	}
	if err := e.Remove(old); err != nil {
		return err
	}
	return saveGroup(e, &g)
}

func saveGroup(e *directory.Edit, g *view.UserGroup) error {
	if err := form.UserGroup(g.Name); err != nil {
		return refuse(directory.InvalidName, "%v", err)
	}
	if err := checkInline(g.Inline, iampolicy.MaxGroupInline, "group "+g.Name); err != nil {
		return err
	}
	if err := checkAttached(e, g.ARN.Account(), g.Managed, name.ARN{}); err != nil {
		return err
	}
	_, err := e.Save(g)
	return err
}

// DeleteGroup deletes a group that has neither members nor policies.
func DeleteGroup(e *directory.Edit, g *view.UserGroup) error {
	first := ""
	switch {
	case len(Members(e.View(), g)) > 0:
		first = "remove users from group"
	case len(g.Managed) > 0:
		first = "detach all policies"
	case len(g.Inline) > 0:
		first = "delete policies"
	}
	if first != "" {
		return mustFirst(first)
	}
	return e.Remove(g)
}

// Members lists the users of a group.
func Members(v *view.View, g *view.UserGroup) (list []*view.User) {
	for u := range v.Users(g.ARN.Account()) {
		if slices.Contains(u.Groups, g.UniqueID) {
			list = append(list, u)
		}
	}
	return list
}

func groupExists(called string) error {
	return fault.New(fault.Conflict, directory.Exists, "Group with name %s already exists.", called)
}
