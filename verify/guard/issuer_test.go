package guard

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/verify"
)

const (
	authority = "https://issuer.example:8443"
	tenant    = "00000000-0000-4000-8000-00000000000a"
	service   = "api://orders"
	caller    = "00000000-0000-4000-8000-0000000000c1"
)

// issuer is an authority in this process: discovery, keys and feed, as a transport. It keeps the synctest clock.
type issuer struct {
	t   testing.TB
	key *ecdsa.PrivateKey

	mu      sync.Mutex // guards what follows
	fetches int        // of the key set
	asked   int        // of the feed
	kids    []string   // that the key set has
	keySet  []byte     // instead of the real one
	delay   time.Duration
	down    bool
	status  int
	inc     string
	rev     int64
	revoked []map[string]any // with "rev" beside
	changed chan struct{}
	change  func(notice map[string]any)       // before it is signed
	rewrite func(text string) (string, error) // after
}

func newIssuer(t testing.TB) *issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &issuer{t: t, key: key, kids: []string{"k1"}, inc: "life", rev: 100, changed: make(chan struct{})}
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (i *issuer) signText(header, payload string) string {
	input := encode([]byte(header)) + "." + encode([]byte(payload))
	digest := sha256.Sum256([]byte(input))
	r, s, err := ecdsa.Sign(rand.Reader, i.key, digest[:])
	if err != nil {
		panic(err) // the test's own key
	}
	return input + "." + encode(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
}

func (i *issuer) sign(header string, claims map[string]any) string {
	b, err := json.Marshal(claims)
	if err != nil {
		panic(err) // the test's own claims
	}
	return i.signText(header, string(b))
}

const goodHeader = `{"typ":"JWT","alg":"ES256","kid":"k1"}`

// claims are those of a good token; changes are made to it, nil values taken away.
func (i *issuer) claims(changes map[string]any) map[string]any {
	i.mu.Lock()
	defer i.mu.Unlock()
	now := time.Now()
	c := map[string]any{
		"iss": authority + "/" + tenant + "/v2.0", "aud": service, "iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		"azp": "00000000-0000-4000-8000-0000000000c2", "oid": caller, "sub": caller, "tid": tenant, "ver": "2.0",
		"roles": []string{"Orders.Read"}, "lyd_rev": i.rev, "lyd_inc": i.inc,
	}
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

func (i *issuer) token(changes map[string]any) string { return i.sign(goodHeader, i.claims(changes)) }

// questions is how often the feed was asked.
func (i *issuer) questions() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked
}

// set changes the issuer and wakes who waits.
func (i *issuer) set(change func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change()
	close(i.changed)
	i.changed = make(chan struct{})
}

// end revokes, or deletes, an identity.
func (i *issuer) end(oid string, gone bool) {
	i.set(func() {
		i.rev++
		e := map[string]any{"oid": oid, "rev": i.rev}
		if gone {
			e["gone"] = true
		} else {
			e["before"] = i.rev
		}
		i.revoked = append(i.revoked, e)
	})
}

// RoundTrip answers as the authority does.
func (i *issuer) RoundTrip(r *http.Request) (*http.Response, error) {
	i.mu.Lock()
	down, delay, status := i.down, i.delay, i.status
	i.mu.Unlock()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	switch {
	case down:
		return nil, errors.New("connection refused")
	case status != 0:
		return answer(status, []byte("no"), r), nil
	}
	switch r.URL.Path {
	case "/" + tenant + "/v2.0/.well-known/openid-configuration":
		return answer(200, []byte(`{"issuer":"`+authority+"/"+tenant+`/v2.0","jwks_uri":"`+authority+`/keys"}`), r), nil
	case "/keys":
		return answer(200, i.keysNow(), r), nil
	case feedPath:
		return i.feed(r)
	}
	return answer(404, nil, r), nil
}

func answer(status int, body []byte, r *http.Request) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}
}

func (i *issuer) keysNow() []byte {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.fetches++
	if i.keySet != nil {
		return i.keySet
	}
	point, err := i.key.PublicKey.Bytes()
	if err != nil {
		i.t.Error(err)
	}
	var keys []map[string]string
	for _, kid := range i.kids {
		keys = append(keys, map[string]string{
			"kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "alg": "ES256", "x": encode(point[1:33]), "y": encode(point[33:]),
		})
	}
	b, err := json.Marshal(map[string]any{"keys": keys})
	if err != nil {
		i.t.Error(err)
	}
	return b
}

// feed answers a question when there is news or its time is over.
func (i *issuer) feed(r *http.Request) (*http.Response, error) {
	q := r.URL.Query()
	seconds, _ := strconv.Atoi(q.Get("wait")) // absent is none
	over := time.After(time.Duration(seconds) * time.Second)
	for {
		i.mu.Lock()
		changed := i.changed
		body, news := i.notice(q)
		i.asked++
		rewrite := i.rewrite
		i.mu.Unlock()
		if r.Header.Get("Authorization") != "Bearer own" {
			return answer(401, nil, r), nil
		}
		wait := over
		if seconds == 0 || news {
			wait = closedNow()
		}
		select {
		case <-changed:
			continue
		case <-wait:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
		if rewrite != nil {
			text, err := rewrite(body)
			if err != nil {
				return nil, err
			}
			body = text
		}
		return answer(200, []byte(body), r), nil
	}
}

func closedNow() <-chan time.Time {
	c := make(chan time.Time)
	close(c)
	return c
}

// notice is what is said now.
func (i *issuer) notice(q url.Values) (text string, news bool) {
	since := q.Get("since")
	var from int64
	full := true
	if inc, rev, ok := bytes.Cut([]byte(since), []byte(".")); ok && string(inc) == i.inc {
		from, _ = strconv.ParseInt(string(rev), 10, 64) // its own cursor
		full = false
	}
	list := []map[string]any{}
	for _, e := range i.revoked {
		if rev, _ := e["rev"].(int64); rev > from {
			e = maps.Clone(e)
			delete(e, "rev")
			list = append(list, e)
		}
	}
	n := map[string]any{
		"iss": authority + "/" + tenant + "/v2.0", "tid": tenant, "aud": "me", "iat": time.Now().Unix(), "nonce": q.Get("nonce"), "since": since,
		"inc": i.inc, "cursor": i.inc + "." + strconv.FormatInt(i.rev, 10), "full": full, "more": false, "wait": 10, "revoked": list,
	}
	if i.change != nil {
		i.change(n)
	}
	return i.sign(`{"typ":"`+noticeType+`","alg":"ES256","kid":"k1"}`, n), full || len(list) > 0
}

// guard makes a Guard of the issuer. With staleness 0 it follows no feed.
func (i *issuer) guard(staleness time.Duration, roles ...string) *Guard {
	i.t.Helper()
	c := Config{Issuers: Issuers(authority, tenant), Tenant: tenant, Audiences: []string{service}, Roles: roles, Transport: i, UntilExpiry: true}
	if staleness > 0 {
		c.UntilExpiry = false
		c.Feed = &Feed{Staleness: staleness, Token: func(context.Context) (string, error) { return "own", nil }}
	}
	g, err := New(c)
	if err != nil {
		i.t.Fatal(err)
	}
	return g
}

// reason wants a token to be refused for a reason; "" wants it to hold.
func (i *issuer) reason(g *Guard, token string, want verify.Reason) {
	i.t.Helper()
	who, err := g.Verify(context.Background(), token)
	if got := verify.ReasonOf(err); got != want || (err == nil) != (want == "") {
		i.t.Errorf("got %v (%q), want %q", err, got, want)
	}
	if err != nil && who != nil {
		i.t.Error("an identity comes with the refusal") // threat J23
	}
}
