package cond_test

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/cond"
)

// facts makes a Context of keys and values.
func facts(kv map[string][]string) *cond.Facts {
	f := &cond.Facts{}
	for k, v := range kv {
		f.Set(k, v...)
	}
	return f
}

func compile(t testing.TB, s cond.Spec) *cond.Test {
	t.Helper()
	c, err := cond.Compile(s)
	if err != nil {
		t.Fatalf("Compile(%+v): %v", s, err)
	}
	return c
}

// TestOperators has for each operator a value that matches, one that does not, and the answer for an absent key.
func TestOperators(t *testing.T) {
	for _, tc := range []struct {
		op      cond.Operator
		want    string
		yes, no string
		absent  bool
	}{
		{cond.StringEquals, "a", "a", "A", false},
		{cond.StringNotEquals, "a", "A", "a", true},
		{cond.StringEqualsIgnoreCase, "aÉ", "Aé", "b", false},
		{cond.StringNotEqualsIgnoreCase, "a", "b", "A", true},
		{cond.StringLike, "a*b?", "axxbé", "axxb", false},
		{cond.StringNotLike, "a*", "b", "ab", true},
		{cond.StringLikeIgnoreCase, "a*B", "AxxB", "axxc", false},
		{cond.StringNotLikeIgnoreCase, "a*", "b", "AB", true},
		{cond.StringStartsWith, "ab", "abc", "ABc", false},
		{cond.StringNotStartsWith, "ab", "ABc", "abc", true},
		{cond.StringStartsWithIgnoreCase, "ab", "ABc", "bab", false},
		{cond.StringNotStartsWithIgnoreCase, "ab", "bab", "ABc", true},
		{cond.NumericEquals, "10", "10.0", "9", false},
		{cond.NumericNotEquals, "10", "9", "010", true},
		{cond.NumericLessThan, "10", "9", "10", false},
		{cond.NumericLessThanEquals, "10", "10", "10.5", false},
		{cond.NumericGreaterThan, "9", "10", "9", false},
		{cond.NumericGreaterThanEquals, "-9", "-9", "-10", false},
		{cond.DateEquals, "2026-01-02T03:04:05Z", "1767323045", "2026-01-02T03:04:06Z", false},
		{cond.DateNotEquals, "2026-01-02", "2026-01-03", "2026-01-02T00:00:00Z", true},
		{cond.DateLessThan, "2026-01-02", "2026-01-01T23:59:59.999Z", "2026-01-02", false},
		{cond.DateLessThanEquals, "1.25", "1.250", "1.251", false},
		{cond.DateGreaterThan, "2026-01-02T01:00+01:00", "2026-01-02T00:00:01Z", "2026-01-02T00:00Z", false},
		{cond.DateGreaterThanEquals, "2026-01-02T01:00+0100", "2026-01-02T01:00:00+0100", "2026-01-01", false},
		{cond.Bool, "true", "True", "false", false},
		{cond.BoolNotEquals, "true", "false", "true", true},
		{cond.BinaryEquals, "QmluYXJ5", "QmluYXJ5", "QmluYXJ6", false},
		{cond.IPAddress, "10.1.2.3/8", "10.200.0.1", "11.0.0.1", false},
		{cond.NotIPAddress, "10.0.0.0/8", "11.0.0.1", "10.0.0.1", true},
		{cond.ARNEquals, "arn:aws:s3:::b/*", "arn:aws:s3:::b/a:b", "arn:aws:s3:::c", false},
		{cond.ARNNotEquals, "arn:aws:s3:::b", "arn:aws:s3:::c", "arn:aws:s3:::b", true},
		{cond.ARNLike, "arn:aws:*:::b", "arn:aws:s3:::b", "arn:aws:a:b:::b", false},
		{cond.ARNNotLike, "arn:aws:*:::b", "arn:aws:a:b:::b", "arn:aws:s3:::b", true},
		{cond.SubjectLike, "repo:acme/*", "repo:acme/x", "repo:acme/x/y", false},
		{cond.Null, "false", "anything", "", false},
		{cond.Null, "true", "", "anything", true},
	} {
		test := compile(t, cond.Spec{Key: "a:Key", Operator: tc.op, Values: []string{tc.want}})
		check := func(what string, ctx cond.Context, want bool) {
			if got := test.Eval(ctx).Held; got != want {
				t.Errorf("%s %q with %s: %t, want %t", tc.op, tc.want, what, got, want)
			}
		}
		check("nothing", facts(nil), tc.absent)
		check("an empty set", facts(map[string][]string{"a:key": {}}), tc.absent)
		if tc.op != cond.Null {
			check(tc.yes, facts(map[string][]string{"A:KEY": {tc.yes}}), true)
			check(tc.no, facts(map[string][]string{"a:key": {tc.no}}), false)
			exists := compile(t, cond.Spec{Key: "a:Key", Operator: tc.op, Values: []string{tc.want}, IfExists: true})
			if !exists.Eval(facts(nil)).Held || exists.Eval(facts(map[string][]string{"a:key": {tc.no}})).Held {
				t.Errorf("%sIfExists must hold for an absent key only", tc.op)
			}
			must := compile(t, cond.Spec{Key: "a:Key", Operator: tc.op, Values: []string{tc.want}, MustExist: true})
			if must.Eval(facts(nil)).Held {
				t.Errorf("%s held for an absent key that must exist", tc.op)
			}
		} else if tc.yes != "" {
			check("a value", facts(map[string][]string{"a:key": {tc.yes}}), true)
		} else {
			check("a value", facts(map[string][]string{"a:key": {tc.no}}), false)
		}
	}
}

// TestUnreadableRequestValues: junk matches nothing, so a negated operator holds.
func TestUnreadableRequestValues(t *testing.T) {
	numbers := []string{"", "x", "1e3", "0x1", "1.", ".5", "1.2.3", "--1", strings.Repeat("9", 70)}
	dates := []string{"", "x", "1.", "1.x", "1234567890123", "1.1234567890", "2026-13-01", "2026-01-01T25:00:00Z", "2026-01-01 00:00"}
	addresses := []string{"", "x", "1.2.3", "1.2.3.4:80", "1.2.3.4/8", "::ffff:1.2.3.4.5"}
	for _, tc := range []struct {
		op    cond.Operator
		value string
		junk  []string
		want  bool
	}{
		{cond.NumericEquals, "1", numbers, false},
		{cond.NumericLessThan, "1", numbers, false},
		{cond.NumericNotEquals, "1", numbers, true},
		{cond.DateEquals, "1", dates, false},
		{cond.DateGreaterThan, "1", dates, false},
		{cond.DateNotEquals, "1", dates, true},
		{cond.IPAddress, "0.0.0.0/0", addresses, false},
		{cond.NotIPAddress, "0.0.0.0/0", addresses, true},
		{cond.Bool, "true", []string{"", "1", "yes", "true "}, false},
		{cond.BinaryEquals, "QQ==", []string{"", "QQ", "QR==", "A"}, false},
		{cond.ARNLike, "arn:*:*:*:*:*", []string{"", "x", "arn:aws:s3", "urn:aws:s3:::b"}, false},
	} {
		test := compile(t, cond.Spec{Key: "k:k", Operator: tc.op, Values: []string{tc.value}})
		for _, junk := range tc.junk {
			if got := test.Eval(facts(map[string][]string{"k:k": {junk}})).Held; got != tc.want {
				t.Errorf("%s with %q: %t, want %t", tc.op, junk, got, tc.want)
			}
		}
	}
}

// TestP02Quantifiers is the table of the set operators and of several values under a plain one.
func TestP02Quantifiers(t *testing.T) {
	for _, tc := range []struct {
		name string
		have []string // nil: absent
		want map[string]bool
	}{
		{"absent", nil, map[string]bool{
			"StringEquals": false, "StringNotEquals": true, "ForAnyValue:StringEquals": false, "ForAnyValue:StringNotEquals": false,
			"ForAllValues:StringEquals": true, "ForAllValues:StringNotEquals": true, "ForAnyValue:StringEqualsIfExists": true,
		}},
		{"one inside", []string{"a"}, map[string]bool{
			"StringEquals": true, "StringNotEquals": false, "ForAnyValue:StringEquals": true, "ForAnyValue:StringNotEquals": false,
			"ForAllValues:StringEquals": true, "ForAllValues:StringNotEquals": false, "ForAnyValue:StringEqualsIfExists": true,
		}},
		{"one outside", []string{"x"}, map[string]bool{
			"StringEquals": false, "StringNotEquals": true, "ForAnyValue:StringEquals": false, "ForAnyValue:StringNotEquals": true,
			"ForAllValues:StringEquals": false, "ForAllValues:StringNotEquals": true, "ForAnyValue:StringEqualsIfExists": false,
		}},
		{"some inside", []string{"a", "x"}, map[string]bool{
			"StringEquals": true, "StringNotEquals": false, "ForAnyValue:StringEquals": true, "ForAnyValue:StringNotEquals": true,
			"ForAllValues:StringEquals": false, "ForAllValues:StringNotEquals": false, "ForAnyValue:StringEqualsIfExists": true,
		}},
		{"all inside", []string{"b", "a"}, map[string]bool{
			"StringEquals": true, "StringNotEquals": false, "ForAnyValue:StringEquals": true, "ForAnyValue:StringNotEquals": false,
			"ForAllValues:StringEquals": true, "ForAllValues:StringNotEquals": false, "ForAnyValue:StringEqualsIfExists": true,
		}},
	} {
		ctx := facts(nil)
		if tc.have != nil {
			ctx.Set("k:k", tc.have...)
		}
		for spelled, want := range tc.want {
			op, q, ifExists, ok := cond.ParseOperator(spelled)
			if !ok {
				t.Fatalf("ParseOperator(%q) failed", spelled)
			}
			test := compile(t, cond.Spec{Key: "k:k", Operator: op, Quantifier: q, IfExists: ifExists, Values: []string{"a", "b"}})
			if got := test.Eval(ctx).Held; got != want {
				t.Errorf("%s: %s: %t, want %t", tc.name, spelled, got, want)
			}
		}
	}
}

// TestCrossProducts is the table of Azure's quantifiers: each pair is compared by itself.
func TestCrossProducts(t *testing.T) {
	for _, tc := range []struct {
		have, want []string
		op         cond.Operator
		holds      [4]bool // AnyOfAny, AllOfAny, AnyOfAll, AllOfAll
	}{
		{[]string{"a"}, []string{"a"}, cond.StringEquals, [4]bool{true, true, true, true}},
		{[]string{"a", "x"}, []string{"a", "b"}, cond.StringEquals, [4]bool{true, false, false, false}},
		{[]string{"a", "b"}, []string{"a", "b"}, cond.StringEquals, [4]bool{true, true, false, false}},
		{[]string{"ab", "x"}, []string{"a", "ab"}, cond.StringStartsWith, [4]bool{true, false, true, false}},
		{[]string{"a", "b"}, []string{"a", "b"}, cond.StringNotEquals, [4]bool{true, true, false, false}},
		{[]string{"x", "y"}, []string{"a", "b"}, cond.StringNotEquals, [4]bool{true, true, true, true}},
		{[]string{"a"}, []string{"a"}, cond.StringNotEquals, [4]bool{}},
	} {
		for i, q := range []cond.Quantifier{cond.AnyOfAny, cond.AllOfAny, cond.AnyOfAll, cond.AllOfAll} {
			test := compile(t, cond.Spec{Key: "k", Operator: tc.op, Quantifier: q, Values: tc.want, MustExist: true})
			if got := test.Eval(facts(map[string][]string{"k": tc.have})).Held; got != tc.holds[i] {
				t.Errorf("%v %s:%s %v: %t, want %t", tc.have, q, tc.op, tc.want, got, tc.holds[i])
			}
		}
	}
}

// TestKeysOnTheRight compares one key with another, as Azure does.
func TestKeysOnTheRight(t *testing.T) {
	equal := compile(t, cond.Spec{Key: "request:tag", Operator: cond.StringEquals, Values: []string{"Principal:Tag"}, Syntax: cond.Keys, MustExist: true})
	number := compile(t, cond.Spec{Key: "request:tag", Operator: cond.NumericNotEquals, Values: []string{"principal:tag"}, Syntax: cond.Keys, MustExist: true})
	for _, tc := range []struct {
		left, right []string
		equal, num  bool
	}{
		{[]string{"*"}, []string{"*"}, true, false},
		{[]string{"abc"}, []string{"*"}, false, false},
		{[]string{"1"}, []string{"1", "2"}, true, false},
		{[]string{"1"}, []string{"3"}, false, true},
		{[]string{"1"}, nil, false, false},
	} {
		ctx := facts(map[string][]string{"request:tag": tc.left, "principal:tag": tc.right})
		if got := equal.Eval(ctx).Held; got != tc.equal {
			t.Errorf("%v equals %v: %t, want %t", tc.left, tc.right, got, tc.equal)
		}
		if got := number.Eval(ctx).Held; got != tc.num {
			t.Errorf("%v is another number than %v: %t, want %t", tc.left, tc.right, got, tc.num)
		}
	}
}

// TestF07KeysOnTheRightArePlain: a star in the value of another key is a star, under the operators that take patterns too.
func TestF07KeysOnTheRightArePlain(t *testing.T) {
	for _, op := range []cond.Operator{cond.StringLike, cond.StringLikeIgnoreCase, cond.SubjectLike} {
		like := compile(t, cond.Spec{Key: "request:tag", Operator: op, Values: []string{"principal:tag"}, Syntax: cond.Keys, MustExist: true})
		for have, want := range map[string]bool{"*": true, "a*?": false, "abc": false} {
			ctx := facts(map[string][]string{"request:tag": {have}, "principal:tag": {"*"}})
			if got := like.Eval(ctx).Held; got != want {
				t.Errorf("%s: %q like the value \"*\" of another key: %t, want %t", op, have, got, want)
			}
		}
	}
}

// TestAddresses: IPv4, IPv6, and IPv4 written as IPv6.
func TestAddresses(t *testing.T) {
	for _, tc := range []struct {
		block, addr string
		want        bool
	}{
		{"192.0.2.7", "192.0.2.7", true},
		{"192.0.2.7", "192.0.2.8", false},
		{"192.0.2.0/24", "::ffff:192.0.2.9", true},
		{"::ffff:192.0.2.0/120", "192.0.2.9", true},
		{"::ffff:192.0.2.0/120", "192.0.3.9", false},
		{"::ffff:192.0.2.0/64", "192.0.2.9", false},
		{"::/0", "192.0.2.9", false},
		{"0.0.0.0/0", "2001:db8::1", false},
		{"2001:db8::/32", "2001:db8:ffff::1", true},
		{"2001:db8::1/128", "2001:0db8:0::1", true},
		{"fe80::/10", "fe80::1%eth0", true},
	} {
		test := compile(t, cond.Spec{Key: "aws:SourceIp", Operator: cond.IPAddress, Values: []string{tc.block}})
		if got := test.Eval(facts(map[string][]string{"aws:sourceip": {tc.addr}})).Held; got != tc.want {
			t.Errorf("%s in %s: %t, want %t", tc.addr, tc.block, got, tc.want)
		}
	}
}

// TestNumbers compares exactly, without binary fractions.
func TestNumbers(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		op   cond.Operator
	}{
		{"10", "9", cond.NumericGreaterThan},
		{"-10", "-9", cond.NumericLessThan},
		{"-1", "1", cond.NumericLessThan},
		{"1", "-1", cond.NumericGreaterThan},
		{"-0", "0.00", cond.NumericEquals},
		{"+1", "01.0", cond.NumericEquals},
		{"0.1", "0.10", cond.NumericEquals},
		{"0.09", "0.1", cond.NumericLessThan},
		{"9007199254740993", "9007199254740992", cond.NumericGreaterThan},
	} {
		test := compile(t, cond.Spec{Key: "k:k", Operator: tc.op, Values: []string{tc.b}})
		if !test.Eval(facts(map[string][]string{"k:k": {tc.a}})).Held {
			t.Errorf("%s %s %s does not hold", tc.a, tc.op, tc.b)
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	for _, tc := range []struct {
		spec cond.Spec
		why  string
	}{
		{cond.Spec{Key: "k", Values: []string{"v"}}, "unknown condition operator"},
		{cond.Spec{Key: "k", Operator: 250, Values: []string{"v"}}, "unknown condition operator"},
		{cond.Spec{Operator: cond.StringEquals, Values: []string{"v"}}, "key is empty"},
		{cond.Spec{Key: "k", Operator: cond.StringEquals}, "has no values"},
		{cond.Spec{Key: "k", Operator: cond.Null, Values: []string{"true"}, IfExists: true}, "takes no quantifier"},
		{cond.Spec{Key: "k", Operator: cond.Null, Values: []string{"true"}, Quantifier: cond.ForAllValues}, "takes no quantifier"},
		{cond.Spec{Key: "k", Operator: cond.Null, Values: []string{"maybe"}}, "not true or false"},
		{cond.Spec{Key: "k", Operator: cond.Bool, Values: []string{"1"}}, "not true or false"},
		{cond.Spec{Key: "k", Operator: cond.NumericEquals, Values: []string{"10", "ten"}}, `value "ten"`},
		{cond.Spec{Key: "k", Operator: cond.NumericEquals, Values: []string{"${a:b}"}, Syntax: cond.Variables}, "not a number"},
		{cond.Spec{Key: "k", Operator: cond.DateEquals, Values: []string{"soon"}}, "not a date"},
		{cond.Spec{Key: "k", Operator: cond.DateEquals, Values: []string{"999999999999"}}, "not a date"},
		{cond.Spec{Key: "k", Operator: cond.BinaryEquals, Values: []string{"QQ"}}, "not base64"},
		{cond.Spec{Key: "k", Operator: cond.IPAddress, Values: []string{"2001:db8::1"}}, "not an address block"},
		{cond.Spec{Key: "k", Operator: cond.IPAddress, Values: []string{"10.0.0.0/33"}}, "not an address block"},
		{cond.Spec{Key: "k", Operator: cond.ARNLike, Values: []string{"*"}}, "not an ARN"},
		{cond.Spec{Key: "k", Operator: cond.StringLike, Values: []string{strings.Repeat("a", 9000)}}, "longer than"},
		{cond.Spec{Key: "k", Operator: cond.StringLike, Values: []string{"a\xff"}}, "not UTF-8"},
		{cond.Spec{Key: "k", Operator: cond.StringLike, Values: []string{"${a:b, '\xff'}"}, Syntax: cond.Variables}, "not UTF-8"},
		{cond.Spec{Key: "k", Operator: cond.StringLike, Values: []string{strings.Repeat("a?", 40)}}, "groups of '?'"},
		{cond.Spec{Key: "k", Operator: cond.StringEquals, Values: []string{strings.Repeat("${a:b}", 33)}, Syntax: cond.Variables}, "more than 32 variables"},
		{cond.Spec{Key: "k", Operator: cond.StringEquals, Values: []string{"${open"}, Syntax: cond.Variables}, "not closed"},
		{cond.Spec{Key: "k", Operator: cond.StringEquals, Values: []string{"${}"}, Syntax: cond.Variables}, "not a variable"},
		{cond.Spec{Key: "k", Operator: cond.StringEquals, Values: []string{"${noprefix}"}, Syntax: cond.Variables}, "not a variable"},
		{cond.Spec{Key: "k", Operator: cond.StringEquals, Values: []string{"${a:${b:c}}"}, Syntax: cond.Variables}, "not a variable"},
		{cond.Spec{Key: "k", Operator: cond.StringEquals, Values: []string{"${a:b, x}"}, Syntax: cond.Variables}, "the default"},
		{cond.Spec{Key: "k", Operator: cond.StringEquals, Values: []string{"${a:b, 'x}"}, Syntax: cond.Variables}, "the default"},
		{cond.Spec{Key: "k", Operator: cond.StringEquals, Values: []string{"${a:b, 'x'"}, Syntax: cond.Variables}, "the default"},
		{cond.Spec{Key: "k", Operator: cond.StringLike, Values: []string{`a\`}, Syntax: cond.Backslash}, "backslash"},
	} {
		if _, err := cond.Compile(tc.spec); err == nil || !strings.Contains(err.Error(), tc.why) {
			t.Errorf("%+v: error %v, want %q", tc.spec, err, tc.why)
		}
	}
}

// TestEvalDoesNotAllocate: a test that holds takes no memory, whatever its operator.
func TestEvalDoesNotAllocate(t *testing.T) {
	ctx := facts(map[string][]string{
		"a:s": {"team-x"}, "a:n": {"12"}, "a:d": {"2026-01-02T03:04:05Z"}, "a:i": {"10.0.0.1"}, "a:b": {"true"},
		"a:arn": {"arn:aws:iam::1:role/r"}, "a:tag": {"x"}, "a:list": {"p", "q"},
	})
	all := cond.And{
		compile(t, cond.Spec{Key: "a:s", Operator: cond.StringEquals, Values: []string{"team-${a:tag}"}, Syntax: cond.Variables}),
		compile(t, cond.Spec{Key: "a:s", Operator: cond.StringLike, Values: []string{"z", "t*-${a:tag}"}, Syntax: cond.Variables}),
		compile(t, cond.Spec{Key: "a:s", Operator: cond.StringNotEqualsIgnoreCase, Values: []string{"other"}}),
		compile(t, cond.Spec{Key: "a:n", Operator: cond.NumericLessThan, Values: []string{"13"}}),
		compile(t, cond.Spec{Key: "a:d", Operator: cond.DateLessThan, Values: []string{"2027-01-01"}}),
		compile(t, cond.Spec{Key: "a:i", Operator: cond.IPAddress, Values: []string{"10.0.0.0/8"}}),
		compile(t, cond.Spec{Key: "a:b", Operator: cond.Bool, Values: []string{"true"}}),
		compile(t, cond.Spec{Key: "a:arn", Operator: cond.ARNLike, Values: []string{"arn:aws:iam::*:role/?"}}),
		compile(t, cond.Spec{Key: "a:list", Operator: cond.StringEquals, Quantifier: cond.ForAllValues, Values: []string{"q", "p"}}),
		compile(t, cond.Spec{Key: "a:none", Operator: cond.Null, Values: []string{"true"}}),
	}
	if r := all.Eval(ctx); !r.Held || r.Met != len(all) {
		t.Fatalf("%+v: %s", r, r.Explain(ctx))
	}
	if n := testing.AllocsPerRun(100, func() { all.Eval(ctx) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
