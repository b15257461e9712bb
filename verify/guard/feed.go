package guard

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/lanyard-id/lanyard/verify"
)

// state is what the feed has told.
type state struct {
	mu      sync.RWMutex // guards what follows
	inc     string       // the life of the issuer's store; a token of another one is dead
	ended   map[string]ended
	heard   time.Time // when the last question was sent that was answered to the end; zero for never
	failure error     // how the last question ended, nil if it was answered

	// Run's own.
	cursor  string
	pending map[string]ended // a full answer of which the end has not come yet
	swept   time.Time
}

// ended says which tokens of an identity are dead.
type ended struct {
	before int64 // those minted from an older revision
	gone   bool  // all of them
	at     time.Time
}

// alive checks a token by what the feed has told.
func (g *Guard) alive(c *verify.Claims, oid string) error {
	if g.config.Feed == nil {
		return nil
	}
	inc, _ := c.String("lyd_inc")
	rev, ok := c.Number("lyd_rev")
	if !ok || inc == "" {
		return refuse(verify.Missing, "lyd_rev", "the token does not say of which revision it is")
	}
	s := &g.feed
	s.mu.RLock()
	defer s.mu.RUnlock()
	switch e, found := s.ended[oid]; {
	case s.heard.IsZero() || silence(s.heard) > g.config.Feed.Staleness:
		return &verify.Error{Reason: FeedSilent, Detail: "whose tokens ended is not known at the moment", Err: s.failure}
	case inc != s.inc:
		return refuse(Restored, "lyd_inc", "the issuer was restored from a backup after the token was issued")
	case found && e.gone:
		return refuse(Deleted, "oid", "the identity that the token was issued to was deleted")
	case found && int64(rev) < e.before:
		return refuse(Revoked, "lyd_rev", "the identity's tokens were revoked after this one was issued")
	}
	return nil
}

// silence is how long ago the feed was heard, by whichever clock says more: the monotonic one stands still while a machine
// sleeps, the wall clock can be set back.
func silence(heard time.Time) time.Duration {
	now := time.Now()
	return max(now.Sub(heard), now.Round(0).Sub(heard.Round(0)))
}

// Ready tells whether tokens can be checked at the moment; nil, or the reason why all are refused.
func (g *Guard) Ready() error {
	if g.config.Feed == nil {
		return nil
	}
	g.feed.mu.RLock()
	defer g.feed.mu.RUnlock()
	if g.feed.heard.IsZero() || silence(g.feed.heard) > g.config.Feed.Staleness {
		return &verify.Error{Reason: FeedSilent, Detail: "whose tokens ended is not known at the moment", Err: g.feed.failure}
	}
	return nil
}

// The wait between two questions after one that was not answered.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = time.Second
)

// Run follows the feed until ctx is over, and then gives its error. Without a feed it only waits. Call it once.
func (g *Guard) Run(ctx context.Context) error {
	if g.config.Feed == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	pause := firstPause
	for ctx.Err() == nil {
		err := g.listen(ctx)
		g.feed.mu.Lock()
		g.feed.failure = err
		g.feed.mu.Unlock()
		if err == nil {
			pause = firstPause
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, lastPause)
	}
	return ctx.Err()
}

// listen asks one question and waits for its answer.
func (g *Guard) listen(ctx context.Context) error {
	f := g.config.Feed
	s := &g.feed
	wait := min(maxWait, (f.Staleness / 3).Truncate(time.Second))
	wait = max(wait, time.Second)
	if s.pending != nil || s.heard.IsZero() {
		wait = 0 // what is missing is there already
	}
	ctx, cancel := context.WithTimeout(ctx, wait+max(time.Second, f.Staleness/3))
	defer cancel()
	token, err := f.Token(ctx)
	if err != nil {
		return &verify.Error{Reason: FeedRefused, Detail: "this service has no token for the feed", Err: err}
	}
	q := question{nonce: rand.Text(), since: s.cursor}
	query := url.Values{"nonce": {q.nonce}, "since": {q.since}, "wait": {strconv.Itoa(int(wait / time.Second))}}
	if q.since == "" {
		query.Del("since")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.URL+"?"+query.Encode(), nil)
	if err != nil {
		return fmt.Errorf("ask the feed: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	sent := time.Now()
	body, err := g.do(req)
	if said, ok := errors.AsType[*statusError](err); ok {
		return &verify.Error{Reason: FeedRefused, Detail: "the feed does not answer this service", Err: said}
	}
	if err != nil {
		return err
	}
	n, err := g.read(ctx, string(body), q)
	if err != nil {
		return err
	}
	if !n.full && s.pending == nil && n.inc != s.inc {
		return bad("it goes on from another life of the issuer", nil)
	}
	s.take(n, sent)
	return nil
}

// take enters an answer. What is new counts at once; a full answer replaces what was known when it is complete. The feed
// counts as heard from the moment the question was sent: the answer knows all that ended until then, and perhaps more.
func (s *state) take(n notice, sent time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n.full {
		s.pending = map[string]ended{}
	}
	into := s.pending
	if into == nil {
		into = s.ended
	}
	for _, e := range n.revoked {
		e.ended.at = sent
		if old := into[e.oid]; old.gone || old.before > e.before { // an end is never taken back
			e.ended.gone, e.ended.before = e.gone || old.gone, max(e.before, old.before)
		}
		into[e.oid] = e.ended
	}
	s.cursor = n.cursor
	if n.more {
		return
	}
	if s.pending != nil {
		s.ended, s.pending = s.pending, nil
	}
	s.inc, s.heard = n.inc, sent
	s.forget(sent)
}

// forget drops what no living token remembers, now and then.
func (s *state) forget(now time.Time) {
	if now.Sub(s.swept) < time.Hour {
		return
	}
	s.swept = now
	for oid, e := range s.ended {
		if now.Sub(e.at) > defaultLifetime {
			delete(s.ended, oid)
		}
	}
}
