package simulate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access/simulate"
	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
)

// The callers of the vectors, as the call names them and as enforcement would see them.
func callers() map[string]iampolicy.Principal {
	session := func(acct, id string) iampolicy.Principal {
		return iampolicy.Principal{
			Type: iampolicy.AssumedRole, ARN: arn(strings.Replace(sessionARN, accountA, acct, 1)),
			PrincipalARN: arn(strings.Replace(roleARN, accountA, acct, 1)), Account: account(acct), UniqueID: id, UserID: id + ":one",
		}
	}
	return map[string]iampolicy.Principal{
		userARN: {
			Type: iampolicy.User, ARN: arn(userARN), Account: account(accountA), UniqueID: "AIDAANAANAANAANAANAAN",
			UserID: "AIDAANAANAANAANAANAAN", Username: "ana",
		},
		sessionARN: session(accountA, roleID),
		strings.Replace(sessionARN, accountA, accountB, 1): session(accountB, "AROAOTHEROTHEROTHEROT"),
		providerARN: {Type: iampolicy.WebIdentity, Federated: providerARN},
	}
}

// vector is one situation of the forty.
type vector struct {
	id      int
	caller  string // default: the session
	action  string // default: s3:GetObject
	on      string // default: the book
	have    []string
	bound   string
	session string
	guard   string // the resource's policy, or the role's trust policy
	owner   string
	context []simulate.Entry
	want    string // allowed, explicitDeny, implicitDeny; a text with blanks is the beginning of an error
}

const (
	yes  = "allowed"
	no   = "implicitDeny"
	deny = "explicitDeny"

	allowed2008 = `{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::shelf/${aws:username}"}}`
	assume      = "sts:AssumeRole"
	assumeWeb   = "sts:AssumeRoleWithWebIdentity"
)

// vectors are the forty situations of the engine's vectors_test.go, put to the simulator.
func vectors() []vector {
	otherSession := strings.Replace(sessionARN, accountA, accountB, 1)
	one := func(s ...string) []string { return []string{doc(s...)} }
	team := func(v string) []simulate.Entry { return []simulate.Entry{entry("aws:PrincipalTag/team", v)} }
	notRed := `{"StringNotEquals":{"aws:PrincipalTag/team":"red"}}`
	web := func(condition string) string {
		return doc(when(trusts("Allow", `{"Federated":"`+providerARN+`"}`, assumeWeb), condition))
	}
	trustUser := trusts("Allow", aws(userARN), assume)
	prefix := []simulate.Entry{entry("s3:prefix", "home/x")}
	return []vector{
		{id: 1, caller: userARN, have: one(allowAll, when(denyRead, notRed)), want: deny},
		{id: 1, caller: userARN, have: one(allowAll, when(denyRead, notRed)), context: team("red"), want: yes},
		{id: 2, caller: userARN, have: one(when(allowRead, notRed)), want: yes},
		{id: 3, have: one(when(allowRead, `{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}}`)), want: yes},
		{id: 3, have: one(when(allowRead, `{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]},"Null":{"aws:TagKeys":"false"}}`)), want: no},
		{id: 4, have: one(when(allowRead, `{"ForAnyValue:StringEquals":{"aws:TagKeys":["a"]}}`)), want: no},
		{id: 5, caller: userARN, action: assume, on: roleARN, guard: doc(strings.Replace(trustUser, "ana", "bob", 1), trustUser), want: yes},
		{id: 6, caller: userARN, action: assume, on: roleARN, have: one(allowAll), guard: doc(trusts("Deny", aws(userARN), assume)), want: deny},
		{id: 7, have: one(when(allowRead, `{"IpAdress":{"aws:SourceIp":"10.0.0.0/8"}}`)), want: "PolicyInputList.1: Invalid Condition type"},
		{id: 7, have: one(when(allowRead, `{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`)), context: []simulate.Entry{{Key: "aws:SourceIp", Type: "ip", Values: []string{"192.0.2.1"}}}, want: no},
		{id: 8, caller: userARN, action: assume, on: roleARN, have: one(allowAll), want: no},
		{id: 8, caller: userARN, action: assume, on: roleARN, have: one(allowAll), guard: doc(trusts("Allow", aws(accountB), assume)), want: no},
		{id: 9, have: one(allowRead), session: doc(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`), want: yes},
		{id: 9, action: "s3:PutObject", have: one(allowRead), session: doc(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`), want: no},
		{id: 10, action: assume, on: roleARN, have: one(allowAll), session: doc(allowRead), guard: doc(trusts("Allow", aws(roleARN), assume)), want: no},
		{id: 10, action: "iam:CreateAccessKey", on: userARN, have: one(allowAll), session: doc(allowRead), want: no},
		{id: 11, session: doc(allowList), guard: doc(grant(aws(sessionARN))), want: yes},
		{id: 11, session: doc(allowList), guard: doc(grant(aws(roleARN))), want: no},
		{id: 12, have: one(allowAll), session: doc(allowAll), guard: doc(strings.Replace(grant(`"*"`), "Allow", "Deny", 1)), want: deny},
		{id: 13, bound: doc(allowList), guard: doc(grant(aws(roleARN))), want: no},
		{id: 13, bound: doc(allowList), guard: doc(grant(aws(sessionARN))), want: yes},
		{id: 14, guard: doc(grant(aws(rootARN))), want: no},
		{id: 14, have: one(allowRead), guard: doc(grant(aws(rootARN))), want: yes},
		{id: 15, caller: otherSession, owner: accountA, guard: doc(grant(aws(strings.Replace(roleARN, accountA, accountB, 1)))), want: no},
		{id: 15, caller: otherSession, owner: accountA, have: one(allowRead), guard: doc(grant(aws(strings.Replace(roleARN, accountA, accountB, 1)))), want: yes},
		{id: 15, caller: otherSession, owner: accountA, have: one(allowRead), want: no},
		{id: 16, action: "iam:GetRole", on: roleARN, have: one(`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`), want: no},
		{id: 16, action: "iam:GetRole", on: roleARN, have: one(`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`, `{"Effect":"Allow","Action":"iam:GetRole","Resource":"*"}`), want: yes},
		{id: 17, action: assume, on: roleARN, guard: doc(`{"Effect":"Deny","NotPrincipal":{"AWS":"` + userARN + `"},"Action":"sts:AssumeRole"}`), want: "ResourcePolicy.1: Has prohibited field NotPrincipal"},
		{id: 18, action: assume, on: roleARN, guard: doc(trusts("Allow", aws("arn:aws:iam::"+accountA+":role/*"), assume)), want: "ResourcePolicy.1: Invalid principal in policy"},
		{id: 18, action: assume, on: roleARN, guard: doc(trusts("Allow", `"*"`, assume)), want: yes},
		{id: 19, guard: doc(grant(aws(roleID))), want: yes},
		{id: 19, guard: doc(grant(aws("AROAOLDOLDOLDOLDOLDOL"))), want: no},
		{id: 20, have: one(when(allowRead, `{"StringEquals":{"aws:PrincipalTag/Team":"blue"}}`)), context: []simulate.Entry{entry("aws:principaltag/TEAM", "blue")}, want: yes},
		{id: 20, have: one(allowRead), context: []simulate.Entry{entry("aws:principaltag/TEAM", "blue"), entry("aws:PrincipalTag/Team", "red")}, want: "the context key"},
		{id: 21, caller: userARN, action: "sts:TagSession", on: roleARN, guard: doc(trustUser), want: no},
		{id: 21, caller: userARN, action: "sts:TagSession", on: roleARN, guard: doc(strings.Replace(trustUser, `"sts:AssumeRole"`, `["sts:AssumeRole","sts:TagSession"]`, 1)), want: yes},
		{id: 22, have: one(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::shelf/${aws:PrincipalTag/team}"}`), context: team("*"), want: no},
		{id: 22, on: "arn:aws:s3:::shelf/*", have: one(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::shelf/${aws:PrincipalTag/team}"}`), context: team("*"), want: yes},
		{id: 23, caller: userARN, on: shelf + "/ana", have: []string{allowed2008}, want: no},
		{id: 23, caller: userARN, on: shelf + "/${aws:username}", have: []string{allowed2008}, want: yes},
		{id: 24, have: one(allowRead, `{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::shelf/${aws:PrincipalTag/team}*"}`), want: yes},
		{id: 24, have: one(allowRead, `{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::shelf/${aws:PrincipalTag/team}*"}`), context: team("book"), want: deny},
		{id: 25, have: one(when(allowRead, `{"ArnLike":{"aws:SourceArn":"arn:aws:s:*:1:finance/*"}}`)), context: []simulate.Entry{entry("aws:SourceArn", "arn:aws:s:r:x:1:finance/a")}, want: no},
		{id: 25, have: one(when(allowRead, `{"StringLike":{"aws:SourceArn":"arn:aws:s:*:1:finance/*"}}`)), context: []simulate.Entry{entry("aws:SourceArn", "arn:aws:s:r:x:1:finance/a")}, want: yes},
		{id: 26, have: one(when(allowRead, `{"IpAddress":{"aws:SourceIp":"2001:db8::/32"}}`)), context: []simulate.Entry{{Key: "aws:SourceIp", Type: "ip", Values: []string{"2001:db8::5"}}}, want: yes},
		{id: 26, have: one(when(allowRead, `{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`)), context: []simulate.Entry{{Key: "aws:SourceIp", Type: "ip", Values: []string{"::ffff:192.0.2.1"}}}, want: yes},
		{id: 26, have: one(when(allowRead, `{"NotIpAddress":{"aws:SourceIp":"0.0.0.0/0"}}`)), want: yes},
		{id: 26, have: one(when(allowRead, `{"IpAddress":{"aws:SourceIp":"2001:db8::1"}}`)), want: "PolicyInputList.1: "},
		{id: 27, have: one(allowRead, when(denyRead, `{"Bool":{"aws:SecureTransport":"false"}}`)), context: []simulate.Entry{{Key: "aws:SecureTransport", Type: "boolean", Values: []string{"false"}}}, want: deny},
		{id: 27, have: one(allowRead, when(denyRead, `{"Bool":{"aws:SecureTransport":"false"}}`)), want: yes},
		{id: 28, have: one(when(allowRead, `{"Null":{"aws:TokenIssueTime":true}}`)), want: yes},
		{id: 28, have: one(when(allowRead, `{"Null":{"aws:TokenIssueTime":"false"}}`)), want: no},
		{id: 28, have: one(when(allowRead, `{"Null":{"aws:TokenIssueTime":"false"}}`)), context: []simulate.Entry{{Key: "aws:TokenIssueTime", Type: "date", Values: []string{"2026-01-01T00:00:00Z"}}}, want: yes},
		{id: 29, have: one(when(allowRead, `{"NumericGreaterThan":{"s3:max-keys":9}}`)), context: []simulate.Entry{{Key: "s3:max-keys", Type: "numeric", Values: []string{"10"}}}, want: yes},
		{id: 29, have: one(when(allowRead, `{"NumericGreaterThan":{"s3:max-keys":9}}`)), context: []simulate.Entry{entry("s3:max-keys", "ten")}, want: no},
		{id: 30, have: one(when(allowRead, `{"DateLessThan":{"aws:CurrentTime":"1767225600"}}`)), context: []simulate.Entry{{Key: "aws:CurrentTime", Type: "date", Values: []string{"2025-12-31T23:59:59Z"}}}, want: yes},
		{id: 30, have: one(when(allowRead, `{"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}}`)), context: []simulate.Entry{{Key: "aws:CurrentTime", Type: "date", Values: []string{"1767225600"}}}, want: no},
		{id: 31, caller: providerARN, action: assumeWeb, on: roleARN, guard: web(`{"StringEquals":{"sts.example/t/:sub":"repo:acme/*"}}`), context: []simulate.Entry{entry("sts.example/t/:sub", "repo:acme/app")}, want: no},
		{id: 31, caller: providerARN, action: assumeWeb, on: roleARN, guard: web(`{"StringLike":{"sts.example/t/:sub":"repo:acme/*"}}`), context: []simulate.Entry{entry("sts.example/t/:sub", "repo:acme/app")}, want: yes},
		{id: 32, action: "sts:GetCallerIdentity", on: "*", have: one(`{"Effect":"Deny","Action":"*","Resource":"*"}`), want: yes},
		{id: 33, caller: userARN, action: assume, on: roleARN, guard: doc(when(trustUser, `{"NumericLessThanEquals":{"sts:DurationSeconds":"3600"}}`)), context: []simulate.Entry{{Key: "sts:DurationSeconds", Type: "numeric", Values: []string{"3601"}}}, want: no},
		{id: 34, action: "s3:ListBucket", on: shelf, have: one(`{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::shelf/*"}`), want: no},
		{id: 34, have: one(`{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::shelf/*"}`), want: yes},
		{id: 35, action: "s3:ListBucket", on: shelf, have: one(when(allowList, `{"StringLike":{"s3:prefix":"home/*"}}`)), context: prefix, want: yes},
		{id: 35, action: "s3:ListBucket", on: shelf, have: one(when(allowList, `{"StringLike":{"s3:prefix":"home/*"}}`)), want: no},
		{id: 36, action: "S3:getobject", have: one(`{"Effect":"Allow","Action":"s3:GETOBJECT","Resource":"arn:aws:s3:::shelf/*"}`), want: yes},
		{id: 36, on: "arn:aws:s3:::Shelf/book", have: one(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::shelf/*"}`), want: no},
		{id: 37, have: one(allowRead, when(denyRead, `{"DateLessThan":{"aws:TokenIssueTime":"2026-01-01T00:00:00Z"}}`)), context: []simulate.Entry{{Key: "aws:TokenIssueTime", Type: "date", Values: []string{"2025-12-31T23:59:59Z"}}}, want: deny},
		{id: 37, have: one(allowRead, when(denyRead, `{"DateLessThan":{"aws:TokenIssueTime":"2026-01-01T00:00:00Z"}}`)), want: yes},
		{id: 38, caller: providerARN, action: assumeWeb, on: roleARN, guard: web(`{"StringEquals":{"sts.example/t/:aud":"api://two"}}`), context: []simulate.Entry{entry("sts.example/t/:aud", "api://one", "api://two")}, want: yes},
		{id: 39, caller: providerARN, action: assumeWeb, on: roleARN, guard: web(`{"StringEquals":{"sts.example/t/:sub":"s"}}`), context: []simulate.Entry{entry("sts.example/t/b:sub", "s"), entry("sts.example/t:sub", "s")}, want: no},
		{id: 39, caller: providerARN, action: assumeWeb, on: roleARN, guard: web(`{"StringEquals":{"sts.example/t/:sub":"s"}}`), context: []simulate.Entry{entry("STS.example/t/:SUB", "s")}, want: yes},
		{id: 40, action: assume, on: roleARN, have: one(allowAll), guard: doc(trusts("Allow", aws(accountA), assume)), want: yes},
		{id: 40, action: assume, on: roleARN, guard: doc(trusts("Allow", aws(accountA), assume)), want: no},
		{id: 40, action: assume, on: roleARN, have: one(allowAll), guard: doc(trusts("Deny", aws(roleARN), assume)), want: deny},
		{id: 40, action: assume, on: roleARN, have: one(allowAll), want: no},
	}
}

// request puts the vector as a call.
func (v *vector) request() simulate.Request {
	if v.caller == "" {
		v.caller = sessionARN
	}
	if v.action == "" {
		v.action = "s3:GetObject"
	}
	if v.on == "" {
		v.on = book
	}
	r := simulate.Request{
		Policies: v.have, Actions: []string{v.action}, Resources: []string{v.on}, ResourcePolicy: v.guard,
		ResourceOwner: v.owner, Caller: v.caller, Context: v.context,
	}
	if v.bound != "" {
		r.Boundary = []string{v.bound}
	}
	if v.session != "" {
		r.Sessions = []string{v.session}
	}
	return r
}

// input is the vector as enforcement would put it before the engine, made without the simulator.
func (v *vector) input(t *testing.T) iampolicy.Input {
	t.Helper()
	read := func(kind iampolicy.Kind, text string) *iampolicy.Named {
		p, err := iampolicy.Parse([]byte(text), kind)
		if err != nil {
			t.Fatal(err)
		}
		return &iampolicy.Named{ID: kind.String(), Policy: p}
	}
	f := &cond.Facts{}
	for _, e := range v.context {
		f.Set(e.Key, e.Values...)
	}
	in := iampolicy.Input{Request: iampolicy.Request{
		Principal: callers()[v.caller], Action: v.action, Resource: v.on, ResourceAccount: account(accountA), Context: f,
	}}
	for _, text := range v.have {
		in.Identity = append(in.Identity, *read(iampolicy.Identity, text))
	}
	if v.bound != "" {
		in.Boundary = read(iampolicy.Boundary, v.bound)
	}
	if v.session != "" {
		in.Session = []iampolicy.Named{*read(iampolicy.Session, v.session)}
	}
	in.TrustPolicy = strings.HasPrefix(v.action, "sts:Assume") || v.action == "sts:TagSession"
	if v.guard != "" {
		in.ResourcePolicy = read(map[bool]iampolicy.Kind{true: iampolicy.Trust, false: iampolicy.Resource}[in.TrustPolicy], v.guard)
	}
	return in
}

// TestVectorsAgree puts each of the forty situations to the simulator: it says what the engine says, which is what is
// wanted. That GetCallerIdentity is always allowed (32) is the doing of the door, and of the simulator.
func TestVectorsAgree(t *testing.T) {
	seen := map[int]int{}
	world := newWorld().view(t)
	for _, v := range vectors() {
		seen[v.id]++
		t.Run(fmt.Sprintf("Vector%02d.%d", v.id, seen[v.id]), func(t *testing.T) {
			results, err := simulate.Custom(world, account(accountA), v.request())
			if strings.Contains(v.want, " ") {
				if f := fault.From(err); err == nil || f.Kind != fault.Invalid || f.Reason != simulate.InvalidInput || !strings.HasPrefix(f.Public, v.want) {
					t.Errorf("want an error %q, got %v", v.want, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := results[0]
			if got.Decision != v.want || got.Action != v.action || got.Resource != v.on {
				t.Errorf("want %s, got %s\n%s", v.want, got.Decision, got.Why)
			}
			engine := strings.Replace(iampolicy.Decide(v.input(t)).Outcome.String(), "allow", yes, 1)
			if v.id != 32 && engine != got.Decision {
				t.Errorf("the engine says %s, the simulator %s", engine, got.Decision)
			}
		})
	}
	for id := range 40 {
		if seen[id+1] == 0 {
			t.Errorf("there is no vector %d", id+1)
		}
	}
}
