package iampolicy

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/glob"
)

// OpenTo finds the first statement of a trust policy that lets callers of a web identity provider assume the role without
// limiting the condition key; nil if there is none. A key is limited by a test that fails where the key is absent and of whose values
// every one passes limits: literal is the value up to its first wildcard or variable, whole that it has neither
// (IAM User Guide, "Identity-provider controls for shared OIDC providers").
func (p *Policy) OpenTo(provider, key string, limits func(literal string, whole bool) bool) *Statement {
	q := question{who: &Principal{Type: WebIdentity, Federated: provider}, trust: true}
	for s := range p.Statements() {
		assumes := s.effect == Allow && s.names(&q) != unnamed && s.coversAction(assumeAction)
		if assumes && !s.limited(key, limits) {
			return s
		}
	}
	return nil
}

// assumeAction is in lower case, as actions are compared.
const assumeAction = "sts:assumerolewithwebidentity"

func (s *Statement) limited(key string, limits func(literal string, whole bool) bool) bool {
	for t := range s.Tests() {
		spec := t.Spec()
		positive := spec.Operator == cond.StringEquals || spec.Operator == cond.StringLike
		if !positive || spec.IfExists || spec.Quantifier == cond.ForAllValues || glob.Lower(spec.Key) != glob.Lower(key) {
			continue
		}
		wild := spec.Operator == cond.StringLike
		if !slices.ContainsFunc(spec.Values, func(v string) bool { return !limits(literalOf(v, wild)) }) {
			return true
		}
	}
	return false
}

// literalOf gives a wanted value up to its first wildcard or variable.
func literalOf(value string, wild bool) (literal string, whole bool) {
	literal, _, variable := strings.Cut(value, "${")
	if at := strings.IndexAny(literal, "*?"); wild && at >= 0 {
		return literal[:at], false
	}
	return literal, !variable
}
