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

// loaded is what came of it.
type loaded struct {
	Done, Failed int64
	P50, P99     time.Duration
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

// play runs the load in a process of its own.
func (l load) play(t *testing.T) loaded {
	t.Helper()
	in, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"=load")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the load generator: %v", err)
	}
	var result loaded
	if err := json.Unmarshal(out, &result); err != nil {
		t.Fatal(err)
	}
	return result
}

// run sends the load from this process.
func (l load) run() (loaded, error) {
	var next, done, failed atomic.Int64
	var first atomic.Pointer[string]
	times := make([][]time.Duration, l.Conns)
	errs := make([]error, l.Conns)
	deadline := time.Now().Add(l.Duration)
	var wg sync.WaitGroup
	for n := range l.Conns {
		wg.Go(func() {
			errs[n] = l.connection(deadline, n, &next, func(took time.Duration, status int) {
				times[n] = append(times[n], took)
				done.Add(1)
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
	if text := first.Load(); text != nil {
		out.FirstFailure = *text
	}
	return out, errors.Join(errs...)
}

// connection sends requests over one connection until time or requests run out.
func (l load) connection(deadline time.Time, n int, next *atomic.Int64, note func(took time.Duration, status int)) error {
	c, err := l.dial()
	if err != nil {
		return err
	}
	defer c.Close()
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
		status, err := readAnswer(answers)
		if err != nil {
			return err
		}
		took := time.Since(began)
		note(took, status)
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

// readAnswer reads one answer of a known length and gives its status.
func readAnswer(r *bufio.Reader) (status int, err error) {
	length := -1
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case len(line) == 0:
			if length < 0 {
				return 0, fmt.Errorf("status %d without a length", status)
			}
			_, err := io.CopyN(io.Discard, r, int64(length))
			return status, err
		case status == 0:
			words := bytes.Fields(line)
			if len(words) < 2 {
				return 0, fmt.Errorf("not an answer: %q", line)
			}
			if status, err = strconv.Atoi(string(words[1])); err != nil {
				return 0, err
			}
		default:
			name, value, _ := bytes.Cut(line, []byte(":"))
			if bytes.EqualFold(name, []byte("Content-Length")) {
				if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
					return 0, err
				}
			}
		}
	}
}
