package web

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// start serves h on loopback with the kit's settings and gives its address; secure asks for TLS.
func start(t *testing.T, h http.Handler, log *slog.Logger, secure bool) string {
	t.Helper()
	cfg := ServerConfig{Handler: h, Log: log}
	if secure {
		// httptest's own certificate: the only one that the standard library ships for tests.
		lender := httptest.NewTLSServer(nil)
		lender.Close()
		cfg.TLS = &tls.Config{Certificates: lender.TLS.Certificates}
	}
	s := NewServer(cfg)
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		if secure {
			done <- s.ServeTLS(l, "", "")
		} else {
			done <- s.Serve(l)
		}
	}()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// exchangeBytes writes raw bytes and reads one answer.
func exchangeBytes(t *testing.T, c net.Conn, request string) *http.Response {
	t.Helper()
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestAnswersHaveADateAndNoServerName(t *testing.T) {
	d := newTestDoor(t, testConfig(&logBuffer{}), route("GET", "/", echo()))
	addr := start(t, d, discard(), false)
	for _, path := range []string{"/", "/none"} {
		before := time.Now().Truncate(time.Second)
		resp := exchangeBytes(t, dial(t, addr), "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n")
		date, err := http.ParseTime(resp.Header.Get("Date"))
		if err != nil || date.Before(before) || date.After(time.Now()) {
			t.Errorf("%s: Date is %q", path, resp.Header.Get("Date"))
		}
		if got, ok := resp.Header["Server"]; ok {
			t.Errorf("%s: Server is %q", path, got)
		}
	}
}

// TestM05OnTheWire sends the request lines as bytes, past every client that would mend them.
func TestM05OnTheWire(t *testing.T) {
	d := newTestDoor(t, testConfig(&logBuffer{}), route("GET", "/metadata/identity/oauth2/token", echo()))
	addr := start(t, d, discard(), false)
	for target, want := range map[string]int{
		"/metadata/identity/oauth2/token":         200,
		`/metadata\identity/oauth2/token`:         404,
		"/metadata/../metadata/identity":          404,
		"//metadata/identity/oauth2/token":        404,
		"/metadata/identity/oauth2/token\x01":     400,
		"/metadata/identity/oauth2/token%":        400,
		"http://x/metadata/identity/oauth2/token": 200,
		"http:///metadata/identity/oauth2/token":  200,
		"*":                                       404,
	} {
		resp := exchangeBytes(t, dial(t, addr), "GET "+target+" HTTP/1.1\r\nHost: x\r\n\r\n")
		if resp.StatusCode != want {
			t.Errorf("%q: got %d, want %d", target, resp.StatusCode, want)
		}
	}
	if resp := exchangeBytes(t, dial(t, addr), "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"); resp.StatusCode != 404 {
		t.Errorf("OPTIONS *: got %d, want 404", resp.StatusCode)
	}
}

// TestH01TwoLengths shows what the package comment says: Transfer-Encoding wins and the length is dropped, so that the
// handler and net/http agree on where the request ends.
func TestH01TwoLengths(t *testing.T) {
	type seen struct{ body, length string }
	got := make(chan seen, 2)
	d := newTestDoor(t, testConfig(&logBuffer{}), route("POST", "/", func(_ http.ResponseWriter, r *http.Request) error {
		body, err := ReadBody(r)
		got <- seen{string(body), r.Header.Get("Content-Length")}
		return err
	}))
	addr := start(t, d, discard(), false)
	resp := exchangeBytes(t, dial(t, addr), "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n"+
		"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
	if s := <-got; resp.StatusCode != 200 || s.body != "abc" || s.length != "" {
		t.Errorf("got %d, body %q, length %q", resp.StatusCode, s.body, s.length)
	}
	for name, head := range map[string]string{
		"two lengths":       "Content-Length: 3\r\nContent-Length: 4\r\n",
		"signed length":     "Content-Length: +3\r\n",
		"unknown coding":    "Transfer-Encoding: xchunked\r\n",
		"coding twice":      "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
		"space before name": "Content-Length : 3\r\n",
	} {
		resp := exchangeBytes(t, dial(t, addr), "POST / HTTP/1.1\r\nHost: x\r\n"+head+"\r\nabc")
		if resp.StatusCode != 400 && resp.StatusCode != 501 {
			t.Errorf("%s: got %d, want a refusal", name, resp.StatusCode)
		}
	}
}

func TestHeaderLimit(t *testing.T) {
	d := newTestDoor(t, testConfig(&logBuffer{}), route("GET", "/", echo()))
	addr := start(t, d, discard(), false)
	for size, want := range map[int]int{maxHeaderBytes - 1000: 200, maxHeaderBytes + 8000: 431} {
		resp := exchangeBytes(t, dial(t, addr), "GET / HTTP/1.1\r\nHost: x\r\nX: "+strings.Repeat("a", size)+"\r\n\r\n")
		if resp.StatusCode != want {
			t.Errorf("%d bytes of header: got %d, want %d", size, resp.StatusCode, want)
		}
	}
}

func TestInformationalAnswerIsNotTheStatus(t *testing.T) {
	seen := &counter{}
	cfg := testConfig(&logBuffer{})
	cfg.Observer = seen
	d := newTestDoor(t, cfg, route("GET", "/", func(w http.ResponseWriter, _ *http.Request) error {
		w.WriteHeader(http.StatusEarlyHints)
		return WriteJSON(w, http.StatusCreated, "x")
	}))
	h := httptest.NewServer(d)
	req, err := http.NewRequestWithContext(t.Context(), "GET", h.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := h.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	h.Close()
	if resp.StatusCode != 201 || seen.last.Status != 201 {
		t.Errorf("got %d, counted %d, want 201", resp.StatusCode, seen.last.Status)
	}
}

func TestTLSVersions(t *testing.T) {
	d := newTestDoor(t, testConfig(&logBuffer{}), route("GET", "/", echo()))
	addr := start(t, d, discard(), true)
	tests := []struct {
		name   string
		config *tls.Config
		ok     bool
	}{
		{"1.1", &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, false},
		{"1.2 CBC", &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA}}, false},
		{"1.2 RSA key exchange", &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}}, false},
		{"1.2", &tls.Config{MaxVersion: tls.VersionTLS12}, true},
		{"1.3", &tls.Config{MinVersion: tls.VersionTLS13}, true},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			tc.config.InsecureSkipVerify = true
			c, err := (&tls.Dialer{Config: tc.config}).DialContext(t.Context(), "tcp", addr)
			if err == nil {
				_ = c.Close()
			}
			if (err == nil) != tc.ok {
				t.Errorf("got %v, want success %v", err, tc.ok)
			}
		})
	}
}

func TestHardenTLSKeepsWhatIsStricter(t *testing.T) {
	c := &tls.Config{MinVersion: tls.VersionTLS13, ClientAuth: tls.RequireAndVerifyClientCert}
	got := HardenTLS(c)
	if got.MinVersion != tls.VersionTLS13 || !got.SessionTicketsDisabled {
		t.Errorf("got version %x, tickets disabled %v", got.MinVersion, got.SessionTicketsDisabled)
	}
	if c.SessionTicketsDisabled || c.CipherSuites != nil {
		t.Error("the given configuration was changed")
	}
}

func TestServerLogIsTheHousesLog(t *testing.T) {
	for line, level := range map[string]string{
		"http: TLS handshake error from 127.0.0.1:1: EOF":        "DEBUG",
		"http: URL query contains semicolon, which is no longer": "DEBUG",
		"http: Accept error: too many open files":                "WARN",
	} {
		log := &logBuffer{}
		h := slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})
		NewServer(ServerConfig{Handler: http.NotFoundHandler(), Log: slog.New(h)}).ErrorLog.Print(line)
		if want := "level=" + level + " msg=net/http line=\"" + line; !strings.Contains(log.String(), want) {
			t.Errorf("got %s, want %s", log, want)
		}
	}
}

// HTTP/2 frame types that the flood tests send (RFC 9113 section 6).
const (
	frameHeaders      = 0x1
	frameReset        = 0x3
	frameSettings     = 0x4
	frameGoAway       = 0x7
	frameContinuation = 0x9
)

// frame is one HTTP/2 frame.
func frame(kind, flags byte, stream uint32, payload []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(payload))<<8|uint32(kind))
	return append(binary.BigEndian.AppendUint32(append(b, flags), stream), payload...)
}

// TestH02Floods sends what brought HTTP/2 servers down and wants the connection closed: the server is done with the
// sender, whatever it still has to say.
func TestH02Floods(t *testing.T) {
	get := append([]byte{0x82, 0x87, 0x84, 0x41, 1}, 'x') // HPACK: GET, https, /, authority x
	floods := map[string]func(w io.Writer) error{
		"rapid reset": func(w io.Writer) error {
			for i := range uint32(20 * maxConcurrentStreams) {
				b := append(frame(frameHeaders, 0x5, 2*i+1, get), frame(frameReset, 0, 2*i+1, []byte{0, 0, 0, 8})...)
				if _, err := w.Write(b); err != nil {
					return err
				}
			}
			return nil
		},
		"continuation": func(w io.Writer) error {
			if _, err := w.Write(frame(frameHeaders, 0x1, 1, get)); err != nil {
				return err
			}
			field := append([]byte{0, 1, 'a', 0x7f, 0x81, 0x07}, bytes.Repeat([]byte{'b'}, 1024)...)
			for range 10_000 {
				if _, err := w.Write(frame(frameContinuation, 0, 1, field)); err != nil {
					return err
				}
			}
			return nil
		},
		"bad settings": func(w io.Writer) error {
			_, err := w.Write(frame(frameSettings, 0, 0, []byte{0, 4, 0xff, 0xff, 0xff, 0xff}))
			return err
		},
	}
	hold := make(chan struct{})
	d := newTestDoor(t, testConfig(io.Discard), route("GET", "/", func(http.ResponseWriter, *http.Request) error {
		<-hold
		return nil
	}))
	addr := start(t, d, discard(), true)
	t.Cleanup(func() { close(hold) })
	for name, flood := range floods {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := (&tls.Dialer{Config: &tls.Config{
				InsecureSkipVerify: true,
				NextProtos:         []string{"h2"},
			}}).DialContext(t.Context(), "tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			closed := make(chan error, 1)
			go func() { _, err := io.Copy(io.Discard, c); closed <- err }()
			_, err = io.WriteString(c, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"+string(frame(frameSettings, 0, 0, nil)))
			if err != nil {
				t.Fatal(err)
			}
			if err := flood(c); err != nil {
				t.Logf("the server stopped reading: %v", err)
			}
			if err := <-closed; err != nil { // the test's own limit is the only clock here
				t.Logf("the connection ended with %v", err)
			}
			if resp, err := secureGet(t, addr); err != nil || resp != 404 {
				t.Errorf("a neighbour got %d, %v", resp, err)
			}
		})
	}
}

// secureGet asks for a path that does not wait.
func secureGet(t *testing.T, addr string) (int, error) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		ForceAttemptHTTP2: true,
	}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), "GET", fmt.Sprintf("https://%s/other", addr), nil)
	if err != nil {
		return 0, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return resp.StatusCode, nil
}

// TestA22AuthorityIsAHost: what HTTP/1 refuses in a Host header is refused in HTTP/2's ":authority" too, where net/http does
// not look.
func TestA22AuthorityIsAHost(t *testing.T) {
	d := newTestDoor(t, testConfig(io.Discard), route("GET", "/", echo()))
	addr := start(t, d, discard(), true)
	for authority, want := range map[string]byte{
		addr: 0x88, "account.blob.localhost": 0x88, "[::1]:8446": 0x88, "": 0x88, // HPACK's ":status: 200" (RFC 7541, appendix A)
		"account/container": 0x8c, `account\container`: 0x8c, "account?x": 0x8c, "account#x": 0x8c, "a b": 0x8c, "b\u00fccher": 0x8c, // 400
	} {
		if got := statusByte(t, addr, authority); got != want {
			t.Errorf("%q: status byte %#x, want %#x", authority, got, want)
		}
	}
}

// statusByte sends GET / with an authority by hand, because clients refuse to, and gives the first byte of the answer's header.
func statusByte(t *testing.T, addr, authority string) byte {
	t.Helper()
	c, err := (&tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}}}).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	head := []byte{0x82, 0x87, 0x84, 0x01, byte(len(authority))} // GET, https, "/", then :authority as a literal
	const endStreamAndHeaders = 0x5
	_, err = io.WriteString(c, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"+string(frame(frameSettings, 0, 0, nil))+
		string(frame(frameHeaders, endStreamAndHeaders, 1, append(head, authority...))))
	if err != nil {
		t.Fatal(err)
	}
	for {
		var h [9]byte
		if _, err := io.ReadFull(c, h[:]); err != nil {
			t.Fatal(err)
		}
		payload := make([]byte, int(h[0])<<16|int(h[1])<<8|int(h[2]))
		if _, err := io.ReadFull(c, payload); err != nil {
			t.Fatal(err)
		}
		if h[3] == frameHeaders {
			return payload[0]
		}
	}
}
