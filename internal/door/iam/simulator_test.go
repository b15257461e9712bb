package iam_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
)

// verdicts gives the decisions of an answer in its order, with the action of each.
func verdicts(t *testing.T, body string) (list []string) {
	t.Helper()
	for _, part := range strings.Split(body, "<EvalActionName>")[1:] {
		action, _, _ := strings.Cut(part, "<")
		list = append(list, action+" "+between(t, part, "<EvalDecision>", "</EvalDecision>"))
	}
	return list
}

// letsIn is a trust policy that lets one role of the main account in.
func letsIn(role string) string {
	return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + doortest.RoleARN(role) + `"},"Action":"sts:AssumeRole"}}`
}

// TestVectorsThroughTheDoor: traps of the policy language in the simulator of the door, which is asked as clients ask it.
func TestVectorsThroughTheDoor(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	book := "arn:aws:s3:::photos/book"
	key := func(n, name, kind, value string) []string {
		at := "ContextEntries.member." + n + "."
		return []string{at + "ContextKeyName", name, at + "ContextKeyType", kind, at + "ContextKeyValues.member.1", value}
	}
	statement := func(effect, more string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"` + effect + `","Action":"s3:GetObject","Resource":"*"` + more + `}]}`
	}
	for name, tc := range map[string]struct {
		action, policy, want string
		more                 []string
	}{
		"01 a negated test of an absent key denies": {policy: statement("Deny", `,"Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"web"}}`), want: "explicitDeny"},
		"03 ForAllValues of an absent key holds": {
			policy: strings.Replace(statement("Allow", `,"Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":"a"}}`), `"s3:*"`, `"s3:List*"`, 1), want: "allowed",
		},
		"04 ForAnyValue of an absent key does not": {
			policy: strings.Replace(statement("Allow", `,"Condition":{"ForAnyValue:StringEquals":{"aws:TagKeys":"a"}}`), `"s3:*"`, `"s3:List*"`, 1), want: "implicitDeny",
		},
		"16 NotAction leaves out": {action: "iam:GetRole", policy: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}}`, want: "implicitDeny"},
		"22 a star in a tag is a star": {
			policy: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/${aws:PrincipalTag/team}"}}`,
			more:   key("1", "aws:PrincipalTag/team", "string", "*"), want: "implicitDeny",
		},
		"26 an address of version 6": {
			policy: strings.Replace(statement("Allow", `,"Condition":{"IpAddress":{"aws:SourceIp":"2001:db8::/32"}}`), `"s3:*"`, `"s3:List*"`, 1),
			more:   key("1", "aws:SourceIp", "ip", "2001:db8::1"), want: "allowed",
		},
		"29 numbers are numbers": {
			policy: strings.Replace(statement("Allow", `,"Condition":{"NumericLessThan":{"s3:max-keys":"10"}}`), `"s3:*"`, `"s3:List*"`, 1),
			more:   key("1", "s3:max-keys", "numeric", "9"), want: "allowed",
		},
		"31 StringEquals has no wildcards": {
			policy: strings.Replace(statement("Allow", `,"Condition":{"StringEquals":{"aws:UserAgent":"cli*"}}`), `"s3:*"`, `"s3:List*"`, 1),
			more:   key("1", "aws:UserAgent", "string", "cli/2"), want: "implicitDeny",
		},
		"32 who I am needs no right": {action: "sts:GetCallerIdentity", policy: statement("Deny", ""), want: "allowed"},
		"36 actions in any case":     {action: "S3:getobject", policy: statement("Deny", ""), want: "explicitDeny"},
		"40 a trust policy has its say": {
			action: "sts:AssumeRole", policy: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}}`,
			more: []string{"ResourceArns.member.1", doortest.RoleARN("reader"), "ResourcePolicy", letsIn("viewer"), "CallerArn", doortest.RoleARN("admin")}, want: "implicitDeny",
		},
	} {
		t.Run(name, func(t *testing.T) {
			admin.t = t
			action := tc.action
			if action == "" {
				action = "s3:GetObject"
			}
			pairs := append([]string{"PolicyInputList.member.1", tc.policy, "ActionNames.member.1", action}, tc.more...)
			if !strings.Contains(strings.Join(tc.more, " "), "ResourceArns") && !strings.HasPrefix(action, "sts:") {
				pairs = append(pairs, "ResourceArns.member.1", book)
			}
			if got := verdicts(t, admin.must("SimulateCustomPolicy", pairs...)); len(got) != 1 || got[0] != action+" "+tc.want {
				t.Errorf("%v, want %s", got, tc.want)
			}
		})
	}
}

// TestSimulatePrincipal: the policies that a role has now, its boundary and the trust policy of the role that it would assume
// decide; nothing is changed, and the answer says where the statement stands.
func TestSimulatePrincipal(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	source := []string{"PolicySourceArn", doortest.RoleARN("keeper")}
	read := append(source[:2:2], "ActionNames.member.1", "s3:GetObject", "ActionNames.member.2", "s3:DeleteObject", "ResourceArns.member.1", "arn:aws:s3:::photos/a")
	body := admin.must("SimulatePrincipalPolicy", read...)
	if got := strings.Join(verdicts(t, body), ", "); got != "s3:GetObject allowed, s3:DeleteObject implicitDeny" {
		t.Errorf("%s: %s", got, body)
	}
	for _, want := range []string{
		"<SourcePolicyType>role<", "<StartPosition><Line>1</Line>", "<ResourceSpecificResults><member><EvalResourceName>arn:aws:s3:::photos/a<", "<IsTruncated>false<",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	if strings.Contains(body, "AllowedByPermissionsBoundary") {
		t.Errorf("it has no boundary: %s", body)
	}
	admin.must("CreatePolicy", "PolicyName", "bound", "PolicyDocument", strings.Replace(readPhotos, "s3:GetObject", "s3:ListBucket", 1))
	admin.must("PutRolePermissionsBoundary", "RoleName", "keeper", "PermissionsBoundary", policyARN("bound"))
	body = admin.must("SimulatePrincipalPolicy", read...)
	if got := strings.Join(verdicts(t, body), ", "); got != "s3:GetObject implicitDeny, s3:DeleteObject implicitDeny" || !strings.Contains(body, "<AllowedByPermissionsBoundary>false<") {
		t.Errorf("behind a boundary: %s: %s", got, body)
	}
	assume := []string{"PolicySourceArn", doortest.RoleARN("admin"), "ActionNames.member.1", "sts:AssumeRole", "ResourceArns.member.1", doortest.RoleARN("viewer")}
	if got := verdicts(t, admin.must("SimulatePrincipalPolicy", assume...)); got[0] != "sts:AssumeRole allowed" {
		t.Errorf("the role trusts the account: %v", got)
	}
	admin.must("UpdateAssumeRolePolicy", "RoleName", "viewer", "PolicyDocument", letsIn("keeper"))
	if got := verdicts(t, admin.must("SimulatePrincipalPolicy", assume...)); got[0] != "sts:AssumeRole implicitDeny" {
		t.Errorf("the role trusts another: %v", got)
	}
	if last := w.Ledger.Last(); last.Operation != "SimulatePrincipalPolicy" || last.Stream != audit.AccessStream || last.Decision == nil {
		t.Errorf("%+v", last)
	}
}

// TestWhoMaySimulate: it is a right, also where there is nobody of that name; nobody asks about another account.
func TestWhoMaySimulate(t *testing.T) {
	w, h := serve(t)
	admin, viewer, tagger := as(t, w, h, "admin"), as(t, w, h, "viewer"), as(t, w, h, "tagger")
	list := []string{"ActionNames.member.1", "s3:GetObject"}
	of := func(arn string, more ...string) []string {
		return append(append([]string{"PolicySourceArn", arn}, list...), more...)
	}
	foreign := "arn:aws:iam::" + doortest.Other().String() + ":role/reader"
	viewer.refused(http.StatusForbidden, "AccessDenied", "SimulatePrincipalPolicy", of(doortest.RoleARN("reader"))...)
	viewer.refused(http.StatusForbidden, "AccessDenied", "SimulatePrincipalPolicy", of(doortest.RoleARN("nobody"))...)
	viewer.refused(http.StatusForbidden, "AccessDenied", "SimulateCustomPolicy", append([]string{"PolicyInputList.member.1", readPhotos}, list...)...)
	tagger.refused(http.StatusForbidden, "AccessDenied", "GetContextKeysForCustomPolicy", "PolicyInputList.member.1", readPhotos)
	for _, arn := range []string{doortest.RoleARN("nobody"), foreign, strings.Replace(foreign, "role/", "user/", 1), "arn:aws:iam::aws:role/x-and-more"} {
		admin.refused(http.StatusNotFound, "NoSuchEntity", "SimulatePrincipalPolicy", of(arn)...)
		admin.refused(http.StatusNotFound, "NoSuchEntity", "GetContextKeysForPrincipalPolicy", "PolicySourceArn", arn)
	}
	admin.refused(http.StatusBadRequest, "InvalidInput", "SimulatePrincipalPolicy", of(doortest.RoleARN("reader"), "CallerArn", foreign)...)
	admin.refused(http.StatusBadRequest, "InvalidInput", "SimulatePrincipalPolicy", of(doortest.RoleARN("reader"), "CallerArn", "nobody")...)
	admin.refused(http.StatusBadRequest, "InvalidInput", "SimulateCustomPolicy", "PolicyInputList.member.1", readPhotos, "ActionNames.member.1", "s3:*")
	admin.refused(http.StatusBadRequest, "InvalidInput", "SimulateCustomPolicy", append([]string{"PolicyInputList.member.1", "{"}, list...)...)
	admin.refused(http.StatusBadRequest, "ValidationError", "SimulateCustomPolicy", append([]string{"PolicyInputList.member.2", readPhotos}, list...)...)
}

// TestContextKeys: each once, those of the role and those that are handed over.
func TestContextKeys(t *testing.T) {
	w, h := serve(t)
	viewer := as(t, w, h, "viewer")
	policy := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::x/${aws:username}","Condition":{"Bool":{"aws:SecureTransport":"true"}}}}`
	custom := between(t, viewer.must("GetContextKeysForCustomPolicy", "PolicyInputList.member.1", policy), "<ContextKeyNames>", "</ContextKeyNames>")
	if !strings.Contains(strings.ToLower(custom), "<member>aws:username</member>") || !strings.Contains(strings.ToLower(custom), "<member>aws:securetransport</member>") {
		t.Error(custom)
	}
	own := viewer.must("GetContextKeysForPrincipalPolicy", "PolicySourceArn", doortest.RoleARN("tagger"), "PolicyInputList.member.1", policy)
	if !strings.Contains(strings.ToLower(own), "<member>aws:requesttag/team</member>") || strings.Count(strings.ToLower(own), "aws:username") != 1 {
		t.Error(own)
	}
}

// TestPagesOfASimulation: a marker goes on where the page ended, and belongs to the very same question.
func TestPagesOfASimulation(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	ask := []string{"PolicyInputList.member.1", readPhotos, "ActionNames.member.1", "s3:GetObject", "ActionNames.member.2", "s3:PutObject", "ActionNames.member.3", "s3:ListBucket"}
	first := admin.must("SimulateCustomPolicy", append(slices.Clip(ask), "MaxItems", "2")...)
	marker := between(t, first, "<Marker>", "</Marker>")
	rest := admin.must("SimulateCustomPolicy", append(slices.Clip(ask), "Marker", marker)...)
	if got := strings.Join(append(verdicts(t, first), verdicts(t, rest)...), ", "); got != "s3:GetObject implicitDeny, s3:PutObject implicitDeny, s3:ListBucket implicitDeny" {
		t.Errorf("%s", got)
	}
	other := strings.Split(strings.Join(ask, "\x00"), "\x00")
	other[3] = "s3:HeadObject"
	admin.refused(http.StatusBadRequest, "ValidationError", "SimulateCustomPolicy", append(other, "Marker", marker)...)
}
