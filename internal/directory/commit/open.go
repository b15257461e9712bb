package commit

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/view"
)

// part is a run of records to decode: small enough that all cores end at about the same time.
const part = 2_000

// Loading reads the records of a store while the store is still being opened. Begin it with what the store finds on its
// disk, and give it to Open, which takes it only if the store then stands at the same revision.
type Loading struct {
	works *works // nil before Begin
	guard int64
	rev   int64
}

// Begin takes over what was found, starts to read it and returns at once. It may be called once.
func (l *Loading) Begin(found store.Found) {
	l.works, l.rev = newWorks(), found.Rev
	records := found.KVs[:0]
	for _, kv := range found.KVs {
		switch {
		case kv.Key == guardKey:
			l.guard = kv.Rev
		case strings.HasPrefix(kv.Key, view.Prefix):
			records = append(records, kv)
		}
	}
	go func() {
		l.works.add(records)
		close(l.works.parts)
	}()
}

// load gives all records at one revision: those that were read already if they are the newest, else what the store says
// now. A store that was stopped in the middle of a write has more in its log than in its database. guard is the revision of
// the guard key, 0 if there is none yet.
func (l *Loading) load(ctx context.Context, s store.Store) (loader *view.Loader, guard int64, err error) {
	if l == nil || l.works == nil {
		return readAll(ctx, s)
	}
	status, err := s.Status(ctx)
	loader, loadErr := l.works.wait() // also after a failure: nothing may run on
	l.works = nil                     // it would hold the first View for ever
	switch {
	case err != nil:
		return nil, 0, fmt.Errorf("read revision: %w", err)
	case status.Rev != l.rev:
		return readAll(ctx, s)
	}
	return loader, l.guard, loadErr
}

// readAll reads all records at one revision. While one page is read, the pages before it are decoded on all cores and
// entered into the View that is to be.
func readAll(ctx context.Context, s store.Store) (loader *view.Loader, guard int64, err error) {
	w := newWorks()
	guard, err = readPages(ctx, s, w.add)
	close(w.parts)
	loader, loadErr := w.wait() // also after a failed read
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

// works decodes parts on all cores and makes a View of them, in whatever order they come.
type works struct {
	parts   chan []store.KV
	decoded chan []view.Record
	placed  chan []view.Record // the same parts again, for the other half of the loader
	readers sync.WaitGroup     // those that decode
	loaders sync.WaitGroup     // those that fill the loader
	loader  *view.Loader
	failed  firstError
}

func newWorks() *works {
	cores := runtime.GOMAXPROCS(0)
	w := &works{
		parts: make(chan []store.KV, store.MaxPage/part), decoded: make(chan []view.Record, cores),
		placed: make(chan []view.Record, cores), loader: view.NewLoader(),
	}
	for range cores {
		w.readers.Go(w.decode)
	}
	w.loaders.Go(w.enter)
	w.loaders.Go(w.place)
	return w
}

// add hands records over to be decoded. It waits while there is much to do.
func (w *works) add(kvs []store.KV) {
	for p := range slices.Chunk(kvs, part) {
		w.parts <- p
	}
}

// decode reads parts until there are no more. After an error it only drains, as the others do.
func (w *works) decode() {
	var d view.Decoder
	for kvs := range w.parts {
		records := make([]view.Record, 0, len(kvs))
		for _, kv := range kvs {
			if w.failed.get() != nil {
				break
			}
			r, err := d.Decode(view.Change{Key: kv.Key, Value: kv.Value, Rev: kv.Rev})
			if err != nil {
				w.failed.set(fmt.Errorf("decode records: %w", err))
				break
			}
			records = append(records, r)
		}
		w.decoded <- records
	}
}

func (w *works) enter() {
	defer close(w.placed)
	for records := range w.decoded {
		w.placed <- records
		if w.failed.get() == nil {
			w.failed.set(w.loader.Enter(records))
		}
	}
}

func (w *works) place() {
	for records := range w.placed {
		w.loader.Place(records)
	}
}

// wait gives the loader when everything that was added before parts was closed is in it.
func (w *works) wait() (*view.Loader, error) {
	w.readers.Wait()
	close(w.decoded)
	w.loaders.Wait()
	return w.loader, w.failed.get()
}

// firstError keeps the first error of several goroutines.
type firstError struct{ err atomic.Pointer[error] }

func (f *firstError) set(err error) {
	if err != nil {
		f.err.CompareAndSwap(nil, &err)
	}
}

func (f *firstError) get() error {
	if err := f.err.Load(); err != nil {
		return *err
	}
	return nil
}
