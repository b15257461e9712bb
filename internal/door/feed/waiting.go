package feed

import (
	"sync"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// Bounds of those who wait. A verifier needs one request at a time; a service runs on several hosts.
const (
	maxWaiting   = 2048
	maxWaitingBy = 4 // the part of the places that one caller may have: a fourth
)

// waiting counts who waits for news.
type waiting struct {
	most int // at once

	mu  sync.Mutex
	all int            // guarded by mu
	by  map[string]int // by the caller's object id; guarded by mu
}

// enter takes a place for a caller until leave is called.
func (w *waiting) enter(caller string) (leave func(), err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all >= w.most || w.by[caller] >= max(1, w.most/maxWaitingBy) {
		return nil, fault.New(fault.Throttled, TooManyWaiting, "Too many callers wait for news. Ask again without wait, or later.")
	}
	w.all++
	w.by[caller]++
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.all--
		if w.by[caller]--; w.by[caller] == 0 {
			delete(w.by, caller)
		}
	}, nil
}
