package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
)

func testPages(t *testing.T, s Store) {
	rev := fill(t, s, "k/", 250)
	for _, limit := range []int{1, 7, 50, 249, 250, 251, store.MaxPage} {
		kvs, at, err := walk(t.Context(), s, "k/", 0, limit)
		if err != nil {
			t.Fatal(err)
		}
		if len(kvs) != 250 || at != rev || !slices.IsSorted(keysOf(kvs)) {
			t.Errorf("pages of %d: %d keys at revision %d", limit, len(kvs), at)
		}
	}
}

func testPrefix(t *testing.T, s Store) {
	write(t, s, put("a", "1"), put("a/", "2"), put("a/b", "3"), put("a/c", "4"), put("a0", "5"), put("b", "6"),
		put("\xff", "7"), put("\xff\xff", "8"))
	for _, c := range []struct {
		prefix, from string
		want         []string
	}{
		{"", "", []string{"a", "a/", "a/b", "a/c", "a0", "b", "\xff", "\xff\xff"}},
		{"a/", "", []string{"a/", "a/b", "a/c"}},
		{"a/", "a/b", []string{"a/b", "a/c"}},
		{"a/", "a/b\x00", []string{"a/c"}},
		{"a/", "A", []string{"a/", "a/b", "a/c"}},
		{"a/", "b", nil},
		{"\xff", "", []string{"\xff", "\xff\xff"}},
		{"nothing", "", nil},
	} {
		page, err := s.List(t.Context(), c.prefix, c.from, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, keysOf(page.KVs)); diff != "" || page.Next != "" {
			t.Errorf("%q from %q: goes on at %q, %s", c.prefix, c.from, page.Next, diff)
		}
	}
}

func testPast(t *testing.T, s Store) {
	first := write(t, s, put("a", "1"), put("b", "1"))
	write(t, s, put("a", "2"), del("b"), put("c", "2"))
	got, _, err := walk(t.Context(), s, "", first, 1)
	if err != nil {
		t.Fatal(err)
	}
	want := []store.KV{{Key: "a", Value: []byte("1"), Rev: first}, {Key: "b", Value: []byte("1"), Rev: first}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func testListRefusals(t *testing.T, s Store) {
	for name, list := range map[string]func() (store.Page, error){
		"limit 0":         func() (store.Page, error) { return s.List(t.Context(), "", "", 0, 0) },
		"limit too large": func() (store.Page, error) { return s.List(t.Context(), "", "", 0, store.MaxPage+1) },
		"negative":        func() (store.Page, error) { return s.List(t.Context(), "", "", -1, 1) },
		"future":          func() (store.Page, error) { return s.List(t.Context(), "", "", newest(t, s)+1, 1) },
		"long prefix": func() (store.Page, error) {
			return s.List(t.Context(), strings.Repeat("p", store.MaxKeyBytes+1), "", 0, 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := list()
			wantReason(t, err, fault.Invalid, store.Invalid)
		})
	}
}

// testWalkUnderWrites moves a token from key to key while walks look for it: a walk that mixed two revisions would
// see it twice or not at all.
func testWalkUnderWrites(t *testing.T, s Store) {
	const places, moves = 60, 200
	place := func(i int) string { return fmt.Sprintf("place/%02d", i%places) }
	var all []store.Op
	for i := range places {
		all = append(all, put(place(i), ""))
	}
	all[0].Value = []byte("token")
	write(t, s, all...)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	var walkErr error
	wg.Go(func() {
		for walkErr == nil {
			select {
			case <-stop:
				return
			default:
				walkErr = findOneToken(t, s)
			}
		}
	})
	moved := 0
	// Steps of 37 jump back and forth over the places, so that the token crosses a walk in both directions.
	move := func() {
		write(t, s, put(place(moved*37), ""), put(place((moved+1)*37), "token"))
		moved++
	}
	for range moves {
		move()
	}
	close(stop)
	wg.Wait()
	if walkErr != nil {
		t.Error(walkErr)
	}
	// Whether a walk and a move met is up to the scheduler so far. Now they meet after each page.
	for range 10 {
		if err := findOneToken(t, restless{s, move}); err != nil {
			t.Error(err)
		}
	}
}

// restless is a store that changes after each page that it gives.
type restless struct {
	store.Store
	change func()
}

func (r restless) List(ctx context.Context, prefix, from string, rev int64, limit int) (store.Page, error) {
	page, err := r.Store.List(ctx, prefix, from, rev, limit)
	r.change()
	return page, err
}

func findOneToken(t *testing.T, s store.Store) error {
	kvs, rev, err := walk(t.Context(), s, "place/", 0, 7)
	if err != nil {
		return err
	}
	tokens := 0
	for _, kv := range kvs {
		if string(kv.Value) == "token" {
			tokens++
		}
	}
	if len(kvs) != 60 || tokens != 1 {
		return fmt.Errorf("a walk at revision %d saw %d keys and the token %d times", rev, len(kvs), tokens)
	}
	return nil
}
