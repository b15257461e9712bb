package commit

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/view"
)

// part is a run of records to decode: small enough that all cores end at about the same time.
const part = 2_000

// readAll reads all records at one revision. While one page is read, the pages before it are decoded on all cores and
// entered into the View that is to be. guard is the revision of the guard key at that revision, 0 if there is none yet.
func readAll(ctx context.Context, s store.Store) (loader *view.Loader, guard int64, err error) {
	w := newWorks()
	guard, err = readPages(ctx, s, w.add)
	loader, loadErr := w.wait() // also after a failed read: nothing may run on
	if err == nil {
		err = loadErr
	}
	return loader, guard, err
}

// readPages hands all keys and values to add, page by page.
func readPages(ctx context.Context, s store.Store, add func([]store.KV)) (guard int64, err error) {
	page, err := s.List(ctx, view.Prefix, "", 0, store.MaxPage)
	if err != nil {
		return 0, fmt.Errorf("read records: %w", err)
	}
	rev := page.Rev
	for {
		add(page.KVs)
		if page.Next == "" {
			break
		}
		if page, err = s.List(ctx, view.Prefix, page.Next, rev, store.MaxPage); err != nil {
			return 0, fmt.Errorf("read records: %w", err)
		}
	}
	found, err := s.List(ctx, guardKey, "", rev, 1)
	if err != nil {
		return 0, fmt.Errorf("read guard: %w", err)
	}
	if len(found.KVs) == 1 && found.KVs[0].Key == guardKey {
		guard = found.KVs[0].Rev
	}
	return guard, nil
}

// works decodes parts on all cores and enters them into a loader, in whatever order they come.
type works struct {
	parts   chan []store.KV
	decoded chan decoded
	readers sync.WaitGroup // those that decode
	entered chan struct{}  // closed when the loader has everything
	loader  *view.Loader
	err     error // the first one; the entering goroutine's until entered is closed
}

type decoded struct {
	records []view.Record
	err     error
}

func newWorks() *works {
	cores := runtime.GOMAXPROCS(0)
	w := &works{
		parts: make(chan []store.KV, store.MaxPage/part), decoded: make(chan decoded, cores),
		entered: make(chan struct{}), loader: view.NewLoader(),
	}
	for range cores {
		w.readers.Go(func() {
			for p := range w.parts {
				w.decoded <- decode(p)
			}
		})
	}
	go w.enter()
	return w
}

func (w *works) add(kvs []store.KV) {
	for p := range slices.Chunk(kvs, part) {
		w.parts <- p
	}
}

func decode(kvs []store.KV) decoded {
	d := decoded{records: make([]view.Record, 0, len(kvs))}
	var dec view.Decoder
	for _, kv := range kvs {
		r, err := dec.Decode(view.Change{Key: kv.Key, Value: kv.Value, Rev: kv.Rev})
		if err != nil {
			d.err = fmt.Errorf("decode records: %w", err)
			break
		}
		d.records = append(d.records, r)
	}
	return d
}

// enter fills the loader until nothing more is decoded. After an error it only drains.
func (w *works) enter() {
	defer close(w.entered)
	for d := range w.decoded {
		if w.err == nil {
			w.err = d.err
		}
		for _, r := range d.records {
			if w.err == nil {
				w.err = w.loader.Add(r)
			}
		}
	}
}

// wait gives the loader when everything that was added is in it.
func (w *works) wait() (*view.Loader, error) {
	close(w.parts)
	w.readers.Wait()
	close(w.decoded)
	<-w.entered
	return w.loader, w.err
}
