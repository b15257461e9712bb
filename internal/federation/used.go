package federation

import (
	"sync"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/verify"
)

// maxUsed bounds the tokens that are remembered; beyond it tokens of one-use issuers are refused, never forgotten.
const maxUsed = 1 << 17

// used remembers the tokens of issuers whose tokens may be used once, for as long as they could come again. It is one
// process's memory: a token from before the process began is refused, because an earlier process may have seen it.
type used struct {
	mu   sync.Mutex
	seen map[[2]string]time.Time // guarded by mu; by issuer and jti, until when it could come again
}

// take marks a token as used; an error if it was used before (threat J29).
func (u *used) take(i *view.Issuer, c *verify.Claims, began, now time.Time) error {
	switch {
	case c.ID() == "":
		return fault.New(fault.Unauthenticated, ClaimMissing, "Missing a required claim: jti")
	case !c.IssuedAt().After(began.Add(Leeway)):
		return fault.New(fault.Unauthenticated, Replayed, "The token was issued before this server began; it may have been used.")
	}
	id := [2]string{i.URL.String(), c.ID()}
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, again := u.seen[id]; again {
		return fault.New(fault.Unauthenticated, Replayed, "The token was used before, and its issuer's tokens may be used once.")
	}
	if len(u.seen) >= maxUsed {
		u.forget(now)
	}
	if len(u.seen) >= maxUsed {
		return fault.New(fault.Throttled, IssuerBusy, "Too many tokens that may be used once came at the same time; try again.")
	}
	if u.seen == nil {
		u.seen = map[[2]string]time.Time{}
	}
	u.seen[id] = c.Expires().Add(Leeway)
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
