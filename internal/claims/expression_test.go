package claims

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// token is a set of claims for the tests.
type token map[string][]string

func (t token) lookup(claim string) ([]string, bool) {
	values, ok := t[claim]
	return values, ok
}

func mustCompile(t testing.TB, text string) *Expression {
	t.Helper()
	e, err := Compile(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return e
}

func TestCompilePrintsPlainForm(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"claims['sub'] eq 'a'", ""},
		{"claims['sub'] eq a", "claims['sub'] eq 'a'"},
		{"claims['sub'] matches system:serviceaccount:ns:*", "claims['sub'] matches 'system:serviceaccount:ns:*'"},
		{
			"claims['sub'] matches a* and claims['job_workflow_ref'] matches 'foo and bar'",
			"claims['sub'] matches 'a*' and claims['job_workflow_ref'] matches 'foo and bar'",
		},
		{"claims['https://aws.amazon.com/tags'] eq 'it''s'", ""},
		{"claims['a]b'] eq ''''", ""},
		{"claims['sub'] eq ' a '", ""},
	} {
		want := tc.want
		if want == "" {
			want = tc.text
		}
		e := mustCompile(t, tc.text)
		if e.String() != want {
			t.Errorf("%s prints as %s", tc.text, e)
		}
		if again := mustCompile(t, e.String()); again.String() != want {
			t.Errorf("%s does not stay itself: %s", want, again)
		}
	}
	got := mustCompile(t, "claims['a'] eq b and claims['c'] eq d and claims['a'] eq e").Claims()
	if diff := cmp.Diff([]string{"a", "c", "a"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestCompileRefuses(t *testing.T) {
	one := "claims['a'] eq b"
	for _, tc := range []struct {
		text     string
		position int
		reason   string
	}{
		{"", 1, "want claims['NAME']"},
		{" " + one, 1, "want claims['NAME']"},
		{"Claims['a'] eq b", 1, "want claims['NAME']"},
		{"claims[\u2018a\u2019] eq b", 1, "want claims['NAME']"},
		{"claims['a", 9, "no closing quote"},
		{"claims[''] eq b", 9, "1 to 256 bytes"},
		{"claims['" + strings.Repeat("a", 257) + "'] eq b", 9, "1 to 256 bytes"},
		{"claims['a\tb'] eq b", 9, "control character"},
		{"claims['a' eq b", 10, "want '] after"},
		{"claims['a']  eq b", 12, `want " eq " or " matches "`},
		{"claims['a'] EQ b", 12, `want " eq " or " matches "`},
		{"claims['a'] ne b", 12, `want " eq " or " matches "`},
		{"claims['a'] eq", 12, `want " eq " or " matches "`},
		{"claims['a'] eq  b", 16, "want a comparand"},
		{"claims['a'] eq ", 16, "want a comparand"},
		{"claims['a'] eq it's", 16, "must stand in quotes"},
		{"claims['a'] eq 'b", 16, "no closing quote"},
		{"claims['a'] eq 'b''", 16, "no closing quote"},
		{"claims['a'] eq ''", 16, "empty text"},
		{"claims['a'] eq 'b\nc'", 16, "control character"},
		{"claims['a'] matches '" + strings.Repeat("?a", 65) + "'", 21, "groups"},
		{one + " ", 17, `want " and " or the end`},
		{one + " or " + one, 17, `want " and " or the end`},
		{one + " AND " + one, 17, `want " and " or the end`},
		{one + " and ", 22, "want claims['NAME']"},
		{one + "\xff", 1, "not UTF-8"},
		{one + strings.Repeat("b", MaxExpression), 1, "longer than 4096 bytes"},
		{strings.Repeat(one+" and ", MaxClauses) + one, 64*21 - 4, "more than 64 comparisons"},
	} {
		_, err := Compile(tc.text)
		e, ok := errors.AsType[*SyntaxError](err)
		if !ok || e.Position != tc.position || !strings.Contains(err.Error(), tc.reason) {
			t.Errorf("%.60q: %v, want %d: %s", tc.text, err, tc.position, tc.reason)
		}
	}
	if _, err := Compile(strings.Repeat(one+" and ", MaxClauses-1) + one); err != nil {
		t.Errorf("%d comparisons: %v", MaxClauses, err)
	}
}

func TestMatch(t *testing.T) {
	github := token{
		"sub": {"repo:acme/app:ref:refs/heads/main"}, "repository": {"acme/app"}, "groups": {"a", "b"}, "none": {},
		"job_workflow_ref": {"acme/flows/.github/workflows/deploy.yml@refs/heads/main"},
	}
	for text, want := range map[string]bool{
		"claims['sub'] eq 'repo:acme/app:ref:refs/heads/main'":                                               true,
		"claims['sub'] eq 'repo:acme/app:ref:refs/heads/*'":                                                  false,
		"claims['sub'] matches 'repo:acme/app:ref:refs/heads/*'":                                             true,
		"claims['sub'] matches 'repo:acme/*'":                                                                true, // crosses, as at Entra
		"claims['sub'] matches 'acme/app'":                                                                   false,
		"claims['sub'] matches 'repo:acme/app:ref:refs/heads/mai?'":                                          true,
		"claims['sub'] matches 'repo:acme/app:ref:refs/heads/main?'":                                         false,
		"claims['sub'] matches repo:acme/* and claims['job_workflow_ref'] matches acme/flows/*@refs/heads/*": true,
		"claims['sub'] matches repo:acme/* and claims['job_workflow_ref'] matches evil/*":                    false,
		"claims['groups'] eq 'b'":                                                                            true,
		"claims['groups'] eq 'c'":                                                                            false,
		"claims['none'] matches '*'":                                                                         false,
		"claims['absent'] matches '*'":                                                                       false,
	} {
		trace := mustCompile(t, text).Match(github.lookup)
		if trace.Matched != want || trace.Matched != (len(trace.Misses) == 0) {
			t.Errorf("%s: %v", text, trace)
		}
	}
	if trace := (&Expression{}).Match(github.lookup); trace.Matched {
		t.Error("the empty expression matched")
	}
}

func TestTrace(t *testing.T) {
	e := mustCompile(t, "claims['sub'] eq 'repo:acme/app' and claims['ref'] eq 'x' and claims['env'] eq 'it''s'"+
		" and claims['groups'] matches 'ops-*' and claims['none'] eq 'x'")
	trace := e.Match(token{
		"sub": {"Repo:acme/app"}, "ref": {"x"}, "none": {},
		"groups": {"dev", "OPS-a", "ops", "qa", "x"},
	}.lookup)
	want := `claim "sub": have "Repo:acme/app", want eq 'repo:acme/app': differs only in case; ` +
		`claim "env": have nothing, want eq 'it''s': the token has no such claim, or not as text; ` +
		`claim "groups": have "dev", "OPS-a", "ops", "qa", want matches 'ops-*': differs only in case; ` +
		`claim "none": have nothing, want eq 'x': the claim is an empty list`
	if got := trace.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := (Trace{Matched: true}).String(); got != "matched" {
		t.Error(got)
	}
	if (Trace{}).Matched {
		t.Error("the zero trace is a match")
	}
}

// TestF21LongValue: a long value is shortened in what is recorded, by whole characters.
func TestF21LongValue(t *testing.T) {
	trace := mustCompile(t, "claims['sub'] eq 'a'").Match(token{"sub": {"x" + strings.Repeat("é", 600)}}.lookup)
	if want := "x" + strings.Repeat("é", 127) + "…"; trace.Misses[0].Have[0] != want {
		t.Errorf("have %q", trace.Misses[0].Have[0])
	}
}

// TestF03ForgedConcatenation: a value that spells out other claims stays one value of one claim.
func TestF03ForgedConcatenation(t *testing.T) {
	e := mustCompile(t, "claims['repository'] eq 'acme/app' and claims['environment'] eq 'prod'")
	for _, forged := range []token{
		{"sub": {"repo:acme/app:environment:prod"}, "repository": {"evil/app"}, "environment": {"x"}},
		{"repository": {"acme/app:environment:prod"}},
		{"repository": {"acme/app"}, "environment": {"prod'] eq 'prod"}},
		{"repository": {"acme/app"}, "ref": {"refs/heads/x:environment:prod"}},
		{"repository": {"acme/app' and claims['environment'] eq 'prod"}},
		{"repository,environment": {"acme/app,prod"}},
	} {
		if trace := e.Match(forged.lookup); trace.Matched {
			t.Errorf("%v matched", forged)
		}
	}
}

// TestF06WholeValue: every comparison is with the whole value, and a dot is a dot.
func TestF06WholeValue(t *testing.T) {
	for _, op := range []string{"eq", "matches"} {
		e := mustCompile(t, fmt.Sprintf("claims['sub'] %s 'a.b'", op))
		for _, value := range []string{"xa.bx", "aXb", "a.bx", "xa.b", "a.b\n", "a.b\x00", ""} {
			if e.Match(token{"sub": {value}}.lookup).Matched {
				t.Errorf("%s: %q matched", e, value)
			}
		}
		if !e.Match(token{"sub": {"a.b"}}.lookup).Matched {
			t.Errorf("%s does not match itself", e)
		}
	}
}

// TestF07ValuesAreLiteral: wildcards and templates in a token's value mean nothing.
func TestF07ValuesAreLiteral(t *testing.T) {
	for _, value := range []string{"*", "?", "repo:*", "repo:acme/*", "**", "${sub}", "a+", "+", ",", "/", "[a-z]", `\*`} {
		for _, text := range []string{"claims['sub'] eq 'repo:acme/app'", "claims['sub'] matches 'repo:acme/a??'"} {
			if mustCompile(t, text).Match(token{"sub": {value}}.lookup).Matched {
				t.Errorf("%s: %q matched", text, value)
			}
		}
	}
}

func TestExpressionLint(t *testing.T) {
	got := mustCompile(t, "claims['sub'] matches 'repo:*' and claims['ref'] eq 'x' and claims['env'] eq 'pr*'").Lint()
	want := []Warning{
		{"sub", 6, `this '*' also crosses /:@: "repo:evil/x:y@z" matches as well`},
		{"env", 3, "is compared as it stands: this '*' is no wildcard"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
