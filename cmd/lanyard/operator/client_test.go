package operator

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

// answering serves a handler on a socket and gives a client for it.
func answering(t *testing.T, h http.HandlerFunc) *Client {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "ly") //nolint:usetesting // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	ln, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := http.Server{Handler: h}
	go func() { _ = server.Serve(ln) }()
	t.Cleanup(func() { _ = server.Close() })
	return New("/data", socket)
}

func TestDo(t *testing.T) {
	c := answering(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, `{"as": "`+r.Method+" "+r.URL.Path+" "+r.Header.Get("Content-Type")+`", "id": `+string(b)+`}`)
	})
	var got opwire.Launch
	if err := c.Do(t.Context(), http.MethodPost, "/v1/x", "the id", &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(opwire.Launch{As: "POST /v1/x application/json", ID: "the id"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestDoWithoutAnswer(t *testing.T) {
	c := answering(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	got := opwire.Launch{ID: "kept"}
	if err := c.Do(t.Context(), http.MethodDelete, "/v1/x", nil, &got); err != nil || got.ID != "kept" {
		t.Errorf("%v, %+v", err, got)
	}
}

func TestRefused(t *testing.T) {
	c := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"error": {"reason": "kinds.not_found", "message": "no", "requestId": "r", "next": "n"}}`)
	})
	err := c.Do(t.Context(), http.MethodGet, "/v1/x", nil, nil)
	r, ok := errors.AsType[*Refusal](err)
	if want := (opwire.Error{Reason: "kinds.not_found", Message: "no", RequestID: "r", Next: "n"}); !ok || r.Said != want {
		t.Fatalf("got %v", err)
	}
	if !NotFound(err) || err.Error() != "kinds.not_found: no" {
		t.Errorf("NotFound %t, %q", NotFound(err), err)
	}
}

func TestUnreadable(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"no JSON":       func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") },
		"other refusal": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "{}", http.StatusTeapot) },
		"html refusal":  func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<p>", http.StatusBadGateway) },
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"id":`)
			panic(http.ErrAbortHandler)
		},
		"closed": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			var out opwire.Launch
			if err := answering(t, h).Do(t.Context(), http.MethodGet, "/v1/x", nil, &out); !fault.Is(err, BadAnswer) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestStreamCutOff wants a backup that the server could not end to be an error, not a shorter backup.
func TestStreamCutOff(t *testing.T) {
	c := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half of it")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	body, err := c.Stream(t.Context(), "/v1/backup")
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if got, err := io.ReadAll(body); err == nil {
		t.Errorf("read %q without an error", got)
	}
}

func TestUnreachable(t *testing.T) {
	dir := t.TempDir()
	dead := filepath.Join(dir, "dead")
	if err := os.WriteFile(dead, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, socket := range []string{filepath.Join(dir, "absent"), dead} {
		if err := New("/data", socket).Do(t.Context(), http.MethodGet, "/", nil, nil); !fault.Is(err, NoServer) {
			t.Errorf("%s: %v", socket, err)
		}
	}
	for data, absent := range map[string]bool{dir: false, filepath.Join(dir, "none"): true} {
		err := New(data, dead).Do(t.Context(), http.MethodGet, "/", nil, nil)
		if !strings.Contains(err.Error(), data) || strings.Contains(err.Error(), "which does not exist") != absent {
			t.Errorf("%s: %v", data, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := New("/data", dead).Do(ctx, http.MethodGet, "/", nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

// TestNoEntry looks at the error alone: root, who may run the tests, is kept out by no mode.
func TestNoEntry(t *testing.T) {
	err := New("/data", "/s").unreachable(t.Context(), &os.PathError{Op: "dial", Path: "/s", Err: os.ErrPermission})
	if !fault.Is(err, NoEntry) {
		t.Errorf("got %v", err)
	}
}

// TestLastRefusal wants the newest refusal of a workload, past those of the operator's own commands.
func TestLastRefusal(t *testing.T) {
	const own, other = `{"door":"operator","operation":"x"}`, `{"door":"s3","operation":"PutObject"}`
	for name, tc := range map[string]struct{ body, operation, failure string }{
		"passes the operator's": {own + "\n\n" + other + "\n" + `{"door":"sts"}`, "PutObject", ""},
		"none":                  {own + "\n", "", "No workload is among the newest 1000 refusals"},
		"nothing":               {"", "", "No workload is among the newest 1000 refusals"},
		"no record":             {"hello\n", "", "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			c := answering(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Get("outcome") != "refused" {
					t.Errorf("asked for %s", r.URL)
				}
				_, _ = io.WriteString(w, tc.body)
			})
			rec, err := c.LastRefusal(t.Context())
			if tc.failure == "" && (err != nil || rec.Operation != tc.operation) || tc.failure != "" && (err == nil || !strings.Contains(err.Error(), tc.failure)) {
				t.Errorf("got %+v, %v", rec, err)
			}
		})
	}
}
