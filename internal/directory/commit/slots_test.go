package commit

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/requestid"
	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/memory"
)

// book is a ledger that can fail.
type book struct {
	mu     sync.Mutex
	broken bool
	has    []audit.Record
}

func (b *book) Entry(r audit.Record) (audit.Entry, error) { return audit.EntryOf(r) }

func (b *book) Enter(entries ...audit.Entry) <-chan error {
	b.mu.Lock()
	defer b.mu.Unlock()
	done := make(chan error, 1)
	if b.broken {
		done <- errors.New("the disk is full")
		return done
	}
	for _, e := range entries {
		b.has = append(b.has, e.Record())
	}
	done <- nil
	return done
}

func (b *book) Complete(_ context.Context, entries []audit.Entry) error {
	known := b.operations()
	for _, e := range entries {
		if !slices.Contains(known, e.Record().Operation) {
			if err := <-b.Enter(e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *book) set(broken bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken = broken
}

func (b *book) operations() (all []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.has {
		all = append(all, r.Operation)
	}
	return all
}

func entry(t *testing.T, operation string) []audit.Entry {
	t.Helper()
	at := time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)
	e, err := audit.EntryOf(audit.Record{ID: requestid.New(at, 1), Time: at, Operation: operation, Rev: 3})
	if err != nil {
		t.Fatal(err)
	}
	return []audit.Entry{e}
}

func mustOpen(t *testing.T, s store.Store, ledger Ledger) *Writer {
	t.Helper()
	w, _, err := Open(t.Context(), s, ledger, nil)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func mustWrite(t *testing.T, w *Writer, operation string) int64 {
	t.Helper()
	rev, err := w.Write(t.Context(), nil, entry(t, operation))
	if err != nil {
		t.Fatal(err)
	}
	return rev
}

// TestAKillBetweenStoreAndLedgerLosesNoRecord: what a writer wrote whose ledger never answered is in the ledger after the
// next start, with the revision that it was written at, and once however often that happens.
func TestAKillBetweenStoreAndLedgerLosesNoRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.New()
		dying := mustOpen(t, s, &book{broken: true})
		rev := map[string]int64{}
		for n := range 3 {
			operation := "change " + strconv.Itoa(n)
			rev[operation] = mustWrite(t, dying, operation)
		}
		dying.Close()
		ledger := &book{}
		for range 2 {
			mustOpen(t, s, ledger).Close()
		}
		if len(ledger.has) != 3 {
			t.Fatalf("the ledger has %v", ledger.operations())
		}
		for _, r := range ledger.has {
			if r.Rev != rev[r.Operation] {
				t.Errorf("%s was written at revision %d, the ledger says %d", r.Operation, rev[r.Operation], r.Rev)
			}
		}
	})
}

// TestWhatACrashLeftComesInOrder: slots are written over in a circle, and the ledger tells of changes in their own order.
func TestWhatACrashLeftComesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, early := memory.New(), &book{}
		dying := mustOpen(t, s, early)
		for n := range slotCount - 1 {
			mustWrite(t, dying, "told "+strconv.Itoa(n))
			synctest.Wait()
		}
		early.set(true)
		want := early.operations()
		for n := range 3 {
			operation := "left " + strconv.Itoa(n)
			want = append(want, operation)
			mustWrite(t, dying, operation)
		}
		dying.Close()
		early.set(false)
		mustOpen(t, s, early).Close()
		if got := early.operations(); !slices.Equal(got, want) {
			t.Errorf("the ledger has %q, want %q", got, want)
		}
	})
}

// TestALedgerThatFailsIsToldLater: changes go on as long as the store can keep their records, and then no longer.
func TestALedgerThatFailsIsToldLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ledger := &book{broken: true}
		w := mustOpen(t, memory.New(), ledger)
		defer w.Close()
		for n := range slotCount {
			mustWrite(t, w, strconv.Itoa(n))
		}
		if _, err := w.Write(t.Context(), nil, entry(t, "too many")); !fault.Is(err, Unrecorded) {
			t.Fatalf("one more change: %v", err)
		}
		ledger.set(false)
		time.Sleep(2 * again)
		mustWrite(t, w, "at last")
		synctest.Wait()
		if got := ledger.operations(); len(got) != slotCount+1 || slices.Contains(got, "too many") {
			t.Errorf("the ledger has %v", got)
		}
	})
}

// TestARefusedWriteKeepsItsSlot: a store that refuses does not use up the room for records.
func TestARefusedWriteKeepsItsSlot(t *testing.T) {
	ledger := &book{}
	w := mustOpen(t, memory.New(), ledger)
	defer w.Close()
	gone, stop := context.WithCancel(t.Context())
	stop()
	for range 2 * slotCount {
		if _, err := w.Write(gone, nil, entry(t, "refused")); err == nil {
			t.Fatal("a write that was given up is done")
		}
	}
	mustWrite(t, w, "written")
	if got := ledger.operations(); !slices.Equal(got, []string{"written"}) {
		t.Errorf("the ledger has %v", got)
	}
}
