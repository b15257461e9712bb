package access_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

const (
	targetARN = "arn:aws:iam::" + homeAccount + ":role/target"
	abroadARN = "arn:aws:iam::" + otherAccount + ":role/target"
)

// trustAWS trusts a principal of kind AWS to do actions with the role.
func trustAWS(principal string, actions ...string) string {
	return `{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":["` + strings.Join(actions, `","`) + `"]}`
}

// mayOn is an identity statement about the target.
func mayOn(effect string, actions ...string) string {
	return `{"Effect":"` + effect + `","Action":["` + strings.Join(actions, `","`) + `"],"Resource":"*"}`
}

const assumeAction = "sts:AssumeRole"

// chain asks whether the world's session may assume the target, which trusts what it says.
func (w *world) chain(t *testing.T, at string, also []string, trust ...string) reason.Decision {
	t.Helper()
	a := arn(at)
	w.policies = append(w.policies, &view.Role{
		ARN: a, UniqueID: "AROATARGETTARGETTARGE", Path: "/", Name: "target", MaxSession: 3600, Trust: policy(trust...),
	})
	v := w.view(t)
	role, _ := v.Role(arn(roleARN))
	target, _ := v.Role(a)
	facts := new(cond.Facts)
	access.AddSession(facts, v, &w.session, role)
	return access.AssumeBySession(v, access.SessionAssumes{
		Session: &w.session, Role: role, Target: target, TargetARN: a, Also: also, Context: facts,
	})
}

func TestAssumeBySession(t *testing.T) {
	tag := []string{access.TagSession}
	who := []string{access.SetSourceIdentity}
	for what, tc := range map[string]struct {
		at       string
		identity string
		session  string
		boundary string
		also     []string
		trust    []string
		want     reason.Outcome
	}{
		"the trust names the role":                    {at: targetARN, trust: []string{trustAWS(roleID, assumeAction)}, want: reason.Allow},
		"it names the session":                        {at: targetARN, trust: []string{trustAWS(sessionARN, assumeAction)}, want: reason.Allow},
		"it names another session":                    {at: targetARN, trust: []string{trustAWS(sessionARN+"x", assumeAction)}},
		"it names the account":                        {at: targetARN, trust: []string{trustAWS(homeAccount, assumeAction)}},
		"the account, and the identity may":           {at: targetARN, identity: mayOn("Allow", assumeAction), trust: []string{trustAWS(homeAccount, assumeAction)}, want: reason.Allow},
		"the identity alone":                          {at: targetARN, identity: mayOn("Allow", "*"), trust: []string{trustAWS(otherAccount, assumeAction)}},
		"the identity denies":                         {at: targetARN, identity: mayOn("Deny", assumeAction), trust: []string{trustAWS(roleID, assumeAction)}, want: reason.ExplicitDeny},
		"the session policy omits it":                 {at: targetARN, session: allowRead, trust: []string{trustAWS(roleID, assumeAction)}},
		"the session policy has it":                   {at: targetARN, session: mayOn("Allow", assumeAction), trust: []string{trustAWS(roleID, assumeAction)}, want: reason.Allow},
		"the boundary omits it":                       {at: targetARN, boundary: allowRead, trust: []string{trustAWS(roleID, assumeAction)}},
		"abroad, only the trust":                      {at: abroadARN, trust: []string{trustAWS(roleID, assumeAction)}},
		"abroad, only the identity":                   {at: abroadARN, identity: mayOn("Allow", "*"), trust: []string{trustAWS(otherAccount, assumeAction)}},
		"abroad, both":                                {at: abroadARN, identity: mayOn("Allow", assumeAction), trust: []string{trustAWS(homeAccount, assumeAction)}, want: reason.Allow},
		"another action":                              {at: targetARN, identity: mayOn("Allow", "*"), trust: []string{trustAWS(roleID, "sts:AssumeRoleWithWebIdentity")}},
		"tags, and the trust does not know (vec. 21)": {at: targetARN, also: tag, trust: []string{trustAWS(roleID, assumeAction)}},
		"tags, and the trust allows them":             {at: targetARN, also: tag, trust: []string{trustAWS(roleID, assumeAction, access.TagSession)}, want: reason.Allow},
		"tags abroad, the caller may not":             {at: abroadARN, identity: mayOn("Allow", assumeAction), also: tag, trust: []string{trustAWS(homeAccount, assumeAction, access.TagSession)}},
		"tags abroad, the caller may":                 {at: abroadARN, identity: mayOn("Allow", "sts:*"), also: tag, trust: []string{trustAWS(homeAccount, assumeAction, access.TagSession)}, want: reason.Allow},
		"source identity, only the trust":             {at: targetARN, also: who, trust: []string{trustAWS(roleID, "sts:*")}},
		"source identity, both":                       {at: targetARN, identity: mayOn("Allow", "sts:SetSourceIdentity"), also: who, trust: []string{trustAWS(roleID, "sts:*")}, want: reason.Allow},
		"source identity, only the caller":            {at: targetARN, identity: mayOn("Allow", "sts:*"), also: who, trust: []string{trustAWS(roleID, assumeAction)}},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld()
			if tc.identity != "" {
				w.inline(tc.identity)
			}
			if tc.session != "" {
				w.restrict(tc.session)
			}
			if tc.boundary != "" {
				w.boundary(tc.boundary)
			}
			wants(t, w.chain(t, tc.at, tc.also, tc.trust...), tc.want)
		})
	}
}

// TestVector08MissingRoleOfASession: what the caller reads is the same, and only the record tells.
func TestVector08MissingRoleOfASession(t *testing.T) {
	w := newWorld().inline(allowAll)
	v := w.view(t)
	role, _ := v.Role(arn(roleARN))
	d := access.AssumeBySession(v, access.SessionAssumes{
		Session: &w.session, Role: role, TargetARN: arn(targetARN), Context: new(cond.Facts),
	})
	wants(t, d, reason.ImplicitDeny)
	if d.Hint != "there is no such role" || len(d.Decisive) > 0 {
		t.Errorf("the record tells of another policy: %s", d)
	}
}

// TestWhoMayNotAssume: the root of an account and its federated users assume nothing, and a session without its role
// passes for neither.
func TestWhoMayNotAssume(t *testing.T) {
	home := account(homeAccount)
	for what, s := range map[string]credential.Session{
		"root": {Account: home}, "federated user": {Account: home, Name: "bob", Kind: credential.FederatedUser},
		"session token of the root": {Account: home, Kind: credential.SessionToken}, "a role's": {Account: home, RoleID: roleID, Name: "one"},
	} {
		w := newWorld()
		w.role.Trust = policy(`{"Effect":"Allow","Principal":"*","Action":"sts:*"}`)
		v := w.view(t)
		target, _ := v.Role(arn(roleARN))
		d := access.AssumeBySession(v, access.SessionAssumes{Session: &s, Target: target, TargetARN: arn(roleARN), Context: new(cond.Facts)})
		if d.Allowed() {
			t.Errorf("%s: %s", what, d)
		}
	}
}

// TestFederatedUserHasWhatItsPoliciesSay: the intersection of the root's rights and the session policies, and nothing
// without one.
func TestFederatedUserHasWhatItsPoliciesSay(t *testing.T) {
	for what, tc := range map[string]struct {
		session string
		bucket  string
		want    reason.Outcome
	}{
		"no policy":             {want: reason.ImplicitDeny},
		"allowed":               {session: allowRead, want: reason.Allow},
		"another action":        {session: allowList, want: reason.ImplicitDeny},
		"denied":                {session: denyRead, want: reason.ExplicitDeny},
		"the bucket names it":   {bucket: inBucket("Allow", `{"AWS":"arn:aws:sts::`+homeAccount+`:federated-user/bob"}`), want: reason.Allow},
		"the bucket names root": {bucket: inBucket("Allow", `{"AWS":"`+homeAccount+`"}`), want: reason.ImplicitDeny},
	} {
		w := newWorld()
		w.session = credential.Session{Account: account(homeAccount), Name: "bob", Kind: credential.FederatedUser}
		if tc.session != "" {
			w.restrict(tc.session)
		}
		if tc.bucket != "" {
			w.guard(tc.bucket)
		}
		v := w.view(t)
		bucket, _ := v.Bucket(shelf)
		d := access.AWS(v, access.AWSRequest{Session: &w.session, Action: actionRead, Resource: book, Bucket: bucket, Context: new(cond.Facts)})
		if d.Outcome != tc.want {
			t.Errorf("%s: want %s, got %s", what, tc.want, d)
		}
	}
}

// TestManagedSessionPolicy: a managed policy limits a session as it is now, and one that was made again under its ARN does
// not take its place.
func TestManagedSessionPolicy(t *testing.T) {
	for what, tc := range map[string]struct {
		id      string
		allows  string
		missing bool
		want    reason.Outcome
	}{
		"allows":      {id: "ANPA" + strings.Repeat("A", 17), allows: allowRead, want: reason.Allow},
		"omits":       {id: "ANPA" + strings.Repeat("A", 17), allows: allowList, want: reason.ImplicitDeny},
		"made again":  {id: "ANPAOTHER", allows: allowAll, want: reason.ImplicitDeny},
		"was deleted": {missing: true, want: reason.ImplicitDeny},
	} {
		w := newWorld().inline(allowAll)
		w.session.Managed = []credential.SessionPolicy{{ARN: arn(managedARN), ID: tc.id}}
		if !tc.missing {
			w.policies = append(w.policies, managedPolicy(managedARN, tc.allows))
		}
		v := w.view(t)
		role, _ := v.Role(arn(roleARN))
		d := access.AWS(v, access.AWSRequest{Session: &w.session, Role: role, Action: actionRead, Resource: book, Context: new(cond.Facts)})
		if d.Outcome != tc.want {
			t.Errorf("%s: want %s, got %s", what, tc.want, d)
		}
	}
}

func TestAssumingIsTold(t *testing.T) {
	external := "x"
	f := new(cond.Facts)
	access.AddAssuming(f, access.Assuming{
		Name: "job", Tags: map[string]string{"Team": "red", "b": ""}, Transitive: []string{"Team"}, SourceID: "ana", ExternalID: &external,
	})
	from := &credential.Session{Tags: map[string]string{"Team": "red", "x": "y"}, Transitive: []string{"Team"}}
	access.AddRole(f, &view.Role{Tags: view.Tags{"team": "blue", "own": "1"}}, from)
	want := map[string][]string{
		"sts:rolesessionname": {"job"}, "sts:sourceidentity": {"ana"}, "sts:externalid": {"x"}, "sts:transitivetagkeys": {"Team"},
		"aws:requesttag/team": {"red"}, "aws:requesttag/b": {""}, "aws:tagkeys": {"Team", "b"},
		"aws:resourcetag/team": {"red"}, "iam:resourcetag/team": {"red"}, "aws:resourcetag/own": {"1"}, "iam:resourcetag/own": {"1"},
	}
	if diff := cmp.Diff(want, told(f)); diff != "" {
		t.Error(diff)
	}
	f = new(cond.Facts)
	access.AddAssuming(f, access.Assuming{Name: "job"})
	access.AddRole(f, nil, nil)
	if got := slices.Collect(maps.Keys(told(f))); !slices.Equal(got, []string{"sts:rolesessionname"}) {
		t.Errorf("what the request does not say is told: %v", got)
	}
}

// TestAssumeAlso: an outside token that brings tags needs to be trusted with them too.
func TestAssumeAlso(t *testing.T) {
	for _, allowed := range []bool{true, false} {
		w := newWorld()
		trust := trustWeb("Allow", subject)
		if allowed {
			trust = strings.ReplaceAll(trust, `"sts:AssumeRoleWithWebIdentity"`, `["sts:AssumeRoleWithWebIdentity","sts:TagSession"]`)
		}
		w.role.Trust = policy(trust)
		v := w.view(t)
		role, _ := v.Role(arn(roleARN))
		facts := new(cond.Facts)
		facts.Set(issuer+":sub", subject)
		d := access.Assume(v, access.AssumeRequest{
			Role: role, RoleARN: arn(roleARN), Action: "sts:AssumeRoleWithWebIdentity", Context: facts, Also: []string{access.TagSession},
			Caller: iampolicy.Principal{Type: iampolicy.WebIdentity, Federated: providerARN},
		})
		if d.Allowed() != allowed || !allowed && d.Question.Action != access.TagSession {
			t.Errorf("allowed %t: %s", allowed, d)
		}
	}
}
