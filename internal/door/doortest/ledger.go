package doortest

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/requestid"
)

// Ledger keeps what was recorded, in order, with the stream that it went to.
type Ledger struct {
	mu      sync.Mutex
	records []audit.Record // guarded by mu
}

// Health finds that records are taken.
func (l *Ledger) Health() error { return nil }

// Ledger takes a record that must be durable.
func (l *Ledger) Ledger(_ context.Context, r audit.Record) error {
	l.add(r, audit.LedgerStream)
	return nil
}

// Entry makes the entry of a change, as it is.
func (l *Ledger) Entry(r audit.Record) (audit.Entry, error) { return audit.EntryOf(r) }

// Enter takes entries that must be durable.
func (l *Ledger) Enter(entries ...audit.Entry) <-chan error {
	for _, e := range entries {
		l.add(e.Record(), audit.LedgerStream)
	}
	done := make(chan error, 1)
	done <- nil
	return done
}

// Complete takes what an earlier process has left: here there was none.
func (l *Ledger) Complete(context.Context, []audit.Entry) error { return nil }

// Refuse takes the refusal of a stranger.
func (l *Ledger) Refuse(r audit.Record) { l.add(r, audit.RefusalsStream) }

// Access takes what was let through.
func (l *Ledger) Access(r audit.Record) { l.add(r, audit.AccessStream) }

// SickLedger is one that takes nothing, and says so.
type SickLedger struct {
	On *Ledger // still counts what was let through
}

// Access takes what was let through.
func (s SickLedger) Access(r audit.Record) { s.On.Access(r) }

// Health says so.
func (s SickLedger) Health() error { return fault.New(fault.Unavailable, audit.Unavailable, "") }

// Ledger always fails.
func (s SickLedger) Ledger(context.Context, audit.Record) error {
	return errors.New("the ledger's disk is gone")
}

func (l *Ledger) add(r audit.Record, to audit.Stream) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.Stream = to
	l.records = append(l.records, r)
}

// Find gives the newest record of a request.
func (l *Ledger) Find(_ context.Context, id requestid.ID) (audit.Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range slices.Backward(l.records) {
		if r.ID == id {
			return r, nil
		}
	}
	return audit.Record{}, fault.New(fault.NotFound, audit.NotFound, "no record of request %s", id)
}

// Len is the number of records.
func (l *Ledger) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.records)
}

// Last is the newest record; the zero one if there is none.
func (l *Ledger) Last() audit.Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.records) == 0 {
		return audit.Record{}
	}
	return l.records[len(l.records)-1]
}

// Since gives the records after the first n.
func (l *Ledger) Since(n int) []audit.Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.records[n:])
}
