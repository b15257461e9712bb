package commit

import "sync"

// Bell wakes everybody who waits for something to happen. The zero value is ready.
type Bell struct {
	mu   sync.Mutex
	next chan struct{} // guarded by mu
}

// Wait gives a channel that is closed at the next Ring.
func (b *Bell) Wait() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == nil {
		b.next = make(chan struct{})
	}
	return b.next
}

// Ring closes the channels that Wait has given so far.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next != nil {
		close(b.next)
	}
	b.next = nil
}
