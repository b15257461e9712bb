package rbac

import (
	"fmt"
	"strings"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// Kinds of the clauses that this engine writes.
const (
	KindAssignment = "role assignment"
	KindDeny       = "deny assignment"
)

func grantClause(in *Input, a Assignment) reason.Clause {
	return reason.Clause{
		Kind: KindAssignment, Rule: a.ID.String(), Rev: a.Rev,
		Text: fmt.Sprintf("role %q allows %s at %s%s", a.Role.Name(), in.Action, a.Scope, in.through(a.Principal)),
	}
}

// through says by which group a rule reaches the principal.
func (in *Input) through(id name.GUID) string {
	if id == in.Principal {
		return ""
	}
	return " through group " + id.String()
}

func denyClause(in *Input, deny DenyAssignment, op operation) reason.Clause {
	c := reason.Clause{
		Kind: KindDeny, Rule: deny.ID.String(), Rev: deny.Rev,
		Text: fmt.Sprintf("%q blocks %s at %s by its pattern %q",
			deny.Name, in.Action, deny.Scope, deny.Permissions.verdict(op).pattern),
	}
	if deny.Broken {
		c.Text = fmt.Sprintf("%q at %s cannot be read, so it blocks everything there", deny.Name, deny.Scope)
	}
	return c
}

func denyHint(deny DenyAssignment) string {
	return fmt.Sprintf("no role overrides a deny assignment: exclude the principal from %q at %s", deny.Name, deny.Scope)
}

// The tests of an assignment, in order: reason.Clause.Met counts how many held before the first that did not. The first
// four are the verdict of the role.
const (
	metListed = int(otherPlane) // listed, but as an operation of the other plane
	metPlane  = int(takenBack)  // listed in the right plane, but taken back by the same permission
	metRole   = int(permitted)  // the role permits it, but the assignment is at another scope
	metScope  = metRole + 1     // all hold but the condition
)

// refusal adds the assignments that came nearest and the smallest grant that would be enough. An assignment at
// another scope is only a near miss when its role would permit the operation.
func refusal(d reason.Decision, in *Input, op operation) reason.Decision {
	d.Hint = grantHint(in, op)
	if in.Assignments == nil {
		return d
	}
	var role *Role // the last one asked: neighbours often share theirs
	var v verdict
	for a := range in.Assignments {
		if !in.is(a.Principal) {
			continue
		}
		if a.Role != role {
			role, v = a.Role, a.Role.verdict(op)
		}
		met := int(v.kind)
		if v.kind == permitted && a.Scope.Covers(in.Scope) {
			met = metScope
		}
		if met < metRole && !a.Scope.Covers(in.Scope) || !nearer(&d, met) {
			continue
		}
		d.AddNearest(reason.Clause{
			Kind: KindAssignment, Rule: a.ID.String(), Rev: a.Rev, Met: met,
			Text: missText(in, a, op, v) + in.through(a.Principal),
		})
		if met == metScope { // the role is there already: what is missing is not another one
			d.Hint = "the condition of the nearest role assignment does not hold for this request"
		}
	}
	return d
}

// nearer tells whether a miss of this rank would be kept, so that texts are written only for those.
func nearer(d *reason.Decision, met int) bool {
	return len(d.Nearest) < reason.MaxNearest || d.Nearest[len(d.Nearest)-1].Met < met
}

func missText(in *Input, a Assignment, op operation, v verdict) string {
	if a.Role == nil {
		return "the definition of its role is gone, so it grants nothing at " + a.Scope.String()
	}
	role, where := fmt.Sprintf("role %q ", a.Role.Name()), " at "+a.Scope.String()
	switch v.kind {
	case takenBack:
		return role + fmt.Sprintf("lists %s but takes it back by %q", in.Action, v.pattern) + where
	case otherPlane:
		return role + fmt.Sprintf("lists %s by %q, but as a %s operation and this is a %s operation",
			in.Action, v.pattern, planeOf(!in.Data), planeOf(in.Data)) + where
	case notListed:
		return role + "does not list " + in.Action + where
	case permitted:
	}
	if a.Scope.Covers(in.Scope) {
		return role + "would allow it" + where + ", but " + conditionMiss(in, a, op)
	}
	return role + "would allow it, but is assigned" + where + ", " + scopeMiss(in.Scope, a.Scope)
}

// scopeMiss says how an assignment's scope differs from the scope that was asked about.
func scopeMiss(asked, assigned name.Scope) string {
	switch {
	case asked.Covers(assigned):
		return "which lies below what was asked"
	case strings.HasPrefix(asked.Key(), assigned.Key()):
		return "which only begins with the same letters"
	}
	return "which does not cover what was asked"
}

// conditionMiss says which test of the assignment's condition did not hold.
func conditionMiss(in *Input, a Assignment, op operation) string {
	if a.Broken {
		return "the condition of the assignment cannot be read"
	}
	return "its condition does not hold: " + strings.Join(misses(a.Condition.expr, in.facts(op)), "; nor ")
}
