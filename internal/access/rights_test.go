package access_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/view"
)

// link is a session of a chain, with its role as it is now.
type link struct {
	role    *view.Role
	session credential.Session
}

// allows is a way of deciding about the last session of a chain, so that the law below can be put to a broken one too.
type allows func(v *view.View, chain []link, action string) bool

// enforced asks as a door does: about the last session and nothing before it.
func enforced(v *view.View, chain []link, action string) bool {
	last := chain[len(chain)-1]
	bucket, _ := v.Bucket(shelf)
	return access.AWS(v, access.AWSRequest{
		Session: &last.session, Role: last.role, Action: action, Resource: book, Bucket: bucket, Context: new(cond.Facts),
	}).Allowed()
}

// exceeded counts over random worlds how often a session at the end of a chain may what its role may not, and how often it
// may anything at all.
func exceeded(t *testing.T, decide allows) (wrong, right int) {
	t.Helper()
	d := rand.New(rand.NewPCG(3, 6))
	pick := func(list ...string) string { return list[d.IntN(len(list))] }
	statements := []string{allowAll, allowRead, allowList, allowS3, denyRead}
	for range 600 {
		w := newWorld()
		w.role.Trust = policy(`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`)
		if d.IntN(2) == 0 {
			w.guard(inBucket("Allow", `{"AWS":"`+homeAccount+`"}`)) // names no session
		}
		w.inline(pick(statements...))
		others := []string{"first", "second"}
		for i, n := range others {
			r := w.role
			r.ARN, r.UniqueID, r.Name = arn("arn:aws:iam::"+homeAccount+":role/app/"+n), "AROA"+strings.Repeat(string(rune('B'+i)), 17), n
			r.Inline = map[string]string{"p": policy(pick(statements...))}
			w.policies = append(w.policies, &r)
		}
		v := w.view(t)
		var chain []link
		for _, n := range append(others, "reader") {
			role, _ := v.RoleNamed(account(homeAccount), n)
			s := w.session
			s.RoleID, s.Policies = role.UniqueID, nil
			if d.IntN(2) == 0 {
				s.Policies = []string{policy(pick(statements...))}
			}
			if len(chain) > 0 { // the link before must be let
				from := chain[len(chain)-1]
				asked := access.AssumeBySession(v, access.SessionAssumes{
					Session: &from.session, Role: from.role, Target: role, TargetARN: role.ARN, Context: new(cond.Facts),
				})
				if !asked.Allowed() {
					break
				}
			}
			chain = append(chain, link{role, s})
			whole := slices.Clone(chain)
			whole[len(whole)-1].session.Policies = nil
			for _, action := range []string{actionRead, "s3:PutObject", "iam:GetRole"} {
				switch may := decide(v, chain, action); {
				case may && !enforced(v, whole, action):
					wrong++
				case may:
					right++
				}
			}
		}
	}
	return wrong, right
}

// TestP03ChainNeverExceedsItsRole: at every link of a chain a session may at most what its own role may; what the links
// before it may is no longer in question. A decider that lets the rights of earlier links through is found out.
func TestP03ChainNeverExceedsItsRole(t *testing.T) {
	if wrong, right := exceeded(t, enforced); wrong != 0 || right < 100 {
		t.Errorf("%d sessions may what their role may not, of %d that may something", wrong, right)
	}
	for what, broken := range map[string]allows{
		"earlier links are still in force": func(v *view.View, chain []link, action string) bool {
			return slices.ContainsFunc(chain, func(l link) bool { return enforced(v, []link{l}, action) })
		},
		"a chained session's policy grants": func(v *view.View, chain []link, action string) bool {
			last := chain[len(chain)-1]
			free := *last.role
			free.Inline = map[string]string{"p": policy(allowAll)}
			w := newWorld()
			w.role = free
			other := w.view(t)
			role, _ := other.RoleByID(free.UniqueID)
			return len(last.session.Policies) > 0 && enforced(other, []link{{role, last.session}}, action)
		},
	} {
		if wrong, _ := exceeded(t, broken); wrong == 0 {
			t.Errorf("not found: %s", what)
		}
	}
}
