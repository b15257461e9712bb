package iam_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
)

// getRole is a call of the admin that needs no right that others lack, to be signed in wrong ways.
func getRole() doortest.Request {
	return doortest.Request{
		Method: http.MethodPost, Target: "/", Body: "Action=GetRole&Version=2010-05-08&RoleName=viewer",
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
	}
}

// TestErrors gives each error of AWS IAM that can happen here with its status, its code and the shape of its text (IAM API
// Reference, "Common Errors" and those of the actions). Those that cannot happen stand in docs/divergences/aws.md.
func TestErrors(t *testing.T) {
	signed := func(change func(*doortest.World, *awswire.Signing)) func(caller) *httptest.ResponseRecorder {
		return func(c caller) *httptest.ResponseRecorder {
			with := c.w.Signing(c.w.Session("admin"), "iam")
			change(c.w, &with)
			return c.w.Do(c.h, c.w.Signed(getRole(), with))
		}
	}
	asking := func(action string, pairs ...string) func(caller) *httptest.ResponseRecorder {
		return func(c caller) *httptest.ResponseRecorder { return c.ask(action, pairs...) }
	}
	trust := func(doc string) []string { return []string{"RoleName", "app", "AssumeRolePolicyDocument", doc} }
	for _, tc := range []struct {
		status int
		code   string
		text   string
		do     func(c caller) *httptest.ResponseRecorder
	}{
		{404, "NoSuchEntity", `^The role with name nobody cannot be found`, asking("GetRole", "RoleName", "nobody")},
		{409, "EntityAlreadyExists", `viewer.* already exists`, asking("CreateRole", "RoleName", "viewer", "AssumeRolePolicyDocument", lambdaTrust)},
		{409, "DeleteConflict", `polic`, asking("DeleteRole", "RoleName", "viewer")},
		{409, "LimitExceeded", `.`, asking("CreateRole", trust(strings.Replace(lambdaTrust, `2012-10-17",`, `2012-10-17","Id":"`+strings.Repeat("x", 2048)+`",`, 1))...)},
		{400, "MalformedPolicyDocument", `line 1, column \d+`, asking("CreateRole", trust("{")...)},
		{400, "MalformedPolicyDocument", `^Invalid principal in policy: "AWS":"`, asking("CreateRole", trust(letsIn("nobody"))...)},
		{400, "InvalidInput", `aws:`, asking("CreateRole", append(trust(lambdaTrust), "Tags.member.1.Key", "aws:x", "Tags.member.1.Value", "v")...)},
		{400, "InvalidInput", `.`, asking("SimulateCustomPolicy", "PolicyInputList.member.1", "{", "ActionNames.member.1", "s3:GetObject")},
		{400, "ValidationError", `^1 validation error detected: Value '.*' at 'roleName' failed to satisfy constraint: Member must `, asking("GetRole", "RoleName", "a b")},
		{400, "ValidationError", `arker`, asking("ListRoles", "Marker", "x")},
		{404, "FeatureDisabled", `.`, asking("DisableOutboundWebIdentityFederation")},
		{409, "FeatureEnabled", `.`, func(c caller) *httptest.ResponseRecorder {
			c.must("EnableOutboundWebIdentityFederation")
			return c.ask("EnableOutboundWebIdentityFederation")
		}},
		{501, "NotImplemented", `CreateLoginProfile`, asking("CreateLoginProfile", "UserName", "ana", "Password", "x")},
		{400, "InvalidAction", `^Could not find operation DoIt for version 2010-05-08`, asking("DoIt")},
		{
			403, "AccessDenied", `^User: arn:aws:sts::111122223333:assumed-role/profiler/test is not authorized to perform: iam:GetRole on resource: `,
			func(c caller) *httptest.ResponseRecorder {
				c.role = "profiler"
				return c.ask("GetRole", "RoleName", "viewer")
			},
		},
		{403, "AccessDenied", `.`, func(c caller) *httptest.ResponseRecorder {
			c.role = "deploy"
			return c.ask("PutRolePolicy", "RoleName", "viewer", "PolicyName", "p", "PolicyDocument", strings.Replace(readPhotos, "photos/*", "*", 1))
		}},
		{403, "SignatureDoesNotMatch", `.`, signed(func(_ *doortest.World, s *awswire.Signing) { s.Credentials.Secret += "x" })},
		{403, "SignatureDoesNotMatch", `.`, signed(func(_ *doortest.World, s *awswire.Signing) { s.Service = "s3" })},
		{403, "InvalidClientTokenId", `^The security token included in the request is invalid`, signed(func(_ *doortest.World, s *awswire.Signing) { s.Credentials.SessionToken = "" })},
		{403, "ExpiredToken", `expired`, signed(func(w *doortest.World, s *awswire.Signing) { w.Pass(time.Hour); s.At = w.Now() })},
		{403, "MissingAuthenticationToken", `.`, func(c caller) *httptest.ResponseRecorder { return c.w.Do(c.h, getRole()) }},
		{400, "IncompleteSignature", `.`, func(c caller) *httptest.ResponseRecorder {
			req := getRole()
			req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=x")
			return c.w.Do(c.h, req)
		}},
		{400, "MalformedQueryString", `.`, asking("GetRole", "RoleName", "viewer", "RoleName", "reader")},
	} {
		t.Run(tc.code, func(t *testing.T) {
			w, h := serve(t)
			rec := tc.do(as(t, w, h, "admin"))
			body := rec.Body.String()
			kind := map[bool]string{true: "Receiver", false: "Sender"}[tc.status >= 500]
			if rec.Code != tc.status || !strings.Contains(body, "<Error><Type>"+kind+"</Type><Code>"+tc.code+"</Code><Message>") ||
				!strings.Contains(body, "<RequestId>"+doortest.RequestID+"</RequestId>") {
				t.Fatalf("%d %s, want %d %s", rec.Code, body, tc.status, tc.code)
			}
			text := strings.NewReplacer("&#39;", "'", "&quot;", `"`, "&#34;", `"`, "&amp;", "&").Replace(between(t, body, "<Message>", "</Message>"))
			if !regexp.MustCompile(tc.text).MatchString(text) {
				t.Errorf("the text is %q, want %s", text, tc.text)
			}
		})
	}
}
