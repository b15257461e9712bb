package commit

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
)

// Ledger is where the records of changes go: the audit.
type Ledger interface {
	Entry(r audit.Record) (audit.Entry, error)
	// Enter tells when the entries are durable.
	Enter(entries ...audit.Entry) <-chan error
	// Complete returns when the ledger has all of the entries.
	Complete(ctx context.Context, entries []audit.Entry) error
}

const (
	slotPrefix = "/g/records/"
	slotCount  = 8
	patience   = 2 * time.Second // for a slot that is written over
	again      = time.Second     // until a ledger that failed is tried again
)

// slots keep the records of the last transactions in the store itself. A transaction writes the records of its changes
// into a slot, so no change is ever without its record; then the ledger gets them, and only when they are durable there is
// the slot written over. What a crash left in between, the next start brings into the ledger.
type slots struct {
	ledger Ledger
	free   chan int
	ending chan struct{} // closed when nobody tries again
	busy   sync.WaitGroup
}

func newSlots(ledger Ledger) *slots {
	s := &slots{ledger: ledger, free: make(chan int, slotCount), ending: make(chan struct{})}
	for n := range slotCount {
		s.free <- n
	}
	return s
}

// take gives a slot that may be written over.
func (s *slots) take() (int, error) {
	select {
	case n := <-s.free:
		return n, nil
	default:
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case n := <-s.free:
		return n, nil
	case <-timer.C:
		return 0, fault.New(fault.Unavailable, Unrecorded, "Nothing is changed while the ledger does not take the records of changes.")
	}
}

// op writes the entries into a slot.
func (s *slots) op(n int, entries []audit.Entry) store.Op {
	texts := make([][]byte, len(entries))
	for i, e := range entries {
		texts[i] = e.Text()
	}
	return store.Op{Key: slotPrefix + strconv.Itoa(n), Value: bytes.Join(texts, []byte("\n"))}
}

// tell brings into the ledger what was written into the slot, at that revision.
func (s *slots) tell(n int, rev int64, entries []audit.Entry) error {
	entries, err := at(rev, entries)
	if err != nil {
		return err
	}
	done := s.ledger.Enter(entries...) // here, so that the ledger has them in order
	s.busy.Go(func() {
		for err := <-done; err != nil; err = <-done {
			select {
			case <-time.After(again):
			case <-s.ending:
				return // the next start finds them
			}
			done = s.ledger.Enter(entries...)
		}
		s.free <- n
	})
	return nil
}

func at(rev int64, entries []audit.Entry) (all []audit.Entry, err error) {
	for _, e := range entries {
		if e, err = e.At(rev); err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// left gives what an earlier process left in the slots, in the order in which it was written, and the operations that empty
// them.
func (s *slots) left(ctx context.Context, from store.Store) (entries []audit.Entry, empty []store.Op, err error) {
	page, err := from.List(ctx, slotPrefix, "", 0, slotCount)
	if err != nil {
		return nil, nil, fmt.Errorf("read records of changes: %w", err)
	}
	slices.SortFunc(page.KVs, func(a, b store.KV) int { return cmp.Compare(a.Rev, b.Rev) })
	for _, kv := range page.KVs {
		empty = append(empty, store.Op{Key: kv.Key, Delete: true})
		for text := range bytes.SplitSeq(kv.Value, []byte("\n")) {
			e, err := audit.ParseEntry(text)
			if err == nil {
				e, err = e.At(kv.Rev)
			}
			if err != nil {
				return nil, nil, fmt.Errorf("key %q: %w", kv.Key, err)
			}
			entries = append(entries, e)
		}
	}
	return entries, empty, nil
}

// close waits until the ledger has answered for everything.
func (s *slots) close() {
	close(s.ending)
	s.busy.Wait()
}
