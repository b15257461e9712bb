package federation

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation/fetch"
	"github.com/lanyard-id/lanyard/internal/federation/issuertest"
	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// world is a verifier with a clock of its own and a View that changes.
type world struct {
	Verifier
	t    *testing.T
	mu   sync.Mutex
	at   time.Time
	view *view.View
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, at: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
	v, err := view.Load(1, []view.Record{&view.Installation{Incarnation: "life", URLs: map[string]string{"entra": "https://127.0.0.1:1"}}})
	if err != nil {
		t.Fatal(err)
	}
	w.view = v
	w.Now, w.Own = w.Clock, &credential.Tokens{}
	return w
}

func (w *world) Clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

// put registers issuers by writing the View as the store would.
func (w *world) put(records ...view.Record) {
	w.t.Helper()
	var changes []view.Change
	for _, r := range records {
		c, err := view.Put(r)
		if err != nil {
			w.t.Fatal(err)
		}
		changes = append(changes, c)
	}
	v, err := w.view.Apply(w.view.Rev()+1, changes)
	if err != nil {
		w.t.Fatal(err)
	}
	w.view = v
}

func (w *world) issuer() *issuertest.Issuer { return issuertest.New(w.t, w.Clock) }

// known starts an issuer and registers it.
func (w *world) known() *issuertest.Issuer {
	i := w.issuer()
	w.put(w.record(i))
	return i
}

func (w *world) record(i *issuertest.Issuer) *view.Issuer {
	return &view.Issuer{URL: mustIssuer(w.t, i.URL), CA: i.CA, Private: true}
}

func mustIssuer(t *testing.T, s string) name.IssuerURL {
	t.Helper()
	u, err := name.ParseIssuerURL(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func (w *world) verify(token string) error {
	w.t.Helper()
	_, err := w.Verify(w.t.Context(), w.view, token)
	return err
}

func (w *world) want(what string, err error, why fault.Reason) {
	w.t.Helper()
	if why == "" && err != nil || why != "" && !fault.Is(err, why) {
		w.t.Errorf("%s: got %v, want %q", what, err, why)
	}
}

func job(change map[string]any) map[string]any {
	c := map[string]any{"sub": "repo:acme/app:ref:refs/heads/main", "aud": "api://x"}
	maps.Copy(c, change)
	return c
}

func TestC06ATokenIsVerifiedWithItsIssuer(t *testing.T) {
	w := newWorld(t)
	i := w.known()
	a, err := w.Verify(t.Context(), w.view, i.Token(job(map[string]any{"azp": "p"})))
	if err != nil {
		t.Fatal(err)
	}
	if a.Issuer != i.URL || a.Subject != "repo:acme/app:ref:refs/heads/main" || a.Party != "p" || a.Own != nil || a.Outside == nil {
		t.Errorf("assertion: %+v", a)
	}
	w.want("an issuer that nobody knows", w.verify(w.issuer().Token(job(nil))), IssuerUnknown)
	if i.Asked() != 1 {
		t.Errorf("asked %d times", i.Asked())
	}
}

func TestJ06KeysBelongToOneIssuer(t *testing.T) {
	w := newWorld(t)
	a, b := w.known(), w.known() // both have a key "k1"
	w.want("A's claim signed by B", w.verify(b.Token(job(map[string]any{"iss": a.URL}))), BadSignature)
	w.want("A's own", w.verify(a.Token(job(nil))), "")
	w.want("B's own", w.verify(b.Token(job(nil))), "")
}

func TestJ22Times(t *testing.T) {
	w := newWorld(t)
	i := w.known()
	at := func(d time.Duration) int64 { return w.Clock().Add(d).Unix() }
	for _, tc := range []struct {
		name   string
		change map[string]any
		want   fault.Reason
	}{
		{"iat a minute ahead", map[string]any{"iat": at(time.Minute)}, ""},
		{"iat further ahead", map[string]any{"iat": at(61 * time.Second)}, NotYet},
		{"nbf further ahead", map[string]any{"nbf": at(61 * time.Second)}, NotYet},
		{"lives a day", map[string]any{"exp": at(24 * time.Hour)}, ""},
		{"lives longer", map[string]any{"exp": at(24*time.Hour + time.Second)}, Lifetime},
		{"over within the leeway", map[string]any{"exp": at(-59 * time.Second), "iat": at(-time.Hour)}, ""},
		{"over", map[string]any{"exp": at(-time.Minute), "iat": at(-time.Hour)}, Expired},
		{"no iat", map[string]any{"iat": nil}, ClaimMissing},
		{"no exp", map[string]any{"exp": nil}, ClaimMissing},
		{"no aud", map[string]any{"aud": nil}, ClaimMissing},
		{"no sub", map[string]any{"sub": nil}, ClaimMissing},
		{"empty sub", map[string]any{"sub": ""}, ClaimMissing},
	} {
		w.want(tc.name, w.verify(i.Token(job(tc.change))), tc.want)
	}
}

func TestJ25UnknownKeyIDsCauseOneFetch(t *testing.T) {
	w := newWorld(t)
	i := w.known()
	good := i.Token(job(nil))
	w.want("before", w.verify(good), "")
	w.pass(time.Minute)
	stranger := w.issuer()
	for n := range 2000 {
		stranger.Rotate(fmt.Sprintf("random-%d", n))
		w.want("a random key id", w.verify(stranger.Token(job(map[string]any{"iss": i.URL}))), KeyUnknown)
	}
	if i.Asked() != 2 {
		t.Errorf("asked %d times, want once before and once for all of them", i.Asked())
	}
	w.want("a known key", w.verify(good), "")
	w.pass(31 * time.Second)
	w.want("the last one again", w.verify(stranger.Token(job(map[string]any{"iss": i.URL}))), KeyUnknown)
	if i.Asked() != 3 {
		t.Errorf("asked %d times after half a minute", i.Asked())
	}
	w.pass(31 * time.Second)
	w.want("and again", w.verify(stranger.Token(job(map[string]any{"iss": i.URL}))), KeyUnknown)
	if i.Asked() != 3 {
		t.Errorf("a key id that was not there a moment ago was asked for again: %d", i.Asked())
	}
}

func TestJ25ANewKeyIsFoundAtOnce(t *testing.T) {
	w := newWorld(t)
	i := w.known()
	w.want("the first key", w.verify(i.Token(job(nil))), "")
	w.pass(time.Minute)
	i.Rotate("k2")
	w.want("the next key", w.verify(i.Token(job(nil))), "")
}

func TestJ26WithdrawnKeysEnd(t *testing.T) {
	w := newWorld(t)
	i := w.known()
	old := func() string { return i.Token(job(nil)) }
	token := old()
	w.want("before", w.verify(token), "")
	i.Rotate("k2")
	i.Withdraw("k1")
	w.pass(10 * time.Minute) // no loop has run: the set is too old to be believed
	w.want("withdrawn", w.verify(token), KeyUnknown)
	w.want("the new one", w.verify(old()), "")
}

func TestJ26TheLoopForgetsWithdrawnKeys(t *testing.T) {
	w := newWorld(t)
	i := w.known()
	token := i.Token(job(nil))
	w.want("before", w.verify(token), "")
	i.Rotate("k2")
	i.Withdraw("k1")
	for range 36 { // nine minutes
		w.pass(15 * time.Second)
		if err := w.Refresh(t.Context(), w.view); err != nil {
			t.Fatal(err)
		}
	}
	asked := i.Asked()
	w.want("withdrawn", w.verify(token), KeyUnknown)
	if asked != 2 {
		t.Errorf("asked %d times in nine minutes, want 2", asked)
	}
}

func TestJ26TheLastGoodSetServesADay(t *testing.T) {
	w := newWorld(t)
	i := w.known()
	token := func() string { return i.Token(job(nil)) }
	w.want("before", w.verify(token()), "")
	i.Answer(func(rw http.ResponseWriter, _ *http.Request) { http.Error(rw, "down", http.StatusBadGateway) })
	for _, tc := range []struct {
		pass time.Duration
		want fault.Reason
	}{{11 * time.Minute, ""}, {12 * time.Hour, ""}, {11*time.Hour + 48*time.Minute, ""}, {2 * time.Minute, fetch.Unreachable}} {
		w.pass(tc.pass)
		w.want("after another "+tc.pass.String(), w.verify(token()), tc.want)
	}
	i.Answer(nil)
	w.pass(time.Minute)
	w.want("back again", w.verify(token()), "")
}

func TestJ27GarbageKeepsTheLastGoodSet(t *testing.T) {
	for what, body := range map[string]string{
		"HTML": "<html>", "empty set": `{"keys":[]}`, "truncated": `{"keys":[{"kty":"EC"`, "nothing": "",
		"huge": `{"keys":[` + strings.Repeat(" ", fetch.MaxBytes) + `]}`,
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t)
			i := w.known()
			good := i.Token(job(map[string]any{"exp": w.Clock().Add(time.Hour).Unix()}))
			w.want("before", w.verify(good), "")
			i.Answer(func(rw http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/keys") {
					_, _ = rw.Write([]byte(body))
					return
				}
				_, _ = fmt.Fprintf(rw, `{"issuer":%q,"jwks_uri":%q}`, i.URL, i.URL+"/keys")
			})
			w.pass(9 * time.Minute)
			if err := w.Refresh(t.Context(), w.view); err == nil {
				t.Error("nobody is told")
			}
			w.pass(5 * time.Minute)
			w.want("after", w.verify(good), "")
			i.Rotate("k2")
			w.want("never accepts what it has no key for", w.verify(i.Token(job(nil))), KeyUnknown)
		})
	}
}

func TestF14UploadedKeys(t *testing.T) {
	w := newWorld(t)
	i := w.issuer()
	w.put(&view.Issuer{URL: mustIssuer(t, "https://kubernetes.default.svc"), Keys: view.Raw(i.JWKS())})
	pod := map[string]any{"iss": "https://kubernetes.default.svc", "sub": "system:serviceaccount:ns:app"}
	w.want("a pod's token", w.verify(i.Token(job(pod))), "")
	w.want("another cluster's", w.verify(w.issuer().Token(job(pod))), BadSignature)
	if i.Asked() != 0 {
		t.Error("an issuer with uploaded keys was asked")
	}
}

func TestF17ADisabledIssuerEnds(t *testing.T) {
	w := newWorld(t)
	i := w.known()
	token := i.Token(job(nil))
	w.want("before", w.verify(token), "")
	off := w.record(i)
	off.Disabled = true
	w.put(off)
	w.want("disabled", w.verify(token), IssuerDisabled)
	v, err := w.view.Apply(w.view.Rev()+1, []view.Change{view.Remove(off)})
	if err != nil {
		t.Fatal(err)
	}
	w.view = v
	w.want("deleted", w.verify(token), IssuerUnknown)
}

func TestAnIssuerRegisteredAnewForgetsItsKeys(t *testing.T) {
	w := newWorld(t)
	i := w.known()
	w.want("before", w.verify(i.Token(job(nil))), "")
	other := w.record(i)
	other.CA = ""
	w.put(other)
	w.want("with another authority", w.verify(i.Token(job(nil))), fetch.Unreachable)
}

func TestF18TheDocumentNamesAnother(t *testing.T) {
	w := newWorld(t)
	i := w.known()
	i.Answer(func(rw http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(rw, `{"issuer":"https://evil.example","jwks_uri":%q}`, i.URL+"/keys")
	})
	w.want("mismatch", w.verify(i.Token(job(nil))), fetch.DiscoveryMismatch)
}

// A set is fetched for as long as nobody answers, and no other issuer, no known key and no lock waits for it.
func TestASlowIssuerBlocksNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Now = time.Now
		slow, fast := issuerOf(t, "https://slow.example"), issuerOf(t, "https://fast.example")
		w.put(slow.record, fast.record)
		var fetches atomic.Int32
		w.Fetch = func(ctx context.Context, src fetch.Source, _ *fetch.Set) (*fetch.Set, error) {
			if src.Issuer == slow.record.URL {
				fetches.Add(1)
				ctx, cancel := context.WithTimeout(ctx, fetch.Timeout)
				defer cancel()
				<-ctx.Done()
				return nil, fault.New(fault.Unavailable, fetch.Unreachable, "too slow").Because(ctx.Err())
			}
			return &fetch.Set{Keys: fast.keys}, nil
		}
		began := time.Now()
		var all sync.WaitGroup
		var busy, unreachable atomic.Int32
		for range 1000 {
			all.Go(func() {
				_, err := w.Verify(t.Context(), w.view, slow.token(t))
				switch {
				case fault.Is(err, IssuerBusy):
					busy.Add(1)
				case fault.Is(err, fetch.Unreachable):
					unreachable.Add(1)
				}
			})
		}
		synctest.Wait()
		if _, err := w.Verify(t.Context(), w.view, fast.token(t)); err != nil {
			t.Errorf("the fast issuer: %v", err)
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("the fast issuer's token waited %s", took)
		}
		all.Wait()
		if took := time.Since(began); took != fetch.Timeout {
			t.Errorf("the slow issuer's tokens waited %s", took)
		}
		if fetches.Load() != 1 || busy.Load() != 1000-maxWaiting || unreachable.Load() != maxWaiting {
			t.Errorf("%d fetches, %d busy, %d unreachable", fetches.Load(), busy.Load(), unreachable.Load())
		}
	})
}

func TestWhoeverWaitsMayLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		i := issuerOf(t, "https://slow.example")
		w.put(i.record)
		w.Fetch = func(context.Context, fetch.Source, *fetch.Set) (*fetch.Set, error) {
			time.Sleep(fetch.Timeout)
			return nil, fault.New(fault.Unavailable, fetch.Unreachable, "too slow")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := w.Verify(ctx, w.view, i.token(t)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		time.Sleep(fetch.Timeout)
	})
}

func TestJ29OneUse(t *testing.T) {
	w := newWorld(t)
	i := w.issuer()
	r := w.record(i)
	r.OneUse = true
	w.put(r)
	w.Began = w.Clock()
	w.want("perhaps used before the start", w.verify(i.Token(job(map[string]any{"jti": "0"}))), Replayed)
	w.pass(2 * time.Minute)
	w.want("no jti", w.verify(i.Token(job(nil))), ClaimMissing)
	token := i.Token(job(map[string]any{"jti": "1"}))
	var accepted atomic.Int32
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if _, err := w.Verify(t.Context(), w.view, token); err == nil {
				accepted.Add(1)
			}
		})
	}
	all.Wait()
	if accepted.Load() != 1 {
		t.Errorf("accepted %d times", accepted.Load())
	}
	w.want("another token", w.verify(i.Token(job(map[string]any{"jti": "2"}))), "")
}

// static is an issuer without a server.
type static struct {
	record *view.Issuer
	keys   []jose.Key
	sign   *jose.Signer
}
