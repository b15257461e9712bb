package audit

import (
	"fmt"
	"strings"

	"github.com/lanyard-id/lanyard/internal/audit/shown"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// Bounds of a record. What is longer is cut and ends in the mark, so that no caller decides how long a line gets.
const (
	maxInput   = 512  // bytes of one input value, or of a text in a decision
	maxName    = 2048 // bytes of an identifier: a resource id, an ARN, an audience
	maxInputs  = 32   // input values
	maxClauses = 8    // decisive clauses; the nearest misses are bounded by their own package
	cutMark    = shown.CutMark
)

// clean bounds and makes printable everything in the record that a caller may have chosen. It copies what it changes.
func (r *Record) clean() {
	for _, s := range []*string{
		&r.Door, &r.Operation, &r.Wire, &r.Resource, &r.Audience, &r.TokenID,
		&r.Principal.Kind, &r.Principal.ID, &r.Principal.Display, &r.Principal.Session,
	} {
		*s = shown.Text(*s, maxName)
	}
	r.Reason = fault.Reason(shown.Text(string(r.Reason), maxInput))
	r.Input = cleanInput(r.Input)
	if r.Decision != nil {
		d := *r.Decision
		d.Question.Principal = shown.Text(d.Question.Principal, maxName)
		d.Question.Action = shown.Text(d.Question.Action, maxName)
		d.Question.Resource = shown.Text(d.Question.Resource, maxName)
		d.Hint = shown.Text(d.Hint, maxInput)
		d.Decisive = cleanClauses(d.Decisive)
		d.Nearest = cleanClauses(d.Nearest)
		r.Decision = &d
	}
}

// detach copies all texts of the record into one piece of memory: a record that is kept must not keep the whole
// request alive that a text was cut out of. What a decision quotes comes from the View, whose texts live anyway, except
// for the question; the names of inputs are constants of the doors. Only after clean, which made map and decision ours.
func (r *Record) detach() {
	texts := []*string{
		&r.Door, &r.Operation, &r.Wire, &r.Resource, &r.Audience, &r.TokenID,
		&r.Principal.Kind, &r.Principal.ID, &r.Principal.Display, &r.Principal.Session,
	}
	if r.Decision != nil { // clean has made the decision our own
		q := &r.Decision.Question
		texts = append(texts, &q.Principal, &q.Action, &q.Resource)
	}
	size := 0
	for _, s := range texts {
		size += len(*s)
	}
	for _, v := range r.Input {
		size += len(v)
	}
	var b strings.Builder
	b.Grow(size)
	put := func(s string) string {
		at := b.Len()
		b.WriteString(s)
		return b.String()[at:]
	}
	for _, s := range texts {
		*s = put(*s)
	}
	for k, v := range r.Input {
		r.Input[k] = put(v)
	}
}

// cleanInput cleans the values of m; beyond maxInputs it keeps any that many and says how many it left out.
func cleanInput(m map[string]string) map[string]string {
	if len(m) == 0 {
		return nil
	}
	out := make(map[string]string, min(len(m), maxInputs+1))
	for k, v := range m {
		if len(out) == maxInputs {
			out[cutMark] = fmt.Sprintf("%d more", len(m)-maxInputs)
			break
		}
		out[shown.Text(k, maxInput)] = shown.Text(v, maxInput)
	}
	return out
}

func cleanClauses(in []reason.Clause) []reason.Clause {
	if len(in) == 0 {
		return nil
	}
	out := make([]reason.Clause, 0, min(len(in), maxClauses+1))
	for i, c := range in {
		if i == maxClauses {
			out = append(out, reason.Clause{Kind: cutMark, Text: fmt.Sprintf("%d more", len(in)-maxClauses)})
			break
		}
		c.Kind, c.Rule, c.Text = shown.Text(c.Kind, maxInput), shown.Text(c.Rule, maxName), shown.Text(c.Text, maxInput)
		out = append(out, c)
	}
	return out
}
