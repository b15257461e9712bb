package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/lanyard-id/lanyard/verify/guard"
)

// audience is the ID URI of the service's application.
const audience = "api://orders"

// newGuard trusts the tenant that the service itself runs in. SSL_CERT_FILE leads to the issuer's authority.
func newGuard(env func(string) string) (*guard.Guard, error) {
	authority, tenant := env("AZURE_AUTHORITY_HOST"), env("AZURE_TENANT_ID")
	if authority == "" || tenant == "" {
		return nil, errors.New("AZURE_AUTHORITY_HOST and AZURE_TENANT_ID are not set: run this by lanyard run --as NAME")
	}
	own := newTokens(env)
	feed := &guard.Feed{Token: func(ctx context.Context) (string, error) { return own.get(ctx, guard.FeedAudience) }}
	if text := env("FEED_STALENESS"); text != "" {
		staleness, err := time.ParseDuration(text)
		if err != nil {
			return nil, err
		}
		feed.Staleness = staleness
	}
	return guard.New(guard.Config{
		Issuers: guard.Issuers(authority, tenant), Tenant: tenant, Audiences: []string{audience}, Feed: feed,
	})
}

// orders is what the service keeps.
type orders struct {
	mu   sync.Mutex
	list []string // guarded by mu
}

// routes lets readers read and writers write. Nobody is let in by name: roles are granted where the identities are.
func (o *orders) routes(g *guard.Guard) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /orders", g.Protect(http.HandlerFunc(o.read), "Orders.Read"))
	mux.Handle("POST /orders", g.Protect(http.HandlerFunc(o.write), "Orders.Write"))
	mux.HandleFunc("GET /ready", func(w http.ResponseWriter, _ *http.Request) {
		if err := g.Ready(); err != nil {
			guard.Refuse(w, err)
		}
	})
	return mux
}

func (o *orders) read(w http.ResponseWriter, _ *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"orders": append([]string{}, o.list...)}) // a caller who has gone reads nothing
}

func (o *orders) write(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<10))
	if err != nil {
		http.Error(w, "the order is too long", http.StatusRequestEntityTooLarge)
		return
	}
	who, _ := guard.From(r.Context()) // Protect has put it there
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.list) < 1000 {
		o.list = append(o.list, string(text)+" by "+who.ObjectID)
	}
	w.WriteHeader(http.StatusNoContent)
}
