package access_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/access"
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
