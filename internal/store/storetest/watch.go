package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
)

func testWatchBatches(t *testing.T, s Store) {
	first := write(t, s, put("w/b", "1"), put("other", "x"), put("w/a", "1"))
	write(t, s, put("other", "y"))
	third := write(t, s, del("w/b"), put("w/c", "3"), put("w/a", ""))
	want := []store.Batch{
		{Rev: first, Events: []store.Event{{Key: "w/b", Value: []byte("1"), Rev: first}, {Key: "w/a", Value: []byte("1"), Rev: first}}},
		{Rev: third, Events: []store.Event{
			{Key: "w/b", Deleted: true, Rev: third},
			{Key: "w/c", Value: []byte("3"), Rev: third},
			{Key: "w/a", Value: []byte{}, Rev: third},
		}},
	}
	if diff := cmp.Diff(want, take(t, s.Watch(soon(t), "w/", 1), 5)); diff != "" {
		t.Error(diff)
	}
	large := make([]store.Op, store.MaxOps)
	for i := range large {
		large[i] = put(fmt.Sprintf("w/large/%03d", i), strings.Repeat("v", 4000))
	}
	rev := write(t, s, large...)
	got := take(t, s.Watch(soon(t), "w/large/", 1), 1)
	if len(got) != 1 || got[0].Rev != rev || len(got[0].Events) != store.MaxOps {
		t.Errorf("a revision of %d events came in %d batches, the first of %d", store.MaxOps, len(got), len(got[0].Events))
	}
}

// testWatchResume stops a watch after each single batch and goes on after it: together that is the whole history.
func testWatchResume(t *testing.T, s Store) {
	start := newest(t, s) + 1
	for i := range 12 {
		write(t, s, put(fmt.Sprint("k", i%4), fmt.Sprint(i)), put(fmt.Sprint("l", i), "x"))
	}
	whole := take(t, s.Watch(soon(t), "", start), 24)
	var pieces []store.Batch
	for next := start; len(pieces) < len(whole); next = pieces[len(pieces)-1].Rev + 1 {
		pieces = append(pieces, take(t, s.Watch(soon(t), "", next), 1)...)
	}
	if len(whole) != 12 {
		t.Errorf("12 revisions came in %d batches", len(whole))
	}
	if diff := cmp.Diff(whole, pieces); diff != "" {
		t.Error(diff)
	}
}

// testWatchLive reads a walk and follows it while writers write: every revision after the walk comes, once, in order.
func testWatchLive(t *testing.T, s Store) {
	const writers, each = 6, 40
	fill(t, s, "k/", 10)
	_, rev, err := walk(t.Context(), s, "", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				ops := []store.Op{put(fmt.Sprintf("live/%d/%d", w, i), "x"), put(fmt.Sprintf("twin/%d/%d", w, i), "x")}
				if _, err := s.Txn(t.Context(), nil, ops); err != nil {
					t.Error(err)
				}
			}
		})
	}
	got := take(t, s.Watch(soon(t), "", rev+1), 2*writers*each)
	wg.Wait()
	seen := make(map[string]bool)
	for i, batch := range got {
		if batch.Rev != rev+1+int64(i) || len(batch.Events) != 2 {
			t.Fatalf("batch %d after revision %d is of revision %d with %d events", i, rev, batch.Rev, len(batch.Events))
		}
		for _, e := range batch.Events {
			if seen[e.Key] || e.Rev != batch.Rev {
				t.Fatalf("event of %q at %d came again or in the batch of %d", e.Key, e.Rev, batch.Rev)
			}
			seen[e.Key] = true
		}
	}
}

func testWatchRefusals(t *testing.T, s Store) {
	wantReason(t, firstError(s.Watch(soon(t), "", 0)), fault.Invalid, store.Invalid)
	wantReason(t, firstError(s.Watch(soon(t), "", -1)), fault.Invalid, store.Invalid)
	long := strings.Repeat("p", store.MaxKeyBytes+1)
	wantReason(t, firstError(s.Watch(soon(t), long, 1)), fault.Invalid, store.Invalid)
}

func testWatchContext(t *testing.T, s Store) {
	rev := write(t, s, put("a", "1"))
	ctx, cancel := context.WithCancel(soon(t))
	defer cancel()
	batches := 0
	var last error
	for _, err := range s.Watch(ctx, "", rev) {
		if last = err; err == nil {
			batches++
			cancel()
		}
	}
	if batches != 1 || !errors.Is(last, context.Canceled) {
		t.Errorf("%d batches, then %v", batches, last)
	}
}

func testCompaction(t *testing.T, s Store) {
	first := write(t, s, put("a", "1"), put("b", "1"))
	second := write(t, s, put("a", "2"), del("b"))
	third := write(t, s, put("a", "3"))
	if err := s.Compact(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	_, err := s.List(t.Context(), "", "", first, 10)
	wantReason(t, err, fault.Gone, store.Compacted)
	for _, from := range []int64{first, second} {
		wantReason(t, firstError(s.Watch(soon(t), "", from)), fault.Gone, store.Compacted)
	}
	kvs, _, err := walk(t.Context(), s, "", second, 10)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]store.KV{{Key: "a", Value: []byte("2"), Rev: second}}, kvs); diff != "" {
		t.Errorf("the compacted revision itself is still read: %s", diff)
	}
	want := []store.Batch{{Rev: third, Events: []store.Event{{Key: "a", Value: []byte("3"), Rev: third}}}}
	if diff := cmp.Diff(want, take(t, s.Watch(soon(t), "", second+1), 1)); diff != "" {
		t.Error(diff)
	}
	status, err := s.Status(t.Context())
	if err != nil || status.CompactedRev != second || status.Rev != third {
		t.Errorf("status is %+v, %v", status, err)
	}
}
