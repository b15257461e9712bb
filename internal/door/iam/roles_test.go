package iam_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
)

// TestRolesByAWSShapes: what AWS leaves out of which answer is left out here.
func TestRolesByAWSShapes(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	made := admin.must("CreateRole", "RoleName", "app", "AssumeRolePolicyDocument", lambdaTrust, "Description", "a + b", "MaxSessionDuration", "7200", "Tags.member.1.Key", "team", "Tags.member.1.Value", "web")
	got := admin.must("GetRole", "RoleName", "app")
	listed := admin.must("ListRoles")
	for text, want := range map[string][3]bool{
		"<MaxSessionDuration>7200<": {false, true, true}, "<RoleLastUsed>": {false, true, false}, "<Key>team</Key>": {true, true, false},
		"<AssumeRolePolicyDocument>" + strings.ReplaceAll(url.QueryEscape(lambdaTrust), "+", "%20"): {true, true, true}, "<Description>a + b<": {true, true, true},
	} {
		for i, answer := range []string{made, got, listed} {
			if strings.Contains(answer, text) != want[i] {
				t.Errorf("%s in %d: %v, want %v\n%s", text, i, !want[i], want[i], answer)
			}
		}
	}
	if last := w.Ledger.Last(); last.Stream != audit.AccessStream || last.Decision == nil {
		t.Errorf("%+v", last)
	}
}

// TestDocumentsComeBackPercentEncoded: by RFC 3986, so that a plus survives whoever decodes it as a form.
func TestDocumentsComeBackPercentEncoded(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	doc := strings.Replace(readPhotos, "photos/*", "photos/a+b c~é", 1)
	admin.must("CreateRole", "RoleName", "app", "AssumeRolePolicyDocument", lambdaTrust)
	admin.must("PutRolePolicy", "RoleName", "app", "PolicyName", "p", "PolicyDocument", doc)
	encoded := between(t, admin.must("GetRolePolicy", "RoleName", "app", "PolicyName", "p"), "<PolicyDocument>", "</PolicyDocument>")
	if !strings.Contains(encoded, "a%2Bb%20c~%C3%A9") || strings.Contains(encoded, "+") {
		t.Error(encoded)
	}
	if back, err := url.QueryUnescape(encoded); err != nil || back != doc {
		t.Errorf("%q, %v", back, err)
	}
}

// TestVector19TrustIsReadableAndInheritsNothing: documents name roles by ARN while they live, and the id of one that is gone.
func TestVector19TrustIsReadableAndInheritsNothing(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	trusting := strings.Replace(lambdaTrust, `{"Service":"lambda.amazonaws.com"}`, `{"AWS":"`+doortest.RoleARN("app")+`"}`, 1)
	body := admin.refused(http.StatusBadRequest, "MalformedPolicyDocument", "CreateRole", "RoleName", "target", "AssumeRolePolicyDocument", trusting)
	if !strings.Contains(body, "Invalid principal in policy: &quot;AWS&quot;:&quot;"+doortest.RoleARN("app")) {
		t.Error(body)
	}
	id := between(t, admin.must("CreateRole", "RoleName", "app", "AssumeRolePolicyDocument", lambdaTrust), "<RoleId>", "<")
	admin.must("CreateRole", "RoleName", "target", "AssumeRolePolicyDocument", trusting)
	shown := func() string {
		doc, _ := url.QueryUnescape(between(t, admin.must("GetRole", "RoleName", "target"), "<AssumeRolePolicyDocument>", "<"))
		return doc
	}
	if shown() != trusting {
		t.Error(shown())
	}
	admin.must("DeleteRole", "RoleName", "app")
	admin.must("CreateRole", "RoleName", "app", "AssumeRolePolicyDocument", lambdaTrust)
	if !strings.Contains(shown(), id) || strings.Contains(shown(), ":role/app") {
		t.Errorf("a role that was made again is trusted: %s", shown())
	}
}

// TestVector16NotActionLeavesOut: an allow of everything but IAM denies nothing of it, and another statement may allow it.
func TestVector16NotActionLeavesOut(t *testing.T) {
	const rest = `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	for called, statements := range map[string]string{"rest": rest, "rest-and-roles": rest + `,{"Effect":"Allow","Action":"iam:GetRole","Resource":"*"}`} {
		admin.must("CreateRole", "RoleName", called, "AssumeRolePolicyDocument", lambdaTrust)
		admin.must("PutRolePolicy", "RoleName", called, "PolicyName", "rights", "PolicyDocument", `{"Version":"2012-10-17","Statement":[`+statements+`]}`)
	}
	as(t, w, h, "rest").refused(http.StatusForbidden, "AccessDenied", "GetRole", "RoleName", "viewer")
	as(t, w, h, "rest-and-roles").must("GetRole", "RoleName", "viewer")
}

// TestVector07UnknownOperator: a policy with an operator that nobody knows is refused when it is saved.
func TestVector07UnknownOperator(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	unknown := strings.Replace(readPhotos, `"Action"`, `"Condition":{"IpAdress":{"aws:SourceIp":"10.0.0.0/8"}},"Action"`, 1)
	admin.refused(http.StatusBadRequest, "MalformedPolicyDocument", "PutRolePolicy", "RoleName", "viewer", "PolicyName", "p", "PolicyDocument", unknown)
	admin.refused(http.StatusBadRequest, "MalformedPolicyDocument", "CreatePolicy", "PolicyName", "p", "PolicyDocument", unknown)
}

// TestVector17And18TrustPolicies: what AWS calls malformed is refused when it is saved.
func TestVector17And18TrustPolicies(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	admin.must("CreateRole", "RoleName", "app", "AssumeRolePolicyDocument", lambdaTrust)
	for what, doc := range map[string]string{
		"NotPrincipal": strings.Replace(lambdaTrust, `"Principal"`, `"NotPrincipal"`, 1),
		"wildcard":     strings.Replace(lambdaTrust, `{"Service":"lambda.amazonaws.com"}`, `{"AWS":"`+doortest.RoleARN("*")+`"}`, 1),
		"resource":     strings.Replace(lambdaTrust, `"Action"`, `"Resource":"*","Action"`, 1),
		"no JSON":      `<policy/>`,
		"twice":        strings.Replace(lambdaTrust, `"Effect":"Allow"`, `"Effect":"Allow","Effect":"Deny"`, 1),
	} {
		t.Run(what, func(t *testing.T) {
			admin.t = t
			admin.refused(http.StatusBadRequest, "MalformedPolicyDocument", "UpdateAssumeRolePolicy", "RoleName", "app", "PolicyDocument", doc)
			admin.refused(http.StatusBadRequest, "MalformedPolicyDocument", "CreateRole", "RoleName", "other", "AssumeRolePolicyDocument", doc)
		})
	}
}

func TestDeletingWhatIsInUse(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	admin.must("CreateRole", "RoleName", "app", "AssumeRolePolicyDocument", lambdaTrust)
	admin.must("CreatePolicy", "PolicyName", "p", "PolicyDocument", readPhotos)
	admin.must("PutRolePolicy", "RoleName", "app", "PolicyName", "inline", "PolicyDocument", readPhotos)
	admin.must("AttachRolePolicy", "RoleName", "app", "PolicyArn", policyARN("p"))
	admin.must("CreateInstanceProfile", "InstanceProfileName", "box")
	admin.must("AddRoleToInstanceProfile", "InstanceProfileName", "box", "RoleName", "app")
	conflict := func(action string, pairs ...string) {
		t.Helper()
		admin.refused(http.StatusConflict, "DeleteConflict", action, pairs...)
	}
	conflict("DeleteRole", "RoleName", "app")
	conflict("DeletePolicy", "PolicyArn", policyARN("p"))
	conflict("DeleteInstanceProfile", "InstanceProfileName", "box")
	admin.must("DetachRolePolicy", "RoleName", "app", "PolicyArn", policyARN("p"))
	conflict("DeleteRole", "RoleName", "app")
	admin.must("DeleteRolePolicy", "RoleName", "app", "PolicyName", "inline")
	conflict("DeleteRole", "RoleName", "app")
	admin.must("CreatePolicyVersion", "PolicyArn", policyARN("p"), "PolicyDocument", readPhotos)
	conflict("DeletePolicy", "PolicyArn", policyARN("p"))
	conflict("DeletePolicyVersion", "PolicyArn", policyARN("p"), "VersionId", "v1")
	admin.must("DeletePolicyVersion", "PolicyArn", policyARN("p"), "VersionId", "v2")
	admin.must("DeletePolicy", "PolicyArn", policyARN("p"))
	admin.must("RemoveRoleFromInstanceProfile", "InstanceProfileName", "box", "RoleName", "app")
	admin.must("DeleteInstanceProfile", "InstanceProfileName", "box")
	admin.must("DeleteRole", "RoleName", "app")
	admin.refused(http.StatusNotFound, "NoSuchEntity", "GetRole", "RoleName", "app")
	if w.Ledger.Last().Outcome != audit.Failed && w.Ledger.Last().Reason == "" {
		t.Errorf("%+v", w.Ledger.Last())
	}
}

// TestEveryActionAsksForItsRight: nobody without rights does anything, and a missing thing looks like one that is there.
func TestEveryActionAsksForItsRight(t *testing.T) {
	w, h := serve(t)
	admin, denied := as(t, w, h, "admin"), as(t, w, h, "denied")
	admin.must("CreateRole", "RoleName", "app", "AssumeRolePolicyDocument", lambdaTrust)
	for action, pairs := range everyAction() {
		body := denied.refused(http.StatusForbidden, "AccessDenied", action, pairs...)
		if !strings.Contains(body, "is not authorized to perform: iam:"+action+" on resource: ") {
			t.Errorf("%s: %s", action, body)
		}
	}
	there, missing := denied.refused(http.StatusForbidden, "AccessDenied", "GetRole", "RoleName", "app"), denied.refused(http.StatusForbidden, "AccessDenied", "GetRole", "RoleName", "axx")
	if strings.ReplaceAll(there, "app", "axx") != missing {
		t.Errorf("they differ:\n%s\n%s", there, missing)
	}
}

// everyAction lists the actions of the door with parameters of the right form.
func everyAction() map[string][]string {
	role, policy, profile := []string{"RoleName", "app"}, []string{"PolicyArn", policyARN("p")}, []string{"InstanceProfileName", "box"}
	provider := []string{"OpenIDConnectProviderArn", "arn:aws:iam::" + doortest.Main().String() + ":oidc-provider/ci.example"}
	tags, keys := []string{"Tags.member.1.Key", "k", "Tags.member.1.Value", "v"}, []string{"TagKeys.member.1", "k"}
	with := func(lists ...[]string) (all []string) {
		for _, l := range lists {
			all = append(all, l...)
		}
		return all
	}
	saml, doc := []string{"SAMLProviderArn", "arn:aws:iam::" + doortest.Main().String() + ":saml-provider/corp"}, []string{"SAMLMetadataDocument", strings.Repeat("x", 1000)}
	return map[string][]string{
		"CreateSAMLProvider": with(doc, []string{"Name", "corp"}), "GetSAMLProvider": saml, "ListSAMLProviders": nil, "UpdateSAMLProvider": with(doc, saml),
		"DeleteSAMLProvider": saml, "TagSAMLProvider": with(saml, tags), "UntagSAMLProvider": with(saml, keys), "ListSAMLProviderTags": saml,
		"CreateRole": with(role, []string{"AssumeRolePolicyDocument", lambdaTrust}), "GetRole": role, "ListRoles": nil, "UpdateRole": role,
		"UpdateRoleDescription": role, "UpdateAssumeRolePolicy": with(role, []string{"PolicyDocument", lambdaTrust}), "DeleteRole": role,
		"TagRole": with(role, tags), "UntagRole": with(role, keys), "ListRoleTags": role,
		"PutRolePolicy": with(role, []string{"PolicyName", "p", "PolicyDocument", readPhotos}), "GetRolePolicy": with(role, []string{"PolicyName", "p"}),
		"ListRolePolicies": role, "DeleteRolePolicy": with(role, []string{"PolicyName", "p"}), "AttachRolePolicy": with(role, policy),
		"DetachRolePolicy": with(role, policy), "ListAttachedRolePolicies": role,
		"PutRolePermissionsBoundary": with(role, []string{"PermissionsBoundary", policyARN("p")}), "DeleteRolePermissionsBoundary": role,
		"CreatePolicy": {"PolicyName", "p", "PolicyDocument", readPhotos}, "GetPolicy": policy, "ListPolicies": nil, "DeletePolicy": policy,
		"CreatePolicyVersion": with(policy, []string{"PolicyDocument", readPhotos}), "GetPolicyVersion": with(policy, []string{"VersionId", "v1"}),
		"ListPolicyVersions": policy, "DeletePolicyVersion": with(policy, []string{"VersionId", "v1"}),
		"SetDefaultPolicyVersion": with(policy, []string{"VersionId", "v1"}), "TagPolicy": with(policy, tags), "UntagPolicy": with(policy, keys),
		"ListPolicyTags": policy, "ListEntitiesForPolicy": policy,
		"CreateOpenIDConnectProvider": {"Url", "https://ci.example"}, "GetOpenIDConnectProvider": provider, "ListOpenIDConnectProviders": nil,
		"DeleteOpenIDConnectProvider": provider, "AddClientIDToOpenIDConnectProvider": with(provider, []string{"ClientID", "x"}),
		"RemoveClientIDFromOpenIDConnectProvider": with(provider, []string{"ClientID", "x"}),
		"UpdateOpenIDConnectProviderThumbprint":   with(provider, []string{"ThumbprintList.member.1", strings.Repeat("0f", 20)}),
		"TagOpenIDConnectProvider":                with(provider, tags), "UntagOpenIDConnectProvider": with(provider, keys), "ListOpenIDConnectProviderTags": provider,
		"CreateInstanceProfile": profile, "GetInstanceProfile": profile, "ListInstanceProfiles": nil, "ListInstanceProfilesForRole": role,
		"AddRoleToInstanceProfile": with(profile, role), "RemoveRoleFromInstanceProfile": with(profile, role), "DeleteInstanceProfile": profile,
		"TagInstanceProfile": with(profile, tags), "UntagInstanceProfile": with(profile, keys), "ListInstanceProfileTags": profile,
		"GetAccountSummary": nil, "ListAccountAliases": nil,
	}
}
