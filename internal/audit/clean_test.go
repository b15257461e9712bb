package audit

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/reason"
)

func TestPrintable(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"", ""},
		{"plain text / with ~ everything!", "plain text / with ~ everything!"},
		{"straße 東京", "straße 東京"},
		{"a\nb\r\x1b[31m", `a\u000ab\u000d\u001b[31m`},
		{"\x7f\u0085", `\u007f\u0085`},
		{"\u202eevil\u2066", `\u202eevil\u2066`},
		{"\u2028", `\u2028`},
		{"\xff\xfe", `\ufffd\ufffd`},
		{strings.Repeat("x", 600), strings.Repeat("x", 509) + cutMark},
		{strings.Repeat("ä", 300), strings.Repeat("ä", 254) + cutMark},
		{strings.Repeat("\x00", 300), strings.Repeat(`\u0000`, 84) + cutMark},
	} {
		if got := printable(tc.in, maxInput); got != tc.want {
			t.Errorf("printable(%.20q) = %q, want %q", tc.in, got, tc.want)
		}
	}
}

func TestRecordIsBounded(t *testing.T) {
	long := strings.Repeat("\x01", 1<<20)
	rec := record(1)
	rec.Door, rec.Operation, rec.Wire, rec.Resource, rec.Audience, rec.TokenID = long, long, long, long, long, long
	rec.Principal = Principal{long, long, long, long}
	rec.Input = map[string]string{}
	for n := range 1000 {
		rec.Input[fmt.Sprint(n)] = long
	}
	clauses := make([]reason.Clause, 1000)
	for i := range clauses {
		clauses[i] = reason.Clause{Kind: long, Rule: long, Text: long}
	}
	rec.Decision = &reason.Decision{Question: reason.Question{Principal: long, Action: long, Resource: long}, Hint: long, Decisive: clauses, Nearest: clauses}
	rec.clean()
	body, err := encodeBody(&rec)
	must(t, err)
	if len(body) > 128<<10 {
		t.Errorf("a line of %d bytes", len(body))
	}
	if got := rec.Input[cutMark]; got != "968 more" {
		t.Errorf("left out: %q", got)
	}
	if got := rec.Decision.Decisive[maxClauses].Text; got != "992 more" {
		t.Errorf("left out: %q", got)
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add("a\x1b[0m\u202e\xff", 16)
	f.Add(strings.Repeat("ä", 20), 9)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		if limit < len(withheld) || limit > 4096 {
			return
		}
		got := printable(s, limit)
		if len(got) > limit || !utf8.ValidString(got) {
			t.Errorf("printable(%q, %d) = %q", s, limit, got)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Errorf("printable(%q, %d) has %U", s, limit, r)
			}
		}
	})
}
