package access_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

var noon = time.Date(2027, 1, 2, 12, 0, 0, 0, time.UTC)

// TestAheadAgrees: what is said ahead is what is decided later.
func TestAheadAgrees(t *testing.T) {
	grant := inBucket("Allow", `{"AWS":"`+roleARN+`"}`)
	for what, w := range map[string]*world{
		"no policy":             newWorld(),
		"inline":                newWorld().inline(allowRead),
		"boundary":              newWorld().inline(allowS3).boundary(allowList),
		"bucket denies":         newWorld().inline(allowS3).guard(inBucket("Deny", `"*"`)),
		"cross account":         newWorld().inline(allowS3).abroad(),
		"cross account, let":    newWorld().inline(allowS3).abroad().guard(grant),
		"bucket names the role": newWorld().guard(grant),
	} {
		v := w.view(t)
		role, _ := v.RoleByID(roleID)
		ahead := access.AWSAhead(v, access.AheadRequest{Role: role, Action: actionRead, Resource: book, Now: noon})
		if later := w.read(t); later.Outcome != ahead.Outcome {
			t.Errorf("%s: ahead %s, later %s", what, ahead, later)
		}
	}
}

func TestWhoAWS(t *testing.T) {
	v := newWorld().inline(allowRead).view(t)
	who := func(limit int) (list []string, more bool) {
		answers, more := access.WhoAWS(v, access.AheadRequest{Action: actionRead, Resource: book, Now: noon}, limit)
		for _, a := range answers {
			wants(t, a.Decision, reason.Allow)
			list = append(list, a.Principal)
		}
		return list, more
	}
	all, more := who(10)
	if diff := cmp.Diff([]string{roleARN, "arn:aws:iam::" + homeAccount + ":root"}, all); diff != "" || more {
		t.Errorf("more %v:\n%s", more, diff)
	}
	if first, more := who(1); len(first) != 1 || !more {
		t.Errorf("the limit: %v, more %v", first, more)
	}
}

func TestWhoAzure(t *testing.T) {
	w := newTenancy()
	us, them := w.sides[0], w.sides[1]
	w.grant(us.tenant, us.principal, dataReader, us.container)
	w.grant(us.tenant, us.principal, ownerRole, us.container)
	w.grant(them.tenant, them.principal, dataReader, them.container)
	answers, more := access.WhoAzure(w.view(t), access.AzureRequest{Action: blobRead, Data: true, Scope: us.container}, 10)
	if len(answers) != 1 || more || answers[0].Principal != us.principal.ObjectID.String() {
		t.Errorf("got %v, more %v", answers, more)
	}
}

// TestWhoAzureByGroups: whoever is in a group that was granted the role is listed once, also through groups that are in
// each other; whoever is gone, and a deny of one of them, is not forgotten.
func TestWhoAzureByGroups(t *testing.T) {
	w := newTenancy()
	us := w.sides[0]
	second := &view.UserIdentity{
		ID:        must(name.NewResourceID(us.sub, "g", view.TypeUserIdentity, "second")),
		Principal: view.Principal{ObjectID: name.NewGUID(), ClientID: name.NewGUID(), Tenant: us.tenant},
	}
	outer, inner := name.NewGUID(), name.NewGUID()
	w.records = append(w.records, second,
		&view.DirectoryGroup{ObjectID: outer, Tenant: us.tenant, Display: "outer", Members: []name.GUID{inner, us.principal.ObjectID}},
		&view.DirectoryGroup{ObjectID: inner, Tenant: us.tenant, Display: "inner", Members: []name.GUID{outer, second.Principal.ObjectID, name.NewGUID()}},
	)
	w.grant(us.tenant, &view.Principal{ObjectID: outer}, dataReader, us.container)
	w.grant(us.tenant, us.principal, dataReader, us.container)
	ask := access.AzureRequest{Action: blobRead, Data: true, Scope: us.container}
	who := func() (list []string) {
		answers, _ := access.WhoAzure(w.view(t), ask, 10)
		for _, a := range answers {
			list = append(list, a.Display)
		}
		return list
	}
	if diff := cmp.Diff([]string{"reader", "second"}, who()); diff != "" {
		t.Error(diff)
	}
	w.records = append(w.records, &view.DenyAssignment{
		ID: name.NewGUID(), Tenant: us.tenant, Name: "no", Scope: us.container, Principals: []name.GUID{second.Principal.ObjectID},
		Permissions: []view.RolePermission{{DataActions: []string{blobRead}}},
	})
	if diff := cmp.Diff([]string{"reader"}, who()); diff != "" {
		t.Error(diff)
	}
}

// TestWhoAzureAtTheRoot: "/" is each tenant's own, so those of all tenants are told.
func TestWhoAzureAtTheRoot(t *testing.T) {
	w := newTenancy()
	for _, s := range w.sides {
		w.grant(s.tenant, s.principal, ownerRole, name.Root())
	}
	answers, _ := access.WhoAzure(w.view(t), access.AzureRequest{Action: "Microsoft.Authorization/roleAssignments/write", Scope: name.Root()}, 10)
	if len(answers) != 2 {
		t.Errorf("got %v", answers)
	}
}

func TestBlobFacts(t *testing.T) {
	const account = "/subscriptions/s/resourceGroups/G/providers/Microsoft.Storage/storageAccounts/films"
	facts := func(tail string) []string {
		var list []string
		for _, a := range access.BlobFacts(name.MustScope(account + tail)) {
			list = append(list, a.Value)
		}
		return list
	}
	for tail, want := range map[string][]string{
		"":                                       {"films"},
		"/blobServices/default":                  nil,
		"/blobServices/default/containers/reels": {"films", "reels"},
		"/blobServices/default/containers/reels/blobs/A/b c": {"films", "reels", "A/b c"},
		"/fileServices/default/shares/x":                     nil,
	} {
		if diff := cmp.Diff(want, facts(tail)); diff != "" {
			t.Errorf("%q: %s", tail, diff)
		}
	}
	if have := access.BlobFacts(name.Root()); have != nil {
		t.Errorf("the root has %v", have)
	}
}

func TestDataOperation(t *testing.T) {
	v, err := view.Load(1, nil)
	if err != nil {
		t.Fatal(err)
	}
	for action, want := range map[string]bool{
		blobRead: true,
		"Microsoft.Storage/storageAccounts/blobServices/containers/read":            false,
		"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags/read": true,
		"Microsoft.KeyVault/vaults/secrets/getSecret/action":                        true,
		"Microsoft.KeyVault/vaults/read":                                            false,
		"Microsoft.Compute/virtualMachines/read":                                    false,
		"Microsoft.Authorization/roleAssignments/write":                             false,
		"no operation at all":                                                       false,
	} {
		if got := access.DataOperation(v, action); got != want {
			t.Errorf("%s: data %v, want %v", action, got, want)
		}
	}
}
