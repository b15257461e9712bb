package federation

import (
	"sync"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// maxUsed bounds the tokens that are remembered; beyond it tokens that may be used once are refused, never forgotten.
const maxUsed = 1 << 17

// used remembers the tokens of issuers whose tokens may be used once, for as long as they could come again. It is one
// process's memory: a token from before the process began is refused, because an earlier process may have seen it.
type used struct {
	mu   sync.Mutex
	seen map[[2]string]time.Time // guarded by mu; by issuer and jti, until when it could come again
}

// once is a token or an assertion that may be used once.
type once struct {
	what   string    // how it is called: the token, the assertion
	from   string    // its issuer or provider
	id     string    //
	issued time.Time //
	until  time.Time // it cannot come again after that
}

// take marks something as used; an error if it was used before (threats J29, S19).
func (u *used) take(o once, began, now time.Time) error {
	if !o.issued.After(began.Add(Leeway)) {
		return fault.New(fault.Unauthenticated, Replayed, "The %s was issued before this server began; it may have been used.", o.what)
	}
	id := [2]string{o.from, o.id}
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, again := u.seen[id]; again {
		return fault.New(fault.Unauthenticated, Replayed, "The %s was used before, and may be used once.", o.what)
	}
	if len(u.seen) >= maxUsed {
		u.forget(now)
	}
	if len(u.seen) >= maxUsed {
		return fault.New(fault.Throttled, IssuerBusy, "Too many that may be used once came at the same time; try again.")
	}
	if u.seen == nil {
		u.seen = map[[2]string]time.Time{}
	}
	u.seen[id] = o.until
	return nil
}

// forget drops what cannot come again.
func (u *used) forget(now time.Time) {
	for id, until := range u.seen {
		if now.After(until) {
			delete(u.seen, id)
		}
	}
}
