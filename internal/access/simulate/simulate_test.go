package simulate_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/access/simulate"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
)

// TestOutcome: what decided is named with its place, keys that are missing are listed, and boundary, organization and both
// sides of a call between accounts say their part.
func TestOutcome(t *testing.T) {
	two := "{\n \"Version\": \"2012-10-17\",\n \"Statement\": [\n  " + allowRead + ",\n  " + when(allowRead, `{"StringEquals":{"aws:username":"ana","s3:Foo":"x"}}`) + "\n ]\n}"
	r := custom(t, simulate.Request{Caller: sessionARN, Policies: []string{doc(allowList), two}, Boundary: []string{doc(allowAll)}, Actions: []string{"s3:GetObject"}})
	want := simulate.Outcome{
		Decision: "allowed",
		Matched: []simulate.Statement{
			{Source: "PolicyInputList.2", Type: "none", Start: iampolicy.Position{Line: 4, Column: 3}, End: iampolicy.Position{Line: 4, Column: 3 + len(allowRead)}},
			{Source: "PermissionsBoundaryPolicyInputList.1", Type: "none", Start: iampolicy.Position{Line: 1, Column: 38}, End: iampolicy.Position{Line: 1, Column: 38 + len(allowAll)}},
		},
		Missing:  []string{"aws:username", "s3:Foo"},
		Boundary: new(true),
	}
	if diff := cmp.Diff(want, r.Outcome); diff != "" || r.Organization != nil || r.Specific != nil || r.Resource != "*" {
		t.Errorf("-want +got:\n%s%+v", diff, r)
	}

	r = custom(t, simulate.Request{
		Caller: userARN, Policies: []string{two}, Boundary: []string{doc(allowList)}, Actions: []string{"s3:GetObject"}, Resources: []string{book},
	})
	want = simulate.Outcome{Decision: "implicitDeny", Boundary: new(false), Missing: []string{"s3:Foo"}}
	if diff := cmp.Diff([]simulate.Specific{{Resource: book, Outcome: want}}, r.Specific); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if r.Missing != nil || r.Decision != "implicitDeny" { // where a resource is named, the keys are the resource's
		t.Errorf("%+v", r)
	}

	r = custom(t, simulate.Request{
		Caller: userARN, Policies: []string{doc(allowAll, denyRead)}, ResourcePolicy: doc(grant(`"*"`)), Actions: []string{"s3:GetObject"}, Resources: []string{book},
	})
	if r.Decision != "explicitDeny" || len(r.Matched) != 1 || r.Matched[0].Source != "PolicyInputList.1" { // the denies alone
		t.Errorf("%+v", r)
	}

	for what, tc := range map[string]struct {
		have, guard, identity, resource string
	}{
		"both":          {doc(allowRead), doc(grant(aws(accountA))), "allowed", "allowed"},
		"the caller's":  {doc(allowRead), doc(grant(aws(accountB))), "allowed", "implicitDeny"},
		"the owner's":   {doc(allowList), doc(grant(aws(accountA))), "implicitDeny", "allowed"},
		"it is refused": {doc(allowAll, denyRead), doc(grant(aws(accountA))), "explicitDeny", "allowed"},
	} {
		r := custom(t, simulate.Request{
			Caller: userARN, Policies: []string{tc.have}, ResourcePolicy: tc.guard, ResourceOwner: "arn:aws:iam::" + accountB + ":root",
			Actions: []string{"s3:GetObject"}, Resources: []string{book},
		})
		if diff := cmp.Diff(map[string]string{"identity policy": tc.identity, "resource policy": tc.resource}, r.Details); diff != "" {
			t.Errorf("%s -want +got:\n%s", what, diff)
		}
	}
}

// TestPrincipal: the policies that a role has now are simulated, with the trust policy and the bucket policy of its account
// where the call hands over none.
func TestPrincipal(t *testing.T) {
	ask := func(w *world, r simulate.Request) simulate.Result {
		t.Helper()
		results, err := simulate.Principal(w.view(t), arn(roleARN), r)
		if err != nil || len(results) != 1 {
			t.Fatalf("%d results, %v", len(results), err)
		}
		return results[0]
	}
	read := simulate.Request{Actions: []string{"s3:GetObject"}, Resources: []string{book}}
	list := simulate.Request{Actions: []string{"s3:ListBucket"}, Resources: []string{shelf}}
	full := func() *world {
		w := newWorld()
		w.role.Inline = map[string]string{"in": doc(when(allowRead, `{"StringEquals":{"aws:PrincipalTag/team":"red"}}`))}
		w.role.Managed, w.role.Boundary = append(w.role.Managed, arn(managedARN)), arn(fenceARN)
		return w
	}
	got := ask(full(), read)
	var sources []string
	for _, s := range got.Matched {
		sources = append(sources, s.Type+" "+s.Source)
	}
	if diff := cmp.Diff([]string{"role role_reader_in", "user-managed fence"}, sources); diff != "" || got.Decision != "allowed" {
		t.Errorf("%s\n-want +got:\n%s", got.Decision, diff)
	}
	read.Context = []simulate.Entry{entry("aws:principaltag/TEAM", "blue")} // like a session's tag
	if got := ask(full(), read); got.Decision != "implicitDeny" {
		t.Errorf("%+v", got)
	}
	read.Context = nil
	if got := ask(full(), list); got.Decision != "allowed" {
		t.Errorf("%+v", got)
	}
	list.Boundary = []string{doc(allowRead)} // in the place of the role's
	if got := ask(full(), list); got.Decision != "implicitDeny" || *got.Boundary {
		t.Errorf("%+v", got)
	}
	list.Boundary, list.Policies = nil, []string{doc(`{"Effect":"Deny","Action":"s3:List*","Resource":"*"}`)}
	if got := ask(full(), list); got.Decision != "explicitDeny" {
		t.Errorf("%+v", got)
	}

	w := full()
	w.bucket.Policy = doc(strings.Replace(grant(aws(roleID)), "Allow", "Deny", 1))
	if got := ask(w, read); got.Decision != "explicitDeny" || got.Matched[0].Type != "resource" {
		t.Errorf("the bucket's policy has no say: %+v", got)
	}
	read.ResourcePolicy = doc(grant(`"*"`))
	if got := ask(w, read); got.Decision != "allowed" {
		t.Errorf("the policy that was handed over has no say: %+v", got)
	}
	read.ResourcePolicy = ""
	w.bucket.Account = account(accountB) // nothing is told of another account's policies
	if got := ask(w, read); got.Decision != "allowed" {
		t.Errorf("%+v", got)
	}

	assume := simulate.Request{Actions: []string{"sts:AssumeRole"}, Resources: []string{roleARN}, Policies: []string{doc(allowAll)}}
	if got := ask(newWorld(), assume); got.Decision != "allowed" {
		t.Errorf("the role's trust policy has no say: %+v", got)
	}
	w = newWorld()
	w.role.Trust = doc(trusts("Allow", aws(accountB), "sts:AssumeRole"))
	if got := ask(w, assume); got.Decision != "implicitDeny" {
		t.Errorf("%+v", got)
	}
	assume.Resources = []string{strings.Replace(roleARN, "reader", "nobody", 1)}
	if got := ask(w, assume); got.Decision != "implicitDeny" {
		t.Errorf("%+v", got)
	}
}

// TestOrganizations: the control policies of the account have their say about its principals and its resources.
func TestOrganizations(t *testing.T) {
	for what, tc := range map[string]struct {
		scp, rcp string
		decision string
		allowed  *bool
	}{
		"no organization":    {"", "", "allowed", nil},
		"both allow":         {doc(allowAll), doc(`{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"*"}`), "allowed", new(true)},
		"the service's not":  {doc(allowList), "", "implicitDeny", new(false)},
		"the service's deny": {doc(allowAll, denyRead), "", "explicitDeny", new(false)},
		"the resource's":     {doc(allowAll), doc(`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}`), "explicitDeny", new(false)},
	} {
		w := newWorld()
		w.role.Inline = map[string]string{"in": doc(allowRead)}
		if tc.scp != "" {
			w.account.ServiceControl = map[string]string{"a": tc.scp}
		}
		if tc.rcp != "" {
			w.account.ResourceControl = map[string]string{"b": tc.rcp}
		}
		v := w.view(t)
		got, err := simulate.Principal(v, arn(roleARN), simulate.Request{Actions: []string{"s3:GetObject"}, Resources: []string{book}})
		if err != nil {
			t.Fatal(err)
		}
		if got[0].Decision != tc.decision || !cmp.Equal(got[0].Organization, tc.allowed) {
			t.Errorf("%s: %s %v", what, got[0].Decision, got[0].Organization)
		}
		policies := simulate.Request{Caller: roleARN, Policies: []string{doc(allowRead)}, Actions: []string{"s3:GetObject"}}
		if alone, err := simulate.Custom(v, account(accountA), policies); err != nil || alone[0].Decision != "allowed" || alone[0].Organization != nil {
			t.Errorf("%s: what is handed over is all that counts: %+v %v", what, alone, err)
		}
	}
	w := newWorld()
	w.account.ServiceControl = map[string]string{"a": "{"}
	if _, err := simulate.Principal(w.view(t), arn(roleARN), simulate.Request{Actions: []string{"s3:GetObject"}}); err == nil {
		t.Error("a control policy that cannot be read is no error")
	}
}

// TestAgreesWithEnforcement: about a role that exists, the simulator says what a session of it would be answered.
func TestAgreesWithEnforcement(t *testing.T) {
	d := rand.New(rand.NewPCG(4, 40))
	pick := func(list ...string) string { return list[d.IntN(len(list))] }
	some := func(list ...string) string {
		var out []string
		for range 1 + d.IntN(2) {
			out = append(out, pick(list...))
		}
		return doc(out...)
	}
	statements := []string{allowAll, allowRead, allowRead, allowList, denyRead, when(denyRead, `{"StringEquals":{"aws:PrincipalTag/Team":"blue"}}`)}
	grants := []string{grant(`"*"`), grant(aws(roleID)), grant(aws(accountA)), grant(aws(accountB)), strings.Replace(grant(`"*"`), "Allow", "Deny", 1)}
	outcomes := map[string]int{}
	for range 1500 {
		w := newWorld()
		w.role.Inline = map[string]string{}
		for i := range d.IntN(3) {
			w.role.Inline[fmt.Sprintf("p%d", i)] = some(statements...)
		}
		if d.IntN(3) == 0 {
			w.role.Managed = append(w.role.Managed, arn(managedARN))
		}
		if d.IntN(3) == 0 {
			w.role.Boundary = arn(fenceARN)
		}
		if d.IntN(2) == 0 {
			w.bucket.Policy = some(grants...)
		}
		if d.IntN(4) == 0 {
			w.account.ServiceControl = map[string]string{"a": some(statements...)}
		}
		if d.IntN(4) == 0 {
			w.account.ResourceControl = map[string]string{"b": doc(pick(`{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"}`,
				`{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"*"}`))}
		}
		v := w.view(t)
		role, _ := v.Role(arn(roleARN))
		action, resource := pick("s3:GetObject", "s3:ListBucket", "s3:PutObject"), pick(book, shelf, "*")
		enforced := access.AWSAhead(v, access.AheadRequest{Role: role, Action: action, Resource: resource, Now: time.Unix(1_800_000_000, 0)})
		got, err := simulate.Principal(v, arn(roleARN), simulate.Request{Actions: []string{action}, Resources: []string{resource}})
		if err != nil {
			t.Fatal(err)
		}
		outcomes[got[0].Decision]++
		if want := strings.Replace(enforced.Outcome.String(), "allow", "allowed", 1); got[0].Decision != want {
			t.Fatalf("%s on %s: enforcement says %s, the simulator %s\n%s%s", action, resource, want, got[0].Decision, enforced, got[0].Why)
		}
	}
	for _, o := range []string{"allowed", "explicitDeny", "implicitDeny"} {
		if outcomes[o] < 100 {
			t.Errorf("the questions are one-sided: %v", outcomes)
		}
	}
}

// TestEachPair: one call asks about each action on each resource, actions first.
func TestEachPair(t *testing.T) {
	got, err := simulate.Custom(newWorld().view(t), account(accountA), simulate.Request{
		Policies: []string{doc(allowRead)}, Actions: []string{"s3:GetObject", "s3:PutObject"}, Resources: []string{book, shelf},
	})
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, r := range got {
		rows = append(rows, r.Action+" "+r.Resource+" "+r.Decision)
	}
	want := []string{
		"s3:GetObject " + book + " allowed", "s3:GetObject " + shelf + " allowed",
		"s3:PutObject " + book + " implicitDeny", "s3:PutObject " + shelf + " implicitDeny",
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestCallers: who CallerArn names, and what the context may say of a caller that the call does not name.
func TestCallers(t *testing.T) {
	is := func(key, value string) string {
		return doc(when(allowRead, `{"StringEquals":{"`+key+`":"`+value+`"}}`))
	}
	const pathed = "arn:aws:iam::" + accountB + ":role/a/b/writer"
	for _, tc := range []struct {
		caller, policy string
		context        []simulate.Entry
		want           string
	}{
		{rootARN, doc(allowList), nil, "allowed"},
		{rootARN, is("aws:PrincipalType", "Account"), nil, "allowed"},
		{userARN, is("aws:username", "ana"), nil, "allowed"},
		{"arn:aws:iam::" + accountA + ":user/team/ana", is("aws:username", "ana"), nil, "allowed"},
		{roleARN, is("aws:userid", roleID+":simulated"), nil, "allowed"},
		{sessionARN, is("aws:PrincipalArn", roleARN), nil, "allowed"},
		{pathed, is("aws:PrincipalArn", pathed), nil, "allowed"},
		{"arn:aws:sts::" + accountB + ":assumed-role/writer/x", is("aws:PrincipalArn", "arn:aws:iam::"+accountB+":role/writer"), nil, "allowed"},
		{pathed, is("aws:userid", "AROATHATISITS:x"), []simulate.Entry{entry("aws:userid", "AROATHATISITS:x")}, "allowed"},
		{sessionARN, is("aws:FederatedProvider", providerARN), []simulate.Entry{entry("aws:FederatedProvider", providerARN)}, "allowed"},
		{"", doc(allowRead), nil, "allowed"},
		{"", is("aws:PrincipalAccount", accountA), nil, "allowed"},
		{"", is("aws:username", "simulated"), nil, "implicitDeny"},
		{"", is("aws:username", "bob"), []simulate.Entry{entry("aws:username", "bob")}, "allowed"},
		{"", is("aws:PrincipalArn", roleARN), []simulate.Entry{entry("aws:PrincipalArn", roleARN)}, "allowed"},
		{"", doc(allowRead), []simulate.Entry{entry("aws:PrincipalArn", "bob")}, `aws:PrincipalArn "bob" is no ARN`},
		{"", doc(allowRead), []simulate.Entry{entry("aws:username", "bo\x00b")}, "aws:username"},
		{userARN, doc(allowRead), []simulate.Entry{entry("aws:username", "ana"), entry("aws:TagKeys", "a", "b")}, "allowed"},
		{userARN, doc(allowRead), []simulate.Entry{entry("aws:username", "bob")}, `aws:username is "ana" for this caller and this resource, not "bob"`},
		{sessionARN, doc(allowRead), []simulate.Entry{entry("aws:userid", roleID+":two")}, "aws:userid is"},
		{userARN, doc(allowRead), []simulate.Entry{entry("aws:ResourceAccount", accountB)}, "aws:ResourceAccount is"},
		{"bob", doc(allowRead), nil, `CallerArn "bob" is no ARN`},
		{"arn:aws:iam::" + accountA + ":group/a", doc(allowRead), nil, "CallerArn arn:aws:iam::" + accountA + ":group/a cannot be simulated"},
		{"arn:aws:sts::" + accountA + ":federated-user/a", doc(allowRead), nil, "CallerArn"},
		{"arn:aws:iam::" + accountA + ":user/", doc(allowRead), nil, "CallerArn"},
		{"arn:aws:iam::" + accountA + ":root/x", doc(allowRead), nil, "CallerArn"},
		{"arn:aws:iam::" + accountA + ":role/", doc(allowRead), nil, "CallerArn"},
		{"arn:aws:iam:::user/a", doc(allowRead), nil, "CallerArn"},
		{"arn:aws:sts::" + accountB + ":assumed-role/writer", doc(allowRead), nil, "CallerArn"},
	} {
		got, err := simulate.Custom(newWorld().view(t), account(accountA), simulate.Request{
			Caller: tc.caller, Policies: []string{tc.policy}, Actions: []string{"s3:GetObject"}, Context: tc.context,
		})
		switch f := fault.From(err); {
		case err == nil && got[0].Decision != tc.want:
			t.Errorf("%s %s: %s\n%s", tc.caller, tc.policy, got[0].Decision, got[0].Why)
		case err != nil && (f.Reason != simulate.InvalidInput || !strings.HasPrefix(f.Public, tc.want)):
			t.Errorf("%s: want %q, got %v", tc.caller, tc.want, err)
		}
	}
}

// TestInvalidInput: what cannot be asked is refused whole, and says why.
func TestInvalidInput(t *testing.T) {
	good := func() simulate.Request {
		return simulate.Request{Policies: []string{doc(allowRead)}, Actions: []string{"s3:GetObject"}, Resources: []string{book}}
	}
	key := func(key, kind string, values ...string) func(*simulate.Request) {
		return func(r *simulate.Request) { r.Context = []simulate.Entry{{Key: key, Type: kind, Values: values}} }
	}
	many := make([]string, 201)
	for i := range many {
		many[i] = fmt.Sprintf("a:b%d", i)
	}
	for says, spoil := range map[string]func(*simulate.Request){
		"ActionNames is empty":                          func(r *simulate.Request) { r.Actions = nil },
		`"s3:Get*" is no action`:                        func(r *simulate.Request) { r.Actions = []string{"s3:Get*"} },
		`"GetObject" is no action`:                      func(r *simulate.Request) { r.Actions = []string{"GetObject"} },
		"are too many: one call":                        func(r *simulate.Request) { r.Actions, r.Resources = many, []string{"*", "*", "*", "*", "*"} },
		`"book" is no ARN of a resource`:                func(r *simulate.Request) { r.Resources = []string{"book"} },
		"a list has more than":                          func(r *simulate.Request) { r.Policies = many },
		"a principal has one boundary":                  func(r *simulate.Request) { r.Boundary = []string{doc(), doc()} },
		"PermissionsBoundaryPolicyInputList.1: Syntax":  func(r *simulate.Request) { r.Boundary = []string{"{"} },
		"PolicyInputList.2: ":                           func(r *simulate.Request) { r.Policies = append(r.Policies, "[]") },
		"SessionPolicyInputList.1: ":                    func(r *simulate.Request) { r.Sessions = []string{"[]"} },
		"ResourcePolicy.1: Missing required field Prin": func(r *simulate.Request) { r.ResourcePolicy = doc(allowRead) },
		`ResourceOwner "bob" is no account`:             func(r *simulate.Request) { r.ResourceOwner = "bob" },
		`ResourceOwner "` + roleARN + `" is no account`: func(r *simulate.Request) { r.ResourceOwner = roleARN },
		"there are 201 context entries":                 func(r *simulate.Request) { r.Context = make([]simulate.Entry, 201) },
		`"SourceIp" is no context key`:                  key("SourceIp", "ip", "10.0.0.1"),
		`has the unknown type "text"`:                   key("a:b", "text", "x"),
		"has 2 values, not one":                         key("a:b", "string", "x", "y"),
		"has 0 values, not one":                         key("a:b", "numeric"),
		"has more than 200 values":                      key("a:b", "stringList", many...),
		"has a value that is no numeric":                key("a:b", "numericList", "1", "ten"),
		"has a value that is no boolean":                key("a:b", "boolean", "yes"),
		"has a value that is no ip":                     key("a:b", "ip", "10.0.0.0/8"),
		"has a value that is no date":                   key("a:b", "date", "soon"),
		"has a value that is no binary":                 key("a:b", "binary", "!"),
		"has a value that is no string":                 key("a:b", "string", strings.Repeat("x", 2049)),
	} {
		r := good()
		spoil(&r)
		_, err := simulate.Custom(newWorld().view(t), account(accountA), r)
		if f := fault.From(err); err == nil || f.Kind != fault.Invalid || f.Reason != simulate.InvalidInput || !strings.Contains(f.Public, says) {
			t.Errorf("want %q, got %v", says, err)
		}
		if _, again := simulate.Principal(newWorld().view(t), arn(roleARN), r); again == nil || again.Error() != err.Error() {
			t.Errorf("%q: of a principal %v", says, again)
		}
	}
	for _, e := range []simulate.Entry{
		{Key: "a:b", Type: "numericList"},
		{Key: "a:b", Type: "numericList", Values: []string{"1", "-2.5"}},
		{Key: "a:b", Type: "dateList", Values: []string{"1767225600"}},
		{Key: "a:b", Type: "ipList", Values: []string{"10.0.0.1", "2001:db8::1"}},
		{Key: "a:b", Type: "binary", Values: []string{"QQ=="}},
		{Key: "a:b", Type: "string", Values: []string{""}},
		{Key: "a:b", Type: "booleanList", Values: []string{"true", "false"}},
	} {
		r := good()
		r.Context = []simulate.Entry{e}
		if _, err := simulate.Custom(newWorld().view(t), account(accountA), r); err != nil {
			t.Errorf("%+v: %v", e, err)
		}
	}
}

// TestSources: who can be simulated.
func TestSources(t *testing.T) {
	w := newWorld()
	r := simulate.Request{Actions: []string{"s3:GetObject"}}
	for source, want := range map[string]fault.Reason{
		roleARN: "",
		strings.Replace(roleARN, "reader", "nobody", 1): simulate.NoSuchEntity, userARN: simulate.NoSuchEntity,
		sessionARN: simulate.InvalidInput, managedARN: simulate.InvalidInput, book: simulate.InvalidInput,
	} {
		_, err := simulate.Principal(w.view(t), arn(source), r)
		_, keysErr := simulate.PrincipalKeys(w.view(t), arn(source), nil)
		if (want == "") != (err == nil) || err != nil && fault.From(err).Reason != want || fmt.Sprint(err) != fmt.Sprint(keysErr) {
			t.Errorf("%s: %v, keys %v", source, err, keysErr)
		}
	}
	w.role.Boundary = arn("arn:aws:iam::" + accountA + ":policy/gone")
	v := w.view(t)
	if _, err := simulate.Principal(v, arn(roleARN), r); err == nil {
		t.Error("a boundary that is gone is no error")
	}
	if _, err := simulate.PrincipalKeys(v, arn(roleARN), nil); err == nil {
		t.Error("a boundary that is gone is no error")
	}
	w = newWorld()
	w.role.Trust = "{"
	if _, err := simulate.Principal(w.view(t), arn(roleARN), r); err == nil {
		t.Error("a damaged role is no error")
	}
	w = newWorld()
	w.bucket.Policy = "{"
	r.Resources = []string{book}
	if _, err := simulate.Principal(w.view(t), arn(roleARN), r); err == nil {
		t.Error("a damaged bucket policy is no error")
	}
}

// TestKeys: the keys that policies read, as AWS spells them.
func TestKeys(t *testing.T) {
	one := doc(when(allowRead, `{"StringEquals":{"AWS:username":"${aws:PrincipalTag/Team}"},"Bool":{"aws:securetransport":"true"}}`))
	two := doc(when(allowRead, `{"StringEquals":{"aws:UserName":"x","ec2:Some":"y"}}`))
	got, err := simulate.CustomKeys([]string{one, two})
	if diff := cmp.Diff([]string{"aws:username", "aws:PrincipalTag/team", "aws:SecureTransport", "ec2:Some"}, got); diff != "" || err != nil {
		t.Errorf("%v -want +got:\n%s", err, diff)
	}
	if got, err := simulate.CustomKeys([]string{doc(allowRead)}); err != nil || got == nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
	w := newWorld()
	w.role.Inline = map[string]string{"in": two}
	got, err = simulate.PrincipalKeys(w.view(t), arn(roleARN), []string{one})
	if diff := cmp.Diff([]string{"aws:username", "ec2:Some", "aws:PrincipalTag/team", "aws:SecureTransport"}, got); diff != "" || err != nil {
		t.Errorf("%v -want +got:\n%s", err, diff)
	}
	for _, bad := range [][]string{{"{"}, make([]string, 31)} {
		if _, err := simulate.CustomKeys(bad); fault.From(err).Reason != simulate.InvalidInput {
			t.Errorf("%v", err)
		}
		if _, err := simulate.PrincipalKeys(w.view(t), arn(roleARN), bad); fault.From(err).Reason != simulate.InvalidInput {
			t.Errorf("%v", err)
		}
	}
}
