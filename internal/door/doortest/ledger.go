package doortest

import (
	"context"
	"slices"
	"sync"

	"github.com/lanyard-id/lanyard/internal/audit"
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

// Refuse takes the refusal of a stranger.
func (l *Ledger) Refuse(r audit.Record) { l.add(r, audit.RefusalsStream) }

// Access takes what was let through.
func (l *Ledger) Access(r audit.Record) { l.add(r, audit.AccessStream) }

func (l *Ledger) add(r audit.Record, to audit.Stream) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.Stream = to
	l.records = append(l.records, r)
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
