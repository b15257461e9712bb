package simulate

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/glob"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// Result is the answer for one action on one resource.
type Result struct {
	Action   string
	Resource string
	Outcome
	Organization *bool // whether the policies of the organizations allow; nil: there are none
	// Specific repeats the outcome for the resource, as AWS does where the call names resources.
	Specific []Specific
	Why      reason.Decision
}

// Specific is the outcome for a named resource.
type Specific struct {
	Resource string
	Outcome
}

// Outcome is what was decided and by what.
type Outcome struct {
	Decision string      // allowed, explicitDeny or implicitDeny
	Matched  []Statement // the statements that decided: the denies if there are any, else for an allow those that allowed
	Missing  []string    // condition keys that the policies read and the call does not give
	Boundary *bool       // whether the boundary allows; nil: there is none
	// Details is what each side decided by itself, where caller and resource are of two accounts.
	Details map[string]string
}

// Statement is a statement of one of the policies.
type Statement struct {
	Source     string // "PolicyInputList.1", "ResourcePolicy", the name of a managed policy, or role_NAME_POLICY
	Type       string // user, group, role, aws-managed, user-managed, resource or none
	Start, End iampolicy.Position
}

// result asks the engine and tells what it says in the simulator's words.
func result(in *iampolicy.Input) Result {
	r := Result{Action: in.Action, Resource: in.Resource}
	if glob.Lower(in.Action) == "sts:getcalleridentity" {
		// Who asks who it is needs no right, and no policy can take it away (AWS STS API Reference, "GetCallerIdentity").
		r.Decision = decision(reason.Allow)
		r.Why = reason.Decision{Outcome: reason.Allow, Question: reason.Question{
			Principal: in.Principal.String(), Action: in.Action, Resource: in.Resource,
		}, Hint: "GetCallerIdentity needs no right"}
		return r.specific(in)
	}
	t := iampolicy.Explore(*in)
	r.Why, r.Decision, r.Missing = t.Decision, decision(t.Decision.Outcome), t.Missing
	for i := range t.Gates {
		r.add(&t.Gates[i], t.Decision.Outcome)
	}
	if in.ResourceAccount != in.Principal.Account && !in.Principal.Account.IsZero() && len(t.Gates) > 0 {
		r.Details = map[string]string{"identity policy": sideOf(t.Gates[:3]), "resource policy": sideOf(t.Gates[3:4])}
	}
	return r.specific(in)
}

// add puts in what one gate said.
func (r *Result) add(g *iampolicy.Gate, outcome reason.Outcome) {
	matched := g.Denied
	switch outcome {
	case reason.Allow:
		matched = g.Allowed
	case reason.ImplicitDeny, reason.ExplicitDeny:
	}
	for _, m := range matched {
		s := Statement{Type: "none"}
		s.Start, s.End = m.Statement.Span()
		s.Source, s.Type = source(m.Policy.ID, g.Kind)
		r.Matched = append(r.Matched, s)
	}
	allows := g.Allows()
	switch g.Kind {
	case iampolicy.Boundary:
		if g.Present {
			r.Boundary = &allows
		}
	case iampolicy.SCP, iampolicy.RCP:
		if r.Organization != nil {
			allows = allows && *r.Organization
		}
		r.Organization = &allows
	case iampolicy.Identity, iampolicy.Session, iampolicy.Resource, iampolicy.Trust:
	}
}

// sideOf is what the gates of one side say together; a gate without policies does not stand in the way of a caller that
// has others.
func sideOf(gates []iampolicy.Gate) string {
	out := reason.Allow
	for i := range gates {
		g := &gates[i]
		if len(g.Denied) > 0 || g.Unreadable {
			return decision(reason.ExplicitDeny)
		}
		if !g.Allows() && (g.Present || i == 0) {
			out = reason.ImplicitDeny
		}
	}
	return decision(out)
}

// specific repeats the outcome for a resource that the call named.
func (r Result) specific(in *iampolicy.Input) Result {
	if in.Resource != "*" {
		r.Specific = []Specific{{Resource: in.Resource, Outcome: r.Outcome}}
		r.Missing = nil
	}
	return r
}

// source names a policy as the simulator does.
func source(id string, kind iampolicy.Kind) (called, of string) {
	if kind == iampolicy.Resource || kind == iampolicy.Trust {
		return id, "resource"
	}
	if arn, err := name.ParseARN(id); err == nil {
		called = arn.Resource()[strings.LastIndexByte(arn.Resource(), '/')+1:]
		if arn.Account().IsZero() {
			return called, "aws-managed"
		}
		return called, "user-managed"
	}
	if owner, policy, inline := strings.Cut(id, "/inline/"); inline {
		of, _, _ = strings.Cut(owner, "/")
		return strings.Replace(owner, "/", "_", 1) + "_" + policy, of
	}
	return id, "none"
}

func decision(o reason.Outcome) string {
	if o == reason.Allow {
		return "allowed"
	}
	return o.String()
}
