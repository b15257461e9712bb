package iampolicy_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
)

// dice makes random requests and policies from few words, so that they meet often.
type dice struct{ *rand.Rand }

func pick[T any](d dice, list ...T) T { return list[d.IntN(len(list))] }

// one tells true once in n times.
func (d dice) one(n int) bool { return d.IntN(n) == 0 }

// some gives one of the list, or a list of up to three.
func (d dice) some(list ...any) any {
	if d.one(2) {
		return pick(d, list...)
	}
	var out []any
	for range 1 + d.IntN(3) {
		out = append(out, pick(d, list...))
	}
	return out
}

func (d dice) principal() iampolicy.Principal {
	switch d.IntN(12) {
	case 0:
		return iampolicy.Principal{}
	case 1:
		return lambda()
	case 2:
		return webIdentity()
	case 3:
		return root()
	case 4:
		return guest()
	case 5, 6:
		return user()
	case 7, 8:
		return session(accountB)
	case 9:
		linked := session(accountA)
		linked.ServiceLinked = true
		return linked
	}
	return session(accountA)
}

func (d dice) principals() any {
	if d.one(6) {
		return "*"
	}
	value := func() any {
		return d.some("*", accountA, accountB, rootARN, userARN, roleARN, sessionARN, federatedA, roleID, userID, userARN, roleARN,
			sessionARN, strings.Replace(roleARN, accountA, accountB, 1), strings.Replace(sessionARN, accountA, accountB, 1))
	}
	o := object{"AWS": value()}
	if d.one(4) {
		o["Service"] = d.some("lambda.amazonaws.com", "ec2.amazonaws.com")
	}
	if d.one(4) {
		o["Federated"] = d.some(providerARN, "accounts.google.com")
	}
	return o
}

// condition is a random block of one or two tests.
func (d dice) condition() object {
	block := object{}
	for range 1 + d.IntN(2) {
		operator, key, values := d.test()
		block[operator] = object{key: values}
	}
	return block
}

func (d dice) test() (operator, key string, values any) {
	ifExists, not := pick(d, "", "", "IfExists"), pick(d, "", "Not")
	set := pick(d, "", "", "", "ForAllValues:", "ForAnyValue:")
	order := pick(d, "Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
	text := pick(d, "k:text", "K:Other", "k:many", "aws:PrincipalArn", "aws:userid", "aws:username", "aws:PrincipalType", "aws:ResourceAccount")
	strs := d.some("a", "A", "*", "b*", "?", "ab", "${k:other}", "${aws:username}", "${k:text, 'a'}", "x${k:many}", "${*}", "User", accountA, roleARN, "é?")
	switch d.IntN(9) {
	case 0:
		return "Null", text, pick[any](d, "true", "false", true, false)
	case 1:
		return set + "Numeric" + order + ifExists, "k:number", d.some("1", "10", 9, "-2.5")
	case 2:
		return set + "Date" + order + ifExists, "k:date", d.some("2026-01-01T00:00:00Z", "2026-01-02", 1767225600)
	case 3:
		return set + "Bool" + ifExists, "k:bool", d.some("true", "false", true)
	case 4:
		return set + "BinaryEquals" + ifExists, "k:binary", d.some("QQ==", "Qg==")
	case 5:
		return set + not + "IpAddress" + ifExists, "k:ip", d.some("10.0.0.0/8", "192.0.2.1", "2001:db8::/32", "0.0.0.0/0")
	case 6:
		return set + "Arn" + not + pick(d, "Like", "Equals") + ifExists, pick(d, "aws:PrincipalArn", "k:text"),
			d.some(roleARN, "arn:aws:iam::*:role/r*", "arn:aws:*:*:*:*", "arn:aws:iam::"+accountA+":${k:other}*")
	case 7:
		return set + "String" + not + "Like" + ifExists, text, strs
	}
	return set + "String" + not + "Equals" + pick(d, "", "IgnoreCase") + ifExists, text, strs
}

// document is a random policy document of a kind.
func (d dice) document(kind iampolicy.Kind) string {
	doc := object{}
	if !d.one(5) {
		doc["Version"] = "2012-10-17"
	}
	var statements []any
	for range d.IntN(5) {
		statements = append(statements, d.statement(kind))
	}
	doc["Statement"] = statements
	if statements == nil {
		doc["Statement"] = []any{}
	}
	b, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func (d dice) statement(kind iampolicy.Kind) object {
	s := object{"Effect": pick(d, "Allow", "Allow", "Allow", "Allow", "Allow", "Deny")}
	if kind == iampolicy.RCP && (s["Effect"] == "Allow" || d.one(2)) {
		return object{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
	}
	switch {
	case kind == iampolicy.RCP:
		s["Principal"] = "*"
	case kind == iampolicy.Resource && s["Effect"] == "Deny" && d.one(2):
		s["NotPrincipal"] = d.principals()
	case kind == iampolicy.Trust || kind == iampolicy.Resource:
		s["Principal"] = d.principals()
	}
	action, resource := "Action", "Resource"
	if d.one(5) && kind != iampolicy.RCP {
		action = "NotAction"
	}
	if d.one(5) {
		resource = "NotResource"
	}
	if kind == iampolicy.Trust {
		s[action] = d.some("sts:*", "sts:AssumeRole", "STS:assumerole", "sts:TagSession", "sts:Assume????")
	} else {
		s[action] = d.some("s3:*", "s3:GetObject", "S3:get*", "s3:Put?bject", "sts:AssumeRole", "*:*", "iam:*")
		s[resource] = d.some("*", book, "arn:aws:s3:::shelf/*", "arn:aws:s3:::*/${aws:username}", "arn:aws:s3:::shelf/${k:other}*",
			"arn:aws:*:*:*:*", "arn:aws:iam::"+accountA+":role/*", "arn:aws:s3:::shelf/${k:text, 'book'}", "arn:aws:s3:::shelf/b${?}ok")
	}
	if d.one(4) {
		s["Condition"] = d.condition()
	}
	return s
}

// facts are random condition keys.
func (d dice) facts() cond.Context {
	f := &cond.Facts{}
	maybe := func(key string, values ...string) {
		if d.one(2) {
			f.Set(key, pick(d, values...))
		}
	}
	maybe("k:text", "a", "A", "*", "ab", "b", "book", "", roleARN, "éx")
	maybe("k:other", "a", "b", "*", "?", "role/", "b?ok", "${aws:username}")
	maybe("k:number", "1", "10", "9.0", "-3", "ten")
	maybe("k:date", "2026-01-01T00:00:00Z", "2026-01-01T12:00:00+01:00", "1767225600", "2026-01-02", "soon")
	maybe("k:bool", "true", "false", "TRUE", "yes")
	maybe("k:binary", "QQ==", "Qg==", "!")
	maybe("k:ip", "10.1.1.1", "192.0.2.1", "::ffff:10.0.0.1", "2001:db8::1", "x")
	if d.one(2) {
		f.Set("k:many", [][]string{{}, {"a"}, {"a", "b"}, {"ab", "A", "x"}}[d.IntN(4)]...)
	}
	return f
}

// library is a stock of parsed random policies of each kind.
type library map[iampolicy.Kind][]iampolicy.Named

func stock(t testing.TB, d dice, each int) library {
	t.Helper()
	l := library{}
	for kind := iampolicy.Identity; kind <= iampolicy.RCP; kind++ {
		for i := range each {
			doc := d.document(kind)
			p, err := iampolicy.Parse([]byte(doc), kind)
			if err != nil {
				t.Fatalf("%s: %v\n%s", kind, fault.From(err), doc)
			}
			l[kind] = append(l[kind], iampolicy.Named{ID: fmt.Sprintf("%s-%d", kind, i), Policy: p})
		}
	}
	return l
}

// input is a random request with random policies of the library.
func (d dice) input(l library) iampolicy.Input {
	of := func(kind iampolicy.Kind) iampolicy.Named { return pick(d, l[kind]...) }
	in := iampolicy.Input{Request: iampolicy.Request{
		Principal: d.principal(), Context: d.facts(),
		Action:          pick(d, "s3:GetObject", "s3:getobject", "s3:PutObject", "iam:GetRole"),
		Resource:        pick(d, book, "arn:aws:s3:::shelf/ana", "arn:aws:s3:::shelf/b?ok", "arn:aws:s3:::other/x", "*", roleARN),
		ResourceAccount: pick(d, account(accountA), account(accountA), account(accountB), name.AccountID{}),
	}}
	for range d.IntN(3) {
		in.Identity = append(in.Identity, of(iampolicy.Identity))
	}
	if d.one(4) {
		n := of(iampolicy.Boundary)
		in.Boundary = &n
	}
	for range d.IntN(5) / 3 {
		in.Session = append(in.Session, of(pick(d, iampolicy.Session, iampolicy.Identity)))
	}
	if d.one(2) {
		n := of(iampolicy.Resource)
		in.ResourcePolicy = &n
	}
	if d.one(4) {
		in.TrustPolicy = true
		in.Action, in.Resource = pick(d, "sts:AssumeRole", "sts:TagSession", "STS:ASSUMEROLE"), roleARN
		n := of(iampolicy.Trust)
		in.ResourcePolicy = &n
	}
	for range d.IntN(8) / 6 {
		in.SCPs = append(in.SCPs, iampolicy.Level{of(iampolicy.SCP), of(iampolicy.SCP)})
	}
	for range d.IntN(8) / 6 {
		in.RCPs = append(in.RCPs, iampolicy.Level{of(iampolicy.RCP), of(iampolicy.RCP)})
	}
	return in
}

// agree fails if the two evaluators differ, or if a refusal does not say why.
func agree(t *testing.T, in iampolicy.Input) string {
	t.Helper()
	got, want := iampolicy.Decide(in), spec(in)
	if got.Outcome != want {
		t.Errorf("the engine says %s, the second evaluator %s\n%s%s", got.Outcome, want, got, sources(in))
	}
	if !got.Allowed() && len(got.Decisive) == 0 && (len(got.Nearest) == 0 || got.Hint == "") {
		t.Errorf("a refusal without reasons\n%s%s", got, sources(in))
	}
	if got.Allowed() && len(got.Decisive) == 0 {
		t.Errorf("an allow without reasons\n%s%s", got, sources(in))
	}
	return got.Outcome.String()
}

// sources prints all policies of an input.
func sources(in iampolicy.Input) string {
	var b strings.Builder
	add := func(list ...iampolicy.Named) {
		for _, n := range list {
			fmt.Fprintf(&b, "%s: %s\n", n.ID, n.Policy.Source())
		}
	}
	fmt.Fprintf(&b, "request %+v\n", in.Request)
	add(in.Identity...)
	add(in.Session...)
	for _, n := range []*iampolicy.Named{in.Boundary, in.ResourcePolicy} {
		if n != nil {
			add(*n)
		}
	}
	for _, level := range append(append([]iampolicy.Level{}, in.SCPs...), in.RCPs...) {
		add(level...)
	}
	return b.String()
}

// TestP01RandomPolicies: both evaluators agree on many random requests.
func TestP01RandomPolicies(t *testing.T) {
	const stocks, each, cases = 10, 60, 10_000 // 100,000 in all
	outcomes := map[string]int{}
	for seed := range uint64(stocks) {
		d := dice{rand.New(rand.NewPCG(seed, 3))}
		l := stock(t, d, each)
		for range cases {
			outcomes[agree(t, d.input(l))]++
			if t.Failed() {
				return
			}
		}
	}
	for _, o := range []string{"allow", "explicitDeny", "implicitDeny"} {
		if outcomes[o] < stocks*cases/20 {
			t.Errorf("the random requests are one-sided: %v", outcomes)
		}
	}
	t.Log(outcomes)
}

// FuzzDecide: both evaluators agree on a policy of the fuzzer's among random ones.
func FuzzDecide(f *testing.F) {
	for i, doc := range []string{
		document(allowRead), document(denyRead), document(when(allowRead, `{"StringLike":{"k:text":"${k:other}*"}}`)),
		document(`{"Effect":"Allow","NotAction":"iam:*","NotResource":"arn:aws:s3:::${aws:username}"}`), document(grant(`{"AWS":"` + roleARN + `"}`)),
	} {
		f.Add(doc, uint64(i), uint8(i))
	}
	f.Fuzz(func(t *testing.T, doc string, seed uint64, kind uint8) {
		k := iampolicy.Kind(kind)
		p, err := iampolicy.Parse([]byte(doc), k)
		if err != nil || len(doc) > 1000 || strings.Count(doc, "*") > 20 {
			return
		}
		d := dice{rand.New(rand.NewPCG(seed, 5))}
		l := stock(t, d, 2)
		l[k] = []iampolicy.Named{{ID: "fuzzed", Policy: p}}
		for range 20 {
			agree(t, d.input(l))
		}
	})
}
