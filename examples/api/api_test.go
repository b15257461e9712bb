package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"serve"}, {"call", "GET"}, {"other", "a"}} {
		if err := run(t.Context(), args, func(string) string { return "" }); err == nil {
			t.Errorf("%v is accepted", args)
		}
	}
	if _, err := newGuard(func(string) string { return "" }); err == nil || !strings.Contains(err.Error(), "lanyard run") {
		t.Errorf("without settings: %v", err)
	}
}

// TestNobodyComesInWithoutAnIssuer wants every route closed as long as the feed was not heard.
func TestNobodyComesInWithoutAnIssuer(t *testing.T) {
	env := map[string]string{"AZURE_AUTHORITY_HOST": "https://127.0.0.1:1", "AZURE_TENANT_ID": "00000000-0000-4000-8000-000000000000", "FEED_STALENESS": "2s"}
	g, err := newGuard(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	h := (&orders{}).routes(g)
	for _, tc := range []struct {
		method, path string
		want         int
	}{{"GET", "/orders", 401}, {"POST", "/orders", 401}, {"GET", "/ready", 503}, {"GET", "/other", 404}} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(tc.method, tc.path, nil))
		if w.Code != tc.want {
			t.Errorf("%s %s: %d", tc.method, tc.path, w.Code)
		}
	}
}

func TestTokensAreKept(t *testing.T) {
	asked := 0
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.Header.Get("X-Identity-Header") != "proof" || r.URL.Query().Get("resource") != audience {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(`{"access_token":"t","expires_in":"3600"}`))
	}))
	defer endpoint.Close()
	tokens := &tokens{endpoint: endpoint.URL, header: "proof", kept: map[string]kept{}}
	for range 3 {
		if token, err := tokens.get(context.Background(), audience); err != nil || token != "t" {
			t.Fatal(token, err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	tokens.kept[audience] = kept{"old", time.Now()}
	if token, err := tokens.get(context.Background(), audience); err != nil || token != "t" {
		t.Error(token, err)
	}
	if _, err := tokens.get(context.Background(), "api://other"); err == nil {
		t.Error("a refusal gave a token")
	}
}
