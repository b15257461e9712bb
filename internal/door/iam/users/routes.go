package users

import (
	"slices"

	"github.com/lanyard-id/lanyard/internal/door/iam/kit"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Minter makes access keys.
type Minter interface {
	UserKey(v *view.View, u *view.User) (secret.Text, view.AccessKey, error)
}

// Operations is the room's table.
func Operations(m Minter) []kit.Operation {
	return slices.Concat(ofUsers(), ofGroups(), ofKeys(m), policiesOf(userNoun()), policiesOf(groupNoun()))
}

func ofUsers() []kit.Operation {
	tags := []string{"Tags.member.N.Key", "Tags.member.N.Value"}
	one := []string{"UserName"}
	return []kit.Operation{
		{Name: "CreateUser", Do: createUser, Doc: "a new user", Params: append([]string{"UserName", "Path", "PermissionsBoundary"}, tags...)},
		{Name: "GetUser", Do: getUser, Doc: "a user, or the caller", Params: one},
		{Name: "ListUsers", Do: listUsers, Doc: "the users of the account", Params: kit.Paged("PathPrefix")},
		{Name: "UpdateUser", Do: updateUser, Doc: "another name or path", Also: "the same right on the new name", Params: []string{"UserName", "NewUserName", "NewPath"}},
		{Name: "DeleteUser", Do: deleteUser, Doc: "delete a user without keys, policies and groups", Params: one},
		{Name: "TagUser", Do: tagUser, Doc: "put labels on a user", Params: append([]string{"UserName"}, tags...)},
		{Name: "UntagUser", Do: untagUser, Doc: "take labels off a user", Params: []string{"UserName", "TagKeys.member.N"}},
		{Name: "ListUserTags", Do: listUserTags, Doc: "the labels of a user", Params: kit.Paged("UserName")},
		{Name: "PutUserPermissionsBoundary", Do: putBoundary, Doc: "set the permissions boundary", Params: []string{"UserName", "PermissionsBoundary"}},
		{Name: "DeleteUserPermissionsBoundary", Do: deleteBoundary, Doc: "take the permissions boundary away", Params: one},
	}
}

func ofGroups() []kit.Operation {
	one := []string{"GroupName"}
	member := []string{"GroupName", "UserName"}
	return []kit.Operation{
		{Name: "CreateGroup", Do: createGroup, Doc: "a new group", Params: []string{"GroupName", "Path"}},
		{Name: "GetGroup", Do: getGroup, Doc: "a group and its users", Params: kit.Paged("GroupName")},
		{Name: "ListGroups", Do: listGroups, Doc: "the groups of the account", Params: kit.Paged("PathPrefix")},
		{Name: "UpdateGroup", Do: updateGroup, Doc: "another name or path", Also: "the same right on the new name", Params: []string{"GroupName", "NewGroupName", "NewPath"}},
		{Name: "DeleteGroup", Do: deleteGroup, Doc: "delete a group without users and policies", Params: one},
		{Name: "AddUserToGroup", Do: join, Doc: "put a user into a group", Params: member},
		{Name: "RemoveUserFromGroup", Do: leave, Doc: "take a user out of a group", Params: member},
		{Name: "ListGroupsForUser", Do: listGroupsOf, Doc: "the groups of a user", Params: kit.Paged("UserName")},
	}
}

func ofKeys(m Minter) []kit.Operation {
	key := []string{"UserName", "AccessKeyId"}
	return []kit.Operation{
		{Name: "CreateAccessKey", Do: createKey(m), Doc: "an access key of a user, or of the caller; its secret is shown this once", Params: []string{"UserName"}},
		{Name: "ListAccessKeys", Do: listKeys, Doc: "the access keys of a user, without their secrets", Params: kit.Paged("UserName")},
		{Name: "UpdateAccessKey", Do: updateKey, Doc: "make an access key active or inactive", Params: append(key, "Status")},
		{Name: "DeleteAccessKey", Do: deleteKey, Doc: "delete an access key", Params: key},
		{Name: "GetAccessKeyLastUsed", Do: lastUsed, Doc: "whose an access key is; when it was used is not kept", Params: []string{"AccessKeyId"}},
	}
}

func policiesOf(n noun) []kit.Operation {
	subject := n.param()
	inline := []string{subject, "PolicyName"}
	attached := []string{subject, "PolicyArn"}
	return []kit.Operation{
		{Name: "Put" + n.kind + "Policy", Do: n.putInline, Doc: "make or replace an inline policy", Params: append(slices.Clone(inline), "PolicyDocument")},
		{Name: "Get" + n.kind + "Policy", Do: n.getInline, Doc: "an inline policy", Params: inline},
		{Name: "List" + n.kind + "Policies", Do: n.listInline, Doc: "the names of the inline policies", Params: kit.Paged(subject)},
		{Name: "Delete" + n.kind + "Policy", Do: n.deleteInline, Doc: "delete an inline policy", Params: inline},
		{Name: "Attach" + n.kind + "Policy", Do: n.attach, Doc: "attach a managed policy", Params: attached},
		{Name: "Detach" + n.kind + "Policy", Do: n.detach, Doc: "detach a managed policy", Params: attached},
		{Name: "ListAttached" + n.kind + "Policies", Do: n.listAttached, Doc: "the managed policies that are attached", Params: kit.Paged(subject, "PathPrefix")},
	}
}
