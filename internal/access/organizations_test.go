package access_test

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

// organized gives the world control policies of both accounts; an empty document is none.
func (w *world) organized(homeSCP, homeRCP, otherSCP, otherRCP string) *world {
	named := func(doc string) map[string]string {
		if doc == "" {
			return nil
		}
		return map[string]string{"p": doc}
	}
	w.home = view.Account{ServiceControl: named(homeSCP), ResourceControl: named(homeRCP)}
	w.other = view.Account{ServiceControl: named(otherSCP), ResourceControl: named(otherRCP)}
	return w
}

// TestOrganizations: the service control policies of the caller's account and the resource control policies of the
// resource's account have their say, and nobody else's.
func TestOrganizations(t *testing.T) {
	all, read, list, deny := policy(allowAll), policy(allowRead), policy(allowList), policy(allowAll, denyRead)
	denyAny := policy(`{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"}`)
	denyPut := policy(`{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"*"}`)
	let := inBucket("Allow", `{"AWS":"`+homeAccount+`"}`)
	for what, tc := range map[string]struct {
		world *world
		want  reason.Outcome
	}{
		"none":                               {newWorld().inline(allowRead).organized("", "", "", ""), reason.Allow},
		"an SCP grants nothing":              {newWorld().organized(all, "", "", ""), reason.ImplicitDeny},
		"the SCP allows":                     {newWorld().inline(allowRead).organized(read, "", "", ""), reason.Allow},
		"the SCP leaves it out":              {newWorld().inline(allowRead).organized(list, "", "", ""), reason.ImplicitDeny},
		"the SCP denies":                     {newWorld().inline(allowRead).organized(deny, "", "", ""), reason.ExplicitDeny},
		"an RCP grants nothing":              {newWorld().organized("", denyPut, "", ""), reason.ImplicitDeny},
		"the RCP is about something else":    {newWorld().inline(allowRead).organized("", denyPut, "", ""), reason.Allow},
		"the RCP denies":                     {newWorld().inline(allowRead).organized("", denyAny, "", ""), reason.ExplicitDeny},
		"the bucket cannot pass the SCP":     {newWorld().guard(inBucket("Allow", `"*"`)).organized(list, "", "", ""), reason.ImplicitDeny},
		"abroad: the owner's SCP says none":  {newWorld().abroad().inline(allowRead).guard(let).organized("", "", list, ""), reason.Allow},
		"abroad: the owner's RCP denies":     {newWorld().abroad().inline(allowRead).guard(let).organized("", "", "", denyAny), reason.ExplicitDeny},
		"abroad: the caller's RCP says none": {newWorld().abroad().inline(allowRead).guard(let).organized("", denyAny, "", ""), reason.Allow},
		"abroad: the caller's SCP denies":    {newWorld().abroad().inline(allowRead).guard(let).organized(deny, "", "", ""), reason.ExplicitDeny},
		"the SCP is damaged":                 {newWorld().inline(allowRead).organized("{", "", "", ""), reason.ImplicitDeny},
		"the RCP is damaged":                 {newWorld().inline(allowRead).organized("", "{", "", ""), reason.ImplicitDeny},
	} {
		t.Run(what, func(t *testing.T) {
			d := tc.world.read(t)
			wants(t, d, tc.want)
			if strings.HasSuffix(what, "damaged") && !strings.Contains(d.Hint, "a control policy cannot be read") {
				t.Errorf("the decision does not say which: %q", d.Hint)
			}
		})
	}
}

// TestOrganizationsNameTheirPolicy: a refusal says which policy of the organization it is from.
func TestOrganizationsNameTheirPolicy(t *testing.T) {
	d := newWorld().inline(allowRead).organized(policy(allowAll, denyRead), "", "", "").read(t)
	if len(d.Decisive) != 1 || d.Decisive[0].Kind != "service control policy" || d.Decisive[0].Rule != "account/"+homeAccount+"/scp/p#2" {
		t.Errorf("%s", d)
	}
}

// TestOrganizationsOfTheRoot: not even the root user of an account passes its service control policies, and an outside token
// only meets the role's side.
func TestOrganizationsOfTheRoot(t *testing.T) {
	w := newWorld().organized(policy(allowList), "", "", "")
	v := w.view(t)
	session := w.session
	session.RoleID, session.Name = "", ""
	bucket, _ := v.Bucket(shelf)
	d := access.AWS(v, access.AWSRequest{Session: &session, Action: actionRead, Resource: book, Bucket: bucket})
	wants(t, d, reason.ImplicitDeny)

	w = newWorld().organized(policy(allowList), "", "", "")
	w.role.Trust = policy(trustWeb("Allow", subject))
	ask := func(w *world) reason.Decision {
		v := w.view(t)
		role, _ := v.Role(arn(roleARN))
		return assume(v, role)
	}
	wants(t, ask(w), reason.Allow)
	w.organized("", policy(`{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRoleWithWebIdentity","Resource":"*"}`), "", "")
	wants(t, ask(w), reason.ExplicitDeny)
	nobody := access.AssumeRequest{
		Role: &w.role, RoleARN: arn(roleARN), Action: "sts:AssumeRoleWithWebIdentity", Context: new(cond.Facts),
		Caller: iampolicy.Principal{Type: iampolicy.WebIdentity, Federated: "arn:aws:iam::" + homeAccount + ":oidc-provider/other.example"},
	}
	v = w.view(t)
	nobody.Role, _ = v.Role(arn(roleARN))
	wants(t, access.Assume(v, nobody), reason.ExplicitDeny)
}

// TestOrganizationsOfAChain: a session that assumes a role is limited by its own account's organization and by that of the
// role, also where the trust policy alone would suffice.
func TestOrganizationsOfAChain(t *testing.T) {
	denyAssume := `{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}`
	for what, tc := range map[string]struct {
		scp, rcp string
		want     reason.Outcome
	}{
		"none":             {"", "", reason.Allow},
		"the SCP allows":   {policy(allowAll), "", reason.Allow},
		"the SCP does not": {policy(allowRead), "", reason.ImplicitDeny},
		"the RCP denies":   {"", policy(denyAssume), reason.ExplicitDeny},
		"it is damaged":    {"{", "", reason.ImplicitDeny},
	} {
		w := newWorld().organized(tc.scp, tc.rcp, "", "")
		w.role.Trust = policy(`{"Effect":"Allow","Principal":{"AWS":"` + roleID + `"},"Action":"sts:AssumeRole"}`)
		v := w.view(t)
		role, _ := v.RoleByID(roleID)
		d := access.AssumeBySession(v, access.SessionAssumes{
			Session: &w.session, Role: role, Target: role, TargetARN: role.ARN, Context: new(cond.Facts),
		})
		if d.Outcome != tc.want {
			t.Errorf("%s: %s", what, d)
		}
	}
}
