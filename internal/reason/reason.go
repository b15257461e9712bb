package reason

import (
	"fmt"
	"strings"
)

// Outcome is the answer of an engine. The zero value refuses.
type Outcome uint8

// The outcomes: an explicit deny beats an allow, no allow is an implicit deny.
const (
	ImplicitDeny Outcome = iota
	ExplicitDeny
	Allow
)

// String gives the word used in records and JSON.
func (o Outcome) String() string {
	switch o {
	case Allow:
		return "allow"
	case ExplicitDeny:
		return "explicitDeny"
	case ImplicitDeny:
		return "implicitDeny"
	}
	return "implicitDeny"
}

// MarshalText writes the outcome as its word.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads the outcome's word; an unknown word is an error.
func (o *Outcome) UnmarshalText(b []byte) error {
	for _, c := range []Outcome{Allow, ExplicitDeny, ImplicitDeny} {
		if string(b) == c.String() {
			*o = c
			return nil
		}
	}
	return fmt.Errorf("unknown outcome %q", b)
}

// Clause is one rule's part in a decision.
type Clause struct {
	Kind string `json:"kind"`          // "role assignment", "deny assignment", "trust policy", "identity policy", ...
	Rule string `json:"rule"`          // assignment id, or policy id and statement ("arn:...:policy/p#2", "#Sid")
	Rev  int64  `json:"rev,omitempty"` // revision of the rule that was read
	Text string `json:"text"`          // what it did: "allows X at S", or for a near miss what was missing
	Met  int    `json:"met,omitempty"` // for a near miss: how many of the tests held before the first that did not
}

// Question is what was asked.
type Question struct {
	Principal string `json:"principal"`
	Action    string `json:"action"`
	Resource  string `json:"resource"`
}

// Decision answers a Question with the rules that decided it.
type Decision struct {
	Outcome  Outcome  `json:"outcome"`
	Question Question `json:"question"`
	Decisive []Clause `json:"decisive,omitempty"` // the rules that decided; empty for an implicit deny
	Nearest  []Clause `json:"nearest,omitempty"`  // for a refusal: the nearest misses, best first, at most MaxNearest
	Hint     string   `json:"hint,omitempty"`     // what would allow it, e.g. the smallest built-in role and scope
}

// MaxNearest bounds the near misses that a decision carries.
const MaxNearest = 3

// Allowed tells whether the outcome is Allow.
func (d Decision) Allowed() bool { return d.Outcome == Allow }

// AddNearest keeps c if it is among the MaxNearest best misses; more tests met is nearer, earlier wins a tie.
func (d *Decision) AddNearest(c Clause) {
	at := len(d.Nearest)
	for at > 0 && d.Nearest[at-1].Met < c.Met {
		at--
	}
	if at >= MaxNearest {
		return
	}
	d.Nearest = append(d.Nearest, Clause{})
	copy(d.Nearest[at+1:], d.Nearest[at:])
	d.Nearest[at] = c
	if len(d.Nearest) > MaxNearest {
		d.Nearest = d.Nearest[:MaxNearest]
	}
}

// String prints the decision for people: the answer, then each clause on a line of its own.
func (d Decision) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s may %s %s on %s\n", d.Outcome, d.Question.Principal,
		map[bool]string{true: "do", false: "not do"}[d.Allowed()], d.Question.Action, d.Question.Resource)
	for _, c := range d.Decisive {
		fmt.Fprintf(&b, "  decided by %s %s: %s\n", c.Kind, c.Rule, c.Text)
	}
	for _, c := range d.Nearest {
		fmt.Fprintf(&b, "  nearest miss %s %s: %s\n", c.Kind, c.Rule, c.Text)
	}
	if d.Hint != "" {
		fmt.Fprintf(&b, "  %s\n", d.Hint)
	}
	return b.String()
}
