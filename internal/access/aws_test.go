package access_test

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

// ask asks whether the session may do the action on the resource, with the records found in the View as a door finds them.
func (w *world) ask(t *testing.T, action, resource string) reason.Decision {
	t.Helper()
	v := w.view(t)
	role, ok := v.RoleByID(w.session.RoleID)
	if !ok {
		t.Fatal("the role is not in the view")
	}
	bucket, _ := v.Bucket(shelf)
	facts := access.Facts(access.Network{Now: w.session.Issued, Secure: true})
	access.AddSession(facts, v, &w.session, role)
	return access.AWS(v, access.AWSRequest{
		Session: &w.session, Role: role, Action: action, Resource: resource, Bucket: bucket, Context: facts,
	})
}

func (w *world) read(t *testing.T) reason.Decision {
	t.Helper()
	return w.ask(t, actionRead, book)
}

func TestRolePolicies(t *testing.T) {
	for what, tc := range map[string]struct {
		world *world
		want  reason.Outcome
	}{
		"no policy at all":                {newWorld(), reason.ImplicitDeny},
		"inline allows":                   {newWorld().inline(allowRead), reason.Allow},
		"managed allows":                  {newWorld().managed(allowRead), reason.Allow},
		"managed denies what inline does": {newWorld().inline(allowAll).managed(denyRead), reason.ExplicitDeny},
		"inline denies what managed does": {newWorld().managed(allowAll).inline(denyRead), reason.ExplicitDeny},
		"boundary alone grants nothing":   {newWorld().boundary(allowAll), reason.ImplicitDeny},
		"boundary and inline agree":       {newWorld().inline(allowS3).boundary(allowRead), reason.Allow},
		"boundary leaves the action out":  {newWorld().inline(allowS3).boundary(allowList), reason.ImplicitDeny},
		"boundary denies":                 {newWorld().inline(allowS3).boundary(allowAll, denyRead), reason.ExplicitDeny},
		"all five allow": {newWorld().inline(allowRead).managed(allowList).boundary(allowS3).restrict(allowRead).
			guard(inBucket("Allow", `{"AWS":"`+homeAccount+`"}`)), reason.Allow},
	} {
		t.Run(what, func(t *testing.T) { wants(t, tc.world.read(t), tc.want) })
	}
}

// TestVector09SessionPolicy: a session policy of s3:* over a role that may only read gives reading, no more and no less.
func TestVector09SessionPolicy(t *testing.T) {
	w := newWorld().inline(allowRead).restrict(allowS3)
	wants(t, w.read(t), reason.Allow)
	wants(t, w.ask(t, "s3:DeleteObject", book), reason.ImplicitDeny)
	wants(t, newWorld().inline(allowS3).restrict(allowList).read(t), reason.ImplicitDeny)
	wants(t, newWorld().inline(allowS3).restrict(allowS3).restrict(denyRead).read(t), reason.ExplicitDeny)
}

// TestVector11BucketPolicyAndSessionPolicy: a bucket that names the session itself lets it pass a session policy that
// leaves the action out; one that names the role does not.
func TestVector11BucketPolicyAndSessionPolicy(t *testing.T) {
	wants(t, newWorld().restrict(allowList).guard(inBucket("Allow", `{"AWS":"`+sessionARN+`"}`)).read(t), reason.Allow)
	for _, role := range []string{roleARN, roleID} { // as it was written, and as it is kept
		wants(t, newWorld().restrict(allowList).guard(inBucket("Allow", `{"AWS":"`+role+`"}`)).read(t), reason.ImplicitDeny)
		wants(t, newWorld().guard(inBucket("Allow", `{"AWS":"`+role+`"}`)).read(t), reason.Allow)
	}
}

// TestVector12BucketDeny: a bucket that denies beats role and session, for whomever.
func TestVector12BucketDeny(t *testing.T) {
	for _, who := range []string{`"*"`, `{"AWS":"` + homeAccount + `"}`, `{"AWS":"` + roleARN + `"}`, `{"AWS":"` + sessionARN + `"}`} {
		wants(t, newWorld().inline(allowAll).restrict(allowAll).guard(inBucket("Deny", who)).read(t), reason.ExplicitDeny)
	}
}

// TestVector13Boundary: a bucket that names the role does not pass its boundary; one that names the session does.
func TestVector13Boundary(t *testing.T) {
	for _, role := range []string{roleARN, roleID} {
		wants(t, newWorld().boundary(allowList).guard(inBucket("Allow", `{"AWS":"`+role+`"}`)).read(t), reason.ImplicitDeny)
	}
	wants(t, newWorld().boundary(allowList).guard(inBucket("Allow", `{"AWS":"`+sessionARN+`"}`)).read(t), reason.Allow)
}

// TestVector14AccountDelegates: a bucket that names the role's account leaves the question to the role's own policies.
func TestVector14AccountDelegates(t *testing.T) {
	grant := inBucket("Allow", `{"AWS":"arn:aws:iam::`+homeAccount+`:root"}`)
	wants(t, newWorld().guard(grant).read(t), reason.ImplicitDeny)
	wants(t, newWorld().inline(allowRead).guard(grant).read(t), reason.Allow)
}

// TestVector15CrossAccount: across accounts both sides must allow.
func TestVector15CrossAccount(t *testing.T) {
	wants(t, newWorld().abroad().inline(allowAll).read(t), reason.ImplicitDeny)
	for _, role := range []string{roleARN, roleID, homeAccount} {
		grant := inBucket("Allow", `{"AWS":"`+role+`"}`)
		wants(t, newWorld().abroad().guard(grant).read(t), reason.ImplicitDeny)
		wants(t, newWorld().abroad().inline(allowRead).guard(grant).read(t), reason.Allow)
	}
}

// TestVector19RecreatedRole: a bucket policy is kept with the unique id of the role that it named, so that a later role
// of that name gets nothing from it.
func TestVector19RecreatedRole(t *testing.T) {
	kept := inBucket("Allow", `{"AWS":"`+roleID+`"}`)
	wants(t, newWorld().guard(kept).read(t), reason.Allow)
	again := newWorld().guard(kept)
	again.role.UniqueID = "AROAANOTHERANOTHERANO"
	again.session.RoleID = again.role.UniqueID
	wants(t, again.read(t), reason.ImplicitDeny)
}

// TestVector20TagCase: a session tag takes the place of the role's of the same key, whatever the case of either.
func TestVector20TagCase(t *testing.T) {
	for _, tag := range []string{"team", "TEAM", "Team"} {
		w := newWorld().inline(strings.TrimSuffix(allowRead, "}") + `,"Condition":{"StringEquals":{"aws:PrincipalTag/tEAM":"red"}}}`)
		w.role.Tags = view.Tags{"Team": "red"}
		wants(t, w.read(t), reason.Allow)
		w.session.Tags = map[string]string{tag: "blue"}
		wants(t, w.read(t), reason.ImplicitDeny)
	}
}

// TestVector27SecureTransport: whether a request came over TLS is what the door saw of its own connection.
func TestVector27SecureTransport(t *testing.T) {
	w := newWorld().inline(allowRead, strings.TrimSuffix(denyRead, "}")+`,"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`)
	v := w.view(t)
	role, _ := v.RoleByID(roleID)
	bucket, _ := v.Bucket(shelf)
	for secure, want := range map[bool]reason.Outcome{true: reason.Allow, false: reason.ExplicitDeny} {
		wants(t, access.AWS(v, access.AWSRequest{
			Session: &w.session, Role: role, Action: actionRead, Resource: book, Bucket: bucket,
			Context: access.Facts(access.Network{Now: w.session.Issued, Secure: secure}),
		}), want)
	}
}

// TestUnreadablePolicyRefuses: a policy that is missing or damaged may have held a deny, so it refuses whatever the others
// say, and the decision says which.
func TestUnreadablePolicyRefuses(t *testing.T) {
	damaged := managedPolicy(managedARN, allowAll)
	damaged.Document = `{"Version":`
	for what, tc := range map[string]struct {
		spoil func(*world)
		says  string
	}{
		"attached policy is gone": {func(w *world) { w.role.Managed = append(w.role.Managed, arn(managedARN)) }, managedARN},
		"boundary is gone":        {func(w *world) { w.role.Boundary = arn(fenceARN) }, fenceARN},
		"attached is damaged": {func(w *world) {
			w.policies, w.role.Managed = []view.Record{damaged}, append(w.role.Managed, arn(managedARN))
		}, managedARN},
		"inline is damaged":  {func(w *world) { w.role.Inline["q"] = `{}` }, `"q"`},
		"trust is damaged":   {func(w *world) { w.role.Trust = "{" }, roleARN},
		"bucket's damaged":   {func(w *world) { w.bucket.Policy = `[]` }, shelf},
		"session's damaged":  {func(w *world) { w.session.Policies = []string{`{"Statement":1}`} }, "policy"},
		"session's unknown":  {func(w *world) { w.session.Policies = []string{policy(`{"Effect":"Permit"}`)} }, "Effect"},
		"boundary's damaged": {func(w *world) { w.boundary(`{"Effect":"Allow"}`) }, fenceARN},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld().inline(allowAll)
			wants(t, w.read(t), reason.Allow)
			tc.spoil(w)
			d := w.read(t)
			wants(t, d, reason.ImplicitDeny)
			if !strings.Contains(d.Hint, tc.says) {
				t.Errorf("the decision does not say which: %q", d.Hint)
			}
		})
	}
}

// TestRoot: the root of an account may do everything in it that nothing denies, and nothing elsewhere without being let.
func TestRoot(t *testing.T) {
	for what, tc := range map[string]struct {
		world *world
		want  reason.Outcome
	}{
		"in its own account":         {newWorld(), reason.Allow},
		"bucket denies it":           {newWorld().guard(inBucket("Deny", `"*"`)), reason.ExplicitDeny},
		"elsewhere":                  {newWorld().abroad(), reason.ImplicitDeny},
		"elsewhere, and it is let":   {newWorld().abroad().guard(inBucket("Allow", `{"AWS":"`+homeAccount+`"}`)), reason.Allow},
		"elsewhere, everybody's let": {newWorld().abroad().guard(inBucket("Allow", `"*"`)), reason.Allow},
	} {
		t.Run(what, func(t *testing.T) {
			v := tc.world.view(t)
			session := tc.world.session
			session.RoleID, session.Name = "", ""
			bucket, _ := v.Bucket(shelf)
			d := access.AWS(v, access.AWSRequest{Session: &session, Action: actionRead, Resource: book, Bucket: bucket})
			wants(t, d, tc.want)
			if d.Question.Principal != "arn:aws:iam::"+homeAccount+":root" {
				t.Errorf("the question is about %s", d.Question.Principal)
			}
		})
	}
}

// TestSessionWithoutItsRole: a session of a role is nobody without it, least of all the root of the account.
func TestSessionWithoutItsRole(t *testing.T) {
	w := newWorld().inline(allowAll)
	v := w.view(t)
	stranger := w.role
	stranger.UniqueID = "AROAANOTHERANOTHERANO"
	for what, role := range map[string]*view.Role{"none": nil, "another": &stranger} {
		d := access.AWS(v, access.AWSRequest{Session: &w.session, Role: role, Action: actionRead, Resource: book})
		wants(t, d, reason.ImplicitDeny)
		if d.Hint != "the session does not belong to this role" {
			t.Errorf("%s: %s", what, d)
		}
	}
}

// TestNoBucket: an action that is about no bucket is decided in the caller's account, or in the owner's where one is named.
func TestNoBucket(t *testing.T) {
	w := newWorld().inline(allowAll)
	v := w.view(t)
	role, _ := v.RoleByID(roleID)
	ask := access.AWSRequest{Session: &w.session, Role: role, Action: "s3:ListAllMyBuckets", Resource: "*"}
	wants(t, access.AWS(v, ask), reason.Allow)
	ask.Owner = account(otherAccount)
	wants(t, access.AWS(v, ask), reason.ImplicitDeny)
}

// TestConditionsSeeTheSession: what is known of the session reaches the conditions, and a session tag overrides the role's
// whatever its case.
func TestConditionsSeeTheSession(t *testing.T) {
	when := func(condition string) string {
		return strings.TrimSuffix(allowRead, "}") + `,"Condition":` + condition + `}`
	}
	for condition, want := range map[string]reason.Outcome{
		`{"StringEquals":{"aws:PrincipalTag/Team":"blue"}}`:                     reason.Allow,
		`{"StringEquals":{"aws:PrincipalTag/Team":"red"}}`:                      reason.ImplicitDeny,
		`{"StringEquals":{"aws:PrincipalArn":"` + roleARN + `"}}`:               reason.Allow,
		`{"StringEquals":{"aws:PrincipalArn":"` + sessionARN + `"}}`:            reason.ImplicitDeny,
		`{"StringEquals":{"aws:userid":"` + roleID + `:one"}}`:                  reason.Allow,
		`{"StringEquals":{"aws:SourceIdentity":"ana"}}`:                         reason.Allow,
		`{"Bool":{"aws:SecureTransport":"true"}}`:                               reason.Allow,
		`{"DateLessThan":{"aws:TokenIssueTime":"2027-01-01T00:00:00Z"}}`:        reason.ImplicitDeny,
		`{"DateGreaterThan":{"aws:TokenIssueTime":"2027-01-01T00:00:00Z"}}`:     reason.Allow,
		`{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}`:                            reason.ImplicitDeny, // not known here
		`{"StringEquals":{"aws:ResourceAccount":"` + homeAccount + `"}}`:        reason.Allow,
		`{"NumericLessThan":{"aws:EpochTime":"1700000000"}}`:                    reason.ImplicitDeny,
		`{"StringEquals":{"aws:FederatedProvider":"arn:aws:iam::1:x"}}`:         reason.ImplicitDeny,
		`{"StringLike":{"aws:PrincipalTag/none":"*"}}`:                          reason.ImplicitDeny,
		`{"StringEqualsIfExists":{"aws:PrincipalTag/none":"whatever it says"}}`: reason.Allow,
	} {
		w := newWorld().inline(when(condition))
		w.role.Tags = view.Tags{"Team": "red"}
		w.session.Tags, w.session.SourceID = map[string]string{"team": "blue"}, "ana"
		d := w.read(t)
		if d.Outcome != want {
			t.Errorf("%s: want %s, got\n%s", condition, want, d)
		}
	}
}
