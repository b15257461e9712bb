package directory

import (
	"fmt"
	"testing"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
)

// filled gives a store with n identities and two assignments for each.
func filled(tb testing.TB, n int) store.Store {
	tb.Helper()
	s := memory.New()
	sub, tenant := name.NewGUID(), name.NewGUID()
	var ops []store.Op
	write := func(r view.Record) {
		c, err := view.Put(r)
		if err != nil {
			tb.Fatal(err)
		}
		if ops = append(ops, store.Op{Key: c.Key, Value: c.Value}); len(ops) == store.MaxOps {
			flush(tb, s, ops)
			ops = nil
		}
	}
	write(&view.Tenant{ID: tenant, Name: "default", Created: now()})
	write(&view.Subscription{ID: sub, Tenant: tenant, Name: "default", Created: now()})
	for i := range n {
		id, err := name.NewResourceID(sub, fmt.Sprintf("group-%d", i%100), view.TypeUserIdentity, fmt.Sprintf("identity-%d", i))
		if err != nil {
			tb.Fatal(err)
		}
		p := newPrincipal(tenant)
		write(&view.UserIdentity{ID: id, Location: "local", Principal: *p, Created: now()})
		for range 2 {
			write(&view.RoleAssignment{
				ID: name.NewGUID(), Tenant: tenant, Scope: id.Scope(), Role: name.MustGUID(reader),
				Principal: p.ObjectID, Created: now(),
			})
		}
	}
	flush(tb, s, ops)
	return s
}

func flush(tb testing.TB, s store.Store, ops []store.Op) {
	tb.Helper()
	if _, err := s.Txn(tb.Context(), nil, ops); err != nil {
		tb.Fatal(err)
	}
}

// Several pages and many parts: nothing is lost between them.
func TestOpenReadsAllPages(t *testing.T) {
	const n = 15_000
	s := filled(t, n)
	v := open(t, s).View()
	if got := count(v.Assignments()); got != 2*n {
		t.Errorf("%d assignments, want %d", got, 2*n)
	}
	for a := range v.Assignments() {
		if _, ok := v.PrincipalByObject(a.Principal); !ok {
			t.Fatalf("the principal %s is missing", a.Principal)
		}
	}
}

func TestOpenRefusesADamagedRecord(t *testing.T) {
	s := filled(t, 10)
	flush(t, s, []store.Op{{Key: view.Prefix + "tenant/" + name.NewGUID().String(), Value: []byte("{")}})
	if _, err := Open(t.Context(), Config{Store: s, Now: now, Logger: quiet()}); err == nil {
		t.Error("a damaged record was passed over")
	}
}

func BenchmarkOpen300k(b *testing.B) {
	s := filled(b, 100_000)
	for b.Loop() {
		if count(open(b, s).View().Assignments()) != 200_000 {
			b.Fatal("not all are there")
		}
	}
}
