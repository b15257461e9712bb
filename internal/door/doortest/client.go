package doortest

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Host is the Host header of requests that name none.
const Host = "127.0.0.1:8440"

// Request is one request as a client sends it.
type Request struct {
	Method string // GET if empty
	Target string // path and query, as they stand in the request line
	Header http.Header
	Body   string
	Plain  bool // not over TLS
}

// Do sends a request through the same reading of HTTP that a listener does and gives the answer.
func (w *World) Do(h http.Handler, req Request) *httptest.ResponseRecorder {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.known = w.Ledger.Len()
	h.ServeHTTP(rec, w.parse(req))
	if w.live != nil { // a world without one keeps its View, which others may be reading
		w.View = w.live.View()
	}
	return rec
}

// parse makes what net/http's server makes of the request's bytes.
func (w *World) parse(req Request) *http.Request {
	w.t.Helper()
	if req.Method == "" {
		req.Method = http.MethodGet
	}
	var b bytes.Buffer
	b.WriteString(req.Method + " " + req.Target + " HTTP/1.1\r\n")
	head := req.Header.Clone()
	if head == nil {
		head = http.Header{}
	}
	if head.Get("Host") == "" {
		head.Set("Host", Host)
	}
	if req.Body != "" && head.Get("Content-Length") == "" && head.Get("Transfer-Encoding") == "" {
		head.Set("Content-Length", strconv.Itoa(len(req.Body)))
	}
	for header, values := range head {
		for _, value := range values {
			b.WriteString(header + ": " + value + "\r\n")
		}
	}
	b.WriteString("\r\n" + req.Body)
	r, err := http.ReadRequest(bufio.NewReader(&b))
	if err != nil {
		w.t.Fatalf("%s %s: %v", req.Method, req.Target, err)
	}
	r.RemoteAddr = "127.0.0.1:50000"
	if !req.Plain {
		r.TLS = &tls.ConnectionState{}
	}
	return r
}

// Signing is how a session signs for a service.
func (w *World) Signing(s mint.IssuedSession, service string) awswire.Signing {
	return awswire.Signing{
		Credentials: awswire.Credentials{
			KeyID: s.KeyID, Secret: secret.Text(s.Secret.Reveal()), SessionToken: secret.Text(s.Token.Reveal()),
		},
		Region: "us-east-2", Service: service, At: w.Now(),
	}
}

// Signed is the request with a signature in its headers.
func (w *World) Signed(req Request, with awswire.Signing) Request {
	w.t.Helper()
	h, err := awswire.Sign(w.wire(req), with)
	if err != nil {
		w.t.Fatal(err)
	}
	if host := req.Header.Get("Host"); host != "" {
		h.Set("Host", host)
	}
	req.Header = h
	return req
}

// Presigned is the request with a signature in its query that is good for a time.
func (w *World) Presigned(req Request, with awswire.Signing, life time.Duration) Request {
	w.t.Helper()
	query, err := awswire.Presign(w.wire(req), with, life)
	if err != nil {
		w.t.Fatal(err)
	}
	path, _, _ := strings.Cut(req.Target, "?")
	req.Target = path + "?" + query
	return req
}

// wire is the request as its signature sees it.
func (w *World) wire(req Request) awswire.Request {
	w.t.Helper()
	r := w.parse(req)
	h := req.Header.Clone()
	h.Del("Host") // it stands beside the headers
	return awswire.Request{
		Method: r.Method, Path: web.RawPath(r), RawQuery: r.URL.RawQuery, Host: r.Host, Header: h, Body: []byte(req.Body),
		Secure: !req.Plain,
	}
}

// Text is an answer's body.
func Text(rec *httptest.ResponseRecorder) string {
	b, _ := io.ReadAll(rec.Result().Body) // a recorder's body does not fail
	return strings.TrimSuffix(string(b), "\n")
}
