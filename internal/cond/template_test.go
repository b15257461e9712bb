package cond_test

import (
	"slices"
	"testing"

	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/glob"
)

func TestTemplate(t *testing.T) {
	ctx := facts(map[string][]string{
		"aws:username": {"ana"}, "aws:principaltag/star": {"*"}, "aws:principaltag/q": {"?"}, "x:two": {"a", "b"}, "x:bad": {"\xff"},
	})
	for _, tc := range []struct {
		text     string
		syntax   cond.Syntax
		subject  string
		want     bool
		expanded string // "-": a variable has no value
	}{
		{"plain", cond.Variables, "plain", true, "plain"},
		{"home/${aws:username}/*", cond.Variables, "home/ana/x", true, "home/ana/*"},
		{"home/${aws:username}/*", cond.Variables, "room/ana/x", false, "home/ana/*"},
		{"home/${AWS:UserName}/*", cond.Variables, "home/bob/x", false, "home/ana/*"},
		{"home/${aws:username}/*", cond.Text, "home/ana/x", false, "home/${aws:username}/*"},
		{"home/${aws:username}/*", cond.Text, "home/${aws:username}/x", true, "home/${aws:username}/*"},
		{"${*}${?}${$}", cond.Variables, "*?$", true, "*?$"},
		{"${*}", cond.Variables, "x", false, "*"},
		{"$x$", cond.Variables, "$x$", true, "$x$"},
		{"${aws:PrincipalTag/star}", cond.Variables, "*", true, "*"},
		{"${aws:PrincipalTag/star}", cond.Variables, "x", false, "*"},
		{"a${aws:PrincipalTag/q}?", cond.Variables, "a?b", true, "a??"},
		{"a${aws:PrincipalTag/q}?", cond.Variables, "acb", false, "a??"},
		{"${x:none}", cond.Variables, "", false, "-"},
		{"${x:none, 'any*'}", cond.Variables, "any*", true, "any*"},
		{"${x:none,'any*' }", cond.Variables, "anyone", false, "any*"},
		{"${x:none, ''}", cond.Variables, "", true, ""},
		{"${ aws:username , 'nobody'}", cond.Variables, "ana", true, "ana"},
		{"${x:two}", cond.Variables, "a", false, "-"},
		{"${x:bad}", cond.Variables, "\xff", false, "-"},
		{`a\*b*`, cond.Backslash, "a*bc", true, "a*b*"},
		{`a\*b`, cond.Backslash, "axb", false, "a*b"},
		{`\é`, cond.Backslash, "é", true, "é"},
	} {
		tpl, err := cond.ParseTemplate(tc.text, tc.syntax, glob.Plain)
		if err != nil {
			t.Errorf("%q: %v", tc.text, err)
			continue
		}
		if got := tpl.Match(ctx, tc.subject); got != tc.want {
			t.Errorf("%q matches %q: %t, want %t", tc.text, tc.subject, got, tc.want)
		}
		expanded, ok := tpl.Expand(ctx)
		if !ok {
			expanded = "-"
		}
		if expanded != tc.expanded || tpl.Resolves(ctx) != ok || tpl.String() != tc.text {
			t.Errorf("%q expands to %q, want %q; Resolves %t", tc.text, expanded, tc.expanded, tpl.Resolves(ctx))
		}
	}
}

func TestTemplateVariables(t *testing.T) {
	tpl, err := cond.ParseTemplate("a${X:Y}b${$}${z:w, 'd'}", cond.Variables, glob.Plain)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tpl.Variables(), []string{"x:y", "z:w"}; !slices.Equal(got, want) {
		t.Errorf("variables %v, want %v", got, want)
	}
	test := compile(t, cond.Spec{Key: "k:k", Operator: cond.StringEquals, Values: []string{"${a:b}", "c"}, Syntax: cond.Variables})
	if got := test.Variables(); !slices.Equal(got, []string{"a:b"}) {
		t.Errorf("variables of the test: %v", got)
	}
}

// TestF07ClaimsStayLiteral: claims with characters that mean something in patterns are plain text when a variable puts
// them in.
func TestF07ClaimsStayLiteral(t *testing.T) {
	for _, claim := range []string{"*", "a*", "?", "+", "a/b", ",", "${aws:username}", "${*}", "{}", "$", "\\", ":"} {
		ctx := facts(map[string][]string{"iss.example:sub": {claim}, "aws:username": {"ana"}})
		for _, op := range []cond.Operator{cond.StringEquals, cond.StringLike, cond.StringEqualsIgnoreCase, cond.StringStartsWith, cond.StringStartsWithIgnoreCase} {
			test := compile(t, cond.Spec{Key: "s3:prefix", Operator: op, Values: []string{"home/${iss.example:sub}/x"}, Syntax: cond.Variables})
			ctx.Set("s3:prefix", "home/"+claim+"/x")
			if !test.Eval(ctx).Held {
				t.Errorf("%s: the claim %q does not match itself", op, claim)
			}
			ctx.Set("s3:prefix", "home/other/x")
			if test.Eval(ctx).Held {
				t.Errorf("%s: the claim %q matches other text", op, claim)
			}
			ctx.Set("s3:prefix", "home/ana/x")
			if test.Eval(ctx).Held {
				t.Errorf("%s: the claim %q was expanded a second time", op, claim)
			}
		}
		arn := compile(t, cond.Spec{Key: "x:arn", Operator: cond.ARNLike, Values: []string{"arn:aws:s3:::b/${iss.example:sub}/*"}, Syntax: cond.Variables})
		ctx.Set("x:arn", "arn:aws:s3:::b/"+claim+"/k")
		if !arn.Eval(ctx).Held {
			t.Errorf("ArnLike: the claim %q does not match itself", claim)
		}
		ctx.Set("x:arn", "arn:aws:s3:::b/other/k")
		if arn.Eval(ctx).Held {
			t.Errorf("ArnLike: the claim %q matches other text", claim)
		}
	}
}

// TestVariableWithoutValue: no match in a positive test, a match in a negated one.
func TestVariableWithoutValue(t *testing.T) {
	ctx := facts(map[string][]string{"k:k": {"x"}})
	for op, want := range map[cond.Operator]bool{
		cond.StringEquals: false, cond.StringNotEquals: true, cond.StringLike: false, cond.StringNotLike: true,
		cond.StringEqualsIgnoreCase: false, cond.StringNotEqualsIgnoreCase: true, cond.ARNLike: false, cond.ARNNotLike: true,
		cond.StringStartsWith: false, cond.StringStartsWithIgnoreCase: false,
	} {
		test := compile(t, cond.Spec{Key: "k:k", Operator: op, Values: []string{"${x:none}"}, Syntax: cond.Variables})
		if got := test.Eval(ctx).Held; got != want {
			t.Errorf("%s: %t, want %t", op, got, want)
		}
	}
}

func FuzzParseTemplate(f *testing.F) {
	for _, s := range []string{"a*?b", "${aws:username}", "${a:b, 'c*'}", "${*}${?}${$}", "$", "${", `\*\`, "${a:b,", "${:,'\x80'}"} {
		f.Add(s, "a:b", "v*")
	}
	f.Fuzz(func(t *testing.T, text, key, value string) {
		for _, syntax := range []cond.Syntax{cond.Text, cond.Variables, cond.Backslash} {
			tpl, err := cond.ParseTemplate(text, syntax, glob.Plain)
			if err != nil {
				continue
			}
			ctx := facts(map[string][]string{key: {value}})
			whole, ok := tpl.Expand(ctx)
			if ok != tpl.Resolves(ctx) {
				t.Fatalf("%q: Expand %t, Resolves %t", text, ok, tpl.Resolves(ctx))
			}
			if ok && !tpl.Match(ctx, whole) {
				t.Errorf("%q does not match its own expansion %q", text, whole)
			}
			if !ok && tpl.Match(ctx, whole) {
				t.Errorf("%q matches although a variable has no value", text)
			}
		}
	})
}
