package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// TestL01EventHasNoCanary sends a secret in every place of a request and looks for it in the log and the labels.
func TestL01EventHasNoCanary(t *testing.T) {
	const canary = "s3cr3t-canary"
	log, seen := &logBuffer{}, &counter{}
	cfg := testConfig(log)
	cfg.Observer = seen
	read := func(_ http.ResponseWriter, r *http.Request) error {
		_, err := ReadBody(r)
		return err
	}
	d := newTestDoor(t, cfg, route("POST", "/ok", read),
		route("POST", "/fails", failing(fault.New(fault.Denied, "test.denied", "No."))),
		route("POST", "/panics", func(http.ResponseWriter, *http.Request) error { panic("defect") }))
	for _, target := range []string{"/ok", "/fails", "/panics", "/" + canary, "/ok/" + canary} {
		for _, method := range []string{"POST", strings.ToUpper(canary)} {
			r := httptest.NewRequest(method, target+"?token="+canary, strings.NewReader(canary))
			r.Header.Set("Authorization", "Bearer "+canary)
			r.Header.Set("X-"+canary, canary)
			d.ServeHTTP(httptest.NewRecorder(), r)
		}
	}
	if got := log.String(); strings.Contains(strings.ToLower(got), canary) || strings.Count(got, "msg=request") != 10 {
		t.Errorf("the log has the canary, or not one line a request:\n%s", got)
	}
	for _, l := range seen.seen {
		if strings.Contains(l.Door+l.Route+l.Kind+l.Reason, canary) {
			t.Errorf("a label has the canary: %+v", l)
		}
	}
}

func TestL06LabelsAreFromClosedSets(t *testing.T) {
	seen := &counter{}
	cfg := testConfig(&logBuffer{})
	cfg.Observer = seen
	named := route("GET", "/{x}", echo("x"))
	named.Name = "things.get"
	d := newTestDoor(t, cfg, named)
	get(d, "/a?b=c")
	get(d, "/b")
	get(d, "/b/c")
	send(d, "BREW", "/b", "")
	want := []Labels{
		{Door: "test", Route: "things.get", Kind: "ok"},
		{Door: "test", Route: "things.get", Kind: "ok"},
		{Door: "test", Kind: "not_found", Reason: "web.no_route"},
		{Door: "test", Kind: "unsupported", Reason: "web.method_not_allowed"},
	}
	if diff := cmp.Diff(want, seen.seen); diff != "" {
		t.Error(diff)
	}
}

func TestL06RawDoorNamesOnlyItsOwnRoutes(t *testing.T) {
	seen := &counter{}
	cfg := testConfig(&logBuffer{})
	cfg.Observer = seen
	action := Route{Method: "POST", Pattern: "/", Name: "AssumeRole", Doc: "A test.", Permission: "sts:AssumeRole"}
	d, err := NewRaw(cfg, []Route{action}, func(_ http.ResponseWriter, r *http.Request) error {
		EventOf(r.Context()).Route = r.URL.Query().Get("Action")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	send(d, "POST", "/?Action=AssumeRole", "")
	send(d, "POST", "/?Action=MadeUp", "")
	want := []Labels{{Door: "test", Route: "AssumeRole", Kind: "ok"}, {Door: "test", Kind: "ok"}}
	if diff := cmp.Diff(want, seen.seen); diff != "" {
		t.Error(diff)
	}
}

func TestEventLine(t *testing.T) {
	log := &logBuffer{}
	cfg := testConfig(log)
	d := newTestDoor(t, cfg, route("PUT", "/x", func(w http.ResponseWriter, r *http.Request) error {
		e := EventOf(r.Context())
		e.Principal = "p-1"
		e.Add(slog.Int64("revision", 7))
		if _, err := ReadBody(r); err != nil {
			return err
		}
		w.WriteHeader(http.StatusCreated)
		_, err := io.Copy(w, strings.NewReader("12345"))
		return err
	}))
	send(d, "PUT", "/x", "123")
	for _, want := range []string{
		"level=INFO msg=request request_id=id-1 door=test route=/x method=PUT status=201", "principal=p-1",
		"received=3 sent=5 duration=", "revision=7",
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q: %s", want, log)
		}
	}
}

func TestEventOutsideARequest(t *testing.T) {
	e := EventOf(context.Background())
	e.Principal = "nobody reads this"
	e.Add(slog.String("a", "b"))
	if got := Param(httptest.NewRequest("GET", "/", nil), "x"); got != "" {
		t.Errorf("got %q", got)
	}
}
