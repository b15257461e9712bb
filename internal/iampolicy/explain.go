package iampolicy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// explain fills in why the way is not free: the denies, or the allows that came nearest at the gates that are shut. It
// reads all statements again, which an allow never pays for.
func (c *course) explain(d *reason.Decision) {
	for i := range c.gates {
		c.denials(d, &c.gates[i])
	}
	if len(d.Decisive) > 0 {
		d.Outcome = reason.ExplicitDeny
		return
	}
	var shut []string
	for i := range c.gates {
		if c.shut(i) {
			shut = append(shut, c.place(i))
			c.misses(d, i)
		}
	}
	if g := &c.gates[resourceGate]; len(g.policies) > 0 && c.sameAccount() && !c.shut(resourceGate) {
		c.misses(d, resourceGate) // it was not needed, and could have granted by itself
	}
	d.Hint = "would need an allow of " + c.in.Action + " on " + c.in.Resource + " from: " + strings.Join(shut, ", ")
}

// denials adds the statements that deny at the gate, and the policies that could not be read.
func (c *course) denials(d *reason.Decision, g *gate) {
	for i := range g.policies {
		n := &g.policies[i]
		if !g.readable(n) {
			d.Decisive = append(d.Decisive, reason.Clause{
				Kind: g.kind.String(), Rule: n.ID, Rev: n.Rev,
				Text: "denies everything: the policy is missing or of a kind that does not belong here",
			})
			continue
		}
		for j := range n.Policy.statements {
			s := &n.Policy.statements[j]
			if s.effect != Deny {
				continue
			}
			if _, yes := s.matches(&c.q); yes {
				d.Decisive = append(d.Decisive, g.clause(n, s, "denies "+c.in.Action+" on "+c.in.Resource))
			}
		}
	}
}

// place names a gate that is shut, for the hint.
func (c *course) place(i int) string {
	g := &c.gates[i]
	switch {
	case i == identityGate:
		return "an identity policy of " + c.q.who.String()
	case g.kind == SCP || g.kind == RCP:
		return "a " + g.kind.String() + " of every level"
	}
	return "the " + g.kind.String()
}

// misses adds the allows at the gate that came nearest, or says that there are none.
func (c *course) misses(d *reason.Decision, at int) {
	g, found := &c.gates[at], false
	asked := c.q
	asked.action = c.in.Action // as it was written
	for i := range g.policies {
		n := &g.policies[i]
		for j := range n.Policy.statements {
			s := &n.Policy.statements[j]
			if s.effect != Allow {
				continue
			}
			found = true
			short := s.short(&c.q)
			if len(d.Nearest) < reason.MaxNearest || d.Nearest[len(d.Nearest)-1].Met < short.met {
				clause := g.clause(n, s, short.words(s, &asked))
				clause.Met = short.met
				d.AddNearest(clause)
			}
		}
	}
	if !found {
		clause := reason.Clause{Kind: g.kind.String(), Text: "no statement allows anything"}
		if len(g.policies) == 1 {
			clause.Rule, clause.Rev = g.policies[0].ID, g.policies[0].Rev
		}
		d.AddNearest(clause)
	}
}

// shortfall says how far a statement is from matching.
type shortfall struct {
	met       int // tests that held before the first that did not
	lacks     part
	level     level
	condition cond.Result
}

// part is what a statement tests.
type part uint8

const (
	lacksNothing part = iota
	lacksPrincipal
	lacksAction
	lacksResource
	lacksCondition
)

// short finds the first test of the statement that does not hold.
func (s *Statement) short(q *question) shortfall {
	f := shortfall{level: direct}
	if s.principals != nil {
		if f.level = s.names(q); f.level == unnamed {
			f.lacks = lacksPrincipal
			return f
		}
		f.met++
	}
	if !s.coversAction(q.action) {
		f.lacks = lacksAction
		return f
	}
	f.met++
	if !s.coversResource(q) {
		f.lacks = lacksResource
		return f
	}
	f.met++
	f.condition = s.conditions.Eval(q.ctx)
	f.met += f.condition.Met
	if !f.condition.Held {
		f.lacks = lacksCondition
	}
	return f
}

// words says what is missing.
func (f shortfall) words(s *Statement, q *question) string {
	switch f.lacks {
	case lacksPrincipal:
		text := "principal: have " + q.who.String() + ", want " + some(s.principalTexts(), false)
		if q.who.mustBeNamed() && slices.ContainsFunc(s.principals, principal.everyone) {
			text += ` ("*" is everybody with an AWS identity; a service and an outside token's provider must be named)`
		}
		return text
	case lacksAction:
		texts, not := s.Actions()
		return "action: have " + q.action + ", want " + some(texts, not)
	case lacksResource:
		texts, not := s.Resources()
		return "resource: have " + q.resource + ", want " + some(texts, not)
	case lacksCondition:
		return "condition " + f.condition.Explain(q.ctx)
	case lacksNothing:
	}
	if f.level == byRole {
		return "matches, but names the caller's role or user: a boundary and session policies must allow too"
	}
	return "matches, but names the caller's account: an identity policy must allow too"
}

// principalTexts lists the statement's principals as written.
func (s *Statement) principalTexts() []string {
	var texts []string
	for _, value := range s.Principals() {
		texts = append(texts, value)
	}
	return texts
}

// maxListed bounds how many patterns an explanation repeats.
const maxListed = 3

// some lists the first few patterns.
func some(texts []string, not bool) string {
	shown := strings.Join(texts[:min(len(texts), maxListed)], ", ")
	if n := len(texts) - maxListed; n > 0 {
		shown += fmt.Sprintf(" and %d more", n)
	}
	if not {
		return "anything but " + shown
	}
	return shown
}
