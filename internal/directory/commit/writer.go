package commit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync/atomic"

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
	guard int64 // revision of the guard key: ours as long as we are the writer
	count atomic.Int64
}

// Open reads all records at one revision and takes over as the writer: an older Writer on the same store can no longer
// write. The View has the revision of that write. loading is what was begun before; nil is nothing.
func Open(ctx context.Context, s store.Store, loading *Loading) (*Writer, *view.View, error) {
	loader, guard, err := loading.load(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	w := &Writer{store: s, guard: guard}
	rev, err := w.Write(ctx, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("take over as writer: %w", err)
	}
	v, err := loader.View(rev)
	return w, v, err
}

// Write writes a chunk of changes and the guard in one transaction, provided that we wrote the guard last, and gives its
// revision. An error for which store.Indeterminate is true leaves open whether they are written.
func (w *Writer) Write(ctx context.Context, chunk []view.Change) (int64, error) {
	ops := make([]store.Op, 0, len(chunk)+1)
	for _, c := range chunk {
		ops = append(ops, store.Op{Key: c.Key, Value: c.Value, Delete: c.Value == nil})
	}
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

// Count is how many transactions were written. Any goroutine may ask.
func (w *Writer) Count() int64 { return w.count.Load() }
