package view

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/name"
)

// TestTheAssignmentsOfAPrincipalStandInOrder: in whatever order they were read, written and deleted, by ids, and what an
// older View shows stays.
func TestTheAssignmentsOfAPrincipalStandInOrder(t *testing.T) {
	who := name.NewGUID()
	rnd := rand.New(rand.NewPCG(1, 2))
	var have, loaded []string
	var records []Record
	added := func() *RoleAssignment {
		a := &RoleAssignment{ID: name.NewGUID(), Scope: name.Root(), Principal: who}
		have = append(have, a.ID.String())
		slices.Sort(have)
		return a
	}
	for range 50 {
		records = append(records, added())
	}
	first, err := Load(1, records)
	if err != nil {
		t.Fatal(err)
	}
	loaded = slices.Clone(have)
	v := first
	for rev := int64(2); rev < 100; rev++ {
		var change []Change
		if rnd.IntN(2) == 0 && len(have) > 0 {
			at := rnd.IntN(len(have))
			change = []Change{Remove(&RoleAssignment{ID: name.MustGUID(have[at])})}
			have = slices.Delete(have, at, at+1)
		} else {
			change = changes(t, added())
		}
		if v, err = v.Apply(rev, change); err != nil {
			t.Fatal(err)
		}
		for of, want := range map[*View][]string{v: have, first: loaded} {
			if diff := cmp.Diff(want, idsOf(of.AssignmentsOf(who))); diff != "" {
				t.Fatalf("revision %d, seen at %d (-want +got):\n%s", of.Rev(), rev, diff)
			}
		}
	}
}

func idsOf(list []*RoleAssignment) (ids []string) {
	for _, a := range list {
		ids = append(ids, strings.Clone(a.ID.String()))
	}
	return ids
}
