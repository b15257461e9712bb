package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// function is a program that runs as a workload and keeps the contract of examples/two-clouds.
type function struct {
	as      string // the resource that it runs as
	url     string
	process *process // "lanyard run", whose child is the program
	pidFile string   // where the program's process id stands
	http    *http.Client
}

// keepPID writes the process id of a program that takes the shell's place, so that the program alone can be killed.
const keepPID = `echo $$ >"$0" && exec "$@"`

// launch starts the function's program as a resource, with "lanyard run", and waits until it listens.
func (d *demo) launch(ctx context.Context, as string) (*function, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	pidFile := filepath.Join(d.dir, as+".pid")
	args := append([]string{d.Lanyard, "run", "--data", d.data(), "--as", as, "--", "sh", "-c", keepPID, pidFile}, d.Function...)
	p, err := startProcess(filepath.Join(d.dir, as+".log"),
		append(os.Environ(), "FUNCTIONS_CUSTOMHANDLER_PORT="+port, "PROBES=on"), args...)
	if err != nil {
		return nil, fmt.Errorf("start the function as %s: %w", as, err)
	}
	f := &function{
		as: as, url: "http://127.0.0.1:" + port, process: p, pidFile: pidFile,
		http: &http.Client{Transport: &http.Transport{}},
	}
	err = wait(ctx, p, func() error {
		var dialer net.Dialer
		conn, err := dialer.DialContext(ctx, "tcp", "127.0.0.1:"+port)
		if err == nil {
			err = conn.Close()
		}
		return err
	})
	if err != nil {
		words := p.lastWords()
		p.stop()
		return nil, fmt.Errorf("the function does not listen as %s: %w\n%s", as, err, words)
	}
	return f, nil
}

// kill ends the program as "kill -9" does. The launcher above it sees that, cleans up and ends.
func (f *function) kill() error {
	text, err := os.ReadFile(f.pidFile)
	if err != nil {
		return fmt.Errorf("find the function's process: %w", err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return fmt.Errorf("read %s: %w", f.pidFile, err)
	}
	program, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	if err := program.Kill(); err != nil {
		return fmt.Errorf("kill the function: %w", err)
	}
	f.process.stop()
	return nil
}

// freePort finds a port that nobody listens on.
func freePort(ctx context.Context) (string, error) {
	var listen net.ListenConfig
	ln, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		return "", err
	}
	return port, ln.Close()
}

// said is an SDK's error, or a raw answer, as whoever asked sees it.
type said struct {
	Type      string `json:"type"` // the error's type in the SDK; empty for a raw answer
	Status    int    `json:"status"`
	Code      string `json:"code"`
	Message   string `json:"message"`
	RequestID string `json:"requestId"`
}

// attempt is what a function is asked to try; see probe.go of the example.
type attempt struct {
	Do       string `json:"do"`
	Identity string `json:"identity,omitempty"`
	Audience string `json:"audience,omitempty"`
	Role     string `json:"role,omitempty"`
	Keep     string `json:"keep,omitempty"`
	Use      string `json:"use,omitempty"`
}

// outcome is what came of it; Refusal is nil if it was let through.
type outcome struct {
	Expires time.Time `json:"expires"`
	Objects int       `json:"objects"`
	Refusal *said     `json:"refusal"`
}

// try makes the function try something.
func (f *function) try(ctx context.Context, a attempt) (outcome, error) {
	body, err := json.Marshal(a)
	if err != nil {
		return outcome{}, err
	}
	var out outcome
	err = f.ask(ctx, http.MethodPost, "/api/probe", body, &out)
	return out, err
}

// shown is one listing of the function.
type shown struct {
	Listing
	Refusal *said `json:"refusal"`
}

// list asks the function for both listings, as JSON.
func (f *function) list(ctx context.Context) ([]shown, error) {
	var out struct {
		Listings []shown `json:"listings"`
	}
	err := f.ask(ctx, http.MethodGet, "/api/objects", nil, &out)
	return out.Listings, err
}

// page gets the function's page for people.
func (f *function) page(ctx context.Context) (string, error) {
	var text []byte
	err := f.ask(ctx, http.MethodGet, "/", nil, &text)
	return string(text), err
}

// ask sends a request to the function and reads its answer, as JSON or as it is.
func (f *function) ask(ctx context.Context, method, path string, body []byte, out any) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, f.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	answer, err := f.http.Do(req)
	if err != nil {
		return fmt.Errorf("the function does not answer: %w\n%s", err, f.process.lastWords())
	}
	defer answer.Body.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(answer.Body, 16<<20))
	if err != nil {
		return fmt.Errorf("read the function's answer: %w", err)
	}
	if raw, ok := out.(*[]byte); ok {
		*raw = text
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("the function's answer to %s (%s) is not what the contract says: %w", path, answer.Status, err)
	}
	return nil
}
