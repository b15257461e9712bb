package access

import (
	"slices"

	"github.com/lanyard-id/lanyard/internal/reason"
)

// Denial tells a caller what it may not do and which sort of policy is in the way, in AWS's words. Which policy, and
// what is in it, goes to the record only. The resource stands in it as it is given: S3 writes it in quotes.
func Denial(who, action, resource string, d reason.Decision) string {
	asked := "User: " + who + " is not authorized to perform: " + action + " on resource: " + resource
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
	return slices.ContainsFunc(clauses, func(c reason.Clause) bool { return c.Kind == kind })
}

func article(called string) string {
	if called[0] == 'i' {
		return "an " + called
	}
	return "a " + called
}
