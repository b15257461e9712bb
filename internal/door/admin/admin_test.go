package admin

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lanyard-id/lanyard/internal/web"
)

func mounted(t *testing.T, d Door) *web.Door {
	t.Helper()
	door, err := d.Mount(web.Config{
		IDs: func() string { return "id-1" }, Now: func() time.Time { return time.Unix(1, 0) },
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return door
}

func get(d http.Handler, method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, httptest.NewRequest(method, target, http.NoBody))
	return w
}

func TestProbes(t *testing.T) {
	registry := prometheus.NewRegistry()
	counter := prometheus.NewCounter(prometheus.CounterOpts{Name: "lanyard_test_total", Help: "A figure."})
	registry.MustRegister(counter)
	counter.Add(3)
	var notReady error
	d := mounted(t, Door{Ready: func() error { return notReady }, Metrics: registry})

	tests := []struct {
		name, method, target string
		notReady             error
		status               int
		want                 string
	}{
		{"alive", "GET", "/livez", nil, 200, `"alive"`},
		{"alive although not ready", "GET", "/livez", errors.New("held"), 200, `"alive"`},
		{"ready", "GET", "/readyz", nil, 200, `"ready"`},
		{"not ready", "GET", "/readyz", errors.New("restored and not confirmed"), 503, "restored and not confirmed"},
		{"metrics", "GET", "/metrics", nil, 200, "lanyard_test_total 3"},
		{"nothing else", "GET", "/debug/pprof/", nil, 404, "web.no_route"},
		{"not the root", "GET", "/", nil, 404, "web.no_route"},
		{"read only", "POST", "/metrics", nil, 405, "web.method_not_allowed"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			notReady = tc.notReady
			w := get(d, tc.method, tc.target)
			if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.want) {
				t.Errorf("got %d %s, want %d with %q", w.Code, w.Body, tc.status, tc.want)
			}
		})
	}
}

// TestOwnRegistry wants only what the server registered: the default registry of the process stays out.
func TestOwnRegistry(t *testing.T) {
	w := get(mounted(t, Door{Ready: func() error { return nil }, Metrics: prometheus.NewRegistry()}), "GET", "/metrics")
	if w.Code != http.StatusOK || w.Body.Len() != 0 {
		t.Errorf("an empty registry gave %d %q", w.Code, w.Body)
	}
}

type failing struct{ prometheus.Gatherer }

func (failing) Describe(chan<- *prometheus.Desc) {}
func (failing) Collect(c chan<- prometheus.Metric) {
	c <- prometheus.NewInvalidMetric(prometheus.NewDesc("lanyard_broken", "A figure.", nil, nil), errors.New("cannot read"))
}

func TestMetricsFailWhole(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(failing{})
	w := get(mounted(t, Door{Ready: func() error { return nil }, Metrics: registry}), "GET", "/metrics")
	if w.Code != http.StatusInternalServerError {
		t.Errorf("got %d %s, want 500", w.Code, w.Body)
	}
}

func TestReadyReasonIsJSON(t *testing.T) {
	w := get(mounted(t, Door{Ready: func() error { return errors.New("disk is full") }, Metrics: prometheus.NewRegistry()}),
		"GET", "/readyz")
	var body struct {
		Error struct{ Reason, Message, RequestID string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	if body.Error.Reason != string(NotReady) || body.Error.Message != "disk is full" || body.Error.RequestID != "id-1" {
		t.Errorf("got %+v", body)
	}
}

func TestMountIncomplete(t *testing.T) {
	if _, err := (Door{}).Mount(web.Config{}); err == nil {
		t.Error("a door without ready and metrics was mounted")
	}
}
