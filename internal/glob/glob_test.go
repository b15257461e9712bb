package glob

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMatch(t *testing.T) {
	for _, tc := range []struct {
		mode          Mode
		pattern, text string
		want          bool
	}{
		{Plain, "", "", true},
		{Plain, "", "a", false},
		{Plain, "*", "", true},
		{Plain, "**", "anything / at : all", true},
		{Plain, "?", "", false},
		{Plain, "?", "é", true},
		{Plain, "??", "é", false},
		{Plain, "a?c", "a世c", true},
		{Plain, "a*c", "abcabc", true},
		{Plain, "a*c", "abcabd", false},
		{Plain, "*ab", "aab", true},
		{Plain, "ab*ba", "aba", false},
		{Plain, "ab*ba", "abba", true},
		{Plain, "*a?b*", "xxaabxx", true},
		{Plain, "*a?b*", "xxaacab", false},
		{Plain, "*?a*", "a", false},
		{Plain, "*?a*", "ba", true},
		{Plain, "*??*", "x", false},
		{Plain, "*??*", "xy", true},
		{Plain, "*?", "x", true},
		{Plain, "*?", "", false},
		{Plain, "*a??", "aé", false},
		{Plain, "a??", "aé", false},
		{Plain, "A*", "abc", false},
		{Plain, "*b*d*", "abcde", true},
		{Plain, "*d*b*", "abcde", false},
		{Plain, "repo:acme/*", "repo:acme/x:ref:y", true},
		{Fold, "S3:Get*", "s3:getobject", true},
		{Fold, "s3:get*", "S3:GetObject", true},
		{Fold, "s3:É", "s3:é", false},
		{ARN, "arn:aws:s3:::b/*", "arn:aws:s3:::b/k:with/colon", true},
		{ARN, "arn:aws:s3:*:1:finance/*", "arn:aws:s3:x:1:finance/a", true},
		{ARN, "arn:aws:s3:*:1:finance/*", "arn:aws:s3:x:y:1:finance/a", false},
		{ARN, "arn:aws:s3:*", "arn:aws:s3:x:1:r", false},
		{ARN, "arn:aws:?:::r", "arn:aws::::r", false},
		{ARN, "arn:aws:logs:r:1:*", "arn:aws:logs:r:1:log-group:g:s", true},
		{ARN, "*", "arn:aws:s3:::b", false},
		{ARN, "arn:*:*:*:*:*", "arn:aws:s3:::", true},
		{ARN, "arn:aws:s3:::b", "arn:aws:s3:::", false},
		{Subject, "repo:acme/*", "repo:acme/app", true},
		{Subject, "repo:acme/*", "repo:acme/app:x", false},
		{Subject, "repo:acme/*", "repo:acme/app/x", false},
		{Subject, "repo:acme*", "repo:acme@x", false},
		{Subject, "repo:acme?app", "repo:acme/app", false},
		{Subject, "repo:acme/app", "repo:acme:app", false},
		{Subject, "*:acme/app", "repo:acme:app", false},
		{Subject, "repo:*", "repo:", true},
		{Subject, "repo:*/", "repo:x/", true},
		{Subject, "repo:*/*", "repo:x", false},
	} {
		p := compile(t, tc.pattern, tc.mode)
		if got := p.Match(tc.text); got != tc.want {
			t.Errorf("mode %d: %q matches %q: %t, want %t", tc.mode, tc.pattern, tc.text, got, tc.want)
		}
	}
}

func compile(t testing.TB, pattern string, mode Mode) Pattern {
	t.Helper()
	p, err := Compile(pattern, mode)
	if err != nil {
		t.Fatalf("Compile(%q): %v", pattern, err)
	}
	return p
}

func TestCompileRefuses(t *testing.T) {
	for name, pattern := range map[string]string{
		"too long":        strings.Repeat("a", MaxPattern+1),
		"not UTF-8":       "a*\xff?\xfe",
		"too many groups": strings.Repeat("a?", MaxGroups+1),
	} {
		if _, err := Compile(pattern, Plain); err == nil {
			t.Errorf("%s: compiled", name)
		}
	}
	if _, err := Compile(strings.Repeat("?", MaxPattern), Plain); err != nil {
		t.Errorf("one long group of question marks: %v", err)
	}
}

func TestPattern(t *testing.T) {
	for _, tc := range []struct {
		text    string
		mode    Mode
		literal string
		fixed   bool
		any     bool
	}{
		{"", Plain, "", true, false},
		{"abc", Plain, "abc", true, false},
		{"AbC", Fold, "abc", true, false},
		{"a*", Plain, "", false, false},
		{"*", Plain, "", false, true},
		{"***", Fold, "", false, true},
		{"*", ARN, "", false, false},
		{"*", Subject, "", false, false},
		{"a:b", Subject, "", false, false},
		{"?", Plain, "", false, false},
	} {
		p := compile(t, tc.text, tc.mode)
		literal, fixed := p.Literal()
		if literal != tc.literal || fixed != tc.fixed || p.Any() != tc.any || p.String() != tc.text {
			t.Errorf("%q in mode %d: literal %q %t, any %t, String %q", tc.text, tc.mode, literal, fixed, p.Any(), p.String())
		}
	}
	if zero := (Pattern{}); !zero.Match("") || zero.Match("x") {
		t.Error("the zero pattern must match the empty text only")
	}
}

// TestF07LiteralStaysLiteral: text put in for a variable is never a wildcard.
func TestF07LiteralStaysLiteral(t *testing.T) {
	for _, value := range []string{"*", "?", "${x}", "a*b", "\\*", "/", ":"} {
		b := In(Plain)
		b.Literal("pre/")
		b.Literal(value)
		b.Literal("/")
		b.Any()
		if !b.Match("pre/" + value + "/rest") {
			t.Errorf("%q does not match itself", value)
		}
		if b.Match("pre/other/rest") || b.Match("pre/aXb/rest") {
			t.Errorf("%q acts as a wildcard", value)
		}
	}
	b := In(Plain)
	b.Literal("\xff")
	if b.Err() == nil || b.Match("\xff") {
		t.Error("text that is not UTF-8 must match nothing")
	}
}

func TestBuilderPattern(t *testing.T) {
	b := In(Subject)
	b.Literal("a:")
	b.One()
	b.One()
	b.Any()
	p, err := b.Pattern("shown")
	if err != nil || p.String() != "shown" || !p.Match("a:xyz") || p.Match("a:x") {
		t.Errorf("pattern %v, error %v", p, err)
	}
}

func TestBuilderGrows(t *testing.T) {
	b := In(Plain)
	var text strings.Builder
	for range 3 * inline {
		b.Literal("x")
		b.Any()
		b.Any()
		b.Literal("y")
		text.WriteString("x..y")
	}
	if !b.Match(text.String()) || b.Match(text.String()+"z") {
		t.Error("a long pattern lost pieces")
	}
}

func TestLower(t *testing.T) {
	for in, want := range map[string]string{"": "", "abc": "abc", "aBC-É": "abc-É", "Z": "z"} {
		if got := Lower(in); got != want {
			t.Errorf("Lower(%q) = %q, want %q", in, got, want)
		}
	}
}

// hostile are the pairs of 2 KiB that make careless matchers slow (threat P17).
func hostile() map[string][2]string {
	const n = 2048
	text := strings.Repeat("a", n)
	return map[string][2]string{
		"stars":       {strings.Repeat("*a", n/2) + "b", text},
		"stars fit":   {strings.Repeat("*a", n/2), text},
		"long needle": {"*" + strings.Repeat("a", n/2) + "b*", text},
		"groups":      {"*" + strings.Repeat("a?", MaxGroups-1) + "b*", text},
		"wide groups": {"*" + strings.Repeat(strings.Repeat("a", 15)+"?", MaxGroups-1) + "b*", text},
		"marks":       {"*" + strings.Repeat("?", n/2) + "b*", text},
	}
}

// TestP17HostilePatterns: the answers are right and come at once; an exponential matcher would never end here.
func TestP17HostilePatterns(t *testing.T) {
	for name, c := range hostile() {
		p := compile(t, c[0], Plain)
		if got, want := p.Match(c[1]), name == "stars fit"; got != want {
			t.Errorf("%s: %t, want %t", name, got, want)
		}
	}
}

func BenchmarkP17(b *testing.B) {
	for name, c := range hostile() {
		p := compile(b, c[0], Plain)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Match(c[1])
			}
		})
	}
}

func TestMatchDoesNotAllocate(t *testing.T) {
	for _, mode := range []Mode{Plain, Fold, ARN, Subject} {
		p := compile(t, "arn:aws:s3:::bucket/*/x?z", mode)
		if n := testing.AllocsPerRun(100, func() { p.Match("arn:aws:s3:::bucket/some/xyz") }); n != 0 {
			t.Errorf("mode %d: %v allocations a match", mode, n)
		}
	}
	if n := testing.AllocsPerRun(100, func() {
		b := In(ARN)
		b.Text("arn:aws:s3:::")
		b.Any()
		b.Match("arn:aws:s3:::x")
	}); n != 0 {
		t.Errorf("%v allocations to build and match", n)
	}
}

// slow is the obvious matcher: characters against characters, every star tried at every length.
func slow(mode Mode, pattern, text []string, walls int) bool {
	isWall := func(c string) bool { return len(c) == 1 && mode.wall(c[0], walls) }
	if len(pattern) == 0 {
		return len(text) == 0
	}
	switch p := pattern[0]; {
	case p == "*" && slow(mode, pattern[1:], text, walls):
		return true
	case len(text) == 0:
		return false
	case p == "*":
		return !isWall(text[0]) && slow(mode, pattern, text[1:], walls)
	case p == "?":
		return !isWall(text[0]) && slow(mode, pattern[1:], text[1:], walls)
	case p != text[0] && (mode != Fold || Lower(p) != Lower(text[0])):
		return false
	case isWall(p):
		return slow(mode, pattern[1:], text[1:], walls+1)
	}
	return slow(mode, pattern[1:], text[1:], walls)
}

// chars cuts text into characters; a byte that is not UTF-8 is one.
func chars(s string) (list []string) {
	for s != "" {
		_, w := utf8.DecodeRuneInString(s)
		list, s = append(list, s[:w]), s[w:]
	}
	return list
}

func FuzzMatch(f *testing.F) {
	for _, s := range [][2]string{{"*a?b*", "xxacb"}, {"arn:aws:*:::x*", "arn:aws:s3:::xy:z"}, {"é?*", "éa"}, {"**?*a", "bba"}, {"a*", "a\xff"}, {"*é?é", "é\xc3é"}} {
		f.Add(uint8(0), s[0], s[1])
		f.Add(uint8(2), s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, m uint8, pattern, text string) {
		mode := Mode(m % 4)
		if strings.Count(pattern, "*") > 5 || len(text) > 40 {
			return
		}
		p, err := Compile(pattern, mode)
		if err != nil {
			return
		}
		if got, want := p.Match(text), slow(mode, chars(pattern), chars(text), 0); got != want {
			t.Errorf("mode %d: %q matches %q: %t, want %t", mode, pattern, text, got, want)
		}
	})
}
