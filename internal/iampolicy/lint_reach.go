package iampolicy

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/glob"
)

// idle says why the statement does nothing beside the others of its policy, or nothing. It finds what plainly covers and
// never guesses: two statements that only together cover a third are not seen.
func (p *Policy) idle(s *Statement) string {
	for i := range p.statements {
		o := &p.statements[i]
		switch {
		case o == s || !o.covers(s):
		case s.effect == Allow && o.effect == Deny && len(o.conditions) == 0 && !o.hasOpenVariable():
			return "it can never grant anything: the Deny of statement " + o.Rule("") + " covers all of it"
		case s.effect == o.effect && o.index < s.index && (len(o.conditions) == 0 || sameTests(o.conditions, s.conditions)):
			return "it adds nothing: statement " + o.Rule("") + " covers all of it"
		}
	}
	return ""
}

// covers tells whether the statement, its conditions aside, is about everything that o is about.
func (s *Statement) covers(o *Statement) bool {
	return s.coversNames(o) && s.coversWords(o) && s.coversThings(o)
}

func (s *Statement) coversNames(o *Statement) bool {
	if s.principals == nil {
		return true
	}
	if s.notPrincipal || o.notPrincipal {
		return false
	}
	everyone := slices.ContainsFunc(s.principals, principal.everyone)
	for i := range o.principals {
		p := &o.principals[i]
		listed := slices.ContainsFunc(s.principals, func(q principal) bool { return q.kind == p.kind && q.value == p.value })
		// In a trust policy an Allow for everybody is not for outside tokens, see Statement.names.
		if !listed && (!everyone || s.effect == Allow && p.form == providerForm) {
			return false
		}
	}
	return true
}

func (s *Statement) coversWords(o *Statement) bool {
	if s.notAction || o.notAction {
		return !s.notAction && slices.ContainsFunc(s.actions, func(p glob.Pattern) bool { return p.Any() })
	}
	return !slices.ContainsFunc(o.actions, func(q glob.Pattern) bool {
		text := glob.Lower(q.String())
		return !slices.ContainsFunc(s.actions, func(p glob.Pattern) bool {
			return glob.Lower(p.String()) == text || plain(p.String()) && p.Match(text)
		})
	})
}

func (s *Statement) coversThings(o *Statement) bool {
	if s.notResource || o.notResource {
		return !s.notResource && slices.ContainsFunc(s.resources, func(t cond.Template) bool { return t.String() == "*" })
	}
	nothing := &cond.Facts{}
	return !slices.ContainsFunc(o.resources, func(q cond.Template) bool {
		return !slices.ContainsFunc(s.resources, func(t cond.Template) bool {
			return t.String() == q.String() || plain(t.String()) && t.Match(nothing, q.String())
		})
	})
}

// plain tells whether a pattern that matches the text of another one covers it: its stars stand for whatever the other's
// wildcards stand for. A question mark does not, and what a variable stands for is not known.
func plain(pattern string) bool {
	return !strings.Contains(pattern, "?") && !strings.Contains(pattern, "${")
}

// sameTests tells whether two lists of conditions are written alike.
func sameTests(a, b cond.And) bool {
	return slices.EqualFunc(a, b, func(x, y cond.Expr) bool {
		one, other := x.(*cond.Test).Spec(), y.(*cond.Test).Spec()
		return one.Operator == other.Operator && one.Quantifier == other.Quantifier && one.IfExists == other.IfExists &&
			glob.Lower(one.Key) == glob.Lower(other.Key) && slices.Equal(one.Values, other.Values)
	})
}
