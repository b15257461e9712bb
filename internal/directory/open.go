package directory

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/view"
)

// part is a run of records to decode: small enough that all cores end at about the same time.
const part = 2_000

// readAll reads and decodes all records at one revision; pages are decoded while the next one is read. guard is the
// revision of the guard key at that revision, 0 if there is none yet.
func readAll(ctx context.Context, s store.Store) (records []view.Record, guard int64, err error) {
	dec := newDecoder()
	defer func() { // also after a failed read: nothing may run on
		if decodeErr := dec.wait(); err == nil {
			records, err = dec.records(), decodeErr
		}
	}()
	page, err := s.List(ctx, view.Prefix, "", 0, store.MaxPage)
	if err != nil {
		return nil, 0, fmt.Errorf("read records: %w", err)
	}
	rev := page.Rev
	for {
		dec.add(page.KVs)
		if page.Next == "" {
			break
		}
		if page, err = s.List(ctx, view.Prefix, page.Next, rev, store.MaxPage); err != nil {
			return nil, 0, fmt.Errorf("read records: %w", err)
		}
	}
	found, err := s.List(ctx, GuardKey, "", rev, 1)
	if err != nil {
		return nil, 0, fmt.Errorf("read guard: %w", err)
	}
	if len(found.KVs) == 1 && found.KVs[0].Key == GuardKey {
		guard = found.KVs[0].Rev
	}
	return nil, guard, nil
}

// takeOver writes the guard, provided that nobody has written since we read it. From here on an older writer fails.
func takeOver(ctx context.Context, s store.Store, guard int64) (int64, error) {
	rev, err := s.Txn(ctx, []store.Compare{{Key: GuardKey, Rev: guard}}, []store.Op{guardOp()})
	if fault.Is(err, store.Conflict) {
		return 0, unavailable(errors.New("another writer is at work on this store"))
	}
	if err != nil {
		return 0, fmt.Errorf("take over as writer: %w", err)
	}
	return rev, nil
}

// guardOp writes the guard. The text means nothing; it differs each time so that every store makes a revision of it.
func guardOp() store.Op { return store.Op{Key: GuardKey, Value: []byte(rand.Text())} }

// decoder decodes parts on all cores.
type decoder struct {
	parts chan decodePart
	wg    sync.WaitGroup
	mu    sync.Mutex
	done  [][]view.Record // guarded by mu
	count int             // guarded by mu
	err   error           // guarded by mu: the first one
}

type decodePart []store.KV

func newDecoder() *decoder {
	d := &decoder{parts: make(chan decodePart, store.MaxPage/part)}
	for range runtime.GOMAXPROCS(0) {
		d.wg.Go(func() {
			for p := range d.parts {
				d.decode(p)
			}
		})
	}
	return d
}

func (d *decoder) add(kvs []store.KV) {
	for len(kvs) > 0 {
		n := min(part, len(kvs))
		d.parts <- kvs[:n]
		kvs = kvs[n:]
	}
}

func (d *decoder) decode(p decodePart) {
	records := make([]view.Record, 0, len(p))
	var failed error
	for _, kv := range p {
		r, err := view.Decode(view.Change{Key: kv.Key, Value: kv.Value, Rev: kv.Rev})
		if err != nil {
			failed = err
			break
		}
		records = append(records, r)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err == nil {
		d.err = failed
	}
	d.done = append(d.done, records)
	d.count += len(records)
}

// wait ends the decoding and gives the first error.
func (d *decoder) wait() error {
	close(d.parts)
	d.wg.Wait()
	if d.err != nil {
		return fmt.Errorf("decode records: %w", d.err)
	}
	return nil
}

// records gives all that was decoded, in no order; only after wait.
func (d *decoder) records() []view.Record {
	all := make([]view.Record, 0, d.count)
	for _, p := range d.done {
		all = append(all, p...)
	}
	return all
}
