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

// Presented is a token as it came, with the hash that it is remembered by.
type Presented struct {
	raw  string
	hash tokenHash
}

// Present takes a token that is going to be checked.
func Present(raw string) Presented {
	p := Presented{raw: raw}
	h := sha256.New()
	part := make([]byte, 0, min(len(raw), 512)) // a copy of the whole token would be the larger part of the work
	for rest := raw; rest != ""; {
		part = append(part[:0], rest[:min(len(rest), cap(part))]...)
		h.Write(part)
		rest = rest[len(part):]
	}
	h.Sum(p.hash[:0])
	return p
}

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
