package roles

import "github.com/lanyard-id/lanyard/internal/door/iam/kit"

// Operations is the room's table.
func Operations() []kit.Operation {
	tags := []string{"Tags.member.N.Key", "Tags.member.N.Value"}
	one := []string{"RoleName"}
	inline := []string{"RoleName", "PolicyName"}
	attached := []string{"RoleName", "PolicyArn"}
	return []kit.Operation{
		{
			Name: "CreateRole", Do: create, Doc: "a new role",
			Params: append([]string{
				"RoleName", "Path", "AssumeRolePolicyDocument", "Description", "MaxSessionDuration", "PermissionsBoundary",
			}, tags...),
		},
		{Name: "GetRole", Do: get, Doc: "a role with its trust policy", Params: one},
		{Name: "ListRoles", Do: list, Doc: "the roles of the account", Params: kit.Paged("PathPrefix")},
		{Name: "UpdateRole", Do: update, Doc: "another description, another longest session", Params: []string{"RoleName", "Description", "MaxSessionDuration"}},
		{Name: "UpdateRoleDescription", Do: describe, Doc: "another description", Params: []string{"RoleName", "Description"}},
		{Name: "UpdateAssumeRolePolicy", Do: retrust, Doc: "another trust policy", Params: []string{"RoleName", "PolicyDocument"}},
		{Name: "DeleteRole", Do: remove, Doc: "delete a role that has no policies and is in no instance profile", Params: one},
		{Name: "TagRole", Do: tag, Doc: "put labels on a role", Params: append([]string{"RoleName"}, tags...)},
		{Name: "UntagRole", Do: untag, Doc: "take labels off a role", Params: []string{"RoleName", "TagKeys.member.N"}},
		{Name: "ListRoleTags", Do: listTags, Doc: "the labels of a role", Params: kit.Paged("RoleName")},

		{Name: "PutRolePolicy", Do: putInline, Doc: "make or replace an inline policy", Params: append(inline, "PolicyDocument")},
		{Name: "GetRolePolicy", Do: getInline, Doc: "an inline policy", Params: inline},
		{Name: "ListRolePolicies", Do: listInline, Doc: "the names of the inline policies", Params: kit.Paged("RoleName")},
		{Name: "DeleteRolePolicy", Do: deleteInline, Doc: "delete an inline policy", Params: inline},

		{Name: "AttachRolePolicy", Do: attach, Doc: "attach a managed policy", Params: attached},
		{Name: "DetachRolePolicy", Do: detach, Doc: "detach a managed policy", Params: attached},
		{Name: "ListAttachedRolePolicies", Do: listAttached, Doc: "the managed policies that are attached", Params: kit.Paged("RoleName", "PathPrefix")},

		{Name: "PutRolePermissionsBoundary", Do: putBoundary, Doc: "set the permissions boundary", Params: []string{"RoleName", "PermissionsBoundary"}},
		{Name: "DeleteRolePermissionsBoundary", Do: deleteBoundary, Doc: "take the permissions boundary away", Params: one},
	}
}
