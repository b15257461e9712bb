package storetest_test

import (
	"context"
	"iter"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/store/storetest"
)

// seededBug names the bug that TestSuite runs with, in a child process of TestSuiteCatches.
const seededBug = "LANYARD_STORETEST_BUG"

func TestSuite(t *testing.T) {
	storetest.Run(t, func(*testing.T) storetest.Store {
		if bug, seeded := bugs()[os.Getenv(seededBug)]; seeded {
			return bug.store(memory.New())
		}
		return memory.New()
	})
}

// TestSuiteCatches proves the suite: each store with a bug fails the test that is about it.
func TestSuiteCatches(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, bug := range bugs() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()                                                                           // most wait for what never comes
			cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestSuite$/^"+bug.fails+"$") //nolint:gosec // itself
			cmd.Env = append(os.Environ(), seededBug+"="+name)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL: TestSuite/"+bug.fails) {
				t.Errorf("%v: %s did not fail:\n%s", err, bug.fails, out)
			}
		})
	}
}

// broken is a store with some of its methods replaced.
type broken struct {
	*memory.Store
	txn   func(ctx context.Context, compares []store.Compare, ops []store.Op) (int64, error)
	list  func(ctx context.Context, prefix, from string, rev int64, limit int) (store.Page, error)
	watch func(ctx context.Context, prefix string, fromRev int64) iter.Seq2[store.Batch, error]
}

func (b broken) Txn(ctx context.Context, compares []store.Compare, ops []store.Op) (int64, error) {
	if b.txn != nil {
		return b.txn(ctx, compares, ops)
	}
	return b.Store.Txn(ctx, compares, ops)
}

func (b broken) List(ctx context.Context, prefix, from string, rev int64, limit int) (store.Page, error) {
	if b.list != nil {
		return b.list(ctx, prefix, from, rev, limit)
	}
	return b.Store.List(ctx, prefix, from, rev, limit)
}

func (b broken) Watch(ctx context.Context, prefix string, fromRev int64) iter.Seq2[store.Batch, error] {
	if b.watch != nil {
		return b.watch(ctx, prefix, fromRev)
	}
	return b.Store.Watch(ctx, prefix, fromRev)
}

type bug struct {
	fails string // the test that must fail
	store func(s *memory.Store) storetest.Store
}

func bugs() map[string]bug {
	return map[string]bug{
		"ignores compares": {"ConcurrentComparesLetOneWin", func(s *memory.Store) storetest.Store {
			return broken{Store: s, txn: func(ctx context.Context, _ []store.Compare, ops []store.Op) (int64, error) {
				return s.Txn(ctx, nil, ops)
			}}
		}},
		"writes in two halves": {"WatchGivesWholeRevisions", func(s *memory.Store) storetest.Store {
			return broken{Store: s, txn: func(ctx context.Context, compares []store.Compare, ops []store.Op) (int64, error) {
				if err := store.CheckTxn(ctx, compares, ops); err != nil || len(ops) < 2 {
					return s.Txn(ctx, compares, ops)
				}
				if rev, err := s.Txn(ctx, compares, ops[:len(ops)/2]); err != nil {
					return rev, err
				}
				return s.Txn(ctx, nil, ops[len(ops)/2:])
			}}
		}},
		"writes in spite of a conflict": {"ConflictWritesNothing", func(s *memory.Store) storetest.Store {
			return broken{Store: s, txn: func(ctx context.Context, compares []store.Compare, ops []store.Op) (int64, error) {
				rev, err := s.Txn(ctx, compares, ops)
				if fault.Is(err, store.Conflict) {
					_, _ = s.Txn(ctx, nil, ops[:1])
				}
				return rev, err
			}}
		}},
		"acknowledges without writing": {"ConcurrentWritersLoseNothing", func(s *memory.Store) storetest.Store {
			count := 0
			return broken{Store: s, txn: func(ctx context.Context, compares []store.Compare, ops []store.Op) (int64, error) {
				if count++; count%10 == 9 {
					return int64(count), nil
				}
				return s.Txn(ctx, compares, ops)
			}}
		}},
		"pages of the newest revision": {"WalkUnderWritesIsConsistent", func(s *memory.Store) storetest.Store {
			return broken{Store: s, list: func(ctx context.Context, prefix, from string, rev int64, limit int) (store.Page, error) {
				page, err := s.List(ctx, prefix, from, 0, limit)
				if rev != 0 {
					page.Rev = rev
				}
				return page, err
			}}
		}},
		"skips a key between pages": {"PagesSeeOneRevision", func(s *memory.Store) storetest.Store {
			return broken{Store: s, list: func(ctx context.Context, prefix, from string, rev int64, limit int) (store.Page, error) {
				page, err := s.List(ctx, prefix, from, rev, limit)
				if page.Next != "" {
					page.Next += "\x00"
				}
				return page, err
			}}
		}},
		"watch begins one late":  {"WatchResumesWithoutGapOrRepetition", shiftedWatch(1)},
		"watch begins one early": {"WatchResumesWithoutGapOrRepetition", shiftedWatch(-1)},
		"watch splits revisions": {"WatchGivesWholeRevisions", func(s *memory.Store) storetest.Store {
			return broken{Store: s, watch: func(ctx context.Context, prefix string, fromRev int64) iter.Seq2[store.Batch, error] {
				return splitBatches(s.Watch(ctx, prefix, fromRev))
			}}
		}},
	}
}

func shiftedWatch(by int64) func(s *memory.Store) storetest.Store {
	return func(s *memory.Store) storetest.Store {
		return broken{Store: s, watch: func(ctx context.Context, prefix string, fromRev int64) iter.Seq2[store.Batch, error] {
			return s.Watch(ctx, prefix, max(fromRev+by, 1))
		}}
	}
}

func splitBatches(watch iter.Seq2[store.Batch, error]) iter.Seq2[store.Batch, error] {
	return func(yield func(store.Batch, error) bool) {
		for batch, err := range watch {
			if err != nil {
				yield(batch, err)
				return
			}
			for _, event := range batch.Events {
				if !yield(store.Batch{Rev: batch.Rev, Events: []store.Event{event}}, nil) {
					return
				}
			}
		}
	}
}
