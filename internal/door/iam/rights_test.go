package iam_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/iam"
	"github.com/lanyard-id/lanyard/internal/door/iam/kit"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// TestConditionKeys: tags of the request and of the role, the boundary, the policy's ARN and the service that a role is
// passed to are what conditions see.
func TestConditionKeys(t *testing.T) {
	w, h := serve(t)
	admin, tagger, keeper, profiler := as(t, w, h, "admin"), as(t, w, h, "tagger"), as(t, w, h, "keeper"), as(t, w, h, "profiler")
	denied := func(c caller, action string, pairs ...string) {
		t.Helper()
		c.t = t
		c.refused(http.StatusForbidden, "AccessDenied", action, pairs...)
	}
	create := func(called string, more ...string) []string {
		return append([]string{"RoleName", called, "AssumeRolePolicyDocument", lambdaTrust}, more...)
	}
	denied(tagger, "CreateRole", create("a")...)
	denied(tagger, "CreateRole", create("a", "Tags.member.1.Key", "team", "Tags.member.1.Value", "ops")...)
	tagger.must("CreateRole", create("a", "Tags.member.1.Key", "team", "Tags.member.1.Value", "web")...)
	tagger.must("UpdateRole", "RoleName", "a", "Description", "x")
	admin.must("TagRole", "RoleName", "a", "Tags.member.1.Key", "Team", "Tags.member.1.Value", "ops")
	denied(tagger, "UpdateRole", "RoleName", "a", "Description", "y")
	denied(tagger, "DeleteRole", "RoleName", "reader")

	admin.must("CreatePolicy", "PolicyName", "bound", "PolicyDocument", readPhotos)
	denied(keeper, "CreateRole", create("b")...)
	keeper.must("CreateRole", create("b", "PermissionsBoundary", policyARN("bound"))...)
	wide := strings.Replace(readPhotos, "s3:GetObject", "s3:*", 1)
	keeper.must("PutRolePolicy", "RoleName", "b", "PolicyName", "p", "PolicyDocument", wide) // bounded by what the keeper has itself
	denied(keeper, "PutRolePolicy", "RoleName", "a", "PolicyName", "p", "PolicyDocument", readPhotos)

	profiler.must("CreateInstanceProfile", "InstanceProfileName", "box")
	denied(profiler, "AddRoleToInstanceProfile", "InstanceProfileName", "box", "RoleName", "reader")
	if !strings.Contains(string(w.Ledger.Last().Reason), "denied") {
		t.Errorf("%+v", w.Ledger.Last())
	}
}

// TestF11AnotherAccount: what another account has is not there, whatever the caller may.
func TestF11AnotherAccount(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	other := "arn:aws:iam::" + doortest.Other().String()
	missing := admin.refused(http.StatusNotFound, "NoSuchEntity", "GetPolicy", "PolicyArn", policyARN("nothing"))
	foreign := admin.refused(http.StatusNotFound, "NoSuchEntity", "GetPolicy", "PolicyArn", other+":policy/nothing")
	if strings.ReplaceAll(foreign, doortest.Other().String(), doortest.Main().String()) != missing {
		t.Errorf("they differ:\n%s\n%s", foreign, missing)
	}
	south, _ := doortest.Issuers(doortest.South())
	provider := other + ":oidc-provider/" + strings.TrimPrefix(south, "https://")
	admin.refused(http.StatusNotFound, "NoSuchEntity", "GetOpenIDConnectProvider", "OpenIDConnectProviderArn", provider)
	admin.refused(http.StatusNotFound, "NoSuchEntity", "DeleteOpenIDConnectProvider", "OpenIDConnectProviderArn", provider)
	admin.refused(http.StatusNotFound, "NoSuchEntity", "AttachRolePolicy", "RoleName", "reader", "PolicyArn", other+":policy/p")
}

// TestPoliciesOfAWS: there are none, and who asks for one reads so.
func TestPoliciesOfAWS(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	const administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
	for action, pairs := range map[string][]string{
		"AttachRolePolicy":           {"RoleName", "reader", "PolicyArn", administrator},
		"DetachRolePolicy":           {"RoleName", "reader", "PolicyArn", administrator},
		"PutRolePermissionsBoundary": {"RoleName", "reader", "PermissionsBoundary", administrator},
		"GetPolicy":                  {"PolicyArn", administrator},
		"GetPolicyVersion":           {"PolicyArn", administrator, "VersionId", "v1"},
	} {
		said := admin.refused(http.StatusNotFound, "NoSuchEntity", action, pairs...)
		if !strings.Contains(said, "There are no AWS managed policies here: create a policy of your own") {
			t.Errorf("%s: %s", action, said)
		}
	}
}

// TestNobodyGivesWhatItHasNot: who has not every right of IAM leaves no role with more than it plainly has.
func TestNobodyGivesWhatItHasNot(t *testing.T) {
	w, h := serve(t)
	admin, deploy := as(t, w, h, "admin"), as(t, w, h, "deploy")
	wide := strings.Replace(readPhotos, "s3:GetObject", "s3:*", 1)
	trustsDeploy := strings.Replace(lambdaTrust, `{"Service":"lambda.amazonaws.com"}`, `{"AWS":"`+doortest.RoleARN("deploy")+`"}`, 1)
	widens := func(action string, pairs ...string) {
		t.Helper()
		deploy.t = t
		deploy.refused(http.StatusForbidden, "AccessDenied", action, pairs...)
		if why := w.Ledger.Last().Reason; why != kit.Widens {
			t.Errorf("%s: refused because of %s", action, why)
		}
	}
	deploy.must("CreateRole", "RoleName", "app", "AssumeRolePolicyDocument", trustsDeploy)
	deploy.must("PutRolePolicy", "RoleName", "app", "PolicyName", "p", "PolicyDocument", readPhotos)
	widens("PutRolePolicy", "RoleName", "app", "PolicyName", "p", "PolicyDocument", wide)
	widens("PutRolePolicy", "RoleName", "deploy", "PolicyName", "p", "PolicyDocument", wide)
	widens("UpdateAssumeRolePolicy", "RoleName", "admin", "PolicyDocument", trustsDeploy)
	widens("UpdateAssumeRolePolicy", "RoleName", "writer", "PolicyDocument", trustsDeploy)
	deploy.must("CreatePolicy", "PolicyName", "wide", "PolicyDocument", wide)
	widens("AttachRolePolicy", "RoleName", "app", "PolicyArn", policyARN("wide"))
	deploy.must("CreatePolicy", "PolicyName", "slim", "PolicyDocument", readPhotos)
	deploy.must("AttachRolePolicy", "RoleName", "app", "PolicyArn", policyARN("slim"))
	deploy.must("CreatePolicyVersion", "PolicyArn", policyARN("slim"), "PolicyDocument", wide)
	widens("SetDefaultPolicyVersion", "PolicyArn", policyARN("slim"), "VersionId", "v2")
	widens("CreatePolicyVersion", "PolicyArn", policyARN("slim"), "PolicyDocument", wide, "SetAsDefault", "true")
	widens("TagRole", "RoleName", "admin", "Tags.member.1.Key", "team", "Tags.member.1.Value", "deploy")

	// A deny and a boundary are not taken off a role that has more than the caller.
	admin.must("PutRolePolicy", "RoleName", "writer", "PolicyName", "deny", "PolicyDocument", strings.Replace(readPhotos, "Allow", "Deny", 1))
	widens("DeleteRolePolicy", "RoleName", "writer", "PolicyName", "deny")
	admin.must("PutRolePermissionsBoundary", "RoleName", "writer", "PermissionsBoundary", policyARN("slim"))
	widens("DeleteRolePermissionsBoundary", "RoleName", "writer")
	deploy.must("DeleteRolePolicy", "RoleName", "writer", "PolicyName", "rights") // what only allows is taken away by whoever may

	// An issuer is not made known that roles with more than the caller trust already.
	v1, _ := doortest.Issuers(doortest.North())
	provider := "arn:aws:iam::" + doortest.Main().String() + ":oidc-provider/" + strings.TrimPrefix(v1, "https://")
	widens("AddClientIDToOpenIDConnectProvider", "OpenIDConnectProviderArn", provider, "ClientID", "api://mine")
	deploy.must("CreateOpenIDConnectProvider", "Url", "https://ci.example", "ClientIDList.member.1", "x")
	admin.must("PutRolePolicy", "RoleName", "app", "PolicyName", "p", "PolicyDocument", wide)
}

// TestARoleThatLostItsRightMeanwhile: the writer asks again, so nothing that is lost in between is used.
func TestARoleThatLostItsRightMeanwhile(t *testing.T) {
	w, h := serve(t)
	admin, deploy := as(t, w, h, "admin"), as(t, w, h, "deploy")
	session := w.Session("deploy")
	admin.must("DeleteRolePolicy", "RoleName", "deploy", "PolicyName", "rights")
	deploy.refused(http.StatusForbidden, "AccessDenied", "CreateRole", "RoleName", "x", "AssumeRolePolicyDocument", lambdaTrust)
	admin.must("DeleteRole", "RoleName", "deploy")
	req := doortest.Request{Method: http.MethodPost, Target: "/", Body: "Action=ListRoles&Version=2010-05-08", Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}
	if rec := w.Do(h, w.Signed(req, w.Signing(session, "iam"))); rec.Code != http.StatusForbidden || !strings.Contains(rec.Body.String(), "InvalidClientTokenId") {
		t.Errorf("a session of a role that is gone: %d %s", rec.Code, rec.Body)
	}
}

// TestNothingWithoutRecords: a change is not made while the ledger takes none, and reads go on.
func TestNothingWithoutRecords(t *testing.T) {
	w, _ := serve(t)
	dir := w.Live(cast()...)
	d := iam.Door{Authn: w.Authn, Directory: dir, Ledger: doortest.SickLedger{On: w.Ledger}, Room: doortest.Roomy{}, Now: w.Now}
	h, err := query.Listener{View: dir.View, Services: []query.Service{d.Service()}}.Mount(w.Config())
	if err != nil {
		t.Fatal(err)
	}
	admin := as(t, w, h, "admin")
	admin.refused(http.StatusServiceUnavailable, "ServiceUnavailable", "CreateRole", "RoleName", "x", "AssumeRolePolicyDocument", lambdaTrust)
	admin.must("GetRole", "RoleName", "reader")
}

// TestEveryChangeIsRecorded: with who asked, the rule that allowed it and on what.
func TestEveryChangeIsRecorded(t *testing.T) {
	w, h := serve(t)
	as(t, w, h, "admin").must("CreateRole", "RoleName", "x", "AssumeRolePolicyDocument", lambdaTrust)
	r := w.Ledger.Last()
	if r.Outcome != audit.Changed || r.Door != "iam" || r.Operation != "CreateRole" || r.Resource != doortest.RoleARN("x") || r.Decision == nil || r.Principal.Display == "" {
		t.Errorf("%+v", r)
	}
	for _, v := range r.Input {
		if strings.Contains(v, "Statement") {
			t.Errorf("a document is in the record: %v", r.Input)
		}
	}
}
