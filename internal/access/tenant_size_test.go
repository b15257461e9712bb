package access_test

import (
	"fmt"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

// TestDecidingDoesNotGrowWithTheAccount: what a decision of AWS's side allocates, allowed or refused, is the same among two
// thousand roles, users and policies of others as without them.
func TestDecidingDoesNotGrowWithTheAccount(t *testing.T) {
	count := func(others int, action string, want reason.Outcome) float64 {
		w := newWorld().inline(allowRead).managed(allowList).boundary(allowS3)
		w.guard(inBucket("Deny", `{"AWS":"`+otherAccount+`"}`))
		for n := range others {
			called, id := fmt.Sprintf("other-%d", n), fmt.Sprintf("%017d", n)
			w.policies = append(w.policies,
				&view.Role{
					ARN: arn("arn:aws:iam::" + homeAccount + ":role/" + called), UniqueID: "AROA" + id, Path: "/", Name: called, MaxSession: 3600,
					Trust: policy(trustHome), Inline: map[string]string{"p": policy(allowAll)},
				},
				&view.User{
					ARN: arn("arn:aws:iam::" + homeAccount + ":user/" + called), UniqueID: "AIDA" + id, Path: "/", Name: called,
					Inline: map[string]string{"p": policy(allowAll)},
				},
				&view.Policy{
					ARN: arn("arn:aws:iam::" + homeAccount + ":policy/" + called), UniqueID: "ANPA" + id, Path: "/", Name: called,
					Document: policy(allowAll),
				})
		}
		v := w.view(t)
		role, _ := v.RoleByID(roleID)
		bucket, _ := v.Bucket(shelf)
		decide := func() reason.Decision {
			facts := access.Facts(access.Network{Now: w.session.Issued, Secure: true})
			access.AddSession(facts, v, &w.session, role)
			return access.AWS(v, access.AWSRequest{
				Session: &w.session, Role: role, Action: action, Resource: book, Bucket: bucket, Context: facts,
			})
		}
		wants(t, decide(), want)
		return testing.AllocsPerRun(50, func() { decide() })
	}
	for action, want := range map[string]reason.Outcome{actionRead: reason.Allow, "s3:PutObject": reason.ImplicitDeny} {
		if few, lots := count(0, action, want), count(2000, action, want); few != lots {
			t.Errorf("%s: %v allocations alone, %v among 2,000 others", action, few, lots)
		}
	}
}
