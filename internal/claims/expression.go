package claims

import (
	"slices"
	"strings"
)

// Limits of an expression, and the only version of the language there is ("languageVersion").
const (
	MaxExpression   = 4 << 10 // bytes
	MaxClauses      = 64
	MaxClaimName    = 256 // bytes
	LanguageVersion = 1
)

// Expression is a compiled expression. It is immutable; only Compile makes one that can match.
type Expression struct{ clauses []clause }

// clause compares one claim.
type clause struct {
	claim   string
	pattern Pattern
}

// String writes the expression in its plain form: comparands quoted. Compile reads it as the same expression.
func (e *Expression) String() string {
	var b strings.Builder
	for i, c := range e.clauses {
		if i > 0 {
			b.WriteString(" and ")
		}
		b.WriteString("claims['" + c.claim + "'] " + c.want())
	}
	return b.String()
}

// want is the clause without the claim: operator and quoted comparand.
func (c clause) want() string {
	op := "matches"
	if c.pattern.kind == exact {
		op = "eq"
	}
	return op + " '" + strings.ReplaceAll(c.pattern.text, "'", "''") + "'"
}

// Claims gives the names of the claims that the expression reads, in order, with repetitions.
func (e *Expression) Claims() []string {
	names := make([]string, len(e.clauses))
	for i, c := range e.clauses {
		names[i] = c.claim
	}
	return names
}

// On gives the patterns that the expression wants a claim to match, all of them.
func (e *Expression) On(claim string) []Pattern {
	var patterns []Pattern
	for _, c := range e.clauses {
		if c.claim == claim {
			patterns = append(patterns, c.pattern)
		}
	}
	return patterns
}

// Match tests every clause. Lookup gives a claim's values as texts: one, or those of a list; a clause holds when one of
// the values does. A claim that is absent, or not made of texts, fails its clause.
func (e *Expression) Match(lookup func(claim string) (values []string, ok bool)) Trace {
	var trace Trace
	for _, c := range e.clauses {
		values, ok := lookup(c.claim)
		if !ok || !c.holds(values) {
			trace.Misses = append(trace.Misses, c.miss(values, ok))
		}
	}
	trace.Matched = len(e.clauses) > 0 && len(trace.Misses) == 0
	return trace
}

func (c clause) holds(values []string) bool {
	return slices.ContainsFunc(values, c.pattern.Matches)
}
