package iampolicy

import (
	"github.com/lanyard-id/lanyard/internal/glob"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// Trace is a decision with everything that had part in it, for a simulator to show.
type Trace struct {
	// Decision is what Decide says, from Decide.
	Decision reason.Decision
	// Gates are the gates in the way, in the order in which Decide weighs them: identity, boundary, session, resource, then
	// the levels of the organizations. A decision about a caller that is half known has none.
	Gates []Gate
	// Missing lists the condition keys and variables that the policies read and the request does not have, each once.
	Missing []string
}

// Gate is what the policies at one gate say of the request, each statement by itself.
type Gate struct {
	Kind    Kind
	Present bool    // there is a policy at this gate
	Allowed []Match // the statements that allow
	Denied  []Match // the statements that deny
	// Unreadable says that a policy is missing or of a kind that does not belong here, which denies everything.
	Unreadable bool
}

// Match is a statement that is about the request, in the policy that has it.
type Match struct {
	Policy    Named
	Statement *Statement
}

// Allows tells whether the gate by itself lets the request through.
func (g Gate) Allows() bool { return len(g.Allowed) > 0 && len(g.Denied) == 0 && !g.Unreadable }

// Explore decides as Decide does and reads all statements again to tell what each gate said. It is for questions of
// people; enforcement has no use for it.
func Explore(in Input) Trace {
	t := Trace{Decision: Decide(in)}
	if in.incomplete() != "" {
		return t
	}
	c := newCourse(in)
	told := map[string]bool{}
	for i := range c.gates {
		g := &c.gates[i]
		seen := Gate{Kind: g.kind, Present: len(g.policies) > 0}
		for j := range g.policies {
			n := &g.policies[j]
			if !g.readable(n) {
				seen.Unreadable = true
				continue
			}
			seen.add(n, &c.q)
			for _, key := range n.Policy.ContextKeys() {
				lower := glob.Lower(key)
				if values, ok := c.facts.Lookup(lower); !told[lower] && (!ok || len(values) == 0) {
					t.Missing = append(t.Missing, key)
				}
				told[lower] = true
			}
		}
		t.Gates = append(t.Gates, seen)
	}
	return t
}

// add looks for the statements of a policy that are about the question.
func (g *Gate) add(n *Named, q *question) {
	for i := range n.Policy.statements {
		s := &n.Policy.statements[i]
		if _, yes := s.matches(q); !yes {
			continue
		}
		if s.effect == Allow {
			g.Allowed = append(g.Allowed, Match{*n, s})
		} else {
			g.Denied = append(g.Denied, Match{*n, s})
		}
	}
}
