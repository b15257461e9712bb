package audit

import (
	"maps"
	"sync"
	"sync/atomic"
)

// ring keeps the latest records. Writers share nothing but one counter.
type ring struct {
	next  atomic.Uint64
	slots []atomic.Pointer[Record]
}

func newRing(size int) *ring { return &ring{slots: make([]atomic.Pointer[Record], size)} }

// put keeps rec, which nobody may change any more, and forgets the oldest.
func (r *ring) put(rec *Record) {
	n := r.next.Add(1) - 1
	r.slots[n%uint64(len(r.slots))].Store(rec)
}

// latest gives the records that are kept, the newest first. Records that come meanwhile may be missed.
func (r *ring) latest() []*Record {
	end, size := r.next.Load(), uint64(len(r.slots))
	out := make([]*Record, 0, min(end, size))
	for n := range min(end, size) {
		if rec := r.slots[(end-1-n)%size].Load(); rec != nil {
			out = append(out, rec)
		}
	}
	return out
}

// AccessKey is what allowed access is counted by. All of it comes from closed sets.
type AccessKey struct {
	Door      string
	Operation string
	Outcome   Outcome
}

// maxAccessKeys bounds the counters; what comes beyond is counted under the zero key.
const maxAccessKeys = 1024

// accessLog counts allowed access and keeps the latest records of it.
type accessLog struct {
	recent *ring
	counts atomic.Pointer[map[AccessKey]*atomic.Uint64] // the map never changes: a new key makes a new map
	adding sync.Mutex
}

func newAccessLog(size int) *accessLog {
	a := &accessLog{recent: newRing(size)}
	a.counts.Store(&map[AccessKey]*atomic.Uint64{{}: new(atomic.Uint64)})
	return a
}

func (a *accessLog) count(key AccessKey) {
	n, ok := (*a.counts.Load())[key]
	if !ok {
		n = a.add(key)
	}
	n.Add(1)
}

// add gives the counter of a key that has none yet.
func (a *accessLog) add(key AccessKey) *atomic.Uint64 {
	a.adding.Lock()
	defer a.adding.Unlock()
	counts := *a.counts.Load()
	if n, ok := counts[key]; ok {
		return n
	}
	if len(counts) >= maxAccessKeys {
		return counts[AccessKey{}]
	}
	counts = maps.Clone(counts)
	counts[key] = new(atomic.Uint64)
	a.counts.Store(&counts)
	return counts[key]
}

// Access counts allowed access to data or a credential that was served again, and keeps the record in memory until
// newer ones push it out. It never waits.
func (l *Log) Access(rec Record) {
	if rec.Outcome == "" {
		rec.Outcome = Allowed
	}
	l.stamp(&rec, AccessStream)
	rec.detach()
	l.access.count(AccessKey{rec.Door, rec.Operation, rec.Outcome})
	l.access.recent.put(&rec)
}

// Stats is what the log says of itself, for metrics and doctor.
type Stats struct {
	LedgerRecords  uint64 // written since Open
	LedgerSyncs    uint64 // since Open; records / syncs is how many share one
	LedgerFailures uint64 // records that were not written in time, since Open
	LedgerBytes    int64  // on the disk
	LedgerSegments int
	ReserveBytes   int64 // room that is held on the disk for the ledger; 0 where the system cannot hold any

	Refusals        uint64 // seen since Open
	RefusalsLost    uint64 // that no record tells of
	RefusalRecords  uint64 // written since Open
	RefusalBytes    int64  // on the disk
	RefusalSegments int

	Access map[AccessKey]uint64 // since Open

	Troubles []string // damage and drops that failed, in words for the operator
}

// Stats gives the figures as they are now.
func (l *Log) Stats() Stats {
	var s Stats
	l.ledger.mu.Lock()
	s.LedgerRecords, s.LedgerSyncs, s.LedgerSegments = l.ledger.lines, l.ledger.syncs, len(l.ledger.segments)
	s.LedgerBytes = totalSize(l.ledger.segments)
	if l.ledger.room > 0 {
		s.ReserveBytes = max(0, l.ledger.room-l.ledger.segments[len(l.ledger.segments)-1].size)
	}
	if l.ledger.ahead {
		s.ReserveBytes += l.opt.SegmentBytes
	}
	s.Troubles = append(s.Troubles, l.ledger.troubles...)
	l.ledger.mu.Unlock()
	l.refusals.mu.Lock()
	s.RefusalRecords, s.RefusalSegments = l.refusals.lines, len(l.refusals.segments)
	s.RefusalBytes = totalSize(l.refusals.segments)
	s.Troubles = append(s.Troubles, l.refusals.troubles...)
	l.refusals.mu.Unlock()
	l.folds.mu.Lock()
	s.Refusals, s.RefusalsLost = l.folds.seen, l.folds.lost
	l.folds.mu.Unlock()
	s.LedgerFailures = l.failures.Load()
	s.Access = l.access.figures()
	return s
}

// figures gives the counters that counted something.
func (a *accessLog) figures() map[AccessKey]uint64 {
	out := map[AccessKey]uint64{}
	for key, n := range *a.counts.Load() {
		if v := n.Load(); v > 0 {
			out[key] = v
		}
	}
	return out
}
