package screen

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Printable writes control characters as \u escapes, in text as in JSON: names, error texts and what strangers sent to a
// door are printed on the operator's terminal, and must not give it orders.
func Printable(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			b.WriteString(`\ufffd`)
		case r < 0x20 && r != '\n' && r != '\t', r >= 0x7f && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// Note writes one line in the command's name: what is worth knowing and no failure.
func Note(w io.Writer, format string, args ...any) {
	_, _ = io.WriteString(w, Printable("lanyard: "+fmt.Sprintf(format, args...)+"\n")) // nobody is left to tell
}
