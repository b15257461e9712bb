package relay

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/cmd/lanyard/launch"
	"github.com/lanyard-id/lanyard/internal/attest/evidence"
)

const (
	patience = 10 * time.Second
	maxHead  = 64 << 10
)

// Relay is a running endpoint. The zero value is none.
type Relay struct {
	server *http.Server
	client *http.Client
	base   string // the server's metadata door
	proof  string // what stands before the path of who descends from this process
	host   string // its own address
}

// Begin starts the endpoint of a launch whose clients ask instance metadata, and has the settings name it. For others, and where
// the system does not say who asks, there is none: the proof is in the path that the settings name then.
func Begin(f *launch.Facts) (*Relay, error) {
	base := f.Status.URLs["metadata"]
	if !evidence.Supported || f.Flavour != launch.IMDS || !launch.AWSWorkload(f.Launch.As) || base == "" || f.Launch.Secret == "" {
		return &Relay{}, nil
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0") //nolint:noctx // it listens until Close
	if err != nil {
		return nil, fmt.Errorf("listen for clients of instance metadata: %w", err)
	}
	r := &Relay{
		base: base, proof: "/launch/" + url.PathEscape(f.Launch.Secret), host: l.Addr().String(),
		client: &http.Client{
			Transport:     &http.Transport{}, // without a proxy
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Timeout:       patience,
		},
	}
	r.server = &http.Server{
		Handler: r, ReadHeaderTimeout: patience, MaxHeaderBytes: maxHead,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, peer{}, c) },
	}
	go func() { _ = r.server.Serve(l) }() // it ends with Close
	f.Relay = "http://" + r.host
	return r, nil
}

// Close ends the endpoint.
func (r *Relay) Close() {
	if r.server != nil {
		_ = r.server.Close() // nobody is served any more, whatever it says
	}
}

// peer is the key of a request's connection.
type peer struct{}

// ServeHTTP hands a question on, with the proof if a process of this launch asks it.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	path := req.URL.EscapedPath()
	if req.Host != r.host || !strings.HasPrefix(path, "/latest/") {
		http.Error(w, "there is instance metadata at http://"+r.host+"/latest/ and nothing else", http.StatusNotFound)
		return
	}
	c, _ := req.Context().Value(peer{}).(net.Conn)
	if _, err := evidence.HeldBelow(os.Getpid(), c); err == nil {
		path = r.proof + path
	}
	if err := r.hand(w, req, path); err != nil {
		http.Error(w, "the server does not answer", http.StatusServiceUnavailable)
	}
}

// hand asks the server and gives its answer. Whatever headers came go on, so that it sees what was forwarded; a body means nothing.
func (r *Relay) hand(w http.ResponseWriter, req *http.Request, path string) error {
	on, err := http.NewRequestWithContext(req.Context(), req.Method, r.base+path, nil) //nolint:gosec // base is the server's
	if err != nil {
		return err
	}
	on.URL.RawQuery, on.Header = req.URL.RawQuery, req.Header.Clone()
	on.Header.Del("Connection")
	res, err := r.client.Do(on) //nolint:gosec // as above
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	maps.Copy(w.Header(), res.Header)
	w.WriteHeader(res.StatusCode)
	_, _ = io.Copy(w, res.Body) // a client that has gone reads nothing
	return nil
}
