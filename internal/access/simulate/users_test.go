package simulate_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/access/simulate"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

const (
	anaID    = "AIDAANAANAANAANAANA00"
	readers  = "AGPAREADERSREADERS000"
	groupARN = "arn:aws:iam::" + accountA + ":group/readers"
)

// people puts a user and the group that she is in into the world. The group lets read, she herself may list.
func people() (*world, *view.User, *view.UserGroup) {
	w := newWorld()
	g := &view.UserGroup{ARN: arn(groupARN), UniqueID: readers, Path: "/", Name: "readers", Inline: map[string]string{"read": doc(allowRead)}}
	u := &view.User{
		ARN: arn(userARN), UniqueID: anaID, Path: "/", Name: "ana", Groups: []string{readers}, Managed: []name.ARN{arn(managedARN)},
		Tags: view.Tags{"Team": "red"},
	}
	w.more = append(w.more, u, g)
	return w, u, g
}

func verdict(t *testing.T, w *world, source string, r simulate.Request) simulate.Result {
	t.Helper()
	results, err := simulate.Principal(w.view(t), arn(source), r)
	if err != nil || len(results) != 1 {
		t.Fatalf("%d results, %v", len(results), err)
	}
	return results[0]
}

// TestUserAsSource: a user has its own policies, those of its groups, its tags and its boundary, and is called by its own name.
func TestUserAsSource(t *testing.T) {
	read := simulate.Request{Actions: []string{"s3:GetObject"}, Resources: []string{book}}
	list := simulate.Request{Actions: []string{"s3:ListBucket"}, Resources: []string{shelf}}
	w, _, _ := people()
	if got := verdict(t, w, userARN, read); got.Decision != "allowed" {
		t.Errorf("by the group: %+v", got)
	}
	if got := verdict(t, w, userARN, list); got.Decision != "allowed" {
		t.Errorf("by the policy that is attached: %+v", got)
	}
	w, u, _ := people()
	u.Groups = []string{"AGPAGONEGONEGONEGONE0"}
	if _, err := simulate.Principal(w.view(t), arn(userARN), read); err == nil {
		t.Error("a group that is gone is no error")
	}
	w, u, _ = people()
	u.Inline = map[string]string{"no": doc(denyRead)}
	if got := verdict(t, w, userARN, read); got.Decision != "explicitDeny" {
		t.Errorf("denied by her own policy: %+v", got)
	}
	w, u, _ = people()
	u.Boundary = arn(managedARN)
	if got := verdict(t, w, userARN, read); got.Decision != "implicitDeny" || got.Boundary == nil || *got.Boundary {
		t.Errorf("behind a boundary: %+v", got)
	}
	for condition, want := range map[string]string{
		`{"StringEquals":{"aws:PrincipalTag/team":"red"}}`:  "allowed",
		`{"StringEquals":{"aws:PrincipalTag/team":"blue"}}`: "implicitDeny",
		`{"StringEquals":{"aws:username":"ana"}}`:           "allowed",
		`{"StringEquals":{"aws:userid":"` + anaID + `"}}`:   "allowed",
		`{"StringEquals":{"aws:PrincipalType":"User"}}`:     "allowed",
	} {
		w, _, g := people()
		g.Inline["read"] = doc(when(allowRead, condition))
		if got := verdict(t, w, userARN, read); got.Decision != want {
			t.Errorf("%s: %s, want %s", condition, got.Decision, want)
		}
	}
	w, _, _ = people() // a policy that names her by her id is about her
	w.bucket.Policy = doc(strings.Replace(grant(aws(anaID)), "Allow", "Deny", 1))
	if got := verdict(t, w, userARN, read); got.Decision != "explicitDeny" {
		t.Errorf("the bucket's policy has no say: %+v", got)
	}
}

// TestGroupAsSource: a group is simulated as some user that has its policies and no others, and not as one of its members.
func TestGroupAsSource(t *testing.T) {
	read := simulate.Request{Actions: []string{"s3:GetObject"}, Resources: []string{book}}
	w, u, _ := people()
	u.Inline, u.Boundary = map[string]string{"no": doc(denyRead)}, arn(managedARN)
	if got := verdict(t, w, groupARN, read); got.Decision != "allowed" {
		t.Errorf("the group's own policy: %+v", got)
	}
	if got := verdict(t, w, groupARN, simulate.Request{Actions: []string{"s3:ListBucket"}, Resources: []string{shelf}}); got.Decision != "implicitDeny" {
		t.Errorf("the group has a member's policy: %+v", got)
	}
	w, _, g := people()
	g.Inline["read"] = doc(when(allowRead, `{"StringEquals":{"aws:PrincipalTag/team":"red"}}`))
	if got := verdict(t, w, groupARN, read); got.Decision != "implicitDeny" {
		t.Errorf("the group has a member's tags: %+v", got)
	}
	keys, err := simulate.PrincipalKeys(w.view(t), arn(groupARN), nil)
	if diff := cmp.Diff([]string{"aws:PrincipalTag/team"}, keys); err != nil || diff != "" {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
}
