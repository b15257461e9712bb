package claims

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Trace is the answer of a match: whether all clauses hold, and those that do not. The zero value is no match.
type Trace struct {
	Matched bool
	Misses  []Miss // in the order of the expression
}

// Miss is a clause that did not hold.
type Miss struct {
	Claim string
	Have  []string // the claim's values, shortened; nil if the token has none
	Want  string   // operator and comparand
	Why   string   // how near it came
}

// Limits of what a trace repeats of a token.
const (
	maxHave      = 4   // values of one claim
	maxHaveBytes = 256 // bytes of one value
)

// String prints the misses on one line, for records; "matched" if there are none.
func (t Trace) String() string {
	if t.Matched {
		return "matched"
	}
	parts := make([]string, len(t.Misses))
	for i, m := range t.Misses {
		parts[i] = m.String()
	}
	return strings.Join(parts, "; ")
}

// String is one miss: claim, have, want, why.
func (m Miss) String() string {
	have := "nothing"
	if len(m.Have) > 0 {
		quoted := make([]string, len(m.Have))
		for i, v := range m.Have {
			quoted[i] = fmt.Sprintf("%q", v)
		}
		have = strings.Join(quoted, ", ")
	}
	return fmt.Sprintf("claim %q: have %s, want %s: %s", m.Claim, have, m.Want, m.Why)
}

// miss describes why the clause does not hold for the values, by the one that came nearest.
func (c clause) miss(values []string, ok bool) Miss {
	m := Miss{Claim: c.claim, Want: c.want()}
	switch {
	case !ok:
		m.Why = "the token has no such claim, or not as text"
		return m
	case len(values) == 0:
		m.Why = "the claim is an empty list"
		return m
	}
	best := far
	for _, v := range values[:min(len(values), maxHave)] {
		m.Have = append(m.Have, shorten(v))
		if d, why := c.pattern.distance(v); d < best || m.Why == "" {
			best, m.Why = d, why
		}
	}
	return m
}

func shorten(v string) string {
	if len(v) <= maxHaveBytes {
		return v
	}
	return strings.ToValidUTF8(v[:maxHaveBytes], "") + "…"
}

// Explain says in what a value differs from the pattern that it does not match, as near as can be told.
func (p Pattern) Explain(value string) string {
	_, why := p.distance(value)
	return why
}

// Distances, the nearest first.
const (
	nearSpelling = iota // would match but for case, spaces, a slash
	nearWildcard        // would match if wildcards crossed separators
	nearPart            // one contains the other
	far
)

// distance tells how a value that does not match differs.
func (p Pattern) distance(value string) (int, string) {
	switch {
	case p.folded().Matches(strings.ToLower(value)):
		return nearSpelling, "differs only in case"
	case p.Matches(strings.TrimSpace(value)):
		return nearSpelling, "differs only in spaces around it"
	case p.Matches(value + "/"):
		return nearSpelling, "differs only by a missing slash at the end"
	case strings.HasSuffix(value, "/") && p.Matches(value[:len(value)-1]):
		return nearSpelling, "differs only by a slash at the end"
	case p.kind == wildcard && p.crossing().Matches(value):
		return nearWildcard, "a wildcard would have to cross one of " + Separators
	}
	head, wild := p.text, false
	if i := strings.IndexAny(p.text, "*?"); p.kind != exact && i >= 0 {
		head, wild = p.text[:i], true
	}
	same := commonPrefix(head, value)
	switch {
	case same == len(head) && wild:
		return nearPart, "begins as wanted, but does not match from the first wildcard on"
	case same == len(head):
		return nearPart, fmt.Sprintf("goes on after the wanted text, from position %d", same+1)
	case same == len(value):
		return nearPart, fmt.Sprintf("ends too early, after position %d", same)
	}
	return far, fmt.Sprintf("differs from position %d on", same+1)
}

// folded is the pattern in lower case.
func (p Pattern) folded() Pattern { return p.as(p.kind, strings.ToLower(p.text)) }

// crossing is the pattern with wildcards that cross separators.
func (p Pattern) crossing() Pattern { return p.as(flexible, p.text) }

// as reads text as another pattern; text that cannot be one gives the pattern that matches nothing.
func (p Pattern) as(k kind, text string) Pattern {
	q, _ := compile(k, text) // on failure the zero Pattern, which matches nothing
	return q
}

// commonPrefix is the number of bytes that a and b begin with alike, by whole characters.
func commonPrefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	for n > 0 && n < len(a) && !utf8.RuneStart(a[n]) {
		n--
	}
	return n
}
