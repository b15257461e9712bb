package iam_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
)

// TestAccountDetails: everybody of the account with what each was given, all in pages or by kind, and only for who may.
func TestAccountDetails(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	admin.must("CreatePolicy", "PolicyName", "photos", "PolicyDocument", readPhotos)
	admin.must("CreateGroup", "GroupName", "readers")
	admin.must("PutGroupPolicy", "GroupName", "readers", "PolicyName", "look", "PolicyDocument", readUsers)
	admin.must("CreateUser", "UserName", "ana", "PermissionsBoundary", policyARN("photos"), "Tags.member.1.Key", "team", "Tags.member.1.Value", "red")
	admin.must("AttachUserPolicy", "UserName", "ana", "PolicyArn", policyARN("photos"))
	admin.must("AddUserToGroup", "GroupName", "readers", "UserName", "ana")
	key := newKey(t, admin, "ana")
	body := admin.must("GetAccountAuthorizationDetails")
	for _, want := range []string{
		"<UserDetailList><member><Path>/</Path><UserName>ana</UserName>", "<GroupList><member>readers</member></GroupList>",
		"<PermissionsBoundaryArn>" + policyARN("photos"), "<Key>team</Key>", "<GroupDetailList><member>", "<PolicyName>look</PolicyName>",
		"<RoleName>admin</RoleName>", "<AssumeRolePolicyDocument>%7B", "<PolicyVersionList><member><Document>%7B", "<AttachmentCount>1</AttachmentCount>",
		"<PermissionsBoundaryUsageCount>1</PermissionsBoundaryUsageCount>", "<IsTruncated>false</IsTruncated>",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the answer lacks %s", want)
		}
	}
	if strings.Contains(body, key.secret) || strings.Contains(body, key.id) {
		t.Error("the answer shows an access key")
	}
	if body := admin.must("GetAccountAuthorizationDetails", "Filter.member.1", "Group"); strings.Contains(body, "<UserName>") || !strings.Contains(body, "<GroupName>readers") {
		t.Errorf("groups alone: %s", body)
	}
	if body := admin.must("GetAccountAuthorizationDetails", "Filter.member.1", "AWSManagedPolicy"); strings.Contains(body, "<member>") {
		t.Errorf("AWS's own policies: %s", body)
	}
	admin.refused(http.StatusBadRequest, "ValidationError", "GetAccountAuthorizationDetails", "Filter.member.1", "Policy")
	whole, pages, marker := strings.Count(body, "<Arn>"), 0, []string(nil)
	for {
		page := admin.must("GetAccountAuthorizationDetails", append([]string{"MaxItems", "1"}, marker...)...)
		pages++
		if !strings.Contains(page, "<IsTruncated>true") {
			break
		}
		marker = []string{"Marker", between(t, page, "<Marker>", "<")}
	}
	if pages != whole {
		t.Errorf("%d pages of one, and %d entries in all", pages, whole)
	}
	wants(t, asKey(admin, key, "GetAccountAuthorizationDetails"), http.StatusForbidden, "AccessDenied")
}

// TestTheRootAsksWhoItIs: GetUser without a name answers the root of the account, which no other call finds as a user.
func TestTheRootAsksWhoItIs(t *testing.T) {
	w, h := serve(t)
	form := doortest.Request{
		Method: http.MethodPost, Target: "/", Body: "Action=GetUser&Version=2010-05-08",
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
	}
	rec := w.Do(h, w.Signed(form, w.Signing(w.RootSession(doortest.Main()), "iam")))
	arn := "arn:aws:iam::" + doortest.Main().String() + ":root"
	if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "<UserId>"+doortest.Main().String()+"</UserId><Arn>"+arn+"</Arn><CreateDate>") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	as(t, w, h, "admin").refused(http.StatusBadRequest, "ValidationError", "GetUser")
}
