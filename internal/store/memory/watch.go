package memory

import (
	"context"
	"iter"
	"slices"
	"sort"
	"strings"

	"github.com/lanyard-id/lanyard/internal/store"
)

// Watch gives every change under prefix from fromRev on.
func (s *Store) Watch(ctx context.Context, prefix string, fromRev int64) iter.Seq2[store.Batch, error] {
	return func(yield func(store.Batch, error) bool) {
		if err := store.CheckWatch(prefix, fromRev); err != nil {
			yield(store.Batch{}, err)
			return
		}
		next := fromRev
		for {
			batches, newest, changed, err := s.since(next)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(store.Batch{}, err)
				return
			}
			for _, batch := range batches {
				if part := under(prefix, batch); len(part.Events) > 0 && !yield(part, nil) {
					return
				}
			}
			next = max(next, newest+1)
			select {
			case <-changed:
			case <-ctx.Done():
			}
		}
	}
}

// under copies the part of a batch that lies under prefix.
func under(prefix string, batch store.Batch) store.Batch {
	part := store.Batch{Rev: batch.Rev}
	for _, e := range batch.Events {
		if strings.HasPrefix(e.Key, prefix) {
			e.Value = slices.Clone(e.Value)
			part.Events = append(part.Events, e)
		}
	}
	return part
}

// since gives the batches from revision next on, which are shared and never written to, the newest revision, and a
// channel that is closed at the next change.
func (s *Store) since(next int64) (batches []store.Batch, newest int64, changed <-chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, 0, nil, closedFault()
	}
	if next <= s.compacted {
		return nil, 0, nil, compactedFault(next)
	}
	first := sort.Search(len(s.log), func(i int) bool { return s.log[i].Rev >= next })
	return slices.Clone(s.log[first:]), s.rev, s.changed, nil
}
