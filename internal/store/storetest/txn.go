package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
)

func testCompares(t *testing.T, s Store) {
	first := write(t, s, put("a", "1"))
	second := write(t, s, put("a", "2"))
	write(t, s, put("gone", "x"))
	write(t, s, del("gone"))
	for _, c := range []struct {
		name    string
		compare []store.Compare
		holds   bool
	}{
		{"none", nil, true},
		{"present with its revision", []store.Compare{{Key: "a", Rev: second}}, true},
		{"present with an older revision", []store.Compare{{Key: "a", Rev: first}}, false},
		{"present demanded absent", []store.Compare{{Key: "a"}}, false},
		{"absent demanded absent", []store.Compare{{Key: "never"}}, true},
		{"deleted demanded absent", []store.Compare{{Key: "gone"}}, true},
		{"absent demanded present", []store.Compare{{Key: "never", Rev: first}}, false},
		{"one of two fails", []store.Compare{{Key: "a", Rev: second}, {Key: "never", Rev: 7}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := s.Txn(t.Context(), c.compare, []store.Op{put("out", c.name)})
			if c.holds && err != nil {
				t.Fatal(err)
			}
			if !c.holds {
				wantReason(t, err, fault.Conflict, store.Conflict)
				if store.Indeterminate(err) {
					t.Error("a conflict is certain")
				}
			}
		})
	}
}

func testAtomic(t *testing.T, s Store) {
	write(t, s, put("a", "1"), put("b", "1"))
	before := newest(t, s)
	_, err := s.Txn(t.Context(), []store.Compare{{Key: "b"}}, []store.Op{put("a", "2"), del("b"), put("c", "2")})
	wantReason(t, err, fault.Conflict, store.Conflict)
	if after := newest(t, s); after != before {
		t.Errorf("a conflict moved the revision from %d to %d", before, after)
	}
	want := []store.KV{{Key: "a", Value: []byte("1"), Rev: before}, {Key: "b", Value: []byte("1"), Rev: before}}
	got, _, err := walk(t.Context(), s, "", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func testEmptyChange(t *testing.T, s Store) {
	rev := write(t, s, put("a", "1"))
	for name, ops := range map[string][]store.Op{"no op": nil, "absent key": {del("never")}} {
		if got := write(t, s, ops...); got != rev {
			t.Errorf("%s: revision went from %d to %d", name, rev, got)
		}
	}
	mixed := write(t, s, del("never"), put("b", "2"), del("a"))
	if mixed != rev+1 {
		t.Errorf("revision went from %d to %d", rev, mixed)
	}
	want := []store.Batch{{Rev: mixed, Events: []store.Event{
		{Key: "b", Value: []byte("2"), Rev: mixed}, {Key: "a", Deleted: true, Rev: mixed},
	}}}
	if diff := cmp.Diff(want, take(t, s.Watch(soon(t), "", mixed), 2)); diff != "" {
		t.Error(diff)
	}
}

func testRevisions(t *testing.T, s Store) {
	last := newest(t, s)
	if last < 1 {
		t.Fatalf("an empty store is at revision %d", last)
	}
	for i := range 20 {
		rev := write(t, s, put("a", fmt.Sprint(i)), put(fmt.Sprint("b", i), "x"))
		if rev != last+1 || newest(t, s) != rev {
			t.Fatalf("revision %d follows %d, newest is %d", rev, last, newest(t, s))
		}
		last = rev
	}
}

func testLimits(t *testing.T, s Store) {
	before := newest(t, s)
	many := func(count int) (ops []store.Op, compares []store.Compare) {
		for i := range count {
			ops = append(ops, put(fmt.Sprint("k", i), "v"))
			compares = append(compares, store.Compare{Key: fmt.Sprint("k", i)})
		}
		return ops, compares
	}
	tooManyOps, tooManyCompares := many(store.MaxOps + 1)
	for _, c := range []struct {
		name     string
		compares []store.Compare
		ops      []store.Op
		reason   fault.Reason
	}{
		{"too many ops", nil, tooManyOps, store.TooLarge},
		{"too many compares", tooManyCompares, nil, store.TooLarge},
		{"too many bytes", nil, []store.Op{{Key: "a", Value: make([]byte, store.MaxTxnBytes)}}, store.TooLarge},
		{"empty key", nil, []store.Op{put("", "v")}, store.Invalid},
		{"long key", nil, []store.Op{put(strings.Repeat("k", store.MaxKeyBytes+1), "v")}, store.Invalid},
		{"key twice", nil, []store.Op{put("a", "1"), put("a", "2")}, store.Invalid},
		{"key put and deleted", nil, []store.Op{put("a", "1"), del("a")}, store.Invalid},
		{"compare of no key", []store.Compare{{Rev: 1}}, nil, store.Invalid},
		{"negative revision", []store.Compare{{Key: "a", Rev: -1}}, nil, store.Invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := s.Txn(t.Context(), c.compares, c.ops)
			wantReason(t, err, fault.Invalid, c.reason)
			if store.Indeterminate(err) {
				t.Error("a refusal is certain")
			}
		})
	}
	if after := newest(t, s); after != before {
		t.Errorf("refusals moved the revision from %d to %d", before, after)
	}
	fullOps, fullCompares := many(store.MaxOps)
	if _, err := s.Txn(t.Context(), fullCompares, fullOps); err != nil {
		t.Errorf("a transaction of exactly %d ops: %v", store.MaxOps, err)
	}
	large := store.Op{Key: strings.Repeat("k", store.MaxKeyBytes), Value: make([]byte, store.MaxTxnBytes-store.MaxKeyBytes)}
	if _, err := s.Txn(t.Context(), nil, []store.Op{large}); err != nil {
		t.Errorf("a transaction of exactly %d bytes: %v", store.MaxTxnBytes, err)
	}
}

func testNotSent(t *testing.T, s Store) {
	before := newest(t, s)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Txn(over, nil, []store.Op{put("a", "1")})
	wantReason(t, err, fault.Unavailable, store.NotSent)
	if store.Indeterminate(err) || !errors.Is(err, context.Canceled) {
		t.Errorf("given up before sending: %v", err)
	}
	if after := newest(t, s); after != before {
		t.Errorf("revision went from %d to %d", before, after)
	}
	if _, err := s.Get(over, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("Get: %v", err)
	}
	if _, err := s.List(over, "", "", 0, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("List: %v", err)
	}
}

// testWriters lets many writers add to one counter by compare and retry: the sum shows each acknowledged write once.
func testWriters(t *testing.T, s Store) {
	const writers, each = 16, 25
	write(t, s, put("counter", "0"))
	var wg sync.WaitGroup
	var failed atomic.Pointer[error]
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if err := increment(t.Context(), s, fmt.Sprintf("done/%02d/%02d", w, i)); err != nil {
					failed.Store(&err)
					return
				}
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		t.Fatal(*err)
	}
	counter, err := s.Get(t.Context(), "counter")
	if err != nil {
		t.Fatal(err)
	}
	done, _, err := walk(t.Context(), s, "done/", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	if string(counter.Value) != fmt.Sprint(writers*each) || len(done) != writers*each {
		t.Errorf("counter is %s, %d marks, want %d", counter.Value, len(done), writers*each)
	}
}

// increment adds one to the counter and leaves mark, in one transaction.
func increment(ctx context.Context, s store.Store, mark string) error {
	for {
		counter, err := s.Get(ctx, "counter")
		if err != nil {
			return err
		}
		var n int
		if _, err := fmt.Sscan(string(counter.Value), &n); err != nil {
			return err
		}
		_, err = s.Txn(ctx, []store.Compare{{Key: "counter", Rev: counter.Rev}, {Key: mark}},
			[]store.Op{put("counter", fmt.Sprint(n+1)), put(mark, "x")})
		if !fault.Is(err, store.Conflict) {
			return err
		}
	}
}

func testRace(t *testing.T, s Store) {
	for round := range 20 {
		key := fmt.Sprint("race/", round)
		var wg sync.WaitGroup
		var won, lost atomic.Int32
		for w := range 8 {
			wg.Go(func() {
				_, err := s.Txn(t.Context(), []store.Compare{{Key: key}}, []store.Op{put(key, fmt.Sprint(w))})
				switch {
				case err == nil:
					won.Add(1)
				case fault.Is(err, store.Conflict):
					lost.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || lost.Load() != 7 {
			t.Fatalf("%d won, %d lost", won.Load(), lost.Load())
		}
	}
}
