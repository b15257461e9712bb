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

func hashOf[T string | []byte](raw T) tokenHash { return sha256.Sum256([]byte(raw)) }

// cacheGeneration bounds one generation; two are kept, so that the cache forgets without a clock or a list.
const cacheGeneration = 8192

// cache remembers what was read out of a credential. Only what a key of ours has signed or sealed enters, so junk cannot
// push anything out.
type cache[V any] struct {
	mu       sync.RWMutex
	now, old map[tokenHash]V // guarded by mu
}

func (c *cache[V]) get(h tokenHash) (V, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if v, ok := c.now[h]; ok {
		return v, true
	}
	v, ok := c.old[h]
	return v, ok
}

func (c *cache[V]) put(h tokenHash, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.now) >= cacheGeneration || c.now == nil {
		c.now, c.old = make(map[tokenHash]V), c.now
	}
	c.now[h] = v
}
