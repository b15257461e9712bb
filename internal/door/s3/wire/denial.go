package wire

import (
	"fmt"

	"github.com/lanyard-id/lanyard/internal/reason"
)

// Denial tells a caller what it may not do and which sort of policy is in the way, in AWS's words. Which policy, and
// what is in it, goes to the record only.
func Denial(who, action, resource string, d reason.Decision) string {
	asked := fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %q", who, action, resource)
	sorts := []struct{ kind, called string }{
		{"identity policy", "identity-based policy"},
		{"permissions boundary", "permissions boundary"},
		{"session policy", "session policy"},
		{"resource policy", "resource-based policy"},
	}
	for _, s := range sorts {
		if d.Outcome == reason.ExplicitDeny && has(d.Decisive, s.kind) {
			return asked + " with an explicit deny in " + article(s.called)
		}
		if d.Outcome != reason.ExplicitDeny && has(d.Nearest, s.kind) {
			return asked + " because no " + s.called + " allows the " + action + " action"
		}
	}
	return asked
}

func has(clauses []reason.Clause, kind string) bool {
	for _, c := range clauses {
		if c.Kind == kind {
			return true
		}
	}
	return false
}

func article(called string) string {
	if called[0] == 'i' {
		return "an " + called
	}
	return "a " + called
}
