package guard

import (
	"context"
	"crypto"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/lanyard-id/lanyard/verify"
)

// How the issuer's keys age.
const (
	between   = 30 * time.Second // fetches, whatever tokens arrive
	freshFor  = 5 * time.Minute  // then they are fetched again, while the old ones still count
	withdrawn = 10 * time.Minute // then they count only if the issuer cannot be asked
	lastGood  = 24 * time.Hour   // and then no longer
)

// keys are the issuer's keys as they were fetched last.
type keys struct {
	fixed []verify.PublicKey

	mu     sync.Mutex // never held while something is fetched; guards what follows
	set    []verify.PublicKey
	got    time.Time     // when the fetch that gave them began
	tried  time.Time     // when the last fetch began
	failed error         // how the last fetch ended
	flight chan struct{} // closed when the fetch that runs has ended
}

// key finds the key with which a token may be signed. Keys that are known wait for nobody, unless they are so old that they
// might have been withdrawn.
func (g *Guard) key(ctx context.Context, id, algorithm string) (crypto.PublicKey, error) {
	if id == "" {
		return nil, refuse(UnknownKey, "kid", "the token does not say which key it is signed with")
	}
	if g.keys.fixed != nil {
		return find(g.keys.fixed, id, algorithm)
	}
	if flight := g.due(id); flight != nil {
		select {
		case <-flight:
		case <-ctx.Done():
			return nil, &verify.Error{Reason: KeysMissing, Detail: "the issuer's keys are still being fetched", Err: ctx.Err()}
		}
	}
	g.keys.mu.Lock()
	defer g.keys.mu.Unlock()
	if g.keys.set == nil || time.Since(g.keys.got) >= lastGood {
		return nil, &verify.Error{Reason: KeysMissing, Detail: "the issuer's keys cannot be fetched", Err: g.keys.failed}
	}
	return find(g.keys.set, id, algorithm)
}

// due begins a fetch where one is due, and gives the one that must be waited for, if any.
func (g *Guard) due(id string) <-chan struct{} {
	k := &g.keys
	k.mu.Lock()
	defer k.mu.Unlock()
	age := time.Since(k.got)
	known := k.set != nil && slices.ContainsFunc(k.set, func(p verify.PublicKey) bool { return p.ID == id })
	if known && age < freshFor {
		return nil
	}
	if k.flight == nil && (k.tried.IsZero() || time.Since(k.tried) >= between) {
		k.flight, k.tried = make(chan struct{}), time.Now()
		go g.fetch(k.tried, k.flight)
	}
	if known && age < withdrawn {
		return nil
	}
	return k.flight
}

// fetch gets the keys for everybody who waits: it does not end with the request that began it. A set that cannot be read
// replaces none that could.
func (g *Guard) fetch(began time.Time, flight chan struct{}) {
	set, err := g.fetchKeys(context.Background())
	k := &g.keys
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failed = err; err == nil {
		k.set, k.got = set, began
	}
	k.flight = nil
	close(flight)
}

// find gives the one key of this id that fits the algorithm.
func find(set []verify.PublicKey, id, algorithm string) (crypto.PublicKey, error) {
	for _, k := range set {
		if k.ID == id && (k.Algorithm == "" || k.Algorithm == algorithm) && verify.Fits(k.Key, algorithm) {
			return k.Key, nil
		}
	}
	return nil, refuse(UnknownKey, "kid", "the token is signed with a key that is not the issuer's")
}

// ours tells whether an issuer is one of those that are trusted.
func (g *Guard) ours(issuer string) error {
	if slices.Contains(g.config.Issuers, issuer) {
		return nil
	}
	return errors.New("the answer comes from another issuer")
}
