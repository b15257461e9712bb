package cond

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of what is printed, so that a hostile claim or policy cannot fill the records.
const (
	maxListed = 3   // values or alternatives in one list
	maxShown  = 200 // bytes of one value
)

// words says what the request has and what was wanted.
func (t *Test) words(ctx Context) string {
	have, present := ctx.Lookup(t.lookup)
	if t.spec.Operator == Null {
		return t.name() + ": " + map[bool]string{true: "the request has this key", false: "the request has no such key"}[present && len(have) > 0]
	}
	if !present || len(have) == 0 {
		return t.name() + ": the request has no such key, " + t.wanted(ctx)
	}
	return t.name() + ": have " + list(have) + ", " + t.wanted(ctx) + t.hint(ctx, have)
}

// wish says what the test wants.
func (t *Test) wish() string { return t.name() + " " + list(t.spec.Values) }

// name is the test's operator and key as its language writes them.
func (t *Test) name() string {
	if t.spec.As != "" {
		return t.spec.As + " " + t.spec.Key
	}
	s := t.traits.name
	if q := t.spec.Quantifier.String(); q != "" {
		s = q + ":" + s
	}
	if t.spec.IfExists {
		s += "IfExists"
	}
	return s + " " + t.spec.Key
}

// wanted lists the wanted values with their variables put in.
func (t *Test) wanted(ctx Context) string {
	word := "want "
	if t.traits.negated {
		word = "want none of "
		if len(t.spec.Values) == 1 {
			word = "want not "
		}
	}
	var texts []string
	for i, text := range t.spec.Values[:min(len(t.spec.Values), maxListed)] {
		texts = append(texts, quote(text)+t.standsFor(ctx, i))
	}
	return word + strings.Join(texts, ", ") + more(len(t.spec.Values))
}

// standsFor says what the i-th wanted value is in this request, where that is not what is written.
func (t *Test) standsFor(ctx Context, i int) string {
	if t.spec.Syntax == Keys {
		texts, _ := ctx.Lookup(strings.ToLower(t.spec.Values[i]))
		if len(texts) == 0 {
			return ", a key that the request does not have"
		}
		return ", which is " + list(texts)
	}
	if v := &t.values[i]; v.template.dynamic {
		text, ok := v.template.Expand(ctx)
		if !ok {
			return ", which has a variable without a single value"
		}
		return ", which is " + quote(text)
	}
	return ""
}

// hint names the two mistakes that cannot be seen by looking: a difference in case only (threat F21), and a wildcard
// under an operator that takes it literally.
func (t *Test) hint(ctx Context, have []string) string {
	if t.traits.negated || t.traits.family > globFamily {
		return ""
	}
	for i := range t.values {
		text, ok := t.values[i].template.Expand(ctx)
		for _, h := range have {
			if ok && t.traits.family != foldFamily && h != text && strings.EqualFold(h, text) {
				return " (differs only in case)"
			}
		}
		if t.spec.Operator == StringEquals && strings.ContainsAny(text, "*?") {
			return " (StringEquals takes '*' and '?' literally; StringLike takes them as wildcards)"
		}
	}
	return ""
}

// list quotes the first few values.
func list(values []string) string {
	var quoted []string
	for _, v := range values[:min(len(values), maxListed)] {
		quoted = append(quoted, quote(v))
	}
	return strings.Join(quoted, ", ") + more(len(values))
}

// more says how many of n things a list of maxListed leaves out.
func more(n int) string {
	if n <= maxListed {
		return ""
	}
	return fmt.Sprintf(" and %d more", n-maxListed)
}

// quote prints one value within bounds, with control characters escaped.
func quote(s string) string {
	if len(s) <= maxShown {
		return strconv.Quote(s)
	}
	cut := maxShown
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strconv.Quote(s[:cut]) + "…"
}
