package feed

import (
	"net/http"
	"time"

	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Why a caller is told nothing.
const (
	// BadParameter means that a parameter of the feed is unknown, missing or not well formed.
	BadParameter fault.Reason = "feed.bad_parameter"
	// TooManyWaiting means that as many callers wait for news as may, or that this caller waits as often as it may.
	TooManyWaiting fault.Reason = "feed.too_many_waiting"
)

// Audience is whom a caller's token is for: Lanyard's own application in its tenant.
const Audience = "api://lanyard"

// Action is what a caller must be allowed at the root of its tenant; the built-in role "Lanyard Revocation Reader" has it.
const Action = "Lanyard.Identity/revocations/read"

// Authenticator says who presents a bearer token.
type Authenticator interface {
	Bearer(v *view.View, authorization []string, audiences ...string) (*credential.Token, error)
}

// Signer has notices signed.
type Signer interface {
	Notice(v *view.View, n mint.Notice) (string, error)
}

// Door is what the feed needs.
type Door struct {
	View  func() *view.View
	Ended func() <-chan struct{} // a channel that is closed when tokens end; taken before the View
	Authn Authenticator
	Mint  Signer
	Stop  <-chan struct{} // closed when the server ends: nobody waits any longer
}

// Mount makes the door. cfg brings the house's part: ids, clock, log, witness.
func (d Door) Mount(cfg web.Config) (*web.Door, error) {
	cfg.Name, cfg.Dialect = "feed", web.Plain{}
	s := &service{Door: d, page: maxPage, waiting: waiting{most: maxWaiting, by: map[string]int{}}}
	if cfg.MaxInFlight > 0 { // those who wait hold connections that the listener's other doors need
		s.waiting.most = min(maxWaiting, max(1, int(cfg.MaxInFlight/2)))
	}
	return web.New(cfg, []web.Route{{
		Method: http.MethodGet, Pattern: "/lanyard/feed/v1/revocations", Name: "Revocations", Permission: Action + " at /", Handler: s.revocations,
		Doc: "whose tokens ended since a cursor, signed; waits for news for as long as wait says, 20 s at most",
	}})
}

// Bounds of one answer and of the wait for it.
const (
	maxPage = 1000 // revocations in one answer
	maxWait = 20 * time.Second
)
