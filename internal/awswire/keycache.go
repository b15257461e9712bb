package awswire

import "sync"

// KeyCache remembers derived signing keys, because deriving one costs more than checking a signature with it. It holds
// keys only and never a verdict. Whoever verifies owns one; it is safe for concurrent use.
type KeyCache struct {
	half int

	mu      sync.Mutex
	recent  map[cacheKey]SigningKey // guarded by mu; used since the last turn
	earlier map[cacheKey]SigningKey // guarded by mu; used in the turn before, dropped at the next
}

// cacheKey has the secret itself in it: a key id alone would let a replaced secret keep working. Being a struct, its
// parts cannot run into each other (threat P11).
type cacheKey struct {
	secret Secret
	scope  Scope
}

// NewKeyCache makes a cache of at most size keys (at least two). It keeps two generations: when the younger one is half
// of size, the older one is dropped, so that what was used lately stays.
func NewKeyCache(size int) *KeyCache {
	return &KeyCache{half: max(size/2, 1), recent: map[cacheKey]SigningKey{}}
}

// Key gives the signing key of secret for scope, derived or remembered.
func (c *KeyCache) Key(secret Secret, scope Scope) SigningKey {
	at := cacheKey{secret, scope}
	c.mu.Lock()
	defer c.mu.Unlock()
	key, ok := c.recent[at]
	if ok {
		return key
	}
	if key, ok = c.earlier[at]; !ok {
		key = NewSigningKey(secret, scope)
	}
	if len(c.recent) >= c.half {
		c.earlier, c.recent = c.recent, make(map[cacheKey]SigningKey, c.half)
	}
	c.recent[at] = key
	return key
}
