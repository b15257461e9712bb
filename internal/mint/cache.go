package mint

import (
	"context"
	"errors"
	"sync"

	"github.com/lanyard-id/lanyard/internal/name"
)

// cacheKey holds everything that the claims of a token are made from, but the times and the token id: two requests with
// one key would get tokens that say the same. Records stand in by their revision.
type cacheKey struct {
	principal    name.GUID
	principalRev int64
	host         string // two hosts that share an identity never share a token
	audience     string
	appRev       int64
	kid          string
	inc          string
	acr          string
}

// maxCached bounds one generation of the cache.
const maxCached = 16384

// cache holds credentials that may be served again, in two generations, so that it forgets without a clock. Concurrent
// requests for one key wait for one credential.
type cache[K comparable, C any] struct {
	mu       sync.Mutex
	now, old map[K]C              // guarded by mu
	making   map[K]*inProgress[C] // guarded by mu
}

// errUnfinished is what those who wait get when the one who makes the credential panics.
var errUnfinished = errors.New("the credential was not made")

type inProgress[C any] struct {
	done chan struct{}
	made C
	err  error
}

// get finds a credential that fresh takes.
func (c *cache[K, C]) get(k K, fresh func(C) bool) (C, bool) {
	c.mu.Lock()
	made, ok := c.now[k]
	if !ok {
		made, ok = c.old[k]
	}
	c.mu.Unlock()
	return made, ok && fresh(made)
}

// once makes the credential, or waits for whoever is making it. A failure is not kept.
func (c *cache[K, C]) once(ctx context.Context, k K, issue func() (C, error)) (made C, err error) {
	c.mu.Lock()
	if p, ok := c.making[k]; ok {
		c.mu.Unlock()
		select {
		case <-p.done:
			return p.made, p.err
		case <-ctx.Done():
			return made, ctx.Err()
		}
	}
	p := &inProgress[C]{done: make(chan struct{}), err: errUnfinished}
	if c.making == nil {
		c.making = make(map[K]*inProgress[C])
	}
	c.making[k] = p
	c.mu.Unlock()

	defer c.finish(k, p) // whatever happens, nobody waits for ever
	if made, err = issue(); err != nil {
		var none C // an error and a credential are never both returned (threat T09)
		made = none
	}
	p.made, p.err = made, err
	return made, err
}

func (c *cache[K, C]) finish(k K, p *inProgress[C]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.making, k)
	if p.err == nil {
		if len(c.now) >= maxCached || c.now == nil {
			c.now, c.old = make(map[K]C), c.now
		}
		c.now[k] = p.made
	}
	close(p.done)
}
