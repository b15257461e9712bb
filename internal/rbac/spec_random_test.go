package rbac

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// dice makes small questions whose parts meet often.
type dice struct{ next func(n int) int }

func (d dice) pick(from ...string) string { return from[d.next(len(from))] }

func (d dice) scope() name.Scope {
	return name.MustScope(d.pick("/", "/", "/s/1", "/S/1", "/s/1", "/s/10", "/s/1/g/a", "/s/1/G/A", "/s/1/g/ab", "/s/1/g/a/p/x"))
}

func (d dice) patterns() []string {
	var list []string
	for range d.next(4) {
		list = append(list, d.pick("*", "*/read", "N/*", "N/t/*", "N/*/read", "N/t/*/read", "n/T/Read", "N/t/*", "N/*/t/*/read",
			"N/t/write", "*/t/*", "N*", "*/*/write", "M/*", "N/t/u/read"))
	}
	return list
}

func (d dice) permissions() []Permission {
	var list []Permission
	for range 1 + d.next(2) {
		list = append(list, Permission{Actions: d.patterns(), DataActions: d.patterns()})
		if d.next(2) == 0 {
			list[len(list)-1].NotActions, list[len(list)-1].NotDataActions = d.patterns(), d.patterns()
		}
	}
	return list
}

func (d dice) principal() name.GUID {
	return []name.GUID{id(1), id(2), id(3), id(4), id(1), Everyone()}[d.next(6)]
}

func (d dice) principals(n int) []name.GUID {
	var list []name.GUID
	for range d.next(n + 1) {
		list = append(list, d.principal())
	}
	return list
}

func (d dice) question(t *testing.T) specInput {
	in := specInput{
		principal: id(1 + d.next(2)), scope: d.scope(), data: d.next(2) == 0,
		action: d.pick("N/read", "N/t/read", "n/t/READ", "N/t/u/read", "N/t/write", "M/t/read", "N/t/u/v/write"),
	}
	for range d.next(3) {
		in.groups = append(in.groups, id(3+d.next(2)))
	}
	for n := range d.next(5) {
		a := specAssignment{Assignment: grant(100+n, nil, "/"), raw: d.permissions()}
		a.Principal, a.Scope = d.principal(), d.scope()
		if d.next(10) > 0 {
			a.Role = customRole(t, "R", a.raw...)
		}
		if d.next(10) == 0 {
			a.Broken = true
		}
		in.grants = append(in.grants, a)
	}
	for n := range d.next(3) {
		raw := d.permissions()
		set, err := CompilePermissions(raw)
		if err != nil {
			t.Fatal(err)
		}
		in.denies = append(in.denies, specDeny{raw: raw, DenyAssignment: DenyAssignment{
			ID: id(200 + n), Scope: d.scope(),
			AppliesToChildren: d.next(2) == 0, Permissions: set, Principals: d.principals(2), Exclude: d.principals(1),
		}})
	}
	return in
}

// compare asks both evaluators and gives the outcome they agree on.
func compare(t *testing.T, in specInput) reason.Outcome {
	t.Helper()
	want, rules := specDecide(in)
	got := Decide(Input{
		Principal: in.principal, Groups: in.groups, Action: in.action, Data: in.data, Scope: in.scope,
		Assignments: func(yield func(Assignment) bool) {
			for _, a := range in.grants {
				if !yield(a.Assignment) {
					return
				}
			}
		},
		Denies: func(yield func(DenyAssignment) bool) {
			for _, d := range in.denies {
				if !yield(d.DenyAssignment) {
					return
				}
			}
		},
	})
	if got.Outcome != want {
		t.Fatalf("specification says %v by %v\n%v\n%+v", want, rules, got, in)
	}
	switch {
	case want == reason.ImplicitDeny && (len(got.Decisive) != 0 || got.Hint == ""):
		t.Fatalf("a refusal with a decisive rule or without hint: %v", got)
	case want != reason.ImplicitDeny && (len(got.Decisive) != 1 || !slices.Contains(rules, got.Decisive[0].Rule)):
		t.Fatalf("decided by %v, specification says %v", got.Decisive, rules)
	}
	return want
}

// TestP01RandomAgainstSpecification compares the two evaluators on 120,000 random questions.
func TestP01RandomAgainstSpecification(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // repeatable on purpose
	seen := map[reason.Outcome]int{}
	for range 120_000 {
		seen[compare(t, dice{rnd.IntN}.question(t))]++
	}
	for _, o := range []reason.Outcome{reason.Allow, reason.ExplicitDeny, reason.ImplicitDeny} {
		if seen[o] < 5_000 {
			t.Errorf("only %d of %v: the questions are too one-sided", seen[o], o)
		}
	}
	t.Log(seen)
}

func FuzzDecide(f *testing.F) {
	f.Add([]byte("any bytes are dice"))
	f.Add([]byte{0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233})
	f.Fuzz(func(t *testing.T, b []byte) {
		at := 0
		compare(t, dice{func(n int) int {
			if at == len(b) {
				return 0
			}
			at++
			return int(b[at-1]) % n
		}}.question(t))
	})
}

// FuzzCompilePattern compares the matcher with the specification on arbitrary patterns and operations.
func FuzzCompilePattern(f *testing.F) {
	f.Add("MI/*/read", "MI/read")
	f.Add("*a*/*/b", "xa/b")
	f.Add("a/*/*/*/b", "a/b")
	f.Fuzz(func(t *testing.T, pattern, action string) {
		if len(pattern) > 40 || len(action) > 40 {
			return // the specification is exponential
		}
		p, err := compilePattern(pattern)
		op, ok := parseOperation(action, false)
		if err != nil || !ok {
			return
		}
		if got, want := p.match(op.folded), specMatch(strings.ToLower(pattern), op.folded); got != want {
			t.Errorf("%q on %q: %v, specification says %v", pattern, action, got, want)
		}
	})
}
