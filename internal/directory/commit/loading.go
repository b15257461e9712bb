package commit

import (
	"context"
	"fmt"
	"strings"

	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Loading reads the records of a store while the store is still being opened. It is told what the store finds on its disk,
// and then given to Open, which takes it only if the store then stands at the same revision. The zero value is ready.
type Loading struct {
	works *works // nil before anything is told
	guard int64
	rev   int64
}

var _ store.Finder = (*Loading)(nil)

// Put hands a value over to be read. It waits while there is much to do.
func (l *Loading) Put(kv store.KV) (place int) {
	if l.works == nil {
		l.works = newWorks()
	}
	if kv.Key == guardKey {
		l.guard = kv.Rev
	}
	if !strings.HasPrefix(kv.Key, view.Prefix) {
		return -1
	}
	return l.works.put(kv)
}

// Drop takes a value back.
func (l *Loading) Drop(place int) { l.works.drop(place) }

// End says that all was told, and returns at once: the records are entered into the View that is to be meanwhile.
func (l *Loading) End(rev int64, err error) {
	l.rev = rev
	if l.works == nil {
		return
	}
	l.works.end()
	if err != nil {
		l.works = nil
	}
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

// readAll reads all records at one revision. While one page is read, the pages before it are decoded on all cores.
func readAll(ctx context.Context, s store.Store) (loader *view.Loader, guard int64, err error) {
	l := Loading{works: newWorks()}
	err = readPages(ctx, s, &l)
	l.works.end()
	loader, loadErr := l.works.wait() // also after a failed read
	if err == nil {
		err = loadErr
	}
	return loader, l.guard, err
}

// readPages tells the finder all keys and values, page by page.
func readPages(ctx context.Context, s store.Store, finder store.Finder) error {
	page, err := s.List(ctx, view.Prefix, "", 0, store.MaxPage)
	if err != nil {
		return fmt.Errorf("read records: %w", err)
	}
	rev := page.Rev
	for {
		for _, kv := range page.KVs {
			finder.Put(kv)
		}
		if page.Next == "" {
			break
		}
		if page, err = s.List(ctx, view.Prefix, page.Next, rev, store.MaxPage); err != nil {
			return fmt.Errorf("read records: %w", err)
		}
	}
	found, err := s.List(ctx, guardKey, "", rev, 1)
	if err != nil {
		return fmt.Errorf("read guard: %w", err)
	}
	for _, kv := range found.KVs {
		finder.Put(kv)
	}
	return nil
}
