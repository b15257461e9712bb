package commit

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
)

// counting counts the pages that are read of a store.
type counting struct {
	store.Store
	pages int
}

func (c *counting) List(ctx context.Context, prefix, from string, rev int64, limit int) (store.Page, error) {
	if prefix == view.Prefix {
		c.pages++
	}
	return c.Store.List(ctx, prefix, from, rev, limit)
}

// begun is a store with a writer, some tenants, and a loading that was told all of it but the end.
func begun(t *testing.T) (*counting, *Writer, *Loading) {
	t.Helper()
	s := &counting{Store: memory.New()}
	w, _, err := Open(t.Context(), s, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"one", "two"} {
		writeTenant(t, w, n)
	}
	all, err := s.List(t.Context(), "", "", 0, store.MaxPage)
	if err != nil {
		t.Fatal(err)
	}
	s.pages = 0
	loading := &Loading{rev: all.Rev}
	for _, kv := range all.KVs {
		loading.Put(kv)
	}
	return s, w, loading
}

// tenantKV is a tenant as a driver finds it.
func tenantKV(t *testing.T, n string) store.KV {
	t.Helper()
	c, err := view.Put(&view.Tenant{ID: name.NewGUID(), Name: n, Created: time.Unix(0, 0).UTC()})
	if err != nil {
		t.Fatal(err)
	}
	return store.KV{Key: c.Key, Value: c.Value, Rev: 2}
}

func writeTenant(t *testing.T, w *Writer, n string) {
	t.Helper()
	c, err := view.Put(&view.Tenant{ID: name.NewGUID(), Name: n, Created: time.Unix(0, 0).UTC()})
	if err == nil {
		_, err = w.Write(t.Context(), []view.Change{c}, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func mustHold(t *testing.T, v *view.View, tenants ...string) {
	t.Helper()
	for _, n := range tenants {
		if _, ok := v.TenantNamed(n); !ok {
			t.Errorf("the tenant %s is missing", n)
		}
	}
}

func TestWhatWasFoundIsNotReadAgain(t *testing.T) {
	s, old, loading := begun(t)
	loading.End(loading.rev, nil)
	w, v, err := Open(t.Context(), s, nil, loading)
	if err != nil {
		t.Fatal(err)
	}
	if s.pages != 0 {
		t.Errorf("%d pages were read again", s.pages)
	}
	mustHold(t, v, "one", "two")
	if _, err := old.Write(t.Context(), nil, nil); err == nil {
		t.Error("the older writer writes on")
	}
	writeTenant(t, w, "three")
}

// TestLaterWritesAreNotMissed is a crash between the log and the database: the engine knows more than the database held.
func TestLaterWritesAreNotMissed(t *testing.T) {
	s, old, loading := begun(t)
	loading.End(loading.rev, nil)
	writeTenant(t, old, "later")
	_, v, err := Open(t.Context(), s, nil, loading)
	if err != nil {
		t.Fatal(err)
	}
	mustHold(t, v, "one", "two", "later")
}

func TestADamagedFindIsRefused(t *testing.T) {
	s, _, loading := begun(t)
	loading.Put(store.KV{Key: view.Prefix + "tenant/x", Value: []byte("{"), Rev: 2})
	loading.End(loading.rev, nil)
	if _, _, err := Open(t.Context(), s, nil, loading); err == nil {
		t.Error("a damaged record was passed over")
	}
}

// TestWhatIsDroppedIsNotLoaded drops values while they wait, while they are decoded and long after, among them one that an
// older version may have written in another way.
func TestWhatIsDroppedIsNotLoaded(t *testing.T) {
	s, _, loading := begun(t)
	var dropped []int
	for i := range 3*partSize + 7 {
		kv := tenantKV(t, fmt.Sprintf("old-%d", i))
		if i%1000 == 0 {
			kv.Value = []byte("{}")
		}
		place := loading.Put(kv)
		if i%3 == 0 {
			loading.Drop(place)
			continue
		}
		dropped = append(dropped, place)
	}
	for _, place := range dropped {
		loading.Drop(place)
	}
	loading.Put(tenantKV(t, "new"))
	loading.End(loading.rev, nil)
	_, v, err := Open(t.Context(), s, nil, loading)
	if err != nil {
		t.Fatal(err)
	}
	mustHold(t, v, "one", "two", "new")
	count := 0
	for range v.Tenants() {
		count++
	}
	if count != 3 {
		t.Errorf("there are %d tenants", count)
	}
}

func TestTwoThatClaimOneNameAreRefused(t *testing.T) {
	s, _, loading := begun(t)
	loading.Put(tenantKV(t, "ONE"))
	loading.End(loading.rev, nil)
	var taken *view.Taken
	if _, _, err := Open(t.Context(), s, nil, loading); !errors.As(err, &taken) {
		t.Errorf("got %v", err)
	}
}

// TestAFailedFindIsNotTaken is a disk that could not be read to its end.
func TestAFailedFindIsNotTaken(t *testing.T) {
	s, _, loading := begun(t)
	loading.Put(tenantKV(t, "half"))
	loading.End(0, errors.New("the disk is broken"))
	_, v, err := Open(t.Context(), s, nil, loading)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := v.TenantNamed("half"); ok || s.pages == 0 {
		t.Error("what was told before a failure was believed")
	}
}
