package web

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// logBuffer keeps what a door logged.
type logBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// counter is an Observer that keeps what it was given.
type counter struct {
	mu   sync.Mutex
	seen []Labels
	last Figures
}

func (c *counter) Observe(l Labels, f Figures) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen, c.last = append(c.seen, l), f
}

func testConfig(log io.Writer) Config {
	return Config{
		Name: "test", Dialect: Plain{}, IDs: func() string { return "id-1" }, Now: time.Now,
		Log:       slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		IDHeaders: []string{"x-test-request-id"},
	}
}

func newTestDoor(t *testing.T, cfg Config, routes ...Route) *Door {
	t.Helper()
	d, err := New(cfg, routes)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// route makes a complete route around a handler.
func route(method, pattern string, h Handler) Route {
	return Route{Method: method, Pattern: pattern, Name: pattern, Doc: "A test.", Permission: "none", Handler: h}
}

// echo answers the values of the named parameters.
func echo(names ...string) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		var got []string
		for _, name := range names {
			got = append(got, Param(r, name))
		}
		_, err := io.WriteString(w, strings.Join(got, "|"))
		return err
	}
}

// get sends one request to the door without a network. The target is what stands in the request line.
func get(d http.Handler, target string) *httptest.ResponseRecorder { return send(d, "GET", target, "") }

func send(d http.Handler, method, target, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

// failing returns err from a handler.
func failing(err error) Handler { return func(http.ResponseWriter, *http.Request) error { return err } }

// wantFault checks an answer of the Plain dialect.
func wantFault(t *testing.T, w *httptest.ResponseRecorder, status int, why fault.Reason) {
	t.Helper()
	if w.Code != status || !strings.Contains(w.Body.String(), `"reason":"`+string(why)+`"`) {
		t.Errorf("got %d %s, want %d with reason %s", w.Code, w.Body, status, why)
	}
}
