package claims

import (
	"strings"
	"testing"
)

// ownerNamed is a limit as presets have it: the literal part goes beyond "repo:acme/".
func ownerNamed(literal string, _ bool) bool {
	return strings.HasPrefix(literal, "repo:acme/")
}

func TestF01ATrustIsLimitedByWhatItWantsOfTheSubject(t *testing.T) {
	for _, tc := range []struct {
		name                         string
		subject, pattern, expression string
		want, wrong                  bool
	}{
		{name: "an exact subject of the owner", subject: "repo:acme/shop:ref:refs/heads/main", want: true},
		{name: "an exact subject of somebody else", subject: "repo:evil/shop:ref:refs/heads/main"},
		{name: "a pattern within the owner", pattern: "repo:acme/*:ref:refs/heads/main", want: true},
		{name: "a pattern that begins too early", pattern: "repo:acme*"},
		{name: "a pattern without a literal", pattern: "*"},
		{name: "a pattern that is none", pattern: strings.Repeat("a", MaxExpression+1), wrong: true},
		{name: "an expression on the subject", expression: "claims['sub'] matches 'repo:acme/*'", want: true},
		{name: "an expression on another claim", expression: "claims['repository'] eq 'acme/shop'"},
		{name: "one comparison of two suffices", expression: "claims['ref'] eq 'x' and claims['sub'] eq 'repo:acme/shop:x'", want: true},
		{name: "an expression on anybody's subject", expression: "claims['sub'] matches 'repo:*'"},
		{name: "an expression that is none", expression: "claims", wrong: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := Limited(tc.subject, tc.pattern, tc.expression, ownerNamed)
			if got != tc.want || (err != nil) != tc.wrong {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestLiteralSaysWhereTheFirstWildcardIs(t *testing.T) {
	for text, want := range map[string]struct {
		literal string
		whole   bool
	}{"abc": {"abc", true}, "ab*c": {"ab", false}, "?": {"", false}} {
		p, err := Wildcard(text)
		if err != nil {
			t.Fatal(err)
		}
		if literal, whole := p.Literal(); literal != want.literal || whole != want.whole {
			t.Errorf("%q: %q, %v", text, literal, whole)
		}
	}
	p, err := Exact("a*b")
	if err != nil {
		t.Fatal(err)
	}
	if literal, whole := p.Literal(); literal != "a*b" || !whole {
		t.Errorf("an exact text: %q, %v", literal, whole)
	}
}
