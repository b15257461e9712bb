package memory

import (
	"context"
	"encoding/gob"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
)

// Store is a store.Store in memory. Make one with New.
type Store struct {
	mu        sync.Mutex
	closed    bool
	rev       int64
	compacted int64
	versions  map[string][]version // every key that ever was: its changes, oldest first
	keys      []string             // the keys of versions, sorted unless unsorted is set
	unsorted  bool
	log       []store.Batch // every change that is still kept, one batch a revision, oldest first
	changed   chan struct{} // closed and replaced at each change, to wake the watches
}

// version is one change of one key. A deleted key is a version too.
type version struct {
	rev     int64
	value   []byte
	deleted bool
}

var _ store.Store = (*Store)(nil)

// New makes an empty store at revision 1.
func New() *Store {
	return &Store{rev: 1, versions: make(map[string][]version), changed: make(chan struct{})}
}

// Get reads one key.
func (s *Store) Get(ctx context.Context, key string) (store.KV, error) {
	if err := ctx.Err(); err != nil {
		return store.KV{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return store.KV{}, closedFault()
	}
	if v, ok := s.at(key, s.rev); ok {
		return store.KV{Key: key, Value: slices.Clone(v.value), Rev: v.rev}, nil
	}
	return store.KV{}, fault.New(fault.NotFound, store.NotFound, "there is no such key")
}

// List reads a page of keys.
func (s *Store) List(ctx context.Context, prefix, from string, rev int64, limit int) (store.Page, error) {
	if err := store.CheckList(prefix, from, rev, limit); err != nil {
		return store.Page{}, err
	}
	if err := ctx.Err(); err != nil {
		return store.Page{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return store.Page{}, closedFault()
	case rev == 0:
		rev = s.rev
	case rev > s.rev:
		return store.Page{}, fault.New(fault.Invalid, store.Invalid, "revision %d is not reached yet", rev)
	case rev < s.compacted:
		return store.Page{}, compactedFault(rev)
	}
	return s.page(prefix, max(prefix, from), rev, limit), nil
}

// page collects up to limit keys from start on. The caller holds mu.
func (s *Store) page(prefix, start string, rev int64, limit int) store.Page {
	if s.unsorted {
		slices.Sort(s.keys)
		s.unsorted = false
	}
	page := store.Page{Rev: rev}
	first, _ := slices.BinarySearch(s.keys, start)
	for _, key := range s.keys[first:] {
		if !strings.HasPrefix(key, prefix) {
			break
		}
		v, ok := s.at(key, rev)
		if !ok {
			continue
		}
		if len(page.KVs) == limit {
			page.Next = key
			break
		}
		page.KVs = append(page.KVs, store.KV{Key: key, Value: slices.Clone(v.value), Rev: v.rev})
	}
	return page
}

// at finds the key as it stood at rev. The caller holds mu.
func (s *Store) at(key string, rev int64) (version, bool) {
	history := s.versions[key]
	after := sort.Search(len(history), func(i int) bool { return history[i].rev > rev })
	if after == 0 || history[after-1].deleted {
		return version{}, false
	}
	return history[after-1], true
}

// Txn compares and writes at one revision.
func (s *Store) Txn(ctx context.Context, compares []store.Compare, ops []store.Op) (int64, error) {
	if err := store.CheckTxn(ctx, compares, ops); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, closedFault()
	}
	for _, c := range compares {
		if current, _ := s.at(c.Key, s.rev); current.rev != c.Rev {
			return 0, fault.New(fault.Conflict, store.Conflict, "somebody else changed it meanwhile")
		}
	}
	s.apply(ops)
	return s.rev, nil
}

// apply does ops at the next revision, if they change anything. The caller holds mu.
func (s *Store) apply(ops []store.Op) {
	batch := store.Batch{Rev: s.rev + 1}
	for _, op := range ops {
		if _, present := s.at(op.Key, s.rev); op.Delete && !present {
			continue
		}
		v := version{rev: batch.Rev, deleted: op.Delete}
		if !op.Delete {
			v.value = append([]byte{}, op.Value...)
		}
		if _, known := s.versions[op.Key]; !known {
			s.unsorted = s.unsorted || len(s.keys) > 0 && s.keys[len(s.keys)-1] > op.Key
			s.keys = append(s.keys, op.Key)
		}
		s.versions[op.Key] = append(s.versions[op.Key], v)
		batch.Events = append(batch.Events, store.Event{Key: op.Key, Value: v.value, Deleted: v.deleted, Rev: v.rev})
	}
	if len(batch.Events) == 0 {
		return
	}
	s.rev = batch.Rev
	s.log = append(s.log, batch)
	s.wake()
}

// wake lets every waiting watch look again. The caller holds mu.
func (s *Store) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Compact forgets what was before rev: older revisions can no longer be read, nor watched from. It stands in for the
// compaction that a store on disk does by itself.
func (s *Store) Compact(_ context.Context, rev int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return closedFault()
	}
	if rev <= s.compacted || rev > s.rev {
		return fault.New(fault.Invalid, store.Invalid, "revision %d cannot be compacted", rev)
	}
	s.compacted = rev
	s.log = slices.DeleteFunc(s.log, func(b store.Batch) bool { return b.Rev <= rev })
	for key, history := range s.versions {
		after := sort.Search(len(history), func(i int) bool { return history[i].rev > rev })
		s.versions[key] = history[max(after-1, 0):]
	}
	s.wake()
	return nil
}

// Snapshot writes all keys of the newest revision as one gob of store.Page.
func (s *Store) Snapshot(ctx context.Context, w io.Writer) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return closedFault()
	}
	page := s.page("", "", s.rev, len(s.keys))
	s.mu.Unlock()
	if err := gob.NewEncoder(w).Encode(page); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}

// Status tells the revision. A store in memory has no size and no quota.
func (s *Store) Status(ctx context.Context) (store.Status, error) {
	if err := ctx.Err(); err != nil {
		return store.Status{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return store.Status{}, closedFault()
	}
	return store.Status{Rev: s.rev, CompactedRev: s.compacted}, nil
}

// Close ends all watches. What was stored is gone.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		s.wake()
	}
	return nil
}

func closedFault() error {
	return fault.New(fault.Unavailable, store.Unavailable, "the store is closed")
}

func compactedFault(rev int64) error {
	return fault.New(fault.Gone, store.Compacted, "revision %d is no longer kept", rev)
}
