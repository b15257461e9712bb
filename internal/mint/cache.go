package mint

import (
	"context"
	"errors"
	"sync"
	"time"

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

// cache holds tokens that may be served again, in two generations, so that it forgets without a clock. Concurrent
// requests for one key wait for one signature.
type cache struct {
	mu       sync.Mutex
	now, old map[cacheKey]Token       // guarded by mu
	making   map[cacheKey]*inProgress // guarded by mu
}

// errUnfinished is what those who wait get when the one who makes the token panics.
var errUnfinished = errors.New("the token was not made")

type inProgress struct {
	done  chan struct{}
	token Token
	err   error
}

// get finds a token that is younger than maxAge.
func (c *cache) get(k cacheKey, now time.Time, maxAge time.Duration) (Token, bool) {
	c.mu.Lock()
	t, ok := c.now[k]
	if !ok {
		t, ok = c.old[k]
	}
	c.mu.Unlock()
	age := now.Sub(t.Issued)
	return t, ok && age >= 0 && age < maxAge
}

// once makes the token, or waits for whoever is making it. A failure is not kept.
func (c *cache) once(ctx context.Context, k cacheKey, issue func() (Token, error)) (Token, error) {
	c.mu.Lock()
	if p, ok := c.making[k]; ok {
		c.mu.Unlock()
		select {
		case <-p.done:
			return p.token, p.err
		case <-ctx.Done():
			return Token{}, ctx.Err()
		}
	}
	p := &inProgress{done: make(chan struct{}), err: errUnfinished}
	if c.making == nil {
		c.making = make(map[cacheKey]*inProgress)
	}
	c.making[k] = p
	c.mu.Unlock()

	defer c.finish(k, p) // whatever happens, nobody waits for ever
	p.token, p.err = issue()
	if p.err != nil {
		p.token = Token{} // an error and a credential are never both returned (threat T09)
	}
	return p.token, p.err
}

func (c *cache) finish(k cacheKey, p *inProgress) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.making, k)
	if p.err == nil {
		if len(c.now) >= maxCached || c.now == nil {
			c.now, c.old = make(map[cacheKey]Token), c.now
		}
		c.now[k] = p.token
	}
	close(p.done)
}
