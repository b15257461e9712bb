package iam_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
)

// TestP06BadInput: what breaks a constraint is refused in AWS's words, and nothing is stored.
func TestP06BadInput(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	role := func(pairs ...string) []string {
		return append([]string{"RoleName", "x", "AssumeRolePolicyDocument", lambdaTrust}, pairs...)
	}
	const policy = "MalformedPolicyDocument"
	long := strings.Repeat("x", 129)
	for name, tc := range map[string]struct {
		code, action string
		pairs        []string
	}{
		"no name":             {"ValidationError", "CreateRole", []string{"AssumeRolePolicyDocument", lambdaTrust}},
		"long name":           {"ValidationError", "CreateRole", []string{"RoleName", long[:65], "AssumeRolePolicyDocument", lambdaTrust}},
		"XML as name":         {"ValidationError", "CreateRole", []string{"RoleName", "<x/>", "AssumeRolePolicyDocument", lambdaTrust}},
		"no trust":            {"ValidationError", "CreateRole", []string{"RoleName", "x"}},
		"trust of other text": {"ValidationError", "CreateRole", []string{"RoleName", "x", "AssumeRolePolicyDocument", "€"}},
		"XML as trust":        {policy, "CreateRole", []string{"RoleName", "x", "AssumeRolePolicyDocument", "<!DOCTYPE x><x/>"}},
		"long trust":          {"LimitExceeded", "CreateRole", []string{"RoleName", "x", "AssumeRolePolicyDocument", strings.Replace(lambdaTrust, "2012-10-17\",", `2012-10-17","Id":"`+strings.Repeat("x", 2048)+`",`, 1)}},
		"path":                {"ValidationError", "CreateRole", role("Path", "a/")},
		"path of a service":   {"InvalidInput", "CreateRole", role("Path", "/aws-service-role/x/")},
		"description":         {"ValidationError", "CreateRole", role("Description", strings.Repeat("x", 1001))},
		"session":             {"ValidationError", "CreateRole", role("MaxSessionDuration", "3599")},
		"session in words":    {"ValidationError", "CreateRole", role("MaxSessionDuration", "1e4")},
		"boundary":            {"ValidationError", "CreateRole", role("PermissionsBoundary", "x")},
		"boundary of a role":  {"InvalidInput", "CreateRole", role("PermissionsBoundary", doortest.RoleARN("reader"))},
		"tags with a gap":     {"ValidationError", "CreateRole", role("Tags.member.2.Key", "k", "Tags.member.2.Value", "v")},
		"tags twice":          {"InvalidInput", "CreateRole", role("Tags.member.1.Key", "k", "Tags.member.2.Key", "K")},
		"tags of aws":         {"InvalidInput", "CreateRole", role("Tags.member.1.Key", "aws:x")},
		"tag with brackets":   {"ValidationError", "CreateRole", role("Tags.member.1.Key", "<k>")},
		"long tag":            {"ValidationError", "CreateRole", role("Tags.member.1.Key", "k", "Tags.member.1.Value", strings.Repeat("v", 257))},
		"51 tags":             {"ValidationError", "CreateRole", role("Tags.member.51.Key", "k")},
		"unknown parameter":   {"ValidationError", "CreateRole", role("roleName", "x")},
		"inline's name":       {"ValidationError", "PutRolePolicy", []string{"RoleName", "reader", "PolicyName", long, "PolicyDocument", readPhotos}},
		"inline's principal":  {policy, "PutRolePolicy", []string{"RoleName", "reader", "PolicyName", "p", "PolicyDocument", lambdaTrust}},
		"inline too long":     {"LimitExceeded", "PutRolePolicy", []string{"RoleName", "reader", "PolicyName", "p", "PolicyDocument", strings.Replace(readPhotos, "photos/*", strings.Repeat("x", 10241), 1)}},
		"managed too long":    {"LimitExceeded", "CreatePolicy", []string{"PolicyName", "p", "PolicyDocument", strings.Replace(readPhotos, "photos/*", strings.Repeat("x", 6145), 1)}},
		"policy's ARN":        {"ValidationError", "GetPolicy", []string{"PolicyArn", "p"}},
		"another ARN":         {"InvalidInput", "GetPolicy", []string{"PolicyArn", "arn:aws:s3:::photos/aaaaaaaa"}},
		"version":             {"ValidationError", "GetPolicyVersion", []string{"PolicyArn", policyARN("p"), "VersionId", "v01"}},
		"no flag":             {"ValidationError", "CreatePolicyVersion", []string{"PolicyArn", policyARN("p"), "PolicyDocument", readPhotos, "SetAsDefault", "yes"}},
		"scope":               {"ValidationError", "ListPolicies", []string{"Scope", "all"}},
		"no keys":             {"ValidationError", "UntagRole", []string{"RoleName", "reader"}},
		"provider without":    {"ValidationError", "CreateOpenIDConnectProvider", nil},
		"provider's query":    {"InvalidInput", "CreateOpenIDConnectProvider", []string{"Url", "https://ci.example/?a=b"}},
		"plain provider":      {"InvalidInput", "CreateOpenIDConnectProvider", []string{"Url", "http://ci.example"}},
		"thumbprint":          {"ValidationError", "CreateOpenIDConnectProvider", []string{"Url", "https://ci.example", "ThumbprintList.member.1", "0f"}},
		"client twice":        {"ValidationError", "CreateOpenIDConnectProvider", []string{"Url", "https://ci.example", "ClientIDList.member.1", "a", "ClientIDList.member.2", "a"}},
		"no page":             {"ValidationError", "ListRoles", []string{"MaxItems", "0"}},
		"large page":          {"ValidationError", "ListRoles", []string{"MaxItems", "1001"}},
		"prefix":              {"ValidationError", "ListRoles", []string{"PathPrefix", "x"}},
	} {
		t.Run(name, func(t *testing.T) {
			admin.t = t
			status := http.StatusBadRequest
			if tc.code == "LimitExceeded" {
				status = http.StatusConflict
			}
			if body := admin.refused(status, tc.code, tc.action, tc.pairs...); strings.Contains(body, "<x/>") || strings.Contains(body, "<k>") {
				t.Errorf("markup came back: %s", body)
			}
		})
	}
	admin.t = t
	admin.refused(http.StatusConflict, "EntityAlreadyExists", "CreateRole", "RoleName", "READER", "AssumeRolePolicyDocument", lambdaTrust)
	admin.refused(http.StatusNotFound, "NoSuchEntity", "GetRole", "RoleName", "READER")
	admin.refused(http.StatusNotImplemented, "NotImplemented", "CreateLoginProfile", "UserName", "x")
	admin.refused(http.StatusNotImplemented, "NotImplemented", "GetCredentialReport")
	admin.refused(http.StatusBadRequest, "InvalidAction", "PassRole")
	admin.refused(http.StatusBadRequest, "InvalidAction", "createrole")
}

// TestPages: a page goes on behind the last entry, and its marker opens no other list and none that was altered.
func TestPages(t *testing.T) {
	w, h := serve(t)
	admin, viewer := as(t, w, h, "admin"), as(t, w, h, "viewer")
	for i := range 7 {
		name, path := fmt.Sprintf("r%d", i), "/pages/"
		if i%2 == 1 { // the order is that of the names, whatever their paths and capital letters
			name, path = fmt.Sprintf("R%d", i), "/pages/a/"
		}
		admin.must("CreateRole", "RoleName", name, "Path", path, "AssumeRolePolicyDocument", lambdaTrust)
	}
	var names []string
	ask := []string{"PathPrefix", "/pages/", "MaxItems", "3"}
	marker := ""
	for page := 0; page == 0 || marker != ""; page++ {
		args := ask
		if marker != "" {
			args = append(slices.Clip(args), "Marker", marker)
		}
		body := admin.must("ListRoles", args...)
		for _, part := range strings.Split(body, "<RoleName>")[1:] {
			name, _, _ := strings.Cut(part, "<")
			names = append(names, name)
		}
		next := ""
		if strings.Contains(body, "<IsTruncated>true") {
			next = between(t, body, "<Marker>", "</Marker>")
		}
		if next != "" && page == 0 {
			bad := func(c caller, marker string, more ...string) {
				t.Helper()
				c.refused(http.StatusBadRequest, "ValidationError", "ListRoles", append(slices.Clip(more), "Marker", marker)...)
			}
			bad(admin, next)                          // another query
			bad(admin, next, "PathPrefix", "/other/") // another query
			bad(viewer, next, ask[:2]...)             // another caller
			bad(admin, next[1:], ask[:2]...)
			bad(admin, next+"AAAA", ask[:2]...)
			bad(admin, url.QueryEscape("arn:x"), ask[:2]...)
			admin.refused(http.StatusBadRequest, "ValidationError", "ListPolicies", "PathPrefix", "/pages/", "Marker", next)
		}
		marker = next
	}
	if got := strings.Join(names, " "); got != "r0 R1 r2 R3 r4 R5 r6" {
		t.Error(got)
	}
	for action, pairs := range map[string][]string{
		"ListPolicies": nil, "ListRolePolicies": {"RoleName", "reader"}, "ListAttachedRolePolicies": {"RoleName", "reader"},
		"ListRoleTags": {"RoleName", "reader"}, "ListInstanceProfiles": nil, "ListInstanceProfilesForRole": {"RoleName", "reader"}, "ListAccountAliases": nil,
	} {
		if body := viewer.must(action, pairs...); !strings.Contains(body, "<IsTruncated>false</IsTruncated>") {
			t.Errorf("%s: %s", action, body)
		}
	}
}

// TestListsOfPolicies: by use, by path, and what uses one.
func TestListsOfPolicies(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	for _, called := range []string{"attached", "bounding", "idle"} {
		admin.must("CreatePolicy", "PolicyName", called, "Path", "/p/", "PolicyDocument", readPhotos, "Description", "d")
	}
	arn := func(called string) string { return policyARN("p/" + called) }
	admin.must("AttachRolePolicy", "RoleName", "reader", "PolicyArn", arn("attached"))
	admin.must("PutRolePermissionsBoundary", "RoleName", "reader", "PermissionsBoundary", arn("bounding"))
	count := func(want int, pairs ...string) {
		t.Helper()
		if got := strings.Count(admin.must("ListPolicies", pairs...), "<PolicyName>"); got != want {
			t.Errorf("%v: %d, want %d", pairs, got, want)
		}
	}
	count(3)
	count(3, "Scope", "Local", "PathPrefix", "/p/")
	count(0, "Scope", "AWS")
	count(0, "PathPrefix", "/q/")
	count(2, "OnlyAttached", "true")
	count(1, "PolicyUsageFilter", "PermissionsBoundary")
	for want, pairs := range map[string][]string{
		"<RoleName>reader</RoleName>": {"PolicyArn", arn("bounding")}, "<PolicyRoles></PolicyRoles>": {"PolicyArn", arn("bounding"), "PolicyUsageFilter", "PermissionsPolicy"},
	} {
		if body := admin.must("ListEntitiesForPolicy", pairs...); !strings.Contains(body, want) {
			t.Errorf("%v: %s", pairs, body)
		}
	}
	got := admin.must("GetPolicy", "PolicyArn", arn("attached"))
	for _, want := range []string{"<AttachmentCount>1<", "<PermissionsBoundaryUsageCount>0<", "<Description>d<", "<DefaultVersionId>v1<"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	admin.refused(http.StatusNotFound, "NoSuchEntity", "GetPolicyVersion", "PolicyArn", arn("idle"), "VersionId", "v2")
	for range 4 {
		admin.must("CreatePolicyVersion", "PolicyArn", arn("idle"), "PolicyDocument", readPhotos)
	}
	admin.refused(http.StatusConflict, "LimitExceeded", "CreatePolicyVersion", "PolicyArn", arn("idle"), "PolicyDocument", readPhotos)
	if versions := admin.must("ListPolicyVersions", "PolicyArn", arn("idle")); strings.Count(versions, "<VersionId>") != 5 || strings.Contains(versions, "<Document>") {
		t.Error(versions)
	}
}

// FuzzForms throws parameters at every action: an answer is XML of the door's own, and never an internal failure.
func FuzzForms(f *testing.F) {
	for action, pairs := range everyAction() {
		seed := "Action=" + action + "&Version=2010-05-08"
		for i := 0; i < len(pairs); i += 2 {
			seed += "&" + url.QueryEscape(pairs[i]) + "=" + url.QueryEscape(pairs[i+1])
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		w, h := serve(t)
		req := doortest.Request{Method: http.MethodPost, Target: "/", Body: body, Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}
		rec := w.Do(h, w.Signed(req, w.Signing(w.Session("admin"), "iam")))
		if rec.Code == http.StatusInternalServerError || !strings.HasPrefix(rec.Body.String(), "<?xml") {
			t.Errorf("%q: %d %s", body, rec.Code, rec.Body)
		}
	})
}
