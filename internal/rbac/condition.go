package rbac

import (
	"slices"
	"time"

	"github.com/lanyard-id/lanyard/internal/cond"
)

// ConditionVersion is the version of the condition language that is read: the only one that Azure accepts today.
const ConditionVersion = "2.0"

// MaxCondition bounds the text of a condition in bytes.
const MaxCondition = 8192

// Condition is the condition of a role assignment, compiled (Microsoft, "Azure role assignment condition format and
// syntax"). It is immutable and may be shared by any number of requests.
//
// An attribute that the request does not have makes the comparison fail, and also its negation: whoever writes
// NOT (@Resource[...] StringEquals 'secret') did not mean to allow requests of which nobody knows what they are about. Only
// Exists and its negation ask for an attribute that may be missing.
type Condition struct {
	text string
	expr cond.Expr
}

// ParseCondition reads and compiles a condition. The error says at which byte of the text, counted from 1, what is wrong.
func ParseCondition(text string) (*Condition, error) {
	tree, err := parseCondition(text)
	if err != nil {
		return nil, err
	}
	return &Condition{text: text, expr: tree.compile(false)}, nil
}

// String is the condition as it was written; a missing one is empty.
func (c *Condition) String() string {
	if c == nil {
		return ""
	}
	return c.text
}

// Keys of what every request has: a request without a sub-operation is known to have none.
const (
	keyAction       = "action"
	keySubOperation = "sub-operation"
	keyUtcNow       = "@environment[utcnow]"
)

// facts puts what conditions may ask of the question in one place. It is made once for a decision that meets a condition.
func (in *Input) facts(op operation) *cond.Facts {
	f := new(cond.Facts)
	f.Set(keyAction, op.folded)
	if in.SubOperation != "" {
		f.Set(keySubOperation, in.SubOperation)
	}
	if !in.Now.IsZero() {
		f.Set(keyUtcNow, in.Now.UTC().Format(time.RFC3339Nano))
	}
	for _, a := range in.Attributes {
		values, _ := f.Lookup(a.Key)
		f.Set(a.Key, append(slices.Clip(values), a.Value)...)
	}
	return f
}

// holds evaluates without keeping the reasons: it takes no memory, however many assignments have conditions.
func holds(e cond.Expr, facts *cond.Facts) bool {
	switch e := e.(type) {
	case cond.And:
		for _, part := range e {
			if !holds(part, facts) {
				return false
			}
		}
		return true
	case cond.Or:
		for _, part := range e {
			if holds(part, facts) {
				return true
			}
		}
		return false
	case cond.Not:
		return !holds(e.Expr, facts)
	}
	return e.Eval(facts).Held
}

// misses says which comparisons did not hold. Tests of the action are only named where nothing else is left to say: that
// a part of a condition is about this action is why it was evaluated, not what was missing.
func misses(e cond.Expr, facts *cond.Facts) (texts []string) {
	switch parts := e.(type) {
	case cond.And:
		for _, part := range parts {
			if !holds(part, facts) {
				return misses(part, facts)
			}
		}
	case cond.Or:
		var guards []string
		for _, part := range parts {
			if isGuard(part) {
				guards = append(guards, misses(part, facts)...)
				continue
			}
			texts = append(texts, misses(part, facts)...)
		}
		if texts == nil {
			return guards
		}
		return texts
	}
	return []string{e.Eval(facts).Explain(facts)}
}

// isGuard tells whether a part asks for nothing but the action and the sub-operation.
func isGuard(e cond.Expr) bool {
	switch e := e.(type) {
	case cond.And:
		return allGuards(e)
	case cond.Or:
		return allGuards(e)
	case cond.Not:
		return isGuard(e.Expr)
	}
	test, ok := e.(*cond.Test)
	return ok && (test.Spec().Key == keyAction || test.Spec().Key == keySubOperation)
}

func allGuards(parts []cond.Expr) bool {
	for _, part := range parts {
		if !isGuard(part) {
			return false
		}
	}
	return true
}
