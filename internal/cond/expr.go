package cond

import "strings"

// Expr is a condition: a *Test, And, Or or Not.
type Expr interface {
	// Eval tells whether the condition holds in ctx.
	Eval(ctx Context) Result
	// words says why the condition does not hold in ctx.
	words(ctx Context) string
	// wish says what the condition wants, for a Not that did not want it.
	wish() string
}

// Result is what evaluating a condition gave.
type Result struct {
	Held bool
	Met  int // how many tests held before the first that did not
	// failed is the first part that did not hold.
	failed Expr
}

// Explain says in words which test failed first and why: `StringEquals sts.x:sub: have "a", want "b"`. It is empty if
// the condition held. ctx must be the one that was evaluated.
func (r Result) Explain(ctx Context) string {
	if r.failed == nil {
		return ""
	}
	return r.failed.words(ctx)
}

// And holds if all its parts hold, so also if it has none.
type And []Expr

// Eval stops at the first part that does not hold.
func (a And) Eval(ctx Context) Result {
	met := 0
	for _, e := range a {
		r := e.Eval(ctx)
		met += r.Met
		if !r.Held {
			return Result{Met: met, failed: r.failed}
		}
	}
	return Result{Held: true, Met: met}
}

func (a And) words(ctx Context) string { return a.Eval(ctx).Explain(ctx) }
func (a And) wish() string             { return wishes(a, " and ") }

// Or holds if one of its parts holds, so never if it has none.
type Or []Expr

// Eval stops at the first part that holds. A miss counts the tests of the part that came farthest.
func (o Or) Eval(ctx Context) Result {
	met := 0
	for _, e := range o {
		r := e.Eval(ctx)
		if r.Held {
			return r
		}
		met = max(met, r.Met)
	}
	return Result{Met: met, failed: o}
}

func (o Or) wish() string { return wishes(o, " or ") }

func (o Or) words(ctx Context) string {
	if len(o) == 0 {
		return "no alternative is given"
	}
	var parts []string
	for _, e := range o[:min(len(o), maxListed)] {
		parts = append(parts, e.words(ctx))
	}
	return "none of: " + strings.Join(parts, "; ") + more(len(o))
}

// Not holds if its part does not.
type Not struct{ Expr Expr }

// Eval turns the answer around.
func (n Not) Eval(ctx Context) Result {
	if n.Expr.Eval(ctx).Held {
		return Result{failed: n}
	}
	return Result{Held: true, Met: 1}
}

func (n Not) words(Context) string { return "must not hold: " + n.Expr.wish() }
func (n Not) wish() string         { return "not (" + n.Expr.wish() + ")" }

// wishes joins what several conditions want.
func wishes(list []Expr, with string) string {
	var parts []string
	for _, e := range list[:min(len(list), maxListed)] {
		parts = append(parts, e.wish())
	}
	return strings.Join(parts, with) + more(len(list))
}
