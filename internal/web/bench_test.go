package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
)

// benchTable is as wide as a real control-plane door.
func benchTable(h Handler) []Route {
	var routes []Route
	for _, path := range []string{
		"/{scope...}/providers/Microsoft.Authorization/roleAssignments/{name}",
		"/{scope...}/providers/Microsoft.Authorization/roleDefinitions/{name}",
		"/subscriptions/{sub}/resourceGroups/{group}",
		"/subscriptions/{sub}/resourceGroups/{group}/resources",
		"/subscriptions/{sub}/resourceGroups/{group}/providers/{ns}/{type}/{name}",
		"/subscriptions/{sub}/resourceGroups/{group}/providers/{ns}/{type}/{name}/{sub2}/{name2}",
	} {
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			r := route(method, path, h)
			r.Fold = true
			routes = append(routes, r)
		}
	}
	return routes
}

const benchPath = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourcegroups/rg/providers/Microsoft.Compute/virtualMachines/vm1"

type benchIn struct{ group, name string }

// typedHandler is the whole kit: route, event, typed handler. The event's line is formatted and thrown away.
func typedHandler(tb testing.TB) http.Handler {
	tb.Helper()
	cfg := testConfig(io.Discard)
	cfg.Log = slog.New(slog.NewJSONHandler(nullWriter{}, nil)) // formats the line, as a real log does
	cfg.Observer = &tally{}
	h := Handle(
		func(r *http.Request) (benchIn, error) { return benchIn{Param(r, "group"), Param(r, "name")}, nil },
		func(_ context.Context, in benchIn) (string, error) { return in.group + in.name, nil },
		func(w http.ResponseWriter, out string) error { return writeText(w, out) },
	)
	d, err := New(cfg, benchTable(h))
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// nullWriter takes log lines to nowhere; slog would see through io.Discard.
type nullWriter struct{}

func (nullWriter) Write(p []byte) (int, error) { return len(p), nil }

// tally is an observer that costs nothing.
type tally struct{ Figures }

func (*tally) Observe(Labels, Figures) {}

func writeText(w http.ResponseWriter, out string) error {
	w.Header()["Content-Type"] = []string{"text/plain"}
	_, err := io.WriteString(w, out)
	return err
}

// bareHandler answers the same without the kit.
func bareHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _ = writeText(w, "rgvm1") })
}

// overWire measures requests on keep-alive connections over loopback, in parallel.
func overWire(b *testing.B, h http.Handler) {
	b.Helper()
	srv := httptest.NewServer(h)
	defer srv.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			req, err := http.NewRequestWithContext(b.Context(), "GET", srv.URL+benchPath, nil)
			if err != nil {
				b.Error(err)
				return
			}
			resp, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != 200 {
				b.Error(resp.StatusCode, err)
			}
			_ = resp.Body.Close()
		}
	})
}

func BenchmarkWireTyped(b *testing.B) { overWire(b, typedHandler(b)) }
func BenchmarkWireBare(b *testing.B)  { overWire(b, bareHandler()) }

// nowhere is a ResponseWriter that costs nothing.
type nowhere struct{ h http.Header }

func (n nowhere) Header() http.Header         { return n.h }
func (n nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n nowhere) WriteHeader(int)             {}

func inProcess(b *testing.B, h http.Handler) {
	b.Helper()
	r := httptest.NewRequest("GET", benchPath, nil)
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(nowhere{http.Header{}}, r)
	}
}

func BenchmarkKitTyped(b *testing.B) { inProcess(b, typedHandler(b)) }
func BenchmarkKitBare(b *testing.B)  { inProcess(b, bareHandler()) }

func BenchmarkFind(b *testing.B) {
	rt, err := newRouter(benchTable(echo()))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		var ps params
		if rt.find(benchPath, &ps) == nil {
			b.Fatal("no route")
		}
	}
}
