package shown

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CutMark ends a text that was cut.
const CutMark = "…"

// withheld stands for a text that nobody is shown.
const withheld = "[looks like a token; withheld]"

// Text gives s with everything escaped that could move a terminal's cursor, hide text or reverse its direction,
// cut to limit bytes. A text that looks like a signed token is not kept at all (threat L02): the caller made a
// mistake, and the audit must not make it worse.
func Text(s string, limit int) string {
	if isToken(s) {
		return withheld
	}
	if len(s) <= limit && isPlain(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		part := string(r)
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			part = escape(r)
		}
		if b.Len()+len(part)+len(CutMark) > limit {
			return b.String() + CutMark
		}
		b.WriteString(part)
	}
	return b.String()
}

// escape spells a character that is not printed.
func escape(r rune) string {
	if r == utf8.RuneError {
		return `\ufffd`
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// isPlain tells whether s needs no escape; nearly everything does not.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return isPrintable(s)
		}
	}
	return true
}

func isPrintable(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// isToken tells whether s contains a compact JWS: every one begins with a base64url `{"` and has two dots behind.
func isToken(s string) bool {
	at := strings.Index(s, "eyJ")
	return at >= 0 && strings.Count(s[at:], ".") >= 2 && len(s)-at > 40
}
