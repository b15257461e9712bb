package iampolicy_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// rules lists the statements of some matches.
func rules(list []iampolicy.Match) (names []string) {
	for _, m := range list {
		names = append(names, m.Statement.Rule(m.Policy.ID))
	}
	return names
}

// TestExplore: each gate tells what its statements say, whatever the others do.
func TestExplore(t *testing.T) {
	in := read(session(accountA))
	in.Identity = identity(t, allowRead, allowList, allowAll)
	in.Boundary = policy(t, iampolicy.Boundary, allowRead, when(denyRead, `{"Bool":{"aws:SecureTransport":"false"}}`))
	in.ResourcePolicy = policy(t, iampolicy.Resource, grant(`"*"`))
	in.SCPs = []iampolicy.Level{{*policy(t, iampolicy.SCP, allowAll)}, {*policy(t, iampolicy.SCP, allowList)}}
	in.Context = facts("aws:securetransport", "false")
	type row struct {
		Kind            string
		Present, Allows bool
		Allowed, Denied []string
	}
	shown := func(trace iampolicy.Trace) (rows []row) {
		for _, g := range trace.Gates {
			rows = append(rows, row{g.Kind.String(), g.Present, g.Allows(), rules(g.Allowed), rules(g.Denied)})
		}
		return rows
	}
	trace := iampolicy.Explore(in)
	want := []row{
		{Kind: "identity policy", Present: true, Allows: true, Allowed: []string{"p:identity policy#1", "p:identity policy#3"}},
		{Kind: "permissions boundary", Present: true, Allowed: []string{"p:permissions boundary#1"}, Denied: []string{"p:permissions boundary#2"}},
		{Kind: "session policy"},
		{Kind: "resource policy", Present: true, Allows: true, Allowed: []string{"p:resource policy#1"}},
		{Kind: "service control policy", Present: true, Allows: true, Allowed: []string{"p:service control policy#1"}},
		{Kind: "service control policy", Present: true},
	}
	if diff := cmp.Diff(want, shown(trace)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if trace.Decision.Outcome != reason.ExplicitDeny || len(trace.Missing) != 0 {
		t.Errorf("%s, missing %v", trace.Decision, trace.Missing)
	}

	in.Context = nil
	in.Session = []iampolicy.Named{{ID: "gone"}}
	trace = iampolicy.Explore(in)
	if diff := cmp.Diff([]string{"aws:SecureTransport"}, trace.Missing); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if g := trace.Gates[2]; !g.Unreadable || g.Allows() || trace.Decision.Outcome != reason.ExplicitDeny {
		t.Errorf("%+v\n%s", g, trace.Decision)
	}

	in.Principal.UserID = ""
	if trace = iampolicy.Explore(in); trace.Decision.Allowed() || trace.Gates != nil {
		t.Errorf("%+v", trace)
	}
}

// TestExploreAgrees: the trace of a random request has the decision of Decide, and its gates say what the second evaluator
// says of their policies.
func TestExploreAgrees(t *testing.T) {
	d := dice{rand.New(rand.NewPCG(40, 3))}
	l := stock(t, d, 60)
	for range 3000 {
		in := d.input(l)
		trace := iampolicy.Explore(in)
		if diff := cmp.Diff(iampolicy.Decide(in), trace.Decision); diff != "" {
			t.Fatal(diff)
		}
		denied := false
		for i, list := range [][]iampolicy.Named{in.Identity, one(in.Boundary), in.Session, one(in.ResourcePolicy)} {
			if trace.Gates == nil {
				break // half known
			}
			g := trace.Gates[i]
			if (len(g.Allowed) > 0) != (specBest(in, list, "Allow") > 0) || (len(g.Denied) > 0) != (specBest(in, list, "Deny") > 0) {
				t.Fatalf("%s: %v %v\n%s", g.Kind, rules(g.Allowed), rules(g.Denied), sources(in))
			}
		}
		for _, g := range trace.Gates {
			denied = denied || len(g.Denied) > 0
		}
		if denied != (trace.Decision.Outcome == reason.ExplicitDeny) {
			t.Fatalf("denied %v\n%s", denied, trace.Decision)
		}
	}
}

func one(n *iampolicy.Named) []iampolicy.Named {
	if n == nil {
		return nil
	}
	return []iampolicy.Named{*n}
}

func TestDerived(t *testing.T) {
	in := read(user())
	for key, want := range map[string]string{"AWS:UserName": "ana", "aws:PrincipalType": "User", "aws:FederatedProvider": "", "aws:ResourceAccount": accountA} {
		if got, own := iampolicy.Derived(&in.Request, key); got != want || !own {
			t.Errorf("%s: %q, %v", key, got, own)
		}
	}
	if got, own := iampolicy.Derived(&in.Request, "aws:SourceIp"); got != "" || own {
		t.Errorf("%q, %v", got, own)
	}
}
