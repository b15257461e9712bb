package iampolicy

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/glob"
)

// Warning is about a statement that is legal and probably does not do what its author means.
type Warning struct {
	Rule string // the statement, see Statement.Rule
	At   Position
	Text string
}

// Warnings looks for the known traps of the policy language. A policy with warnings is valid, and Decide knows nothing of
// them.
func (p *Policy) Warnings(id string) []Warning {
	var list []Warning
	for s := range p.Statements() {
		texts := s.traps(p.kind)
		if text := p.idle(s); text != "" {
			texts = append(texts, text)
		}
		for _, text := range texts {
			list = append(list, Warning{Rule: s.Rule(id), At: s.start, Text: text})
		}
	}
	return list
}

// traps describes what is wrong with one statement.
func (s *Statement) traps(kind Kind) []string {
	var list []string
	if s.effect == Allow && s.notAction {
		list = append(list, "NotAction with Allow grants every other action of every service")
	}
	if s.effect == Allow && kind == Trust && len(s.conditions) == 0 && slices.ContainsFunc(s.principals, principal.everyone) {
		list = append(list, `the Principal "*" without conditions lets everybody with an AWS identity assume the role`)
	}
	if s.effect == Deny && !s.notResource && s.hasOpenVariable() {
		list = append(list, "the Deny does not apply to callers for whom a variable in Resource has no value; give it a default")
	}
	for i := range s.actions {
		if a := &s.actions[i]; noSuchAction(a) {
			list = append(list, "no action is called "+a.String())
		}
	}
	for t := range s.Tests() {
		list = append(list, s.testTraps(t)...)
		if kind == Trust {
			list = append(list, s.githubTraps(t)...)
		}
	}
	return list
}

// hasOpenVariable tells whether a variable in the resources may be without a value.
func (s *Statement) hasOpenVariable() bool {
	nothing := &cond.Facts{}
	return slices.ContainsFunc(s.resources, func(r cond.Template) bool { return !r.Resolves(nothing) })
}

// testTraps describes what is wrong with one test.
func (s *Statement) testTraps(t *cond.Test) []string {
	var list []string
	spec := t.Spec()
	if text := s.noSuchKey(spec.Key); text != "" {
		list = append(list, text)
	}
	if spec.Quantifier == cond.ForAllValues && s.effect == Allow && !s.demands(spec.Key) {
		list = append(list, "ForAllValues holds when "+spec.Key+` is absent; add "Null": {"`+spec.Key+`": "false"}`)
	}
	if spec.Quantifier == cond.Plain && spec.Operator != cond.Null && multivalued(glob.Lower(spec.Key)) {
		list = append(list, spec.Key+" may have several values: say ForAnyValue or ForAllValues; without them one value that matches suffices")
	}
	literal := spec.Operator == cond.StringEquals || spec.Operator == cond.StringNotEquals
	if literal && slices.ContainsFunc(spec.Values, func(v string) bool { return strings.ContainsAny(v, "*?") && !strings.Contains(v, "${") }) {
		list = append(list, spec.Operator.String()+" "+spec.Key+" takes '*' and '?' literally; StringLike takes them as wildcards")
	}
	return list
}

// demands tells whether the statement has a Null test that wants the key present.
func (s *Statement) demands(key string) bool {
	for t := range s.Tests() {
		spec := t.Spec()
		if spec.Operator == cond.Null && glob.Lower(spec.Key) == glob.Lower(key) && slices.Equal(spec.Values, []string{"false"}) {
			return true
		}
	}
	return false
}

// multivalued tells whether a key, in lower case, is one that AWS documents as having several values.
func multivalued(key string) bool {
	switch key {
	case "aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist", "aws:resourceorgpaths", "aws:sourceorgpaths",
		"aws:tagkeys", "sts:transitivetagkeys":
		return true
	}
	return strings.HasSuffix(key, ":amr")
}
