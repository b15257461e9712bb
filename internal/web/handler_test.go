package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

type greetIn struct{ Name string }

type greetOut struct {
	Greeting string `json:"greeting"`
}

func decodeGreet(r *http.Request) (greetIn, error) {
	name := Param(r, "name")
	if name == "bad" {
		return greetIn{}, fault.New(fault.Invalid, "test.bad_name", "That is no name.")
	}
	return greetIn{name}, nil
}

func greet(_ context.Context, in greetIn) (greetOut, error) {
	if in.Name == "denied" {
		return greetOut{}, fault.New(fault.Denied, "test.denied", "No.").Because(errors.New("private detail"))
	}
	if in.Name == "broken" {
		return greetOut{}, errors.New("private detail")
	}
	return greetOut{"hello <" + in.Name + ">"}, nil
}

func TestHandle(t *testing.T) {
	log := &logBuffer{}
	d := newTestDoor(t, testConfig(log), route("GET", "/{name}", Handle(decodeGreet, greet, JSON[greetOut](200))))
	w := get(d, "/ada")
	if w.Code != 200 || w.Body.String() != "{\"greeting\":\"hello <ada>\"}\n" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if got := w.Header().Get("X-Test-Request-Id"); got != "id-1" {
		t.Errorf("request id header is %q", got)
	}
	wantFault(t, get(d, "/bad"), 400, "test.bad_name")
	wantFault(t, get(d, "/denied"), 403, "test.denied")
	w = get(d, "/broken")
	wantFault(t, w, 500, "internal")
	if strings.Contains(w.Body.String(), "private") {
		t.Errorf("the private cause reached the caller: %s", w.Body)
	}
	if !strings.Contains(log.String(), "private detail") {
		t.Errorf("the private cause is not in the log: %s", log)
	}
}

func TestEncodeFailureIsAFault(t *testing.T) {
	d := newTestDoor(t, testConfig(&logBuffer{}), route("GET", "/", func(w http.ResponseWriter, _ *http.Request) error {
		return WriteJSON(w, 200, make(chan int))
	}))
	wantFault(t, get(d, "/"), 500, "internal")
}

func TestWrappedFaultIsFound(t *testing.T) {
	err := fmt.Errorf("mint token: %w", fault.New(fault.Conflict, "test.conflict", "Taken."))
	d := newTestDoor(t, testConfig(&logBuffer{}), route("GET", "/", failing(err)))
	wantFault(t, get(d, "/"), 409, "test.conflict")
}

func TestPanicIsAnsweredAndLogged(t *testing.T) {
	log := &logBuffer{}
	d := newTestDoor(t, testConfig(log), route("GET", "/", func(http.ResponseWriter, *http.Request) error {
		panic("the defect")
	}))
	w := get(d, "/")
	wantFault(t, w, 500, Panicked)
	if w.Header().Get("Connection") != "close" {
		t.Error("the connection stays open after a panic")
	}
	if strings.Contains(w.Body.String(), "defect") {
		t.Errorf("the panic reached the caller: %s", w.Body)
	}
	for _, want := range []string{"the defect", "handler_test.go", "id-1"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q: %s", want, log)
		}
	}
}

// TestFailureAfterTheStartCutsTheConnection makes sure that no client takes half an answer for a whole one.
func TestFailureAfterTheStartCutsTheConnection(t *testing.T) {
	late := map[string]func(){"error": func() {}, "panic": func() { panic("late") }}
	for name, then := range late {
		t.Run(name, func(t *testing.T) {
			seen := &counter{}
			cfg := testConfig(&logBuffer{})
			cfg.Observer = seen
			d := newTestDoor(t, cfg, route("GET", "/", func(w http.ResponseWriter, _ *http.Request) error {
				if _, err := io.WriteString(w, strings.Repeat("x", 100_000)); err != nil {
					return err
				}
				then()
				return fault.New(fault.Unavailable, "test.late", "")
			}))
			srv := httptest.NewServer(d)
			defer srv.Close()
			req, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := srv.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if _, err := io.ReadAll(resp.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("reading the cut answer gave %v, want %v", err, io.ErrUnexpectedEOF)
			}
			srv.Close()
			if len(seen.seen) != 1 || seen.seen[0].Kind == "ok" || seen.last.Status != 200 || seen.last.Sent != 100_000 {
				t.Errorf("the event is %+v %+v", seen.seen, seen.last)
			}
		})
	}
}

func TestClientGone(t *testing.T) {
	seen := &counter{}
	cfg := testConfig(&logBuffer{})
	cfg.Observer = seen
	ctx, cancel := context.WithCancel(t.Context())
	d := newTestDoor(t, cfg, route("GET", "/", func(_ http.ResponseWriter, r *http.Request) error {
		cancel()
		return fmt.Errorf("read store: %w", r.Context().Err())
	}))
	d.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/", nil))
	if seen.seen[0].Reason != string(ClientGone) {
		t.Errorf("got %+v, want reason %s", seen.seen[0], ClientGone)
	}
}

func TestBodyLimits(t *testing.T) {
	read := func(w http.ResponseWriter, r *http.Request) error {
		body, err := ReadBody(r)
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(w, len(body))
		return err
	}
	small, large := route("POST", "/small", read), route("POST", "/large", read)
	small.MaxBody, large.MaxBody = 10, Unlimited
	d := newTestDoor(t, testConfig(&logBuffer{}), small, large, route("POST", "/default", read))
	tests := []struct {
		path   string
		size   int
		status int
	}{
		{"/small", 10, 200},
		{"/small", 11, 413},
		{"/default", DefaultMaxBody, 200},
		{"/default", DefaultMaxBody + 1, 413},
		{"/large", 1 << 20, 200},
		{"/default", 0, 200},
	}
	for _, tc := range tests {
		for _, chunked := range []bool{false, true} {
			r := httptest.NewRequest("POST", tc.path, strings.NewReader(strings.Repeat("b", tc.size)))
			if chunked {
				r.ContentLength = -1
			}
			w := httptest.NewRecorder()
			d.ServeHTTP(w, r)
			if w.Code != tc.status || w.Code == 200 && w.Body.String() != fmt.Sprint(tc.size) {
				t.Errorf("%s with %d bytes, chunked %v: got %d %s, want %d", tc.path, tc.size, chunked, w.Code, w.Body, tc.status)
			}
			if tc.status == 413 {
				wantFault(t, w, 413, BodyTooLarge)
			}
		}
	}
}

func TestBodyLimitReachesHandlersThatReadThemselves(t *testing.T) {
	d := newTestDoor(t, testConfig(&logBuffer{}), route("POST", "/", func(_ http.ResponseWriter, r *http.Request) error {
		_, err := io.Copy(io.Discard, r.Body)
		return err
	}))
	r := httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("b", DefaultMaxBody+1)))
	r.ContentLength = -1
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	wantFault(t, w, 413, BodyTooLarge)
}

func TestOverload(t *testing.T) {
	cfg := testConfig(&logBuffer{})
	cfg.MaxInFlight = 1
	inside, release := make(chan struct{}), make(chan struct{})
	d := newTestDoor(t, cfg, route("GET", "/", func(http.ResponseWriter, *http.Request) error {
		inside <- struct{}{}
		<-release
		return nil
	}))
	first := make(chan *httptest.ResponseRecorder)
	go func() { first <- get(d, "/") }()
	<-inside
	w := get(d, "/")
	wantFault(t, w, 429, Overloaded)
	if w.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	close(release)
	if w := <-first; w.Code != 200 {
		t.Errorf("the first request got %d", w.Code)
	}
	go func() { first <- get(d, "/") }()
	<-inside
	if w := <-first; w.Code != 200 {
		t.Errorf("a request after the first is done got %d", w.Code)
	}
}

func TestJoin(t *testing.T) {
	named := func(name string, routes ...Route) *Door {
		cfg := testConfig(&logBuffer{})
		cfg.Name = name
		return newTestDoor(t, cfg, routes...)
	}
	door := func(w http.ResponseWriter, r *http.Request) error {
		_, err := io.WriteString(w, EventOf(r.Context()).Door+":"+Param(r, "x"))
		return err
	}
	h, err := Join(named("one", route("GET", "/{x}/token", door)), named("two", route("GET", "/v1.0/{x}", door)))
	if err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]string{"/a/token": "one:a", "/v1.0/apps": "two:apps", "/v1.0/token": "one:v1.0"} {
		if got := get(h, target).Body.String(); got != want {
			t.Errorf("%s: got %q, want %q", target, got, want)
		}
	}
	wantFault(t, get(h, "/nothing"), 404, NoRoute)
	for own, want := range map[bool]string{true: "two", false: "one"} {
		var log logBuffer
		cfg := testConfig(&log)
		cfg.Name, cfg.Own = "two", func(*http.Request) bool { return own }
		h, err := Join(newTestDoor(t, testConfig(&log), route("GET", "/a", door)), newTestDoor(t, cfg, route("GET", "/b", door)))
		if err != nil {
			t.Fatal(err)
		}
		wantFault(t, get(h, "/nothing"), 404, NoRoute)
		if got := get(h, "/a").Body.String(); !strings.HasSuffix(got, ":") || strings.HasPrefix(got, "two") {
			t.Errorf("a path of the first door: %q", got)
		}
		if refused := strings.Contains(log.String(), "door=two"); refused != own {
			t.Errorf("own %t: want the refusal of %s, and the log is %s", own, want, log.String())
		}
	}
	if _, err := Join(); err == nil {
		t.Error("joined no doors")
	}
	raw, err := NewRaw(testConfig(&logBuffer{}), nil, echo())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Join(raw); err == nil {
		t.Error("joined a raw door")
	}
}

func TestNewRefusesConfigs(t *testing.T) {
	for name, spoil := range map[string]func(*Config){
		"name": func(c *Config) { c.Name = "" }, "dialect": func(c *Config) { c.Dialect = nil },
		"ids": func(c *Config) { c.IDs = nil }, "now": func(c *Config) { c.Now = nil }, "log": func(c *Config) { c.Log = nil },
	} {
		cfg := testConfig(&logBuffer{})
		spoil(&cfg)
		if _, err := New(cfg, nil); err == nil {
			t.Errorf("a door without %s was made", name)
		}
		if _, err := NewRaw(cfg, nil, echo()); err == nil {
			t.Errorf("a raw door without %s was made", name)
		}
	}
	if _, err := NewRaw(testConfig(&logBuffer{}), nil, nil); err == nil {
		t.Error("a raw door without a handler was made")
	}
	if _, err := NewRaw(testConfig(&logBuffer{}), []Route{{Name: "x"}}, echo()); err == nil {
		t.Error("a raw door with an undocumented route was made")
	}
}

func TestStatusHasEveryKind(t *testing.T) {
	for k := range fault.Kind(fault.Kinds) {
		if s := Status(fault.New(k, "test.x", "")); s == 500 && k != fault.Internal {
			t.Errorf("kind %s has no status of its own", k)
		}
	}
}

func TestWithIDReachesServices(t *testing.T) {
	type key struct{}
	cfg := testConfig(&logBuffer{})
	cfg.WithID = func(ctx context.Context, id string) context.Context { return context.WithValue(ctx, key{}, id) }
	var got any
	d := newTestDoor(t, cfg, route("GET", "/{x}", func(_ http.ResponseWriter, r *http.Request) error {
		got = r.Context().Value(key{})
		if Param(r, "x") != "y" || EventOf(r.Context()).ID != "id-1" {
			t.Error("the exchange is not in the context")
		}
		return nil
	}))
	get(d, "/y")
	if got != "id-1" {
		t.Errorf("got %v", got)
	}
}

func TestFlushAndDeadlinesReachTheConnection(t *testing.T) {
	d := newTestDoor(t, testConfig(&logBuffer{}), route("GET", "/", func(w http.ResponseWriter, _ *http.Request) error {
		c := http.NewResponseController(w)
		return errors.Join(c.SetReadDeadline(time.Time{}), c.Flush())
	}))
	srv := httptest.NewServer(d)
	defer srv.Close()
	req, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("got %d", resp.StatusCode)
	}
}
