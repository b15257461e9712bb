package commit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/view"
)

// guardKey is the key that every write also writes.
const guardKey = "/g/writer"

// ErrOtherWriter says that somebody else has written since: this process is the writer no longer, and nothing was
// written.
var ErrOtherWriter = errors.New("another writer is at work on this store")

// Writer is the right to write, as long as nobody else takes over. Its methods are for one goroutine.
type Writer struct {
	store store.Store
	slots *slots
	guard int64 // revision of the guard key: ours as long as we are the writer
	count atomic.Int64
}

// Open reads all records at one revision and takes over as the writer: an older Writer on the same store can no longer
// write. Then it brings into the ledger what a crash has kept out of it. The View has the revision of the last write.
// loading is what was begun before; nil is nothing.
func Open(ctx context.Context, s store.Store, ledger Ledger, loading *Loading) (*Writer, *view.View, error) {
	loader, guard, err := loading.load(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	w := &Writer{store: s, slots: newSlots(ledger), guard: guard}
	rev, err := w.write(ctx, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("take over as writer: %w", err)
	}
	entries, empty, err := w.slots.left(ctx, s)
	if err == nil && len(entries) > 0 {
		if err = ledger.Complete(ctx, entries); err == nil {
			rev, err = w.write(ctx, empty)
		}
	}
	if err != nil {
		return nil, nil, fmt.Errorf("complete the ledger: %w", err)
	}
	v, err := loader.View(rev)
	return w, v, err
}

// Reasons for which a set of changes is not written.
const (
	// Incomplete: a change larger than one transaction was written in part before the store refused. Give it again.
	Incomplete fault.Reason = "directory.incomplete"
	// Unrecorded: nothing is changed, because the ledger does not take the records of earlier changes.
	Unrecorded fault.Reason = "directory.unrecorded"
)

// Commit writes a set in as many transactions as it needs; with the first go all records, so that no change is ever without
// its record. base is what the set was made on, and after what it leads to if nobody else has written. published is the
// View of what was written, nil if that is nothing; refusal says that the store would not take all of it; fatal that
// nobody knows what it took.
func (w *Writer) Commit(ctx context.Context, base, after *view.View, s *Set) (published *view.View, refusal, fatal error) {
	if s.Empty() {
		return nil, nil, nil
	}
	v, records := base, s.records
	chunks := s.Chunks()
	for i, chunk := range chunks {
		rev, err := w.Write(ctx, chunk, records)
		records = nil
		switch {
		case err == nil:
		case errors.Is(err, ErrOtherWriter):
			return published, nil, err
		case store.Indeterminate(err) && !fault.Is(err, Unrecorded):
			return published, nil, fmt.Errorf("nobody knows whether the last write happened: %w", err)
		case i == 0:
			return nil, err, nil
		default:
			return published, fault.New(fault.Unavailable, Incomplete,
				"the change was written in part; give it again").Because(err), nil
		}
		if len(chunks) == 1 && rev == after.Rev() { // nobody else has written: this is it
			return after, nil, nil
		}
		if v, err = v.Apply(rev, chunk); err != nil {
			return published, nil, fmt.Errorf("apply what was written: %w", err)
		}
		published = v
	}
	return published, nil, nil
}

// Write writes a chunk of changes, their records and the guard in one transaction, provided that we wrote the guard last,
// and gives its revision. The ledger gets the records afterwards. An error for which store.Indeterminate is true leaves
// open whether they are written.
func (w *Writer) Write(ctx context.Context, chunk []view.Change, records []audit.Entry) (int64, error) {
	ops := make([]store.Op, 0, len(chunk)+2)
	for _, c := range chunk {
		ops = append(ops, store.Op{Key: c.Key, Value: c.Value, Delete: c.Value == nil})
	}
	if len(records) == 0 {
		return w.write(ctx, ops)
	}
	slot, err := w.slots.take()
	if err != nil {
		return 0, err
	}
	rev, err := w.write(ctx, append(ops, w.slots.op(slot, records)))
	if err != nil {
		w.slots.free <- slot
		return 0, err
	}
	return rev, w.slots.tell(slot, rev, records)
}

// write adds the guard.
func (w *Writer) write(ctx context.Context, ops []store.Op) (int64, error) {
	// The guard's text means nothing. It differs each time, so that every store makes a revision of it.
	ops = append(ops, store.Op{Key: guardKey, Value: []byte(rand.Text())})
	rev, err := w.store.Txn(ctx, []store.Compare{{Key: guardKey, Rev: w.guard}}, ops)
	if fault.Is(err, store.Conflict) {
		return 0, ErrOtherWriter
	}
	if err != nil {
		return 0, err
	}
	w.guard = rev
	w.count.Add(1)
	return rev, nil
}

// Close waits until the ledger has answered for all records.
func (w *Writer) Close() { w.slots.close() }

// Count is how many transactions were written. Any goroutine may ask.
func (w *Writer) Count() int64 { return w.count.Load() }
