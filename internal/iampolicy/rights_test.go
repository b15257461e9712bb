package iampolicy_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// What a session may never be: more than its role. The laws below are about any way of deciding, so that they can also be
// put to broken ones, which they must find.

// decider is a way of deciding.
type decider func(iampolicy.Input) reason.Outcome

func engine(in iampolicy.Input) reason.Outcome { return iampolicy.Decide(in).Outcome }

// rights are the rights of a role as one input: nothing restricts them, and no resource's policy has a say.
func rights(in iampolicy.Input) iampolicy.Input {
	in.Session, in.ResourcePolicy, in.TrustPolicy = nil, nil, false
	in.ResourceAccount = in.Principal.Account
	return in
}

// law says what is wrong with a decider about one random situation, or nothing.
type law struct {
	name  string
	holds func(d dice, l library, decide decider) string
}

// restrictions are the session policies of one session: none, or up to three.
func (d dice) restrictions(l library) (list []iampolicy.Named) {
	for range d.IntN(4) {
		list = append(list, pick(d, l[iampolicy.Session]...))
	}
	return list
}

// roleInput is a random request of a session of the role, in its own account, about something without a policy.
func (d dice) roleInput(l library) iampolicy.Input {
	in := d.input(l)
	in.Principal = session(accountA)
	return rights(in)
}

func laws() []law {
	allowed := func(o reason.Outcome) bool { return o == reason.Allow }
	return []law{
		{"session ⊆ role", func(d dice, l library, decide decider) string {
			in := d.roleInput(l)
			whole := decide(in)
			in.Session = d.restrictions(l)
			if allowed(decide(in)) && !allowed(whole) {
				return "a session may what its role may not"
			}
			return ""
		}},
		{"session ⊆ role, whatever the bucket says of others", func(d dice, l library, decide decider) string {
			in := d.roleInput(l)
			whole := decide(in)
			in.Session = d.restrictions(l)
			policy := pick(d, l[iampolicy.Resource]...)
			in.ResourcePolicy = &policy
			if named(policy, &in) || !allowed(decide(in)) || allowed(whole) {
				return ""
			}
			return "a session may what its role may not, by a policy that does not name it"
		}},
		{"a denial of one session policy denies", func(d dice, l library, decide decider) string {
			in := d.roleInput(l)
			all := d.restrictions(l)
			for i := range all {
				in.Session = all[i : i+1]
				alone := decide(in)
				in.Session = all
				if alone == reason.ExplicitDeny && decide(in) != reason.ExplicitDeny {
					return "a denial of one session policy is lost among several"
				}
			}
			return ""
		}},
		{"session ⊆ boundary, SCP and RCP", func(d dice, l library, decide decider) string {
			in := d.roleInput(l)
			in.Session = d.restrictions(l)
			if !allowed(decide(in)) {
				return ""
			}
			alone := func(kept func(*iampolicy.Input)) bool { // what one limit says when everything else is granted
				free := in
				free.Identity, free.Boundary, free.Session, free.SCPs, free.RCPs = everything(), nil, nil, nil, nil
				kept(&free)
				return allowed(decide(free))
			}
			for what, kept := range map[string]func(*iampolicy.Input){
				"the boundary":         func(f *iampolicy.Input) { f.Boundary = in.Boundary },
				"the session's policy": func(f *iampolicy.Input) { f.Session = in.Session },
				"the SCPs":             func(f *iampolicy.Input) { f.SCPs = in.SCPs },
				"the RCPs":             func(f *iampolicy.Input) { f.RCPs = in.RCPs },
			} {
				if !alone(kept) {
					return what + " is passed"
				}
			}
			return ""
		}},
		{"a denial anywhere denies", func(d dice, l library, decide decider) string {
			in := d.input(l)
			before := decide(in)
			in.Identity = append(slices.Clip(in.Identity), pick(d, l[iampolicy.Identity]...))
			if after := decide(in); before == reason.ExplicitDeny && after != reason.ExplicitDeny {
				return "one more policy takes a denial away"
			}
			return ""
		}},
	}
}

// everything is an identity policy that allows all.
func everything() []iampolicy.Named {
	p, err := iampolicy.Parse([]byte(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`), iampolicy.Identity)
	if err != nil {
		panic(err)
	}
	return []iampolicy.Named{{ID: "everything", Policy: p}}
}

// named tells, by the second evaluator, whether an allow of the policy names the caller more closely than by its account.
func named(n iampolicy.Named, in *iampolicy.Input) bool {
	return specBest(*in, []iampolicy.Named{n}, "Allow") > 1
}

// broken are deciders with one gate out of its hinges each, and a law that must find it.
func broken() map[string]struct {
	finds  string
	decide decider
} {
	without := func(take func(*iampolicy.Input)) decider {
		return func(in iampolicy.Input) reason.Outcome {
			take(&in)
			return engine(in)
		}
	}
	type seeded = struct {
		finds  string
		decide decider
	}
	return map[string]seeded{
		"a session's policy grants": {"session ⊆ role", func(in iampolicy.Input) reason.Outcome {
			in.Identity = append(slices.Clip(in.Identity), asIdentity(in.Session)...)
			return engine(in)
		}},
		"a session's policy takes the place of the role's": {"session ⊆ role", func(in iampolicy.Input) reason.Outcome {
			if len(in.Session) > 0 {
				in.Identity = asIdentity(in.Session)
			}
			return engine(in)
		}},
		"an account in a bucket's policy is as good as the session": {"session ⊆ role, whatever the bucket says of others", func(in iampolicy.Input) reason.Outcome {
			out := engine(in)
			if out == reason.ImplicitDeny && in.ResourcePolicy != nil && specBest(in, []iampolicy.Named{*in.ResourcePolicy}, "Allow") > 0 {
				return reason.Allow
			}
			return out
		}},
		"the last session policy is all that counts": {"a denial of one session policy denies", without(func(in *iampolicy.Input) {
			in.Session = in.Session[max(0, len(in.Session)-1):]
		})},
		"the session's policy is forgotten": {"session ⊆ boundary, SCP and RCP", func(in iampolicy.Input) reason.Outcome {
			if in.Identity == nil || in.Identity[0].ID != "everything" {
				in.Session = nil
			}
			return engine(in)
		}},
		"the boundary is forgotten": {"session ⊆ boundary, SCP and RCP", func(in iampolicy.Input) reason.Outcome {
			if in.Identity == nil || in.Identity[0].ID != "everything" {
				in.Boundary = nil
			}
			return engine(in)
		}},
		"the SCPs are forgotten": {"session ⊆ boundary, SCP and RCP", func(in iampolicy.Input) reason.Outcome {
			if in.Identity == nil || in.Identity[0].ID != "everything" {
				in.SCPs = nil
			}
			return engine(in)
		}},
		"the RCPs are forgotten": {"session ⊆ boundary, SCP and RCP", func(in iampolicy.Input) reason.Outcome {
			if in.Identity == nil || in.Identity[0].ID != "everything" {
				in.RCPs = nil
			}
			return engine(in)
		}},
		"the last policy has the last word": {"a denial anywhere denies", without(func(in *iampolicy.Input) {
			in.Identity = in.Identity[max(0, len(in.Identity)-1):]
		})},
	}
}

// asIdentity are the same documents as policies of a role.
func asIdentity(list []iampolicy.Named) (out []iampolicy.Named) {
	for _, n := range list {
		p, err := iampolicy.Parse(n.Policy.Source(), iampolicy.Identity)
		if err != nil {
			panic(err)
		}
		out = append(out, iampolicy.Named{ID: n.ID, Policy: p})
	}
	return out
}

// find looks for a situation in which a law does not hold; empty if there is none among so many.
func find(t testing.TB, l law, decide decider, seed uint64, cases int) string {
	t.Helper()
	d := dice{rand.New(rand.NewPCG(seed, 6))}
	stocked := stock(t, d, 40)
	for i := range cases {
		if wrong := l.holds(d, stocked, decide); wrong != "" {
			return fmt.Sprintf("%s (case %d)", wrong, i)
		}
	}
	return ""
}

// TestP03SessionNeverExceedsItsRole: under any session policies, a session may at most what its role may,
// unless a resource's policy names the session. The second evaluator is held to the same.
func TestP03SessionNeverExceedsItsRole(t *testing.T) {
	for _, l := range laws() {
		t.Run(l.name, func(t *testing.T) {
			for seed := range uint64(4) {
				if wrong := find(t, l, engine, seed, 2500); wrong != "" {
					t.Errorf("the engine: %s", wrong)
				}
			}
			if wrong := find(t, l, spec, 9, 500); wrong != "" {
				t.Errorf("the second evaluator: %s", wrong)
			}
		})
	}
}

// TestP03LawsFindBrokenGates: each law finds the bug that was put there for it. A law that finds nothing proves nothing.
func TestP03LawsFindBrokenGates(t *testing.T) {
	all := map[string]law{}
	for _, l := range laws() {
		all[l.name] = l
	}
	found := map[string]bool{}
	for what, b := range broken() {
		if find(t, all[b.finds], b.decide, 1, 20_000) == "" {
			t.Errorf("%q does not find: %s", b.finds, what)
		}
		found[b.finds] = true
	}
	for name := range all {
		if !found[name] {
			t.Errorf("no bug was put there for %q", name)
		}
	}
}

// FuzzRights: the laws hold with a policy of the fuzzer's among random ones.
func FuzzRights(f *testing.F) {
	for i, doc := range []string{document(allowRead), document(denyRead), document(allowAll), document(grant(aws(accountA)))} {
		f.Add(doc, uint64(i), uint8(i))
	}
	f.Fuzz(func(t *testing.T, doc string, seed uint64, kind uint8) {
		k := iampolicy.Kind(kind)
		p, err := iampolicy.Parse([]byte(doc), k)
		if err != nil || len(doc) > 1000 {
			return
		}
		d := dice{rand.New(rand.NewPCG(seed, 6))}
		stocked := stock(t, d, 2)
		stocked[k] = []iampolicy.Named{{ID: "fuzzed", Policy: p}}
		for _, l := range laws() {
			if wrong := l.holds(d, stocked, engine); wrong != "" {
				t.Errorf("%s: %s\n%s", l.name, wrong, doc)
			}
		}
	})
}
