package shown

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"", ""},
		{"plain text / with ~ everything!", "plain text / with ~ everything!"},
		{"straße 東京", "straße 東京"},
		{"a\nb\r\x1b[31m", `a\u000ab\u000d\u001b[31m`},
		{"\x7f\u0085", `\u007f\u0085`},
		{"\u202eevil\u2066", `\u202eevil\u2066`},
		{"\u2028", `\u2028`},
		{"\xff\xfe", `\ufffd\ufffd`},
		{strings.Repeat("x", 600), strings.Repeat("x", 509) + CutMark},
		{strings.Repeat("ä", 300), strings.Repeat("ä", 254) + CutMark},
		{strings.Repeat("\x00", 300), strings.Repeat(`\u0000`, 84) + CutMark},
	} {
		if got := Text(tc.in, 512); got != tc.want {
			t.Errorf("Text(%.20q) = %q, want %q", tc.in, got, tc.want)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("a\x1b[0m\u202e\xff", 16)
	f.Add(strings.Repeat("ä", 20), 9)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		if limit < len(withheld) || limit > 4096 {
			return
		}
		got := Text(s, limit)
		if len(got) > limit || !utf8.ValidString(got) {
			t.Errorf("Text(%q, %d) = %q", s, limit, got)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Errorf("Text(%q, %d) has %U", s, limit, r)
			}
		}
	})
}
