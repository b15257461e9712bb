package iampolicy

import (
	"github.com/lanyard-id/lanyard/internal/glob"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// Decide answers whether the request may be done (IAM User Guide, "Policy evaluation logic"). An explicit deny in any
// policy refuses. Otherwise every gate that stands in the way must be open, see the rules at course.shut; a gate is open
// if one of its policies has a matching allow. A policy that is missing or of a kind that does not belong where it is
// refuses the whole request, because it might have held a deny.
//
// The decision names the statements that decided and, for a refusal, those that came nearest. Work and memory for an
// allow do not grow with the number of statements beyond reading each once.
func Decide(in Input) reason.Decision {
	d := reason.Decision{Question: reason.Question{
		Principal: in.Principal.String(), Action: in.Action, Resource: in.Resource,
	}}
	if d.Hint = in.incomplete(); d.Hint != "" {
		return d
	}
	c := newCourse(in)
	if c.run() {
		d.Outcome = reason.Allow
		d.Decisive = c.grants()
		return d
	}
	c.explain(&d)
	return d
}

// The places of the gates that every course has; those of the organizations follow.
const (
	identityGate = iota
	boundaryGate
	sessionGate
	resourceGate
	fixedGates
)

// gate is a set of policies, one of which must allow if the gate stands in the way.
type gate struct {
	kind     Kind
	policies []Named

	// by is the first statement that allows; for a resource policy, the first of those that name the caller most
	// closely.
	by    *Statement
	named *Named
	level level
}

// course is one way through the gates. What nearly every course needs stands in it, which makes one allocation of six.
type course struct {
	in    Input
	q     question
	gates []gate

	facts    facts
	fixed    [fixedGates]gate
	boundary [1]Named
	resource [1]Named
}

// newCourse lists the gates of in.
func newCourse(in Input) *course {
	c := &course{in: in}
	c.facts = facts{who: &c.in.Principal, owner: in.ResourceAccount, more: in.Context}
	c.q = question{
		who:      &c.in.Principal,
		action:   glob.Lower(in.Action),
		resource: in.Resource,
		ctx:      &c.facts,
		trust:    in.TrustPolicy,
	}
	resource := gate{kind: Resource, policies: only(in.ResourcePolicy, &c.resource)}
	if in.TrustPolicy {
		resource.kind = Trust
	}
	c.gates = append(c.fixed[:0],
		gate{kind: Identity, policies: in.Identity},
		gate{kind: Boundary, policies: only(in.Boundary, &c.boundary)},
		gate{kind: Session, policies: in.Session},
		resource,
	)
	if in.Principal.inAccount() && !in.Principal.ServiceLinked {
		for _, level := range in.SCPs {
			c.gates = append(c.gates, gate{kind: SCP, policies: level})
		}
	}
	for _, level := range in.RCPs {
		c.gates = append(c.gates, gate{kind: RCP, policies: level})
	}
	return c
}

// only is the list of a policy that may be absent, in the room for one.
func only(n *Named, room *[1]Named) []Named {
	if n == nil {
		return nil
	}
	room[0] = *n
	return room[:]
}

// run reads every statement once and tells whether the way is free.
func (c *course) run() bool {
	for i := range c.gates {
		if !c.pass(&c.gates[i]) {
			return false
		}
	}
	for i := range c.gates {
		if c.shut(i) {
			return false
		}
	}
	return true
}

// pass looks for the gate's best allow; false if one of its policies denies or cannot be read.
func (c *course) pass(g *gate) bool {
	for i := range g.policies {
		n := &g.policies[i]
		if !g.readable(n) {
			return false
		}
		for j := range n.Policy.statements {
			s := &n.Policy.statements[j]
			if s.effect == Allow && g.level == direct {
				continue // a better allow cannot be found
			}
			at, yes := s.matches(&c.q)
			if yes && s.effect == Deny {
				return false
			}
			if yes && at > g.level {
				g.by, g.named, g.level = s, n, at
			}
		}
	}
	return true
}

// readable tells whether the policy is there and of a kind that belongs at this gate. Managed policies serve as
// boundaries and as session policies too; a key's policy is guarded like a trust policy but has resources.
func (g *gate) readable(n *Named) bool {
	if n.Policy == nil {
		return false
	}
	k := n.Policy.kind
	return k == g.kind || k == Identity && (g.kind == Boundary || g.kind == Session) || k == Resource && g.kind == Trust
}

// shut tells whether the i-th gate stands in the way and nothing opened it.
//
//   - Control policies of the organizations: every level must allow.
//   - The resource's policy must allow across accounts, for callers that belong to no account, and where the resource is
//     guarded like a role. Within one account it need not, but what it grants lets the caller pass other gates.
//   - Identity policies must allow, unless the resource's policy names the caller, its role, or everybody.
//   - A boundary and session policies, where there are any, must allow, unless the resource's policy names the caller
//     itself or everybody. The session of a federated user has no rights without a session policy.
func (c *course) shut(i int) bool {
	g, who := &c.gates[i], c.q.who
	switch {
	case g.by != nil:
		return false
	case g.kind == SCP || g.kind == RCP:
		return true
	case i == resourceGate:
		return c.in.TrustPolicy || !c.sameAccount()
	case !who.inAccount() || c.grantedBy(direct):
		return false
	case i == identityGate:
		return who.Type != Root && !c.grantedBy(byRole)
	case i == sessionGate && who.Type == FederatedUser:
		return true
	}
	return len(g.policies) > 0
}

// sameAccount tells whether the caller and the resource are of one account. The caller's is known (Input.incomplete), so
// an unknown account of the resource is another one.
func (c *course) sameAccount() bool {
	return c.q.who.inAccount() && c.q.who.Account == c.in.ResourceAccount
}

// grantedBy tells whether a resource policy of the caller's own account allows, naming the caller at least this closely.
func (c *course) grantedBy(at level) bool {
	return c.sameAccount() && c.gates[resourceGate].level >= at
}

// grants lists the statements that allowed, the resource's first.
func (c *course) grants() []reason.Clause {
	var clauses []reason.Clause
	text := "allows " + c.in.Action + " on " + c.in.Resource
	if c.q.who.Type == Root && c.gates[identityGate].by == nil {
		clauses = append(clauses, reason.Clause{Kind: Identity.String(), Text: "the root user has every right in its account"})
	}
	for i := range c.gates {
		if g := &c.gates[i]; g.by != nil {
			clauses = append(clauses, g.clause(g.named, g.by, text))
		}
	}
	return clauses
}

// clause says what a statement at this gate did.
func (g *gate) clause(n *Named, s *Statement, text string) reason.Clause {
	return reason.Clause{Kind: g.kind.String(), Rule: s.Rule(n.ID), Rev: n.Rev, Text: text}
}
