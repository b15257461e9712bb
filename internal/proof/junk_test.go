//go:build proof && linux

package proof

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

const (
	junkTokens = 1_000_000
	junkers    = 8
	// junkGrowth bounds what junk may leave on the disk: the quota of the stream of refusals.
	junkGrowth = 64<<20 + 8<<20
)

// junkTokensOf gives an endless row of tokens, no two alike: noise, good tokens with a flipped bit, and none at all.
func junkTokensOf(good string) func() string {
	var n atomic.Int64
	return func() string {
		i := n.Add(1)
		noise := make([]byte, 48)
		_, _ = rand.Read(noise)
		text := base64.RawURLEncoding.EncodeToString(noise)
		switch i % 4 {
		case 0:
			return text
		case 1:
			return text[:20] + "." + text[20:40] + "." + text[40:]
		case 2: // well formed, and signed by nobody
			return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT","kid":"`+text[:16]+`"}`)) + "." + text + "." + text
		}
		flipped := []byte(good)
		at := int(i) % (len(flipped) - 1)
		for flipped[at] == '.' {
			at++
		}
		flipped[at] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[(int(flipped[at])+7)%52]
		return string(flipped)
	}
}

// junker sends junk over one connection until enough was sent, and counts what was not refused.
func (h *house) junker(t *testing.T, door string, next func() string, left, passed *atomic.Int64) error {
	u, err := url.Parse(h.status.URLs[door])
	if err != nil {
		return err
	}
	c, err := tls.Dial("tcp", u.Host, &tls.Config{RootCAs: h.roots(t), MinVersion: tls.VersionTLS13})
	if err != nil {
		return err
	}
	defer c.Close()
	answers := bufio.NewReader(c)
	for left.Add(-1) >= 0 {
		var b bytes.Buffer
		if door == "blob" {
			fmt.Fprintf(&b, "GET /proofs/files/hello.txt HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nx-ms-version: 2021-08-06\r\n\r\n", u.Host, next())
		} else {
			form := "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=junk&RoleArn=" + url.QueryEscape(h.role()) +
				"&WebIdentityToken=" + url.QueryEscape(next())
			fmt.Fprintf(&b, "POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", u.Host, len(form), form)
		}
		if _, err := c.Write(b.Bytes()); err != nil {
			return err
		}
		res, err := http.ReadResponse(answers, nil)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if err != nil {
			return err
		}
		if res.StatusCode < 400 || res.StatusCode >= 500 {
			passed.Add(1)
		}
	}
	return nil
}

// issuing measures how long new sessions and served-again tokens take, until stop is closed or enough were asked for.
func (h *house) issuing(t *testing.T, w workload, assertion string, enough int, stop <-chan struct{}) (sessions, tokens []time.Duration, failed int) {
	t.Helper()
	for len(sessions) < enough {
		select {
		case <-stop:
			return sessions, tokens, failed
		default:
		}
		began := time.Now()
		_, a, err := h.assume(h.role(), assertion)
		sessions = append(sessions, time.Since(began))
		if err != nil || a.status != http.StatusOK {
			failed++
		}
		began = time.Now()
		if _, err := w.token(storage, ""); err != nil {
			failed++
		}
		tokens = append(tokens, time.Since(began))
		time.Sleep(2 * time.Millisecond)
	}
	return sessions, tokens, failed
}

// TestAMillionJunkTokens sends a million tokens that nobody issued to the doors that read tokens, while somebody asks for
// good ones.
func TestAMillionJunkTokens(t *testing.T) {
	h := newHouse(t)
	h.play(t, userScene())
	w := h.as(t, "function")
	bearer, assertion := w.mustToken(t, storage, ""), w.mustToken(t, audience, "")
	sessions, tokens, failedBefore := h.issuing(t, w, assertion, 500, nil)
	before := bytesBelow(t, h.data)
	next := junkTokensOf(bearer)
	var left, passed atomic.Int64
	left.Store(junkTokens)
	stop := make(chan struct{})
	began := time.Now()
	var junk sync.WaitGroup
	for n := range junkers {
		junk.Go(func() {
			if err := h.junker(t, []string{"blob", "sts"}[n%2], next, &left, &passed); err != nil {
				t.Error(err)
			}
		})
	}
	go func() { junk.Wait(); close(stop) }()
	during, served, failed := h.issuing(t, w, assertion, 1<<30, stop)
	took := time.Since(began)
	issued := int64(len(during)+500) * 1024 // what the ledger keeps of each
	growth := bytesBelow(t, h.data) - before
	if n := passed.Load(); n > 0 {
		t.Errorf("%d junk tokens were not refused as such", n)
	}
	if failed+failedBefore > 0 {
		t.Errorf("%d good requests failed", failed+failedBefore)
	}
	if growth-issued > junkGrowth {
		t.Errorf("the data folder grew by %d MiB", growth>>20)
	}
	a, err := h.blob(http.MethodGet, "/proofs/files/hello.txt", next(), nil)
	if err != nil {
		t.Fatal(err)
	}
	h.want(t, "one more", a, http.StatusUnauthorized, fault.Reason(""))
	h.readBoth(t, w)
	h.intact(t)
	now, _ := h.memory(t)
	figure(t, "%d junk tokens in %s (%.0f/s), all refused; %d good sessions and tokens meanwhile, %d failed; session p50 %s → %s (%.1f×), p99 %s → %s; "+
		"served token p50 %s → %s; data folder %+.1f MiB, %d MiB resident (%s, load average %s)",
		junkTokens, took.Round(time.Second), junkTokens/took.Seconds(), len(during)+len(served), failed,
		short(percentile(sessions, 50)), short(percentile(during, 50)), float64(percentile(during, 50))/float64(percentile(sessions, 50)),
		short(percentile(sessions, 99)), short(percentile(during, 99)), short(percentile(tokens, 50)), short(percentile(served, 50)),
		float64(growth)/(1<<20), now>>20, machine(), loadAverage())
}

// short rounds a duration for people.
func short(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }
