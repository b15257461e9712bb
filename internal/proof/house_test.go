//go:build unix

package proof

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/server"
)

// house is an installation with its server process.
type house struct {
	data   string // data folder
	keys   string // folder of the key encryption key, never below data
	env    []string
	prefix []string // what the server is started under, e.g. strace
	status opwire.Status

	process  *exec.Cmd
	exited   chan struct{} // closed when the process has ended
	log      string        // file that its output goes to, over all starts
	operator *http.Client  // over the socket
	web      *http.Client  // over TLS, trusting the installation's authority
}

// patience bounds every wait for something that must happen. Nothing is promised by it.
const patience = 2 * time.Minute

// newHouse starts a server on an empty data folder and ends it with the test.
func newHouse(t *testing.T) *house {
	t.Helper()
	h := houseAt(t, filepath.Join(t.TempDir(), "data"))
	h.start(t)
	return h
}

// houseAt prepares an installation in a data folder; nothing is started.
func houseAt(t *testing.T, data string) *house {
	t.Helper()
	h := &house{data: data, keys: t.TempDir(), log: filepath.Join(t.TempDir(), "server.log")}
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	if err := os.WriteFile(filepath.Join(h.keys, "lanyard.kek"), []byte(base64.StdEncoding.EncodeToString(key)), 0o600); err != nil {
		t.Fatal(err)
	}
	h.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "CREDENTIALS_DIRECTORY=" + h.keys}
	socket, err := server.SocketPath(data)
	if err != nil {
		t.Fatal(err)
	}
	h.operator = &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", socket)
		},
		MaxIdleConnsPerHost: 64,
	}}
	t.Cleanup(func() {
		h.kill()
		_ = os.RemoveAll(filepath.Dir(socket))
	})
	return h
}

// command is a call of the binary in the installation's environment.
func (h *house) command(ctx context.Context, args ...string) *exec.Cmd {
	line := append(append([]string{}, h.prefix...), binary)
	line = append(line, args...)
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	cmd.Env = h.env
	return cmd
}

// start starts the server and waits until it issues credentials.
func (h *house) start(t *testing.T, args ...string) {
	t.Helper()
	h.launch(t, args...)
	deadline := time.Now().Add(patience)
	for h.ready() != nil {
		select {
		case <-h.exited:
			t.Fatalf("the server ended:\n%s", h.tail())
		case <-time.After(2 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server does not get ready: %v\n%s", h.ready(), h.tail())
		}
	}
	h.meet(t)
}

// launch starts the server process and does not wait for it.
func (h *house) launch(t *testing.T, args ...string) {
	t.Helper()
	out, err := os.OpenFile(h.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := h.command(context.Background(), append([]string{"serve", "--data", h.data, "--listen", "127.0.0.1:0"}, args...)...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	h.process, h.exited = cmd, make(chan struct{})
	go func(exited chan struct{}) { _ = cmd.Wait(); close(exited) }(h.exited)
}

// ready asks for the status over the socket.
func (h *house) ready() error {
	var status opwire.Status
	if err := h.ask(http.MethodGet, opwire.PathStatus, nil, &status); err != nil {
		return err
	}
	h.status = status
	return nil
}

// meet makes a client that trusts the installation's authority, and to which every name below localhost is this machine.
func (h *house) meet(t *testing.T) {
	t.Helper()
	h.web = &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, at string) (net.Conn, error) {
			var d net.Dialer
			if host, port, err := net.SplitHostPort(at); err == nil && strings.HasSuffix(host, ".localhost") {
				at = net.JoinHostPort("127.0.0.1", port) // RFC 6761 section 6.3; not every resolver knows
			}
			return d.DialContext(ctx, network, at)
		},
		TLSClientConfig:     &tls.Config{RootCAs: h.roots(t), MinVersion: tls.VersionTLS13},
		MaxIdleConnsPerHost: 256,
	}}
}

func (h *house) roots(t *testing.T) *x509.CertPool {
	t.Helper()
	pem, err := os.ReadFile(h.status.OwnCA)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatal("the authority's certificate cannot be read")
	}
	return roots
}

// kill ends the server without a warning and waits until it is gone.
func (h *house) kill() {
	if h.process == nil {
		return
	}
	_ = syscall.Kill(-h.process.Process.Pid, syscall.SIGKILL) // its own group: what it runs under goes with it
	<-h.exited
	h.operator.CloseIdleConnections()
}

// stop asks the server to end and waits until it has, in order.
func (h *house) stop(t *testing.T) {
	t.Helper()
	if err := syscall.Kill(-h.process.Process.Pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-h.exited:
	case <-time.After(patience):
		t.Fatalf("the server does not stop:\n%s", h.tail())
	}
	if code := h.process.ProcessState.ExitCode(); code != 0 {
		t.Fatalf("the server stopped with exit code %d:\n%s", code, h.tail())
	}
	h.operator.CloseIdleConnections()
}

// tail is the end of what the server wrote.
func (h *house) tail() string {
	b, err := os.ReadFile(h.log)
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-4000):])
}

// refusal is the operator door's answer to what it does not do.
type refusal struct{ said opwire.Error }

func (r *refusal) Error() string { return r.said.Reason + ": " + r.said.Message }

// ask sends a request over the operator's socket and reads its answer into out: as JSON, or as it is.
func (h *house) ask(method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, "http://operator"+path, body)
	if err != nil {
		return err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	answer, err := h.operator.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		return err
	case answer.StatusCode >= 300:
		var wrapped struct{ Error opwire.Error }
		if err := json.Unmarshal(text, &wrapped); err != nil || wrapped.Error.Reason == "" {
			return fmt.Errorf("status %s: %s", answer.Status, text)
		}
		return &refusal{wrapped.Error}
	case out == nil:
		return nil
	}
	if raw, ok := out.(*[]byte); ok {
		*raw = text
		return nil
	}
	return json.Unmarshal(text, out)
}

// apply makes what a manifest says.
func (h *house) apply(t *testing.T, manifest string) opwire.ApplyResult {
	t.Helper()
	var result opwire.ApplyResult
	if err := h.ask(http.MethodPost, opwire.PathApply, opwire.ApplyRequest{Manifest: manifest}, &result); err != nil {
		t.Fatalf("apply: %v", err)
	}
	return result
}

// record gives what the audit keeps under a request id.
func (h *house) record(t *testing.T, id string) opwire.Record {
	t.Helper()
	var record opwire.Record
	if err := h.ask(http.MethodGet, opwire.PathRecord+id, nil, &record); err != nil {
		t.Fatalf("the record of %q: %v", id, err)
	}
	return record
}

// thing gives the one thing of a kind that has the name.
func (h *house) thing(t *testing.T, kind, name string) map[string]any {
	t.Helper()
	var found []map[string]any
	if err := h.ask(http.MethodGet, opwire.RecordPath(kind, name), nil, &found); err != nil {
		t.Fatalf("get %s %s: %v", kind, name, err)
	}
	if len(found) != 1 {
		t.Fatalf("%d things are %s %s", len(found), kind, name)
	}
	return found[0]
}
