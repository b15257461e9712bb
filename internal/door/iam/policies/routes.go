package policies

import "github.com/lanyard-id/lanyard/internal/door/iam/kit"

// Operations is the room's table.
func Operations() []kit.Operation {
	tags := []string{"Tags.member.N.Key", "Tags.member.N.Value"}
	one := []string{"PolicyArn"}
	version := []string{"PolicyArn", "VersionId"}
	return []kit.Operation{
		{
			Name: "CreatePolicy", Do: create, Doc: "a new managed policy",
			Params: append([]string{"PolicyName", "Path", "PolicyDocument", "Description"}, tags...),
		},
		{Name: "GetPolicy", Do: get, Doc: "a managed policy without its document", Params: one},
		{
			Name: "ListPolicies", Do: list, Doc: "the managed policies of the account",
			Params: kit.Paged("Scope", "OnlyAttached", "PathPrefix", "PolicyUsageFilter"),
		},
		{Name: "DeletePolicy", Do: remove, Doc: "delete a managed policy that nothing uses and that has one version", Params: one},
		{Name: "CreatePolicyVersion", Do: createVersion, Doc: "another document", Params: []string{"PolicyArn", "PolicyDocument", "SetAsDefault"}},
		{Name: "GetPolicyVersion", Do: getVersion, Doc: "a version with its document", Params: version},
		{Name: "ListPolicyVersions", Do: listVersions, Doc: "the versions of a managed policy", Params: kit.Paged("PolicyArn")},
		{Name: "DeletePolicyVersion", Do: deleteVersion, Doc: "delete a version that does not decide", Params: version},
		{Name: "SetDefaultPolicyVersion", Do: setDefault, Doc: "have another version decide", Params: version},
		{Name: "TagPolicy", Do: tag, Doc: "put labels on a managed policy", Params: append([]string{"PolicyArn"}, tags...)},
		{Name: "UntagPolicy", Do: untag, Doc: "take labels off a managed policy", Params: []string{"PolicyArn", "TagKeys.member.N"}},
		{Name: "ListPolicyTags", Do: listTags, Doc: "the labels of a managed policy", Params: kit.Paged("PolicyArn")},
		{
			Name: "ListEntitiesForPolicy", Do: listEntities, Doc: "the roles that a managed policy is attached to, or bounds",
			Params: kit.Paged("PolicyArn", "EntityFilter", "PathPrefix", "PolicyUsageFilter"),
		},
	}
}
