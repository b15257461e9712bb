package kit

import (
	"slices"

	"github.com/lanyard-id/lanyard/internal/reason"
)

// denial tells a caller what it may not do and which sort of policy is in the way, in AWS's words. Which policy, and what
// is in it, goes to the record only.
func denial(who string, ask Ask, d reason.Decision) string {
	asked := "User: " + who + " is not authorized to perform: " + ask.Action + " on resource: " + ask.Resource
	for _, kind := range []string{"identity policy", "permissions boundary", "session policy"} {
		called := map[string]string{"identity policy": "identity-based policy"}[kind]
		if called == "" {
			called = kind
		}
		is := func(c reason.Clause) bool { return c.Kind == kind }
		if d.Outcome == reason.ExplicitDeny && slices.ContainsFunc(d.Decisive, is) {
			return asked + " with an explicit deny in " + article(called)
		}
		if d.Outcome != reason.ExplicitDeny && slices.ContainsFunc(d.Nearest, is) {
			return asked + " because no " + called + " allows the " + ask.Action + " action"
		}
	}
	return asked
}

func article(called string) string {
	if called[0] == 'i' {
		return "an " + called
	}
	return "a " + called
}
