package web

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Every refusal of a known caller is a durable record. The quota bounds what one caller can make the ledger hold and the
// disk sync: beyond it the caller is told to slow down, which is counted and not written.
const (
	refusalsPerSecond = 10
	refusalBurst      = 100
	refusalCallers    = 4096 // callers in one generation; two are kept
)

// quota is the refusals that each caller has left.
type quota struct {
	mu       sync.Mutex
	now, old map[string]*allowance // guarded by mu
}

// allowance is what one caller has left, and how many of its refusals no record tells of yet.
type allowance struct {
	*rate.Limiter
	untold int64
}

// take uses up one refusal of the caller and tells whether it had one. With one that it had comes the number of those
// since the last that it had not, for the record: a caller must not hide what it tries behind what it tried before.
func (q *quota) take(caller string, now time.Time) (untold int64, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	l, ok := q.now[caller]
	if !ok {
		if l, ok = q.old[caller]; !ok {
			l = &allowance{Limiter: rate.NewLimiter(refusalsPerSecond, refusalBurst)}
		}
		if len(q.now) >= refusalCallers || q.now == nil {
			q.now, q.old = make(map[string]*allowance), q.now
		}
		q.now[caller] = l
	}
	if !l.AllowN(now, 1) {
		l.untold++
		return 0, false
	}
	untold, l.untold = l.untold, 0
	return untold, true
}
