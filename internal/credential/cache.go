package credential

import (
	"crypto/sha256"
	"sync"

	"github.com/lanyard-id/lanyard/verify"
)

// verified is what is remembered of a signature that held.
type verified struct {
	claims *verify.Claims
	kid    string
}

type tokenHash [sha256.Size]byte

func hashOf(raw string) tokenHash { return sha256.Sum256([]byte(raw)) }

// cacheGeneration bounds one generation; two are kept, so that the cache forgets without a clock or a list.
const cacheGeneration = 8192

// verifiedCache remembers signatures that held. Only good signatures enter, so junk cannot push them out.
type verifiedCache struct {
	mu       sync.RWMutex
	now, old map[tokenHash]verified // guarded by mu
}

func (c *verifiedCache) get(h tokenHash) (verified, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if v, ok := c.now[h]; ok {
		return v, true
	}
	v, ok := c.old[h]
	return v, ok
}

func (c *verifiedCache) put(h tokenHash, v verified) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.now) >= cacheGeneration || c.now == nil {
		c.now, c.old = make(map[tokenHash]verified), c.now
	}
	c.now[h] = v
}
