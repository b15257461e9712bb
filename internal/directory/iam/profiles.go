package iam

import (
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// ProfileNotFound means that the account has no instance profile of this name.
const ProfileNotFound fault.Reason = "directory.instance_profile_not_found"

// ProfileSpec is an instance profile as somebody wants it.
type ProfileSpec struct {
	Account    name.AccountID
	Path, Name string // Path is "/" when empty
	Tags       view.Tags
}

// CreateProfile makes an instance profile without a role and gives its ARN.
func CreateProfile(e *directory.Edit, s ProfileSpec) (name.ARN, error) {
	arn, err := e.IAMName("instance-profile", s.Account, &s.Path, s.Name)
	if err != nil {
		return arn, err
	}
	if err := form.Profile(s.Name); err != nil {
		return arn, refuse(directory.InvalidName, "%v", err)
	}
	if err := form.Tags(s.Tags); err != nil {
		return arn, refuse(directory.InvalidValue, "%v", err)
	}
	if _, taken := e.View().InstanceProfileNamed(s.Account, s.Name); taken {
		return arn, fault.New(fault.Conflict, directory.Exists, "Instance Profile %s already exists.", s.Name)
	}
	_, err = e.Save(&view.InstanceProfile{
		ARN: arn, UniqueID: form.UniqueID("AIPA"), Path: s.Path, Name: s.Name, Tags: s.Tags, Created: e.Now(),
	})
	return arn, err
}

// AddRole puts a role of the same account into an instance profile that has none. One whose role was deleted has none.
func AddRole(e *directory.Edit, profile name.ARN, role *view.Role) error {
	p, err := profileOf(e, profile)
	if err != nil {
		return err
	}
	switch _, lives := e.View().RoleByID(p.RoleID); {
	case lives:
		return fault.New(fault.Conflict, directory.LimitExceeded, "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
	case role.ARN.Account() != profile.Account():
		return fault.New(fault.NotFound, directory.RoleNotFound, "The role with name %s cannot be found.", role.Name)
	}
	p.RoleID = role.UniqueID
	_, err = e.Save(p)
	return err
}

// RemoveRole takes a role out of an instance profile.
func RemoveRole(e *directory.Edit, profile name.ARN, role *view.Role) error {
	p, err := profileOf(e, profile)
	if err != nil {
		return err
	}
	if p.RoleID != role.UniqueID {
		return fault.New(fault.NotFound, directory.RoleNotFound, "The role with name %s is not in the instance profile %s.", role.Name, p.Name)
	}
	p.RoleID = ""
	_, err = e.Save(p)
	return err
}

// TagProfile changes the labels of an instance profile: change gets them as they are and gives them as they shall be.
func TagProfile(e *directory.Edit, profile name.ARN, change func(view.Tags) view.Tags) error {
	p, err := profileOf(e, profile)
	if err != nil {
		return err
	}
	if p.Tags = change(p.Tags); form.Tags(p.Tags) != nil {
		return refuse(directory.InvalidValue, "%v", form.Tags(p.Tags))
	}
	_, err = e.Save(p)
	return err
}

// DeleteProfile deletes an instance profile that holds no role.
func DeleteProfile(e *directory.Edit, profile name.ARN) error {
	p, err := profileOf(e, profile)
	if err != nil {
		return err
	}
	if _, lives := e.View().RoleByID(p.RoleID); lives {
		return fault.New(fault.Conflict, directory.InUse, "Cannot delete entity, must remove roles from instance profile first.")
	}
	return e.Remove(p)
}

// InProfiles lists the instance profiles that a role is in.
func InProfiles(v *view.View, role *view.Role) (list []*view.InstanceProfile) {
	for p := range v.InstanceProfiles(role.ARN.Account()) {
		if p.RoleID == role.UniqueID {
			list = append(list, p)
		}
	}
	return list
}

// profileOf gives an instance profile that may be changed and saved.
func profileOf(e *directory.Edit, arn name.ARN) (*view.InstanceProfile, error) {
	p, ok := e.View().InstanceProfile(arn)
	if !ok {
		return nil, fault.New(fault.NotFound, ProfileNotFound, "Instance Profile %s cannot be found.", arn)
	}
	kept := *p
	return &kept, nil
}
