package iam_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// TestP07OneRightAlone: the known ways from one right of IAM to all of them. Whoever has only that right, on everything, can do
// no more afterwards; where it is one on what is not offered, it is said so.
func TestP07OneRightAlone(t *testing.T) {
	everything := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	mine := trusting(`{"AWS":"` + doortest.RoleARN("me") + `"}`)
	v1, _ := doortest.Issuers(doortest.North())
	provider := "arn:aws:iam::" + doortest.Main().String() + ":oidc-provider/" + strings.TrimPrefix(v1, "https://")
	me := []string{"RoleName", "me"}
	ways := map[string][]string{
		"CreatePolicyVersion":                {"PolicyArn", policyARN("own"), "PolicyDocument", everything, "SetAsDefault", "true"},
		"SetDefaultPolicyVersion":            {"PolicyArn", policyARN("own"), "VersionId", "v2"},
		"AttachRolePolicy":                   append(slices.Clone(me), "PolicyArn", policyARN("all")),
		"DetachRolePolicy":                   append(slices.Clone(me), "PolicyArn", policyARN("deny")),
		"PutRolePolicy":                      append(slices.Clone(me), "PolicyName", "p", "PolicyDocument", everything),
		"DeleteRolePolicy":                   append(slices.Clone(me), "PolicyName", "deny"),
		"PutRolePermissionsBoundary":         append(slices.Clone(me), "PermissionsBoundary", policyARN("all")),
		"DeleteRolePermissionsBoundary":      me,
		"TagRole":                            append(slices.Clone(me), "Tags.member.1.Key", "team", "Tags.member.1.Value", "gold"),
		"UntagRole":                          append(slices.Clone(me), "TagKeys.member.1", "team"),
		"UpdateAssumeRolePolicy":             {"RoleName", "admin", "PolicyDocument", mine},
		"CreateRole":                         {"RoleName", "r1", "AssumeRolePolicyDocument", mine, "Tags.member.1.Key", "team", "Tags.member.1.Value", "gold"},
		"AddRoleToInstanceProfile":           {"InstanceProfileName", "box", "RoleName", "admin"},
		"AddClientIDToOpenIDConnectProvider": {"OpenIDConnectProviderArn", provider, "ClientID", "api://mine"},
		"CreateSAMLProvider":                 {"Name", "gone", "SAMLMetadataDocument", metadata(t, "mine")},
		"UpdateSAMLProvider":                 {"SAMLProviderArn", samlARN("corp"), "SAMLMetadataDocument", metadata(t, "mine")},
		"CreateOpenIDConnectProvider":        {"Url", "https://gone.example", "ClientIDList.member.1", "x"},
	}
	for action, pairs := range ways {
		t.Run(action, func(t *testing.T) {
			w, h := serveWith(t, escalation(t, "iam:"+action))
			before := rights(w, w.Current())
			as(t, w, h, "me").refused(http.StatusForbidden, "AccessDenied", action, pairs...)
			if after := rights(w, w.Current()); !slices.Equal(before, after) {
				t.Errorf("before %v, after %v", before, after)
			}
		})
	}
	w, h := serveWith(t, escalation(t, "iam:*User*"))
	for _, action := range []string{
		"CreateLoginProfile", "UpdateLoginProfile", "CreateServiceLinkedRole", "CreateVirtualMFADevice", "ResyncMFADevice",
	} {
		as(t, w, h, "me").refused(http.StatusNotImplemented, "NotImplemented", action, "UserName", "me")
	}
}

// escalation are the caller "me", who has one right of IAM and none else, with a deny and a boundary over it; the role of an
// administrator; and what trusts an issuer that nobody has registered yet.
func escalation(t *testing.T, right string) []view.Record {
	arn := func(text string) name.ARN {
		parsed, err := name.ParseARN(text)
		if err != nil {
			panic(err)
		}
		return parsed
	}
	policy := func(called, statement string) *view.Policy {
		return &view.Policy{
			ARN: arn(policyARN(called)), UniqueID: "ANPA" + called, Path: "/", Name: called, Created: doortest.Start(),
			Document: `{"Version":"2012-10-17","Statement":[` + statement + `]}`,
		}
	}
	all := `{"Effect":"Allow","Action":"*","Resource":"*"}`
	me := role(50, "me", `{"Effect":"Allow","Action":"`+right+`","Resource":"*"},`+strings.Replace(all, `"*"`, `"s3:*"`, 1))
	me.Inline["deny"] = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:PutObject","Resource":"*"}]}`
	me.Managed = []name.ARN{arn(policyARN("own")), arn(policyARN("deny"))}
	me.Boundary = arn(policyARN("bounding"))
	me.Tags = view.Tags{"team": "tin"}
	own := policy("own", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*"}`)
	own.Others, own.Last = []view.PolicyVersion{{N: 2, Document: `{"Version":"2012-10-17","Statement":[` + all + `]}`, Created: doortest.Start()}}, 2
	orphan := role(55, "orphan", all)
	orphan.Trust = strings.Replace(trusting(`{"Federated":"arn:aws:iam::`+doortest.Main().String()+`:oidc-provider/gone.example"}`), "sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", 1)
	signed, unknown := role(56, "signed", all), role(57, "unknown", all)
	signed.Trust, unknown.Trust = trustsSAML("corp"), trustsSAML("gone")
	golden := role(52, "golden", all)
	golden.Trust = strings.Replace(trusting(`{"AWS":"`+doortest.Main().String()+`"}`), `"Action"`, `"Condition":{"StringEquals":{"aws:PrincipalTag/team":"gold"}},"Action"`, 1)
	return []view.Record{
		me, own, role(0, "admin", all), golden, orphan, signed, unknown, corp(t), policy("all", all), policy("deny", strings.Replace(all, "Allow", "Deny", 1)),
		policy("bounding", `{"Effect":"Allow","Action":["s3:*","iam:*","sts:*"],"Resource":"*"}`),
		&view.InstanceProfile{ARN: arn("arn:aws:iam::" + doortest.Main().String() + ":instance-profile/box"), UniqueID: "AIPABOX", Path: "/", Name: "box", Created: doortest.Start()},
	}
}
