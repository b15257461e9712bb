package commit

import (
	"context"
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

// begun is a store with a writer, some tenants, and what a driver would find of it.
func begun(t *testing.T) (*counting, *Writer, store.Found) {
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
	return s, w, store.Found{Rev: all.Rev, KVs: all.KVs}
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
	s, old, found := begun(t)
	var loading Loading
	loading.Begin(found)
	w, v, err := Open(t.Context(), s, nil, &loading)
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
	s, old, found := begun(t)
	var loading Loading
	loading.Begin(found)
	writeTenant(t, old, "later")
	_, v, err := Open(t.Context(), s, nil, &loading)
	if err != nil {
		t.Fatal(err)
	}
	mustHold(t, v, "one", "two", "later")
}

func TestADamagedFindIsRefused(t *testing.T) {
	s, _, found := begun(t)
	found.KVs = append(found.KVs, store.KV{Key: view.Prefix + "tenant/x", Value: []byte("{"), Rev: 2})
	var loading Loading
	loading.Begin(found)
	if _, _, err := Open(t.Context(), s, nil, &loading); err == nil {
		t.Error("a damaged record was passed over")
	}
}
