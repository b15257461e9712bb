package doortest

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Keys is the keyring.
type Keys interface {
	mint.Keys
	credential.Keys
	authn.Keys
	JWKS() []byte
}

// World is one installation under test.
type World struct {
	View     *view.View
	Keys     Keys
	Ledger   *Ledger
	Tokens   *credential.Tokens
	Verifier *federation.Verifier
	Authn    *authn.Authenticator
	Mint     *mint.Mint
	Objects  *objects.Store
	// Meanwhile runs once, between the request's View and the next command of a Trying directory; nil is nothing.
	Meanwhile func()
	Fill      func(words []string) string // fills in what only one door's transcripts ask for; nil is nothing

	t     testing.TB
	now   atomic.Pointer[time.Time] // a live directory reads it as well
	known int                       // records before the last request
	live  *directory.Directory      // nil for a world that only tests change
}

// Start is when every world begins.
func Start() time.Time { return time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC) }

// RequestID is the id of every request.
const RequestID = "0190a5c2-3b1e-8000-8000-000000000001"

// New makes the installation. keys are the keyring, which the house's laws let only tests and mint hold.
func New(t testing.TB, keys Keys) *World {
	t.Helper()
	w := &World{Keys: keys, Ledger: &Ledger{}, t: t}
	w.now.Store(new(Start()))
	store, err := objects.Open(t.TempDir(), room{}, w.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	w.Objects = store
	w.View = load(t, cast())
	w.Tokens = &credential.Tokens{Keys: keys}
	w.Verifier = &federation.Verifier{Own: w.Tokens, Now: w.Now}
	w.Authn = authn.New(w.Tokens, keys, w.Now)
	w.Mint = &mint.Mint{Keys: keys, Ledger: w.Ledger, Lives: mint.DefaultLives(), Now: w.Now}
	return w
}

// room is a disk that is never full.
type room struct{}

// Check finds enough room.
func (room) Check() error { return nil }

// Last finds enough room.
func (room) Last() error { return nil }

// Now is the world's clock, which stands still.
func (w *World) Now() time.Time { return *w.now.Load() }

// Pass lets time pass; negative for back.
func (w *World) Pass(d time.Duration) { w.now.Store(new(w.Now().Add(d))) }

// Current is the world's View.
func (w *World) Current() *view.View {
	if w.live != nil {
		return w.live.View()
	}
	return w.View
}

// Config is the house's part of a door.
func (w *World) Config() web.Config {
	return web.Config{
		IDs: func() string { return RequestID }, Now: w.Now, Log: slog.New(slog.DiscardHandler), Witness: w.Ledger,
	}
}

// load makes a View of the records the way that the store does, so that they are what a restart would read.
func load(t testing.TB, records []view.Record) *view.View {
	t.Helper()
	const rev = 7
	stored := make([]view.Record, 0, len(records))
	for _, r := range records {
		c, err := view.Put(r)
		if err != nil {
			t.Fatal(err)
		}
		c.Rev = rev
		back, err := view.Decode(c)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, back)
	}
	v, err := view.Load(rev, stored)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Bare gives a role as it is without any policy.
func (w *World) Bare(role string) *view.Role {
	w.t.Helper()
	arn, err := name.ParseARN(RoleARN(role))
	if err != nil {
		w.t.Fatal(err)
	}
	found, ok := w.View.Role(arn)
	if !ok {
		w.t.Fatalf("there is no role %s", role)
	}
	bare := *found
	bare.Inline, bare.Managed = nil, nil
	return &bare
}

// Write changes the View by one revision.
func (w *World) Write(records ...view.Record) {
	w.t.Helper()
	var changes []view.Change
	for _, r := range records {
		c, err := view.Put(r)
		if err != nil {
			w.t.Fatal(err)
		}
		changes = append(changes, c)
	}
	w.apply(changes)
}

// Delete removes records in one revision.
func (w *World) Delete(records ...view.Record) {
	w.t.Helper()
	var changes []view.Change
	for _, r := range records {
		changes = append(changes, view.Remove(r))
	}
	w.apply(changes)
}

func (w *World) apply(changes []view.Change) {
	w.t.Helper()
	next, err := w.View.Apply(w.View.Rev()+1, changes)
	if err != nil {
		w.t.Fatal(err)
	}
	w.View = next
}

// Workload finds a workload of the cast.
func (w *World) Workload(called string) view.Workload {
	w.t.Helper()
	for rec := range w.View.Under(name.Root()) {
		if r, ok := rec.(*view.Resource); ok && r.ID.IsType(siteType) && r.ID.Name() == called {
			return view.Workload{Resource: r}
		}
	}
	w.t.Fatalf("the cast has no workload %q", called)
	return view.Workload{}
}

// Token has a token minted for a workload, as the metadata door does.
func (w *World) Token(workload, audience string) string {
	w.t.Helper()
	token, err := w.Mint.Token(context.Background(), w.View, mint.TokenRequest{Workload: w.Workload(workload), Audience: audience})
	if err != nil {
		w.t.Fatal(err)
	}
	return token.Access.Reveal()
}

// Session has a session of a role minted, as the STS door does after it has decided.
func (w *World) Session(role string, policies ...string) mint.IssuedSession {
	w.t.Helper()
	for r := range w.View.Roles(name.AccountID{}) {
		if r.Name != role {
			continue
		}
		s, err := w.Mint.Session(context.Background(), w.View, mint.SessionRequest{Role: r, Name: "test", Policies: policies})
		if err != nil {
			w.t.Fatal(err)
		}
		return s
	}
	w.t.Fatalf("the cast has no role %q", role)
	return mint.IssuedSession{}
}

// RootSession has a session of an account's root minted.
func (w *World) RootSession(account name.AccountID) mint.IssuedSession {
	w.t.Helper()
	s, err := w.Mint.Session(context.Background(), w.View, mint.SessionRequest{Account: account, Name: "test"})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}
