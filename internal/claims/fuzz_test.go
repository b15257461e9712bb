package claims

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzCompile: what Compile accepts prints in a form that it reads as the same, and Lint can read it.
func FuzzCompile(f *testing.F) {
	f.Add("claims['sub'] eq 'a'")
	f.Add("claims['sub'] matches repo:* and claims['x'] eq 'it''s'")
	f.Add("claims['sub'] matches ?*?")
	f.Add("claims['sub' eq")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Compile(text)
		if err != nil {
			return
		}
		again, err := Compile(e.String())
		if len(e.String()) > MaxExpression {
			return // quoting made it longer than an expression may be
		}
		if err != nil || again.String() != e.String() {
			t.Fatalf("%q prints as %q, which reads as %v, %v", text, e, again, err)
		}
		for _, w := range e.Lint() {
			if w.Position < 1 || w.Text == "" {
				t.Fatalf("%q: %+v", text, w)
			}
		}
	})
}

// FuzzMatch compares clauses and patterns with the specification.
func FuzzMatch(f *testing.F) {
	f.Add("claims['s'] matches 'repo:*/?:x'", "repo:a/b:x", "y")
	f.Add("claims['s'] eq 'a*'", "a*", "")
	f.Add("claims['s'] matches a and claims['s'] matches *", "a", "é")
	f.Fuzz(func(t *testing.T, text, one, two string) {
		e, err := Compile(text)
		if err != nil || len(text) > 60 || len(one) > 20 || len(two) > 20 {
			return // the specification is exponential
		}
		if strings.ContainsRune(text, utf8.RuneError) {
			return // the specification takes bytes that are not UTF-8 for this character
		}
		values := []string{one, two}
		want := true
		for _, c := range e.clauses {
			want = want && specHolds(c, values)
			compareWildcard(t, c.pattern.text, one)
		}
		trace := e.Match(func(string) ([]string, bool) { return values, true })
		if trace.Matched != want || trace.Matched != (len(trace.Misses) == 0) {
			t.Fatalf("%s on %q: %v, specification says %v", e, values, trace, want)
		}
		for _, m := range trace.Misses {
			if m.Why == "" || m.Claim == "" || m.Want == "" {
				t.Fatalf("%s on %q: a miss that says too little: %+v", e, values, m)
			}
		}
	})
}

func compareWildcard(t *testing.T, text, value string) {
	t.Helper()
	p, err := Wildcard(text)
	if err != nil {
		return
	}
	if got, want := p.Matches(value), specMatch([]rune(text), []rune(value), Separators); got != want {
		t.Fatalf("wildcard %q on %q: %v, specification says %v", text, value, got, want)
	}
}

// TestRandomAgainstSpecification compares 100,000 random patterns and values of few characters, which meet often.
func TestRandomAgainstSpecification(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // repeatable on purpose
	text := func(alphabet string, most int) string {
		b := make([]byte, 1+rnd.IntN(most))
		for i := range b {
			b[i] = alphabet[rnd.IntN(len(alphabet))]
		}
		return string(b)
	}
	matched := 0
	for range 100_000 {
		pattern, value := text("ab/**?", 7), text("aab/", 7)
		compareWildcard(t, pattern, value)
		c := clause{claim: "sub"}
		var err error
		if c.pattern, err = compile(flexible, pattern); err != nil {
			t.Fatal(err)
		}
		got, want := c.holds([]string{value}), specHolds(c, []string{value})
		if got != want {
			t.Fatalf("%q on %q: %v, specification says %v", pattern, value, got, want)
		}
		if got {
			matched++
		}
	}
	if matched < 5_000 {
		t.Errorf("only %d matches: the patterns are too one-sided", matched)
	}
}
