package claims

import (
	"fmt"
	"strings"
	"testing"
)

// TestF02WildcardNearMisses: what a wildcard subject was not written for does not match it.
func TestF02WildcardNearMisses(t *testing.T) {
	near := map[string][]string{
		"repo:acme/app:ref:refs/heads/*": {
			"repo:acme/app:ref:refs/heads/a/b", "repo:acme/app:ref:refs/tags/v1", "repo:acme/app:ref:refs/heads",
			"repo:acme/app:pull_request", "repo:acme/app:environment:prod", "repo:acme/app2:ref:refs/heads/main",
			"repo:acme/app:ref:refs/heads/main:environment:prod", "repo:acme/app:ref:refs/heads/x@y",
			"xrepo:acme/app:ref:refs/heads/main", "Repo:acme/app:ref:refs/heads/main",
			"repo:acme/App:ref:refs/heads/main", " repo:acme/app:ref:refs/heads/main",
		},
		"repo:acme*": {
			"repo:acme/app:ref:refs/heads/main", "repo:acme-evil/app:ref:refs/heads/main", "repo:acme-evil/app",
			"repo:acme:x", "repo:acme@x", "repo:acm", "repo:evil/acme", "repo:",
		},
		"repo:acme/*:ref:refs/heads/main": {
			"repo:acme-evil/app:ref:refs/heads/main", "repo:evil/acme/app:ref:refs/heads/main",
			"repo:acme/a/b:ref:refs/heads/main", "repo:acme/a:environment:x:ref:refs/heads/main",
			"repo:acme/a@b:ref:refs/heads/main", "repo:acme/app:ref:refs/heads/main2",
			"repo:acme/app:ref:refs/heads/main/x", "repo:acme/app:ref:refs/heads/mai", "repo:acme:ref:refs/heads/main",
		},
		"system:serviceaccount:team-*:deployer": {
			"system:serviceaccount:team-a:deployer2", "system:serviceaccount:team-a:x:deployer",
			"system:serviceaccount:team:deployer", "system:serviceaccount:xteam-a:deployer",
			"system:serviceaccount:team-a/b:deployer", "system:serviceaccount:team-a:Deployer",
		},
		"project_path:acme/*:ref_type:branch:ref:release-?": {
			"project_path:acme/app:ref_type:tag:ref:release-1", "project_path:acme/app:ref_type:branch:ref:release-10",
			"project_path:acme/app:ref_type:branch:ref:release-", "project_path:acme/app:ref_type:branch:ref:release-/",
			"project_path:acme/sub/app:ref_type:branch:ref:release-1", "project_path:acme:ref_type:branch:ref:release-1",
			"project_path:acme/app:ref_type:branch:ref:xrelease-1",
		},
		"*@acme.example": {"a@b@acme.example", "a/b@acme.example", "a@acme.example.evil", "a@xacme.example"},
	}
	count := 0
	for text, values := range near {
		p, err := Wildcard(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if count++; p.Matches(v) {
				t.Errorf("%s matches %s", text, v)
			}
			if p.Explain(v) == "" {
				t.Errorf("%s on %s: no explanation", text, v)
			}
		}
	}
	if count < 40 {
		t.Errorf("only %d near misses", count)
	}
}

func TestWildcardMatches(t *testing.T) {
	for text, values := range map[string][]string{
		"repo:acme/app:ref:refs/heads/*":  {"repo:acme/app:ref:refs/heads/main", "repo:acme/app:ref:refs/heads/"},
		"repo:acme*":                      {"repo:acme", "repo:acme-evil"}, // within one name; Lint warns of it
		"repo:acme/*:ref:refs/heads/main": {"repo:acme/app:ref:refs/heads/main"},
		"a?c":                             {"abc", "aéc", "a?c", "a*c"},
		"*":                               {"", "anything", "*"},
		"*:*":                             {":", "a:b"},
	} {
		p, err := Wildcard(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if !p.Matches(v) {
				t.Errorf("%s does not match %s: %s", text, v, p.Explain(v))
			}
		}
		if p.String() != text {
			t.Errorf("%s prints as %s", text, p)
		}
	}
}

func TestExact(t *testing.T) {
	p, err := Exact("repo:acme/*")
	if err != nil {
		t.Fatal(err)
	}
	if !p.Matches("repo:acme/*") || p.Matches("repo:acme/app") || p.Matches("") {
		t.Error("an exact pattern compares bytes")
	}
	if (Pattern{}).Matches("") || (Pattern{}).Matches("x") {
		t.Error("the zero pattern matched")
	}
}

func TestPatternRefuses(t *testing.T) {
	for what, text := range map[string]string{
		"empty": "", "control": "a\nb", "delete": "a\x7f", "not UTF-8": "a\xff", "long": strings.Repeat("a", MaxExpression+1),
		"too many groups": strings.Repeat("?a", 65),
	} {
		if _, err := Wildcard(text); err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
	if _, err := Exact(strings.Repeat("?a", 65)); err != nil {
		t.Errorf("exact text has no groups: %v", err)
	}
}

// TestF21NearMissWords: a refusal says how near it came.
func TestF21NearMissWords(t *testing.T) {
	long := "repo:acme/app:" + strings.Repeat("é", 600)
	for _, tc := range []struct {
		kind        kind
		text, value string
		want        string
	}{
		{exact, "repo:acme/app", "Repo:acme/app", "differs only in case"},
		{wildcard, "repo:acme/*", "repo:Acme/app", "differs only in case"},
		{flexible, "REPO:*", "repo:a", "differs only in case"},
		{exact, "a", " a", "differs only in spaces around it"},
		{exact, "https://a/", "https://a", "differs only by a missing slash at the end"},
		{exact, "https://a", "https://a/", "differs only by a slash at the end"},
		{wildcard, "repo:acme*", "repo:acme/app", "a wildcard would have to cross one of /:@"},
		{wildcard, "repo:acme/*:x", "repo:acme/app:y", "begins as wanted, but does not match from the first wildcard on"},
		{exact, "repo:acme/app", "repo:acme/app2", "goes on after the wanted text, from position 14"},
		{exact, "repo:acme/app", long, "goes on after the wanted text, from position 14"},
		{exact, "repo:acme/app", "repo:acme", "ends too early, after position 9"},
		{exact, "repo:acme/app", "repo:evil/app", "differs from position 6 on"},
		{flexible, "repo:acme/*", "repo:evil/app", "differs from position 6 on"},
		{exact, "é", "è", "differs from position 1 on"},
		{exact, "aé", "a\xc3", "differs from position 2 on"},
		{exact, "a", "", "ends too early, after position 0"},
		{exact, strings.Repeat("\u0130", MaxExpression/2), "x", "differs from position 1 on"}, // longer in lower case
	} {
		p, err := compile(tc.kind, tc.text)
		if err != nil {
			t.Fatal(err)
		}
		if p.Matches(tc.value) {
			t.Errorf("%q matches %q", tc.text, tc.value)
		}
		if got := p.Explain(tc.value); got != tc.want {
			t.Errorf("%.40q on %.40q: %s, want %s", tc.text, tc.value, got, tc.want)
		}
	}
}

func TestLint(t *testing.T) {
	for _, tc := range []struct {
		kind kind
		text string
		want []string
	}{
		{exact, "repo:acme/app", nil},
		{exact, "repo:acme/*", []string{"11 is compared as it stands: this '*' is no wildcard"}},
		{wildcard, "repo:acme/*:ref:x", nil},
		{wildcard, "repo:acme-*", nil},
		{wildcard, "repo:acme*", []string{`10 this '*' continues a word: "repo:acme-evil" matches as well`}},
		{flexible, "*", []string{"1 matches every value"}},
		{flexible, "repo:acm?", nil},
		{flexible, "repo:acme/*:e?v:*", []string{
			`11 this '*' also crosses /:@: "repo:acme/evil/x:y@z:exv:" matches as well`,
			`17 this '*' also crosses /:@: "repo:acme/:exv:evil/x:y@z" matches as well`,
		}},
		{flexible, "Z9*", []string{
			`3 this '*' continues a word: "Z9-evil" matches as well`,
			`3 this '*' also crosses /:@: "Z9evil/x:y@z" matches as well`,
		}},
	} {
		p, err := compile(tc.kind, tc.text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range p.Lint() {
			got = append(got, fmt.Sprint(w.Position, " ", w.Text))
			if _, example, ok := strings.Cut(w.Text, ": \""); ok {
				if example, _, _ = strings.Cut(example, `"`); !p.Matches(example) {
					t.Errorf("%s does not match its own example %s", tc.text, example)
				}
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(tc.want) {
			t.Errorf("%s:\n got %q\nwant %q", tc.text, got, tc.want)
		}
	}
}
