package iam_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

// key is an access key as its user has it.
type key struct{ id, secret string }

// newKey makes a key for a user, as the admin.
func newKey(t *testing.T, admin caller, user string) key {
	t.Helper()
	body := admin.must("CreateAccessKey", "UserName", user)
	return key{between(t, body, "<AccessKeyId>", "<"), between(t, body, "<SecretAccessKey>", "<")}
}

// asKey asks the door with an access key.
func asKey(c caller, k key, action string, pairs ...string) *httptest.ResponseRecorder {
	c.t.Helper()
	form := url.Values{"Action": {action}, "Version": {"2010-05-08"}}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	req := doortest.Request{Method: http.MethodPost, Target: "/", Body: form.Encode(), Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}
	return c.w.Do(c.h, c.w.Signed(req, awswire.Signing{
		Credentials: awswire.Credentials{KeyID: k.id, Secret: secret.Text(k.secret)}, Region: "us-east-2", Service: "iam", At: c.w.Now(),
	}))
}

func wants(t *testing.T, rec *httptest.ResponseRecorder, status int, wire string) {
	t.Helper()
	m := code.FindStringSubmatch(rec.Body.String())
	if rec.Code != status || (m == nil) != (wire == "") || m != nil && m[1] != wire {
		t.Errorf("%d %s, want %d %s", rec.Code, rec.Body, status, wire)
	}
}

// readUsers is what lets a user look at users.
const readUsers = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:GetUser","iam:ListAccessKeys"],"Resource":"*"}]}`

// TestUserLifecycle goes through what a user, its groups and its keys are made of, and what must go before they do.
func TestUserLifecycle(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	body := admin.must("CreateUser", "UserName", "ana", "Path", "/people/", "Tags.member.1.Key", "team", "Tags.member.1.Value", "web")
	if !strings.Contains(body, "arn:aws:iam::"+doortest.Main().String()+":user/people/ana") || !strings.Contains(body, "<UserId>AIDA") {
		t.Errorf("CreateUser: %s", body)
	}
	admin.refused(http.StatusConflict, "EntityAlreadyExists", "CreateUser", "UserName", "ANA")
	admin.must("CreateGroup", "GroupName", "readers")
	admin.must("PutGroupPolicy", "GroupName", "readers", "PolicyName", "look", "PolicyDocument", readUsers)
	k := newKey(t, admin, "ana")
	if !strings.HasPrefix(k.id, "AKIA") || len(k.id) != 20 || len(k.secret) != 40 {
		t.Fatalf("the key is %q with %d characters", k.id, len(k.secret))
	}
	wants(t, asKey(admin, k, "GetUser", "UserName", "ana"), http.StatusForbidden, "AccessDenied")
	admin.must("AddUserToGroup", "GroupName", "readers", "UserName", "ana")
	rec := asKey(admin, k, "GetUser")
	wants(t, rec, http.StatusOK, "")
	if !strings.Contains(rec.Body.String(), "<UserName>ana</UserName>") || !strings.Contains(rec.Body.String(), "<Key>team</Key>") {
		t.Errorf("GetUser: %s", rec.Body)
	}
	for action, want := range map[string]string{"ListGroupsForUser": "readers", "ListAccessKeys": k.id, "ListUserTags": "team"} {
		if body := admin.must(action, "UserName", "ana"); !strings.Contains(body, want) || strings.Contains(body, k.secret) {
			t.Errorf("%s: %s", action, body)
		}
	}
	if body := admin.must("GetGroup", "GroupName", "readers"); !strings.Contains(body, "<UserName>ana</UserName>") {
		t.Errorf("GetGroup: %s", body)
	}
	admin.refused(http.StatusConflict, "DeleteConflict", "DeleteGroup", "GroupName", "readers")
	admin.refused(http.StatusConflict, "DeleteConflict", "DeleteUser", "UserName", "ana")
	newKey(t, admin, "ana")
	admin.refused(http.StatusConflict, "LimitExceeded", "CreateAccessKey", "UserName", "ana")
	admin.must("DeleteAccessKey", "UserName", "ana", "AccessKeyId", k.id)
	wants(t, asKey(admin, k, "GetUser"), http.StatusForbidden, "InvalidClientTokenId")
	body = admin.must("ListAccessKeys", "UserName", "ana")
	admin.must("DeleteAccessKey", "UserName", "ana", "AccessKeyId", between(t, body, "<AccessKeyId>", "<"))
	admin.refused(http.StatusConflict, "DeleteConflict", "DeleteUser", "UserName", "ana")
	admin.must("RemoveUserFromGroup", "GroupName", "readers", "UserName", "ana")
	admin.must("DeleteUser", "UserName", "ana")
	admin.refused(http.StatusNotFound, "NoSuchEntity", "GetUser", "UserName", "ana")
	admin.must("DeleteGroupPolicy", "GroupName", "readers", "PolicyName", "look")
	admin.must("DeleteGroup", "GroupName", "readers")
	admin.refused(http.StatusNotFound, "NoSuchEntity", "GetGroup", "GroupName", "readers")
}

// TestUserPolicies: inline and attached policies of users and groups, and what a policy's entities are.
func TestUserPolicies(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	admin.must("CreateUser", "UserName", "ana")
	admin.must("CreateGroup", "GroupName", "readers")
	admin.must("CreatePolicy", "PolicyName", "photos", "PolicyDocument", readPhotos)
	arn := policyARN("photos")
	for _, kind := range []string{"User", "Group"} {
		who := map[string]string{"User": "ana", "Group": "readers"}[kind]
		subject := []string{kind + "Name", who}
		admin.must("Put"+kind+"Policy", append(subject, "PolicyName", "inline", "PolicyDocument", readPhotos)...)
		admin.refused(http.StatusBadRequest, "MalformedPolicyDocument", "Put"+kind+"Policy", append(subject, "PolicyName", "bad", "PolicyDocument", `{"Statement":7}`)...)
		if body := admin.must("Get"+kind+"Policy", append(subject, "PolicyName", "inline")...); !strings.Contains(body, "%22s3%3AGetObject%22") {
			t.Errorf("Get%sPolicy: %s", kind, body)
		}
		if body := admin.must("List"+kind+"Policies", subject...); !strings.Contains(body, "<member>inline</member>") {
			t.Errorf("List%sPolicies: %s", kind, body)
		}
		admin.must("Attach"+kind+"Policy", append(subject, "PolicyArn", arn)...)
		admin.refused(http.StatusNotFound, "NoSuchEntity", "Attach"+kind+"Policy", append(subject, "PolicyArn", policyARN("none"))...)
		if body := admin.must("ListAttached"+kind+"Policies", subject...); !strings.Contains(body, arn) {
			t.Errorf("ListAttached%sPolicies: %s", kind, body)
		}
	}
	body := admin.must("ListEntitiesForPolicy", "PolicyArn", arn)
	if !strings.Contains(body, "<UserName>ana</UserName>") || !strings.Contains(body, "<GroupName>readers</GroupName>") {
		t.Errorf("ListEntitiesForPolicy: %s", body)
	}
	if body := admin.must("GetPolicy", "PolicyArn", arn); !strings.Contains(body, "<AttachmentCount>2<") {
		t.Errorf("GetPolicy: %s", body)
	}
	admin.refused(http.StatusConflict, "DeleteConflict", "DeletePolicy", "PolicyArn", arn)
	admin.must("PutUserPermissionsBoundary", "UserName", "ana", "PermissionsBoundary", arn)
	if body := admin.must("GetUser", "UserName", "ana"); !strings.Contains(body, "<PermissionsBoundaryArn>"+arn) {
		t.Errorf("GetUser: %s", body)
	}
	admin.must("DetachUserPolicy", "UserName", "ana", "PolicyArn", arn)
	admin.must("DetachGroupPolicy", "GroupName", "readers", "PolicyArn", arn)
	admin.refused(http.StatusConflict, "DeleteConflict", "DeletePolicy", "PolicyArn", arn)
	admin.must("DeleteUserPermissionsBoundary", "UserName", "ana")
	admin.must("DeletePolicy", "PolicyArn", arn)
	for _, action := range []string{"DeleteUserPolicy", "GetUserPolicy"} {
		admin.refused(http.StatusNotFound, "NoSuchEntity", action, "UserName", "ana", "PolicyName", "none")
	}
}

// TestUserNameUsedAgainInheritsNothing: a user that is made again is in no group, has no key and is trusted by nobody who
// trusted the first.
func TestUserNameUsedAgainInheritsNothing(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	admin.must("CreateUser", "UserName", "ana")
	k := newKey(t, admin, "ana")
	ana := `{"AWS":"arn:aws:iam::` + doortest.Main().String() + `:user/ana"}`
	admin.must("CreateRole", "RoleName", "trusting", "AssumeRolePolicyDocument", trusting(ana))
	if body := admin.must("GetRole", "RoleName", "trusting"); !strings.Contains(body, "user%2Fana") {
		t.Errorf("the trust policy is not shown by name: %s", body)
	}
	admin.must("DeleteAccessKey", "UserName", "ana", "AccessKeyId", k.id)
	admin.must("DeleteUser", "UserName", "ana")
	admin.must("CreateUser", "UserName", "ana")
	wants(t, asKey(admin, k, "GetUser"), http.StatusForbidden, "InvalidClientTokenId")
	if body := admin.must("GetRole", "RoleName", "trusting"); strings.Contains(body, "user%2Fana") || !strings.Contains(body, "AIDA") {
		t.Errorf("the new user is trusted: %s", body)
	}
}

// TestUserIsRenamed: it stays who it is.
func TestUserIsRenamed(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	before := between(t, admin.must("CreateUser", "UserName", "ana"), "<UserId>", "<")
	admin.must("CreateUser", "UserName", "bob")
	admin.must("PutUserPolicy", "UserName", "ana", "PolicyName", "look", "PolicyDocument", readUsers)
	k := newKey(t, admin, "ana")
	admin.refused(http.StatusConflict, "EntityAlreadyExists", "UpdateUser", "UserName", "ana", "NewUserName", "Bob")
	admin.must("UpdateUser", "UserName", "ana", "NewUserName", "Ana", "NewPath", "/moved/")
	rec := asKey(admin, k, "GetUser")
	wants(t, rec, http.StatusOK, "")
	if !strings.Contains(rec.Body.String(), ":user/moved/Ana") || !strings.Contains(rec.Body.String(), before) {
		t.Errorf("after the move: %s", rec.Body)
	}
	admin.must("CreateGroup", "GroupName", "g")
	admin.must("AddUserToGroup", "GroupName", "g", "UserName", "Ana")
	admin.must("UpdateGroup", "GroupName", "g", "NewGroupName", "h")
	if body := admin.must("ListGroupsForUser", "UserName", "Ana"); !strings.Contains(body, "<GroupName>h</GroupName>") {
		t.Errorf("after the group moved: %s", body)
	}
}

// TestAccessKeyStates: what a key signs in each of its states, and what the record says of it.
func TestAccessKeyStates(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	admin.must("CreateUser", "UserName", "ana")
	admin.must("PutUserPolicy", "UserName", "ana", "PolicyName", "look", "PolicyDocument", readUsers)
	k := newKey(t, admin, "ana")
	wants(t, asKey(admin, k, "GetUser"), http.StatusOK, "")
	wants(t, asKey(admin, key{k.id, k.secret + "x"}, "GetUser"), http.StatusForbidden, "SignatureDoesNotMatch")
	admin.must("UpdateAccessKey", "UserName", "ana", "AccessKeyId", k.id, "Status", "Inactive")
	wants(t, asKey(admin, k, "GetUser"), http.StatusForbidden, "InvalidClientTokenId")
	if why := w.Ledger.Last().Reason; why != "authn.key_inactive" {
		t.Errorf("the record says %s", why)
	}
	wants(t, asKey(admin, key{k.id, k.secret + "x"}, "GetUser"), http.StatusForbidden, "SignatureDoesNotMatch")
	admin.refused(http.StatusBadRequest, "ValidationError", "UpdateAccessKey", "UserName", "ana", "AccessKeyId", k.id, "Status", "active")
	admin.must("UpdateAccessKey", "UserName", "ana", "AccessKeyId", k.id, "Status", "Active")
	wants(t, asKey(admin, k, "GetUser"), http.StatusOK, "")
	if body := admin.must("GetAccessKeyLastUsed", "AccessKeyId", k.id); !strings.Contains(body, "<ServiceName>N/A<") || strings.Contains(body, "LastUsedDate") {
		t.Errorf("GetAccessKeyLastUsed: %s", body)
	}
	w.Pass(view.DefaultKeyDays * 24 * time.Hour)
	wants(t, asKey(admin, k, "GetUser"), http.StatusForbidden, "InvalidClientTokenId")
	if why := w.Ledger.Last().Reason; why != "authn.key_expired" {
		t.Errorf("the record says %s", why)
	}
}

// TestSecretKeyIsShownOnce: no answer and no record but the first has the secret, and what is kept is sealed.
func TestSecretKeyIsShownOnce(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	admin.must("CreateUser", "UserName", "ana")
	k := newKey(t, admin, "ana")
	kept, _ := w.Current().AccessKey(k.id)
	change, err := view.Put(kept)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(change.Value), k.secret) || len(kept.Sealed) < 40 {
		t.Error("the secret is kept in clear")
	}
	for _, action := range []string{"ListAccessKeys", "GetUser"} {
		if strings.Contains(admin.must(action, "UserName", "ana"), k.secret) {
			t.Errorf("%s shows the secret", action)
		}
	}
}

// TestNobodyBecomesAUserWithMore: keys, groups and policies of users are ways to rights as roles are.
func TestNobodyBecomesAUserWithMore(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	all := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
	for _, u := range []string{"mighty", "poor", "clerk"} {
		admin.must("CreateUser", "UserName", u)
	}
	admin.must("CreateGroup", "GroupName", "mighty")
	admin.must("CreateGroup", "GroupName", "empty")
	admin.must("PutGroupPolicy", "GroupName", "mighty", "PolicyName", "all", "PolicyDocument", all)
	admin.must("CreatePolicy", "PolicyName", "all", "PolicyDocument", all)
	admin.must("AddUserToGroup", "GroupName", "mighty", "UserName", "mighty")
	old := newKey(t, admin, "mighty")
	admin.must("UpdateAccessKey", "UserName", "mighty", "AccessKeyId", old.id, "Status", "Inactive")
	admin.must("PutUserPolicy", "UserName", "clerk", "PolicyName", "rights", "PolicyDocument", `{"Version":"2012-10-17","Statement":[`+
		`{"Effect":"Allow","Action":["iam:*User*","iam:*Group*","iam:*AccessKey*"],"Resource":"*"},{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`)
	clerk := newKey(t, admin, "clerk")
	for _, call := range [][]string{
		{"CreateAccessKey", "UserName", "mighty"},
		{"UpdateAccessKey", "UserName", "mighty", "AccessKeyId", old.id, "Status", "Active"},
		{"AddUserToGroup", "GroupName", "mighty", "UserName", "clerk"},
		{"AddUserToGroup", "GroupName", "mighty", "UserName", "poor"},
		{"PutUserPolicy", "UserName", "clerk", "PolicyName", "more", "PolicyDocument", all},
		{"PutUserPolicy", "UserName", "poor", "PolicyName", "more", "PolicyDocument", all},
		{"PutGroupPolicy", "GroupName", "empty", "PolicyName", "more", "PolicyDocument", all},
		{"AttachUserPolicy", "UserName", "poor", "PolicyArn", policyARN("all")},
		{"AttachGroupPolicy", "GroupName", "empty", "PolicyArn", policyARN("all")},
	} {
		wants(t, asKey(admin, clerk, call[0], call[1:]...), http.StatusForbidden, "AccessDenied")
		if why := w.Ledger.Last().Reason; why != "iam.widens_own_rights" {
			t.Errorf("%v: the record says %s", call, why)
		}
	}
	for _, call := range [][]string{
		{"CreateAccessKey", "UserName", "clerk"},
		{"CreateAccessKey", "UserName", "poor"},
		{"PutUserPolicy", "UserName", "poor", "PolicyName", "same", "PolicyDocument", readPhotos},
		{"UpdateAccessKey", "UserName", "mighty", "AccessKeyId", old.id, "Status", "Inactive"},
		{"DeleteAccessKey", "UserName", "mighty", "AccessKeyId", old.id},
	} {
		wants(t, asKey(admin, clerk, call[0], call[1:]...), http.StatusOK, "")
	}
}

// TestUserOfAnotherAccountIsNotFound: nothing of another account is there.
func TestUserOfAnotherAccountIsNotFound(t *testing.T) {
	arn, err := name.NewARN("iam", "", doortest.Other(), "user/eve")
	if err != nil {
		t.Fatal(err)
	}
	w, h := serveWith(t, append(cast(), &view.User{ARN: arn, UniqueID: "AIDAEVEEVEEVEEVEEVE00", Path: "/", Name: "eve"},
		&view.AccessKey{ID: "AKIAEVEEVEEVEEVEEVE0", Account: doortest.Other(), User: "AIDAEVEEVEEVEEVEEVE00", Sealed: []byte("x")}))
	admin := as(t, w, h, "admin")
	admin.refused(http.StatusNotFound, "NoSuchEntity", "GetUser", "UserName", "eve")
	admin.refused(http.StatusNotFound, "NoSuchEntity", "GetAccessKeyLastUsed", "AccessKeyId", "AKIAEVEEVEEVEEVEEVE0")
	admin.refused(http.StatusNotFound, "NoSuchEntity", "DeleteAccessKey", "UserName", "eve", "AccessKeyId", "AKIAEVEEVEEVEEVEEVE0")
	if body := admin.must("ListUsers"); strings.Contains(body, "eve") {
		t.Errorf("ListUsers: %s", body)
	}
}
