package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
)

// Store is what the suite asks of a driver: the contract, and a way to drop history at once, which a driver otherwise
// does by itself when time has passed.
type Store interface {
	store.Store
	// Compact drops the history before rev.
	Compact(ctx context.Context, rev int64) error
}

// Run holds the stores that open makes to the contract. Each call of open gives a new, empty store; the suite closes
// it.
func Run(t *testing.T, open func(t *testing.T) Store) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, s Store)
	}{
		{"GetGivesValueAndRevision", testGet},
		{"ValuesAreKeptToTheByte", testValues},
		{"ReaderOwnsWhatItReads", testOwnership},
		{"CompareDecides", testCompares},
		{"ConflictWritesNothing", testAtomic},
		{"DeletingNothingIsNoRevision", testEmptyChange},
		{"RevisionsGrowByOne", testRevisions},
		{"LimitsAreRefusedBeforeAnythingIsWritten", testLimits},
		{"GivenUpBeforeSendingIsCertain", testNotSent},
		{"PagesSeeOneRevision", testPages},
		{"PagesStayInsideThePrefix", testPrefix},
		{"PageOfThePast", testPast},
		{"ListRefusesNonsense", testListRefusals},
		{"ConcurrentWritersLoseNothing", testWriters},
		{"ConcurrentComparesLetOneWin", testRace},
		{"WalkUnderWritesIsConsistent", testWalkUnderWrites},
		{"WatchGivesWholeRevisions", testWatchBatches},
		{"WatchResumesWithoutGapOrRepetition", testWatchResume},
		{"WatchFollowsWriters", testWatchLive},
		{"WatchRefusesNonsense", testWatchRefusals},
		{"WatchEndsWithItsContext", testWatchContext},
		{"CompactedHistoryIsGone", testCompaction},
		{"SnapshotIsWritten", testSnapshot},
		{"ClosedAnswersUnavailable", testClosed},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
			c.test(t, s)
		})
	}
}

// wantReason fails the test unless err is a fault of that kind and reason.
func wantReason(t *testing.T, err error, kind fault.Kind, why fault.Reason) {
	t.Helper()
	if !fault.Is(err, why) || !fault.IsKind(err, kind) {
		t.Fatalf("got error %v, want reason %s of kind %d", err, why, kind)
	}
}

func put(key, value string) store.Op { return store.Op{Key: key, Value: []byte(value)} }

func del(key string) store.Op { return store.Op{Key: key, Delete: true} }

// write does ops unconditionally and gives the revision.
func write(t *testing.T, s store.Store, ops ...store.Op) int64 {
	t.Helper()
	rev, err := s.Txn(t.Context(), nil, ops)
	if err != nil {
		t.Fatalf("Txn: %v", err)
	}
	return rev
}

// fill writes count keys prefix00000, prefix00001, … and gives the last revision.
func fill(t *testing.T, s store.Store, prefix string, count int) (rev int64) {
	t.Helper()
	var ops []store.Op
	for i := range count {
		ops = append(ops, put(fmt.Sprintf("%s%05d", prefix, i), fmt.Sprint("value ", i)))
	}
	for chunk := range slices.Chunk(ops, store.MaxOps) {
		rev = write(t, s, chunk...)
	}
	return rev
}

func newest(t *testing.T, s store.Store) int64 {
	t.Helper()
	status, err := s.Status(t.Context())
	if err != nil {
		t.Fatalf("Status: %v", err)
	}
	return status.Rev
}

// walk reads all keys under prefix in pages of limit at one revision.
func walk(ctx context.Context, s store.Store, prefix string, rev int64, limit int) ([]store.KV, int64, error) {
	var all []store.KV
	from := ""
	for {
		page, err := s.List(ctx, prefix, from, rev, limit)
		if err != nil {
			return nil, 0, err
		}
		if rev != 0 && page.Rev != rev {
			return nil, 0, fmt.Errorf("asked for revision %d, page is of %d", rev, page.Rev)
		}
		all = append(all, page.KVs...)
		if page.Next == "" {
			return all, page.Rev, nil
		}
		if len(page.KVs) != limit || page.Next <= page.KVs[limit-1].Key {
			return nil, 0, fmt.Errorf("page of %d keys goes on at %q", len(page.KVs), page.Next)
		}
		from, rev = page.Next, page.Rev
	}
}

func keysOf(kvs []store.KV) []string {
	var keys []string
	for _, kv := range kvs {
		keys = append(keys, kv.Key)
	}
	return keys
}

// soon is a context for a watch: a watch that waits for what will never come fails instead of hanging.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// take reads batches from a watch until it has count events.
func take(t *testing.T, watch iter.Seq2[store.Batch, error], count int) []store.Batch {
	t.Helper()
	var got []store.Batch
	for batch, err := range watch {
		if err != nil {
			t.Fatalf("Watch after %d batches: %v", len(got), err)
		}
		got = append(got, batch)
		if count -= len(batch.Events); count <= 0 {
			break
		}
	}
	return got
}

// firstError reads a watch until it gives an error.
func firstError(watch iter.Seq2[store.Batch, error]) error {
	for _, err := range watch {
		if err != nil {
			return err
		}
	}
	return errors.New("the watch ended without an error")
}

func testGet(t *testing.T, s Store) {
	_, err := s.Get(t.Context(), "a")
	wantReason(t, err, fault.NotFound, store.NotFound)
	first := write(t, s, put("a", "1"))
	second := write(t, s, put("b", "2"))
	for _, want := range []store.KV{{Key: "a", Value: []byte("1"), Rev: first}, {Key: "b", Value: []byte("2"), Rev: second}} {
		got, err := s.Get(t.Context(), want.Key)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	write(t, s, del("a"))
	_, err = s.Get(t.Context(), "a")
	wantReason(t, err, fault.NotFound, store.NotFound)
}

func testValues(t *testing.T, s Store) {
	values := map[string][]byte{
		"empty": {}, "nul": {0}, "binary": {0xff, 0, 0xfe, '\n'}, "large": bytes.Repeat([]byte{7}, 500_000),
		"key/\x00with\xffbytes": []byte("v"), "ключ": []byte("значение"),
	}
	for key, value := range values {
		write(t, s, store.Op{Key: key, Value: value})
	}
	for key, value := range values {
		got, err := s.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if got.Value == nil || !bytes.Equal(got.Value, value) {
			t.Errorf("%q: %d bytes came back for %d", key, len(got.Value), len(value))
		}
	}
	write(t, s, store.Op{Key: "nil"})
	if got, err := s.Get(t.Context(), "nil"); err != nil || got.Value == nil {
		t.Errorf("a nil value is kept as an empty one, got %v, %v", got.Value, err)
	}
}

func testOwnership(t *testing.T, s Store) {
	value := []byte("before")
	rev := write(t, s, store.Op{Key: "a", Value: value})
	copy(value, "after!")
	first, err := s.Get(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	copy(first.Value, "broken")
	page, err := s.List(t.Context(), "", "", 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	copy(page.KVs[0].Value, "broken")
	copy(take(t, s.Watch(soon(t), "", rev), 1)[0].Events[0].Value, "broken")
	second, err := s.Get(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if string(second.Value) != "before" {
		t.Errorf("the stored value became %q", second.Value)
	}
}

func testSnapshot(t *testing.T, s Store) {
	fill(t, s, "k/", 50)
	var whole bytes.Buffer
	if err := s.Snapshot(t.Context(), &whole); err != nil {
		t.Fatal(err)
	}
	if whole.Len() == 0 || !strings.Contains(whole.String(), "k/00049") {
		t.Errorf("a snapshot of %d bytes does not hold the last key", whole.Len())
	}
	if err := s.Snapshot(t.Context(), brokenWriter{}); !errors.Is(err, errBroken) {
		t.Errorf("Snapshot to a broken writer: %v", err)
	}
}

var errBroken = errors.New("broken writer")

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func testClosed(t *testing.T, s Store) {
	rev := write(t, s, put("a", "1"))
	watching, ended := make(chan struct{}), make(chan error)
	ctx := soon(t)
	go func() {
		for _, err := range s.Watch(ctx, "", rev) {
			if err != nil {
				ended <- err
				return
			}
			close(watching)
		}
		ended <- errors.New("the watch ended without an error")
	}()
	<-watching
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wantReason(t, <-ended, fault.Unavailable, store.Unavailable)
	_, err := s.Get(t.Context(), "a")
	wantReason(t, err, fault.Unavailable, store.Unavailable)
	_, err = s.List(t.Context(), "", "", 0, 1)
	wantReason(t, err, fault.Unavailable, store.Unavailable)
	_, err = s.Txn(t.Context(), nil, []store.Op{put("a", "2")})
	wantReason(t, err, fault.Unavailable, store.Unavailable)
	_, err = s.Status(t.Context())
	wantReason(t, err, fault.Unavailable, store.Unavailable)
	wantReason(t, s.Snapshot(t.Context(), &bytes.Buffer{}), fault.Unavailable, store.Unavailable)
	wantReason(t, firstError(s.Watch(soon(t), "", rev)), fault.Unavailable, store.Unavailable)
}
