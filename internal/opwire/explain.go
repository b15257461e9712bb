package opwire

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// Explain puts a record into words: who asked for what, what the answer was and why, what came nearest to allowing it, and
// the command to go on with. Its text may hold what a stranger wrote, so nothing in it reaches a terminal unquoted.
func Explain(r Record) string {
	var e explanation
	e.line("request", "%s, %s, at the %s door", r.ID, r.Time.UTC().Format(time.RFC3339), clean(cmp.Or(r.Door, "unknown")))
	e.line("who", "%s", whoOf(r))
	e.line("asked for", "%s", askedOf(r))
	e.line("answer", "%s", answerOf(r))
	for _, name := range slices.Sorted(maps.Keys(r.Input)) {
		e.line("input", "%s: %s", clean(name), clean(r.Input[name]))
	}
	e.decision(r.Decision)
	if r.Repeats > 0 {
		e.line("repeats", "%d more like this one", r.Repeats)
	}
	if r.Outcome == audit.Refused || r.Outcome == audit.Failed {
		if would := wouldDo(r); would != "" && r.Decision == nil {
			e.line("would do", "%s", would)
		}
		if next := nextOf(r); next != "" {
			e.line("next", "%s", next)
		}
	}
	return e.b.String()
}

// ExplainAhead puts an answer that was asked for ahead into words. who is how the principal was named in the question: the
// answer knows it by its id alone.
func ExplainAhead(who string, d reason.Decision) string {
	var e explanation
	answer, may := "no", "may not"
	if d.Allowed() {
		answer, may = "yes", "may"
	}
	e.line("answer", "%s: %s %s do %s on %s", answer, clean(who), may, clean(d.Question.Action), clean(d.Question.Resource))
	e.decision(&d)
	return e.b.String()
}

// explanation is lines of a word and a text.
type explanation struct{ b strings.Builder }

// wordWidth is the room of the words.
const wordWidth = 11

// line adds a line; the further lines of a text stand below its first.
func (e *explanation) line(word, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	text = strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", wordWidth))
	fmt.Fprintf(&e.b, "%-*s%s\n", wordWidth, word, text)
}

// decision adds the rules that decided, or those that came nearest.
func (e *explanation) decision(d *reason.Decision) {
	if d == nil {
		return
	}
	switch {
	case d.Outcome == reason.ExplicitDeny:
		e.line("why", "a rule denies it, and a deny beats every allow")
	case !d.Allowed():
		e.line("why", "no rule allows it")
	}
	for _, c := range d.Decisive {
		e.line("decided by", "%s", clauseText(c))
	}
	for _, c := range d.Nearest {
		e.line("nearest", "%s", clauseText(c))
	}
	if d.Hint != "" && !d.Allowed() {
		e.hint(clean(d.Hint))
	}
}

// hint adds what would change the answer. Some hints only say more about it.
func (e *explanation) hint(text string) {
	need, would := strings.CutPrefix(text, "would need ")
	if would || strings.HasPrefix(text, "grant ") {
		e.line("would do", "%s", need)
		return
	}
	e.line("note", "%s", text)
}

func clauseText(c reason.Clause) string {
	text := clean(c.Kind)
	if c.Rule != "" {
		text += " " + clean(c.Rule)
	}
	if c.Rev > 0 {
		text += fmt.Sprintf(" (revision %d)", c.Rev)
	}
	return text + "\n" + clean(c.Text)
}

func whoOf(r Record) string {
	p := r.Principal
	if p == (audit.Principal{}) {
		if r.Remote.IsValid() {
			return "somebody who proved nothing, from " + r.Remote.String()
		}
		return "somebody who proved nothing"
	}
	text := clean(strings.TrimSpace(p.Kind + " " + cmp.Or(p.Display, p.ID)))
	if p.Session != "" {
		text += ", session " + clean(p.Session)
	}
	if p.ID != "" && p.Display != "" {
		text += " (" + clean(p.ID) + ")"
	}
	if r.Remote.IsValid() {
		text += ", from " + r.Remote.String()
	}
	return text
}

func askedOf(r Record) string {
	text := clean(cmp.Or(r.Operation, "nothing that the door has"))
	if d := r.Decision; d != nil && d.Question.Action != "" && !strings.EqualFold(d.Question.Action, r.Operation) {
		text += " (" + clean(d.Question.Action) + ")"
	}
	if r.Resource != "" {
		text += " on " + clean(r.Resource)
	}
	if r.Audience != "" {
		text += " for " + clean(r.Audience)
	}
	return text
}

// answerOf says what came of it, and which error the caller saw.
func answerOf(r Record) string {
	text := string(r.Outcome)
	if r.Wire != "" && r.Wire != string(r.Reason) {
		text += " with " + clean(r.Wire)
	}
	if r.Reason != "" {
		text += ": " + clean(string(r.Reason))
	}
	if r.TokenID != "" {
		text += ", credential " + clean(r.TokenID)
	}
	if r.Rev > 0 {
		text += fmt.Sprintf(", as of revision %d", r.Rev)
	}
	return text
}

// clean keeps what a stranger wrote from acting on a terminal or passing for a line of ours.
func clean(s string) string {
	q := strconv.Quote(s)
	if unquoted := q[1 : len(q)-1]; unquoted == s || strings.ReplaceAll(unquoted, `\"`, `"`) == s {
		return s
	}
	return q
}
