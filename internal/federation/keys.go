package federation

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation/fetch"
	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/view"
)

// How key sets age. A key that its issuer withdraws is refused within Withdrawn (threat J26).
const (
	Between   = 30 * time.Second // fetches of one issuer, whatever arrives (threat J25)
	Withdrawn = 10 * time.Minute // a set that is older counts only while its issuer cannot be asked
	LastGood  = 24 * time.Hour   // and after this no longer
	freshFor  = 5 * time.Minute  // a set is fetched again after this at the earliest, whatever its max-age
	freshMost = 9 * time.Minute  // and after this at the latest
	idle      = time.Hour        // a set that nobody has used for this long is not kept fresh
	strangers = 2 * time.Minute  // a key id that was not in a fresh set causes no fetch for this long
)

// Bounds on what strangers can make one issuer's entry hold.
const (
	maxStrangers = 1024
	maxWaiting   = 256
)

// Fetcher gets a key set; fetch.Keys.
type Fetcher func(ctx context.Context, src fetch.Source, earlier *fetch.Set) (*fetch.Set, error)

// keepers keeps the key sets of outside issuers, each by itself: a key of one never counts for another, and an issuer
// that is slow, lies or is gone keeps nobody of another waiting.
type keepers struct {
	mu   sync.Mutex
	kept map[string]*keeper // guarded by mu; by issuer URL
}

// keeper is what is kept of one issuer under one version of its registration.
type keeper struct {
	source fetch.Source
	rev    int64

	mu       sync.Mutex // never held while something is fetched; guards what follows
	set      *fetch.Set // the last good one, nil if there never was one
	got      time.Time  // when the fetch that gave it began
	tried    time.Time  // when the last fetch began
	failure  error      // how the last fetch ended
	flight   chan struct{}
	waiting  int
	unknown  map[string]time.Time // key ids that were not in the set, and when
	lastUsed time.Time
}

// keys gives the keys of an issuer for a token with this key id. What is known is answered at once; a key id that is not
// known, or a set too old to be believed, waits for a fetch, if one may be made.
func (f *Verifier) keys(ctx context.Context, i *view.Issuer, kid string) ([]jose.Key, error) {
	set, err := i.KeySet()
	if err != nil || set != nil {
		return set, err
	}
	k, err := f.outside.of(i)
	if err != nil {
		return nil, err
	}
	flight, err := k.need(ctx, f, kid)
	if flight != nil {
		err = k.wait(ctx, flight)
	}
	if err != nil {
		return nil, err
	}
	return k.give(f.Now(), kid, flight != nil)
}

// of finds the issuer's keeper, or makes one for a registration that is newer than the one that is kept for.
func (o *keepers) of(i *view.Issuer) (*keeper, error) {
	roots, err := i.Roots()
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	k := o.kept[i.URL.String()]
	if k == nil || k.rev < i.Rev {
		k = &keeper{rev: i.Rev, unknown: map[string]time.Time{}, source: fetch.Source{
			Issuer: i.URL, Roots: roots, Private: i.Private, HTTPLoopback: i.AllowHTTPLoopback,
		}}
		if o.kept == nil {
			o.kept = map[string]*keeper{}
		}
		o.kept[i.URL.String()] = k
	}
	return k, nil
}

// need gives the fetch that a token with this key id must wait for; nil when there is nothing to wait for. It begins one
// where that is due.
func (k *keeper) need(ctx context.Context, f *Verifier, kid string) (<-chan struct{}, error) {
	now := f.Now()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.lastUsed = now
	if k.believable(now) && (k.has(kid) || k.stranger(now, kid)) {
		return nil, nil
	}
	if k.flight == nil && now.Sub(k.tried) >= Between {
		k.begin(ctx, f.Fetch, now)
	}
	if k.flight == nil {
		return nil, nil
	}
	if k.waiting >= maxWaiting {
		return nil, fault.New(fault.Throttled, IssuerBusy, "The keys of the token's issuer are being fetched; try again.")
	}
	k.waiting++
	return k.flight, nil
}

// wait waits for the end of a fetch.
func (k *keeper) wait(ctx context.Context, flight <-chan struct{}) error {
	defer func() {
		k.mu.Lock()
		k.waiting--
		k.mu.Unlock()
	}()
	select {
	case <-flight:
		return nil
	case <-ctx.Done():
		return fault.New(fault.Unavailable, fetch.Unreachable, "The keys of the token's issuer were not there in time.").Because(ctx.Err())
	}
}

// give is the set as it is now, or why there is none. A key id that is not in a set which was just asked for is noted.
func (k *keeper) give(now time.Time, kid string, asked bool) ([]jose.Key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.believable(now) {
		if k.failure != nil {
			return nil, k.failure
		}
		return nil, fault.New(fault.Unavailable, fetch.Unreachable, "The keys of the token's issuer are not known yet; try again.")
	}
	if asked && !k.has(kid) {
		if len(k.unknown) >= maxStrangers {
			clear(k.unknown)
		}
		k.unknown[kid] = now
	}
	return k.set.Keys, nil
}

// believable tells whether the set may still be used: it is young, or its issuer was asked of late and did not answer.
func (k *keeper) believable(now time.Time) bool {
	age := now.Sub(k.got)
	asked := k.failure != nil && now.Sub(k.tried) < Withdrawn
	return k.set != nil && (age < Withdrawn || age < LastGood && asked)
}

// has tells whether the set has a key for a key id; a token without one may be signed with any.
func (k *keeper) has(kid string) bool {
	return kid == "" || slices.ContainsFunc(k.set.Keys, func(key jose.Key) bool { return key.KID == kid })
}

func (k *keeper) stranger(now time.Time, kid string) bool {
	at, met := k.unknown[kid]
	return met && now.Sub(at) < strangers
}

// begin starts a fetch. It outlives the request that asked for it: others wait for it as well.
func (k *keeper) begin(ctx context.Context, get Fetcher, now time.Time) {
	if get == nil {
		get = fetch.Keys
	}
	ctx = context.WithoutCancel(ctx)
	flight, earlier := make(chan struct{}), k.set
	k.tried, k.flight = now, flight
	go func() {
		set, err := get(ctx, k.source, earlier)
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.failure = err; err == nil {
			k.set, k.got = set, now
		}
		k.flight = nil
		close(flight)
	}()
}

// due tells whether the set should be fetched again before somebody needs it.
func (k *keeper) due(now time.Time) bool {
	if k.set == nil || k.flight != nil || now.Sub(k.lastUsed) >= idle || now.Sub(k.tried) < Between {
		return false
	}
	return k.failure != nil || now.Sub(k.got) >= min(max(k.set.MaxAge, freshFor), freshMost)
}

// Refresh fetches the sets that are due, all at the same time, and forgets issuers that are registered no longer. It is
// called every few seconds. The error holds what failed; the last good sets stay.
func (f *Verifier) Refresh(ctx context.Context, v *view.View) error {
	var flights []<-chan struct{}
	var asked []*keeper
	for _, k := range f.outside.living(v) {
		k.mu.Lock()
		if k.due(f.Now()) {
			k.begin(ctx, f.Fetch, f.Now())
			flights, asked = append(flights, k.flight), append(asked, k)
		}
		k.mu.Unlock()
	}
	var failures []error
	for i, k := range asked {
		<-flights[i] // bounded by the fetch's own time
		k.mu.Lock()
		failures = append(failures, k.failure)
		k.mu.Unlock()
	}
	return errors.Join(failures...)
}

// living drops the keepers whose registration is gone or changed, and gives the others.
func (o *keepers) living(v *view.View) []*keeper {
	o.mu.Lock()
	defer o.mu.Unlock()
	var list []*keeper
	for url, k := range o.kept {
		if i, ok := v.Issuer(url); !ok || i.Rev > k.rev {
			delete(o.kept, url)
			continue
		}
		list = append(list, k)
	}
	return list
}
