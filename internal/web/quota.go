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
	now, old map[string]*rate.Limiter // guarded by mu
}

// take uses up one refusal of the caller and tells whether it had one.
func (q *quota) take(caller string, now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	l, ok := q.now[caller]
	if !ok {
		if l, ok = q.old[caller]; !ok {
			l = rate.NewLimiter(refusalsPerSecond, refusalBurst)
		}
		if len(q.now) >= refusalCallers || q.now == nil {
			q.now, q.old = make(map[string]*rate.Limiter), q.now
		}
		q.now[caller] = l
	}
	return l.AllowN(now, 1)
}
