package operator

import (
	"fmt"
	"slices"
	"testing"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/reason"
)

const (
	readBlob  = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
	writeBlob = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write"
	readBox   = "Microsoft.Storage/storageAccounts/blobServices/containers/read"
)

// films is the scope of the scene's storage account.
func (w *world) films() string {
	account, ok := w.view().StorageAccount("films")
	if !ok {
		w.t.Fatal("there are no films")
	}
	return account.ID.String()
}

func TestCan(t *testing.T) {
	w := newWorld(t)
	w.apply(scene)
	blob := w.films() + "/blobServices/default/containers/reels/blobs/a"
	role := fmt.Sprintf("arn:aws:iam::%s:role/loader", w.view().Installation().Account)
	control := false
	tests := []struct {
		name string
		ask  opwire.CanRequest
		want reason.Outcome
	}{
		{"granted", opwire.CanRequest{Principal: "reader", Action: readBlob, Resource: blob}, reason.Allow},
		{"not granted", opwire.CanRequest{Principal: "reader", Action: writeBlob, Resource: blob}, reason.ImplicitDeny},
		{"control operation", opwire.CanRequest{Principal: "reader", Action: readBox, Resource: w.films()}, reason.Allow},
		{"said to be control", opwire.CanRequest{Principal: "reader", Action: readBlob, Resource: blob, Data: &control}, reason.ImplicitDeny},
		{"elsewhere", opwire.CanRequest{Principal: "reader", Action: readBlob, Resource: resourceOf(w, "demo", "twin")}, reason.ImplicitDeny},
		{"another identity", opwire.CanRequest{Principal: "shared", Action: readBlob, Resource: blob}, reason.ImplicitDeny},
		{"operator's data", opwire.CanRequest{Principal: "operator", Action: writeBlob, Resource: blob}, reason.Allow},
		{"role", opwire.CanRequest{Principal: role, Action: "s3:GetObject", Resource: "arn:aws:s3:::films-bucket/a"}, reason.Allow},
		{"role, other action", opwire.CanRequest{Principal: role, Action: "s3:PutObject", Resource: "arn:aws:s3:::films-bucket/a"}, reason.ImplicitDeny},
		{"root", opwire.CanRequest{Principal: "root@default", Action: "s3:PutObject", Resource: "arn:aws:s3:::films-bucket/a"}, reason.Allow},
		{"account", opwire.CanRequest{Principal: w.view().Installation().Account.String(), Action: "s3:ListAllMyBuckets", Resource: "*"}, reason.Allow},
		{"operator's role", opwire.CanRequest{Principal: "operator", Action: "s3:PutObject", Resource: "arn:aws:s3:::films-bucket/a"}, reason.Allow},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			w := *w
			w.t = t
			got := get[reason.Decision](&w, "POST", opwire.PathCan, tc.ask)
			if got.Outcome != tc.want || got.Question.Action != tc.ask.Action || got.Allowed() == (len(got.Decisive) == 0) {
				t.Errorf("got %s", got)
			}
		})
	}
}

// conditioned lets two identities list and read below photos/ in one container, the second by a group.
const conditioned = `
kind: Group
name: viewers
members: [$(UserAssignedIdentity/second.principalId)]
---
kind: RoleAssignment
principal: $(Group/viewers.id)
role: Storage Blob Data Reader
scope: $(StorageAccount/films.id)
condition: >-
  (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'reels' AND
  (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringStartsWith 'photos/' OR
  (SubOperationMatches{'Blob.List'} AND
  @Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:prefix] StringStartsWith 'photos/')))
`

// TestCanWithConditions: what the resource tells and what is said of the request is what conditions see, and no more; the
// members of a group are among those who can.
func TestCanWithConditions(t *testing.T) {
	w := newWorld(t)
	w.apply(scene + "---" + conditioned)
	reels := w.films() + "/blobServices/default/containers/reels"
	const prefix = "@Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:prefix]="
	for what, tc := range map[string]struct {
		resource, sub string
		attributes    []string
		allowed       bool
	}{
		"the path of the resource":  {resource: reels + "/blobs/photos/cat", allowed: true},
		"another path":              {resource: reels + "/blobs/films/cat"},
		"another container":         {resource: w.films() + "/blobServices/default/containers/other/blobs/photos/cat"},
		"nothing is said":           {resource: reels},
		"a list":                    {resource: reels, sub: "Blob.List", attributes: []string{prefix + "photos/2026"}, allowed: true},
		"a list of something else":  {resource: reels, sub: "Blob.List", attributes: []string{prefix + "films/"}},
		"a list without its prefix": {resource: reels, sub: "blob.list"},
	} {
		ask := opwire.CanRequest{Action: readBlob, Resource: tc.resource, SubOperation: tc.sub, Attributes: tc.attributes}
		who := get[opwire.WhoCanResult](w, "POST", opwire.PathWhoCan, ask)
		listed := slices.ContainsFunc(who.Allowed, func(a opwire.Allowed) bool { return a.Display == "second" })
		ask.Principal = "second"
		if d := get[reason.Decision](w, "POST", opwire.PathCan, ask); d.Allowed() != tc.allowed || listed != tc.allowed {
			t.Errorf("%s: listed %v, %s", what, listed, d)
		}
	}
	ask := opwire.CanRequest{Principal: "second", Action: readBlob, Resource: reels + "/blobs/photos/cat"}
	for _, said := range []string{
		"", "prefix=photos/", "@Request[Microsoft.Storage/x:y]=z", prefix[:len(prefix)-1], "@Resource[Microsoft.Storage/storageAccounts:name]=other",
	} {
		ask.Attributes = []string{said}
		w.refused("POST", opwire.PathCan, ask, BadRequest)
	}
	ask.Attributes, ask.SubOperation = nil, "Blob.Write.Tier"
	w.refused("POST", opwire.PathCan, ask, BadRequest)
	w.refused("POST", opwire.PathWhoCan, opwire.CanRequest{Action: "s3:GetObject", Resource: "*", SubOperation: "Blob.List"}, QuestionUnsupported)
}

func TestCanRefused(t *testing.T) {
	w := newWorld(t)
	w.apply(scene)
	role := fmt.Sprintf("arn:aws:iam::%s:role/loader", w.view().Installation().Account)
	tests := []struct {
		ask opwire.CanRequest
		why fault.Reason
	}{
		{opwire.CanRequest{Principal: "reader", Action: "s3:GetObject", Resource: "arn:aws:s3:::films-bucket/a"}, QuestionUnsupported},
		{opwire.CanRequest{Principal: role, Action: readBlob, Resource: w.films()}, QuestionUnsupported},
		{opwire.CanRequest{Principal: role, Action: "sts:AssumeRole", Resource: role}, QuestionUnsupported},
		{opwire.CanRequest{Principal: role, Action: "s3:GetObject", Resource: "arn:aws:s3:::nobucket/a"}, directory.BucketNotFound},
		{opwire.CanRequest{Principal: role, Action: "s3:GetObject", Resource: w.films()}, BadRequest},
		{opwire.CanRequest{Principal: "reader", Action: readBlob, Resource: "films"}, BadRequest},
		{opwire.CanRequest{Principal: "reader", Action: "Microsoft.Storage/*", Resource: w.films()}, BadRequest},
		{opwire.CanRequest{Principal: "reader", Action: "read", Resource: w.films()}, BadRequest},
		{opwire.CanRequest{Principal: "reader", Action: "", Resource: w.films()}, BadRequest},
		{opwire.CanRequest{Principal: "nobody", Action: readBlob, Resource: w.films()}, NameUnknown},
		{opwire.CanRequest{Action: readBlob, Resource: w.films()}, BadName},
	}
	for _, tc := range tests {
		w.refused("POST", opwire.PathCan, tc.ask, tc.why)
	}
	w.refused("POST", opwire.PathWhoCan, opwire.CanRequest{Principal: "reader", Action: readBlob, Resource: w.films()}, BadRequest)
}

func TestWhoCan(t *testing.T) {
	w := newWorld(t)
	w.apply(scene + "---\nkind: Tenant\nname: staging\n")
	r, _ := w.view().Resource(resourceID(t, resourceOf(w, "demo", "reader")))
	o, _ := w.view().OperatorOf(w.view().Installation().Tenant)
	who := func(action, resource string) []string {
		t.Helper()
		var ids []string
		for _, a := range get[opwire.WhoCanResult](w, "POST", opwire.PathWhoCan, opwire.CanRequest{Action: action, Resource: resource}).Allowed {
			if !a.Decision.Allowed() || len(a.Decision.Decisive) == 0 || a.Display == "" {
				t.Errorf("listed without a rule: %+v", a)
			}
			ids = append(ids, a.Principal)
		}
		return ids
	}
	same := func(got []string, want ...string) {
		t.Helper()
		seen := map[string]bool{}
		for _, id := range got {
			seen[id] = true
		}
		for _, id := range want {
			if !seen[id] {
				t.Errorf("%v lacks %s", got, id)
			}
		}
		if len(got) != len(want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	account := w.view().Installation().Account
	root, house := fmt.Sprintf("arn:aws:iam::%s:root", account), operatorRoleARN(account).String()
	same(who(readBlob, w.films()), r.System.ObjectID.String(), o.ObjectID.String())
	same(who(writeBlob, w.films()), o.ObjectID.String())
	for scope, why := range map[string]fault.Reason{
		"/subscriptions/8c1b0000-0000-4000-8000-000000000000": directory.SubscriptionNotFound, "/providers/x": BadRequest,
	} {
		w.refused("POST", opwire.PathWhoCan, opwire.CanRequest{Action: readBlob, Resource: scope}, why)
		w.refused("POST", opwire.PathCan, opwire.CanRequest{Principal: "operator", Action: readBlob, Resource: scope}, why)
	}
	same(who("s3:GetObject", "arn:aws:s3:::films-bucket/a"), root, house, fmt.Sprintf("arn:aws:iam::%s:role/loader", account))
	same(who("s3:PutObject", "arn:aws:s3:::films-bucket/a"), root, house)
}

// TestP14WhoCanAndCanAgree: whoever is listed may when asked about alone, and whoever may is listed, for every principal,
// action and place of a world with a group, a condition and two clouds.
func TestP14WhoCanAndCanAgree(t *testing.T) {
	w := newWorld(t)
	w.apply(scene + "---" + conditioned)
	account := w.view().Installation().Account
	role := fmt.Sprintf("arn:aws:iam::%s:role/loader", account)
	azure := map[string]string{"reader": "reader", "shared": "shared", "second": "second", "operator": "operator"} // as asked, as listed
	aws := map[string]string{role: role, "root@default": fmt.Sprintf("arn:aws:iam::%s:root", account)}
	agree := func(principals map[string]string, action, resource string) (allowed int) {
		t.Helper()
		who := get[opwire.WhoCanResult](w, "POST", opwire.PathWhoCan, opwire.CanRequest{Action: action, Resource: resource})
		for asked, listed := range principals {
			can := get[reason.Decision](w, "POST", opwire.PathCan, opwire.CanRequest{Principal: asked, Action: action, Resource: resource}).Allowed()
			isListed := slices.ContainsFunc(who.Allowed, func(a opwire.Allowed) bool { return a.Display == listed || a.Principal == listed })
			if can != isListed {
				t.Errorf("%s on %s: %s may: %v, is listed: %v", action, resource, asked, can, isListed)
			}
			if can {
				allowed++
			}
		}
		return allowed
	}
	reels, allowed := w.films()+"/blobServices/default/containers/reels", 0
	for _, action := range []string{readBlob, writeBlob, readBox, "Microsoft.Storage/storageAccounts/write"} {
		for _, at := range []string{w.films(), reels, reels + "/blobs/photos/cat", reels + "/blobs/films/cat", resourceOf(w, "demo", "twin")} {
			allowed += agree(azure, action, at)
		}
	}
	for _, action := range []string{"s3:GetObject", "s3:PutObject", "s3:ListBucket"} {
		for _, at := range []string{"arn:aws:s3:::films-bucket", "arn:aws:s3:::films-bucket/a"} {
			allowed += agree(aws, action, at)
		}
	}
	if allowed == 0 {
		t.Error("nobody may anything: the test sees nothing")
	}
}
