package cond_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/cond"
)

func TestExpr(t *testing.T) {
	ctx := facts(map[string][]string{"k:a": {"1"}})
	yes := compile(t, cond.Spec{Key: "k:a", Operator: cond.StringEquals, Values: []string{"1"}})
	no := compile(t, cond.Spec{Key: "k:b", Operator: cond.StringEquals, Values: []string{"2"}})
	const missing = `StringEquals k:b: the request has no such key, want "2"`
	for _, tc := range []struct {
		name string
		expr cond.Expr
		held bool
		met  int
		why  string
	}{
		{"empty and", cond.And{}, true, 0, ""},
		{"and holds", cond.And{yes, yes}, true, 2, ""},
		{"and stops", cond.And{yes, no, yes}, false, 1, missing},
		{"empty or", cond.Or{}, false, 0, "no alternative is given"},
		{"or holds", cond.Or{no, yes}, true, 1, ""},
		{"or fails", cond.Or{cond.And{yes, no}, no}, false, 1, "none of: " + missing + "; " + missing},
		{"long or", cond.Or{no, no, no, no, no}, false, 0, "none of: " + missing + "; " + missing + "; " + missing + " and 2 more"},
		{"not holds", cond.Not{no}, true, 1, ""},
		{
			"not fails",
			cond.Not{cond.And{yes, cond.Not{no}}},
			false, 0,
			`must not hold: StringEquals k:a "1" and not (StringEquals k:b "2")`,
		},
		{"not or", cond.Not{cond.Or{no, yes}}, false, 0, `must not hold: StringEquals k:b "2" or StringEquals k:a "1"`},
	} {
		r := tc.expr.Eval(ctx)
		if r.Held != tc.held || r.Met != tc.met || r.Explain(ctx) != tc.why {
			t.Errorf("%s: held %t, met %d, why %q; want %t, %d, %q", tc.name, r.Held, r.Met, r.Explain(ctx), tc.held, tc.met, tc.why)
		}
	}
}

func TestExplain(t *testing.T) {
	ctx := facts(map[string][]string{
		"sts.x:sub": {"a"}, "sts.x:aud": {"p", "q", "r", "s"}, "x:case": {"Acme"}, "x:empty": {}, "x:long": {strings.Repeat("é", 150)}, "x:tag": {"v"},
	})
	for _, tc := range []struct {
		spec cond.Spec
		want string
	}{
		{
			cond.Spec{Key: "sts.x:sub", Operator: cond.StringEquals, Values: []string{"b"}},
			`StringEquals sts.x:sub: have "a", want "b"`,
		},
		{
			cond.Spec{Key: "sts.x:sub", Operator: cond.StringEqualsIgnoreCase, Values: []string{"b"}, As: "ForAnyOfAnyValues:GuidEquals"},
			`ForAnyOfAnyValues:GuidEquals sts.x:sub: have "a", want "b"`,
		},
		{
			cond.Spec{Key: "STS.x:Sub", Operator: cond.StringLike, Values: []string{"b*", "c", "d", "e"}},
			`StringLike STS.x:Sub: have "a", want "b*", "c", "d" and 1 more`,
		},
		{
			cond.Spec{Key: "sts.x:aud", Operator: cond.StringEquals, Quantifier: cond.ForAllValues, Values: []string{"p"}},
			`ForAllValues:StringEquals sts.x:aud: have "p", "q", "r" and 1 more, want "p"`,
		},
		{
			cond.Spec{Key: "sts.x:sub", Operator: cond.StringNotEquals, Values: []string{"a"}, IfExists: true},
			`StringNotEqualsIfExists sts.x:sub: have "a", want not "a"`,
		},
		{
			cond.Spec{Key: "sts.x:sub", Operator: cond.StringNotLike, Values: []string{"a", "b"}},
			`StringNotLike sts.x:sub: have "a", want none of "a", "b"`,
		},
		{
			cond.Spec{Key: "x:empty", Operator: cond.Bool, Values: []string{"true"}},
			`Bool x:empty: the request has no such key, want "true"`,
		},
		{
			cond.Spec{Key: "x:case", Operator: cond.StringEquals, Values: []string{"acme"}},
			`StringEquals x:case: have "Acme", want "acme" (differs only in case)`,
		},
		{
			cond.Spec{Key: "sts.x:sub", Operator: cond.StringEquals, Values: []string{"repo:*"}},
			`StringEquals sts.x:sub: have "a", want "repo:*" (StringEquals takes '*' and '?' literally; StringLike takes them as wildcards)`,
		},
		{
			cond.Spec{Key: "sts.x:sub", Operator: cond.StringEquals, Values: []string{"${x:tag}"}, Syntax: cond.Variables},
			`StringEquals sts.x:sub: have "a", want "${x:tag}", which is "v"`,
		},
		{
			cond.Spec{Key: "sts.x:sub", Operator: cond.StringEquals, Values: []string{"${x:no}"}, Syntax: cond.Variables},
			`StringEquals sts.x:sub: have "a", want "${x:no}", which has a variable without a single value`,
		},
		{
			cond.Spec{Key: "sts.x:sub", Operator: cond.StringEquals, Values: []string{"X:Tag"}, Syntax: cond.Keys},
			`StringEquals sts.x:sub: have "a", want "X:Tag", which is "v"`,
		},
		{
			cond.Spec{Key: "sts.x:sub", Operator: cond.StringEquals, Values: []string{"x:no"}, Syntax: cond.Keys},
			`StringEquals sts.x:sub: have "a", want "x:no", a key that the request does not have`,
		},
		{cond.Spec{Key: "sts.x:sub", Operator: cond.Null, Values: []string{"true"}}, `Null sts.x:sub: the request has this key`},
		{cond.Spec{Key: "x:no", Operator: cond.Null, Values: []string{"false"}}, `Null x:no: the request has no such key`},
		{
			cond.Spec{Key: "x:long", Operator: cond.StringEquals, Values: []string{"\x00"}},
			`StringEquals x:long: have "` + strings.Repeat("é", 100) + `"…, want "\x00"`,
		},
		{
			cond.Spec{Key: "x:long", Operator: cond.StringEquals, Values: []string{"a" + strings.Repeat("é", 100)}},
			`StringEquals x:long: have "` + strings.Repeat("é", 100) + `"…, want "a` + strings.Repeat("é", 99) + `"…`,
		},
	} {
		test := compile(t, tc.spec)
		if diff := cmp.Diff(tc.want, test.Eval(ctx).Explain(ctx)); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", tc.spec, diff)
		}
	}
}

func TestParseOperator(t *testing.T) {
	for s, want := range map[string]cond.Spec{
		"StringEquals":                      {Operator: cond.StringEquals},
		"StringNotEqualsIgnoreCaseIfExists": {Operator: cond.StringNotEqualsIgnoreCase, IfExists: true},
		"ForAllValues:ArnNotLike":           {Operator: cond.ARNNotLike, Quantifier: cond.ForAllValues},
		"ForAnyValue:NotIpAddressIfExists":  {Operator: cond.NotIPAddress, Quantifier: cond.ForAnyValue, IfExists: true},
		"DateGreaterThanEquals":             {Operator: cond.DateGreaterThanEquals},
		"Null":                              {Operator: cond.Null},
	} {
		op, q, ifExists, ok := cond.ParseOperator(s)
		if got := (cond.Spec{Operator: op, Quantifier: q, IfExists: ifExists}); !ok || !cmp.Equal(got, want) {
			t.Errorf("%s: %+v %t", s, got, ok)
		}
	}
	for _, s := range []string{
		"", "stringequals", "StringEqual", "IfExists", "NullIfExists", "ForAnyValue:Null", "ForAllValues:",
		"ForAnyValue:ForAllValues:StringEquals", "StringStartsWith", "SubjectLike", "BoolNotEquals", "StringLikeIgnoreCase",
	} {
		if op, _, _, ok := cond.ParseOperator(s); ok {
			t.Errorf("%q was read as %s", s, op)
		}
	}
}

func TestOperatorNames(t *testing.T) {
	seen := map[string]bool{}
	for op := cond.StringEquals; op <= cond.SubjectLike; op++ {
		if op.String() == "" || seen[op.String()] {
			t.Errorf("operator %d has the name %q", op, op)
		}
		seen[op.String()] = true
		if op.Negated() != strings.Contains(op.String(), "Not") {
			t.Errorf("%s: Negated is %t", op, op.Negated())
		}
		text := strings.Contains(op.String(), "String") || strings.Contains(op.String(), "Arn") || op == cond.SubjectLike
		if op.Variables() != text {
			t.Errorf("%s: Variables is %t", op, op.Variables())
		}
	}
	if got := cond.Operator(0).String() + cond.Quantifier(99).String(); got != "" {
		t.Errorf("names of nothing: %q", got)
	}
}

func TestFacts(t *testing.T) {
	var f cond.Facts
	f.Set("B:Key", "1")
	f.Set("a:key", "2", "3")
	f.Set("b:kEY", "4")
	asked := 0
	f.SetLater("C:later", func() []string { asked++; return []string{"5"} })
	if asked != 0 {
		t.Error("worked out before it was asked for")
	}
	for key, want := range map[string][]string{"b:key": {"4"}, "a:key": {"2", "3"}, "c:later": {"5"}} {
		if got, ok := f.Lookup(key); !ok || !slices.Equal(got, want) {
			t.Errorf("%s: %v %t, want %v", key, got, ok, want)
		}
	}
	if _, ok := f.Lookup("none"); ok {
		t.Error("found what is not there")
	}
	if _, ok := (*cond.Facts)(nil).Lookup("a:key"); ok {
		t.Error("found something in nothing")
	}
	if got, want := f.Keys(), []string{"b:key", "a:key", "c:later"}; !slices.Equal(got, want) {
		t.Errorf("keys %v, want %v", got, want)
	}
}

func TestFactsUnderAPrefix(t *testing.T) {
	f := new(cond.Facts)
	f.SetUnder("Issuer.example/T/:", func(rest string) ([]string, bool) { return []string{rest}, rest != "none" })
	f.Set("issuer", "1")
	for key, want := range map[string][]string{
		"issuer.example/t/:sub": {"sub"}, "issuer.example/t/:a:b": {"a:b"}, "issuer.example/t/:": {""}, "issuer": {"1"},
	} {
		if got, ok := f.Lookup(key); !ok || !slices.Equal(got, want) {
			t.Errorf("%s: %v %t, want %v", key, got, ok, want)
		}
	}
	for _, key := range []string{"issuer.example/t/:none", "issuer.example/t/", "issuer.example/t/sub"} {
		if _, ok := f.Lookup(key); ok {
			t.Errorf("found %s", key)
		}
	}
}

func TestSpec(t *testing.T) {
	want := cond.Spec{Key: "K:K", Operator: cond.StringLike, Values: []string{"a*"}, Syntax: cond.Variables}
	if got := compile(t, want).Spec(); !cmp.Equal(got, want) {
		t.Errorf("spec %+v", got)
	}
	// Operators that take no variables read values as plain text.
	date := compile(t, cond.Spec{Key: "k", Operator: cond.DateEquals, Values: []string{"1"}, Syntax: cond.Variables})
	if date.Spec().Syntax != cond.Text {
		t.Error("a date was read with variables")
	}
}
