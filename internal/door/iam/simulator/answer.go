package simulator

import (
	"fmt"
	"maps"
	"slices"

	"github.com/lanyard-id/lanyard/internal/access/simulate"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/door/iam/kit"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
)

// answer gives the results in pages, in the order in which they were asked for.
func answer(c *kit.Call, results []simulate.Result) (kit.Result, error) {
	items := make([]kit.Item, len(results))
	for i := range results {
		items[i] = kit.Item{Key: fmt.Sprintf("%04d", i), Write: func(x *awswire.XML) { write(x, &results[i]) }}
	}
	return c.List("EvaluationResults", items)
}

// write is one EvaluationResult (IAM API Reference, EvaluationResult).
func write(x *awswire.XML, r *simulate.Result) {
	x.Text("EvalActionName", r.Action)
	x.Text("EvalResourceName", r.Resource)
	x.Text("EvalDecision", r.Decision)
	whole := r.Outcome
	if len(r.Specific) > 0 {
		whole.Missing = nil
	}
	outcome(x, &whole)
	allowed(x, "OrganizationsDecisionDetail", "AllowedByOrganizations", r.Organization)
	if len(r.Specific) == 0 {
		return
	}
	x.Begin("ResourceSpecificResults")
	for i := range r.Specific {
		s := &r.Specific[i]
		x.Begin("member")
		x.Text("EvalResourceName", s.Resource)
		x.Text("EvalResourceDecision", s.Decision)
		outcome(x, &s.Outcome)
		x.End()
	}
	x.End()
}

// outcome is what the result as a whole and the one for a resource have in common, but for the verdict itself.
func outcome(x *awswire.XML, o *simulate.Outcome) {
	x.Begin("MatchedStatements")
	for _, s := range o.Matched {
		x.Begin("member")
		x.Text("SourcePolicyId", s.Source)
		x.Text("SourcePolicyType", s.Type)
		position(x, "StartPosition", s.Start)
		position(x, "EndPosition", s.End)
		x.End()
	}
	x.End()
	texts(x, "MissingContextValues", o.Missing)
	allowed(x, "PermissionsBoundaryDecisionDetail", "AllowedByPermissionsBoundary", o.Boundary)
	if o.Details == nil {
		return
	}
	x.Begin("EvalDecisionDetails")
	for _, side := range slices.Sorted(maps.Keys(o.Details)) {
		x.Begin("entry")
		x.Text("key", side)
		x.Text("value", o.Details[side])
		x.End()
	}
	x.End()
}

func position(x *awswire.XML, called string, p iampolicy.Position) {
	x.Begin(called)
	x.Int("Line", int64(p.Line))
	x.Int("Column", int64(p.Column))
	x.End()
}

// allowed writes a detail that only some decisions have; nil is none.
func allowed(x *awswire.XML, detail, called string, yes *bool) {
	if yes == nil {
		return
	}
	x.Begin(detail)
	x.Bool(called, *yes)
	x.End()
}

func texts(x *awswire.XML, called string, list []string) {
	x.Begin(called)
	for _, text := range list {
		x.Text("member", text)
	}
	x.End()
}
