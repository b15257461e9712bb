//go:build proof

package proof

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// load is what a load generator does: it sends requests, written once, over connections that stay open. It runs in a
// process of its own, so that its work is not counted as the server's.
type load struct {
	Address   string
	Roots     []byte // PEM; empty speaks no TLS
	Requests  [][]byte
	Once      bool // each request once, instead of round and round
	Conns     int
	Duration  time.Duration // at most; with Once it ends earlier when all are sent
	PerSecond int           // of all connections together; 0 is as fast as the answers come
}

// The handshakes are no part of what is measured: connections stay open for thousands of requests. A server still works on
// one when its client has done; settling is the time for that.
const (
	connectedLine = "connected\n"
	settling      = 200 * time.Millisecond
)

// loaded is what came of it.
type loaded struct {
	Done, Failed int64
	P50, P99     time.Duration
	Bytes        int64 // of the bodies, on average
	FirstFailure string
}

// playLoad is the role of the load generator: a load on standard input, what came of it on standard output.
func playLoad() error {
	var l load
	if err := json.NewDecoder(os.Stdin).Decode(&l); err != nil {
		return err
	}
	result, err := l.run()
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

// playing is a load generator whose connections are open and that has sent nothing yet.
type playing struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// play starts the load in a process of its own and waits until its connections are open.
func (l load) play(t *testing.T) playing {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"=load")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := playing{cmd, in, bufio.NewReader(out)}
	if err := json.NewEncoder(in).Encode(l); err != nil {
		t.Fatal(err)
	}
	if line, err := p.out.ReadString('\n'); err != nil || line != connectedLine {
		t.Fatalf("the load generator said %q: %v", line, err)
	}
	time.Sleep(settling)
	return p
}

// finish lets the load go and waits for what came of it.
func (p playing) finish(t *testing.T) (result loaded) {
	t.Helper()
	if err := p.in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := json.NewDecoder(p.out).Decode(&result); err != nil {
		t.Fatalf("the load generator: %v", err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Fatalf("the load generator: %v", err)
	}
	return result
}

// run sends the load from this process: it opens the connections, says so, and waits for its standard input to end.
func (l load) run() (loaded, error) {
	conns := make([]net.Conn, l.Conns)
	for n := range conns {
		c, err := l.dial()
		if err != nil {
			return loaded{}, err
		}
		defer c.Close() //nolint:errcheck // nothing is on its way any more
		conns[n] = c
	}
	if _, err := os.Stdout.WriteString(connectedLine); err != nil {
		return loaded{}, err
	}
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return loaded{}, err
	}
	return l.send(conns)
}

// send sends the load over open connections.
func (l load) send(conns []net.Conn) (loaded, error) {
	var next, done, failed, length atomic.Int64
	var first atomic.Pointer[string]
	times := make([][]time.Duration, l.Conns)
	errs := make([]error, l.Conns)
	deadline := time.Now().Add(l.Duration)
	var wg sync.WaitGroup
	for n, c := range conns {
		wg.Go(func() {
			errs[n] = l.connection(c, deadline, n, &next, func(took time.Duration, status int, bytes int64) {
				times[n] = append(times[n], took)
				done.Add(1)
				length.Add(bytes)
				if status != 200 {
					failed.Add(1)
					text := "status " + strconv.Itoa(status)
					first.CompareAndSwap(nil, &text)
				}
			})
		})
	}
	wg.Wait()
	var all []time.Duration
	for _, t := range times {
		all = append(all, t...)
	}
	out := loaded{Done: done.Load(), Failed: failed.Load(), P50: percentile(all, 50), P99: percentile(all, 99)}
	if out.Done > 0 {
		out.Bytes = length.Load() / out.Done
	}
	if text := first.Load(); text != nil {
		out.FirstFailure = *text
	}
	return out, errors.Join(errs...)
}

// connection sends requests over one connection until time or requests run out.
func (l load) connection(c net.Conn, deadline time.Time, n int, next *atomic.Int64, note func(took time.Duration, status int, length int64)) error {
	answers := bufio.NewReaderSize(c, 16<<10)
	var pause time.Duration
	if l.PerSecond > 0 {
		pause = time.Second * time.Duration(l.Conns) / time.Duration(l.PerSecond)
		time.Sleep(pause * time.Duration(n) / time.Duration(l.Conns)) // not all at once
	}
	for time.Now().Before(deadline) {
		i := next.Add(1) - 1
		if l.Once && i >= int64(len(l.Requests)) {
			return nil
		}
		began := time.Now()
		if _, err := c.Write(l.Requests[i%int64(len(l.Requests))]); err != nil {
			return err
		}
		status, length, err := readAnswer(answers)
		if err != nil {
			return err
		}
		took := time.Since(began)
		note(took, status, length)
		time.Sleep(pause - took)
	}
	return nil
}

func (l load) dial() (net.Conn, error) {
	if len(l.Roots) == 0 {
		return net.Dial("tcp", l.Address) //nolint:noctx // loopback
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(l.Roots) {
		return nil, errors.New("the roots cannot be read")
	}
	return tls.Dial("tcp", l.Address, &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13}) //nolint:noctx // loopback
}

// readAnswer reads one answer of a known length and gives its status and the length of its body.
func readAnswer(r *bufio.Reader) (status int, length int64, err error) {
	length = -1
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case len(line) == 0:
			if length < 0 {
				return 0, 0, fmt.Errorf("status %d without a length", status)
			}
			_, err := io.CopyN(io.Discard, r, length)
			return status, length, err
		case status == 0:
			words := bytes.Fields(line)
			if len(words) < 2 {
				return 0, 0, fmt.Errorf("not an answer: %q", line)
			}
			if status, err = strconv.Atoi(string(words[1])); err != nil {
				return 0, 0, err
			}
		default:
			name, value, _ := bytes.Cut(line, []byte(":"))
			if bytes.EqualFold(name, []byte("Content-Length")) {
				if length, err = strconv.ParseInt(string(bytes.TrimSpace(value)), 10, 64); err != nil {
					return 0, 0, err
				}
			}
		}
	}
}
