package ahead

import (
	"fmt"
	"io"

	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// Allowed writes who would be allowed, and by which rule.
func Allowed(w io.Writer, list []opwire.Allowed) {
	if len(list) == 0 {
		_, _ = io.WriteString(w, "Nobody.\n") // into a buffer
		return
	}
	var lines [][]string
	for _, a := range list {
		lines = append(lines, []string{a.Display, a.Principal, because(a.Decision)})
	}
	screen.Rows(w, []string{"WHO", "PRINCIPAL", "BECAUSE OF"}, lines)
}

// because names the rule that decided.
func because(d reason.Decision) string {
	if len(d.Decisive) == 0 {
		return ""
	}
	text := d.Decisive[0].Kind + " " + d.Decisive[0].Rule
	if more := len(d.Decisive) - 1; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
