package feed_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/feed"
	"github.com/lanyard-id/lanyard/internal/keyring/ringtest"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// ring is the one keyring of these tests: making keys takes time.
var ring ringtest.Shared

// house is a world with the feed in it. Writes wake those who wait, as the directory's do.
type house struct {
	*doortest.World
	http.Handler
	mu    sync.Mutex
	ended chan struct{} // guarded by mu
	stop  chan struct{}
}

const readerRole = "6c616e79-6172-4d00-8000-000000000101"

// serve makes the house, in which the workloads "function" of North and "stranger" of South may read the feed.
func serve(t *testing.T) *house { return serveWith(t, func(*web.Config) {}) }

func serveWith(t *testing.T, change func(*web.Config)) *house {
	t.Helper()
	h := &house{World: doortest.New(t, ring.Ring(t, memory.New(), doortest.Start)), ended: make(chan struct{}), stop: make(chan struct{})}
	for i, tenant := range []name.GUID{doortest.North(), doortest.South()} {
		who := []int{doortest.FunctionID, doortest.StrangerID}[i]
		h.World.Write(
			&view.Application{
				ObjectID: doortest.GUID(0xd00 + i), DisplayName: "Lanyard", IDURIs: []string{feed.Audience}, TokenVersion: 1, Algorithm: "RS256",
				House: true, Principal: view.Principal{ObjectID: doortest.GUID(0xd00 + i), ClientID: doortest.GUID(0xd10), Tenant: tenant},
			},
			&view.RoleAssignment{
				ID: doortest.GUID(0xd20 + i), Tenant: tenant, Principal: doortest.GUID(who), Role: name.MustGUID(readerRole), Scope: name.Root(),
			})
	}
	cfg := h.Config()
	change(&cfg)
	door, err := feed.Door{View: h.current, Ended: h.endedNow, Authn: h.Authn, Mint: h.Mint, Stop: h.stop}.Mount(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h.Handler = door
	return h
}

func (h *house) current() *view.View {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.View
}

func (h *house) endedNow() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.ended
}

// write changes records, and remembers whose tokens that ends.
func (h *house) write(records ...view.Record) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range records {
		if ended := view.Ended(h.View.At(r.StoreKey()), r, h.Now()); ended != nil {
			records = append(records, ended)
		}
	}
	h.World.Write(records...)
	close(h.ended)
	h.ended = make(chan struct{})
}

// revoke ends the tokens of the user-assigned identity "one".
func (h *house) revoke() {
	r, _ := h.current().Identity(doortest.ResourceID(doortest.North(), view.TypeUserIdentity, "one"))
	c := *r
	c.Principal.RevokedAt = h.current().Rev() + 1
	h.write(&c)
}

const nonce = "abcdefghijklmnop"

func (h *house) ask(workload, query string) *httptest.ResponseRecorder {
	return h.bearer(h.Token(workload, feed.Audience), query)
}

func (h *house) bearer(token, query string) *httptest.ResponseRecorder {
	return h.Do(h.Handler, request(token, query))
}

func request(token, query string) doortest.Request {
	return doortest.Request{
		Target: "/lanyard/feed/v1/revocations?nonce=" + nonce + query, Header: http.Header{"Authorization": {"Bearer " + token}},
	}
}

// told is what a notice says.
type told struct {
	Iss, Aud, Tid, Nonce, Inc, Since, Cursor string
	Full, More                               bool
	Wait                                     int
	Revoked                                  []struct {
		OID    string
		Before int64
		Gone   bool
	}
}

func (h *house) told(t *testing.T, rec *httptest.ResponseRecorder) (n told) {
	t.Helper()
	if rec.Code != http.StatusOK || rec.Header().Get("Content-Type") != "application/"+mint.NoticeType {
		t.Fatalf("status %d: %s", rec.Code, rec.Body)
	}
	b, err := json.Marshal(h.ClaimsOf(rec.Body.String()))
	if err == nil {
		err = json.Unmarshal(b, &n)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}
