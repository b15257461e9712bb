package guard

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lanyard-id/lanyard/verify"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// follow runs a guard that follows the feed until the test ends, in a bubble of synctest.
func (i *issuer) follow(t *testing.T, staleness time.Duration) *Guard {
	t.Helper()
	g := i.guard(staleness)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	go func() {
		if err := g.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Run ended with %v", err)
		}
	}()
	synctest.Wait()
	return g
}

// inBubble plays a test on its own clock and ends what it started before the bubble does.
func inBubble(t *testing.T, play func(t *testing.T, i *issuer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { play(t, newIssuer(t)) })
}

func TestARevocationIsSeenAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, i *issuer) {
		g := i.follow(t, 30*time.Second)
		old := i.token(nil)
		other := i.token(map[string]any{"oid": "another"})
		i.reason(g, old, "")
		time.Sleep(17 * time.Second)
		i.end(caller, false)
		synctest.Wait() // no time passes
		i.reason(g, old, Revoked)
		i.reason(g, other, "")
		i.reason(g, i.token(nil), "") // a token from after it
		i.end(caller, true)
		synctest.Wait()
		i.reason(g, i.token(nil), Deleted)
		time.Sleep(23 * time.Hour) // nothing is forgotten while a token could live
		i.reason(g, i.token(nil), Deleted)
	})
}

// TestItFailsClosed wants everything refused as soon as the feed is silent for longer than allowed, and before it was heard.
func TestItFailsClosed(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil func(*issuer)
	}{
		"down":       {func(i *issuer) { i.down = true }},
		"refused":    {func(i *issuer) { i.status = 403 }},
		"redirected": {func(i *issuer) { i.status = 307 }},
		"hanging":    {func(i *issuer) { i.delay = time.Hour }},
		"garbage":    {func(i *issuer) { i.rewrite = func(string) (string, error) { return "<html>", nil } }},
		"cut":        {func(i *issuer) { i.rewrite = func(s string) (string, error) { return s[:len(s)-1], nil } }},
		"unsigned": {func(i *issuer) {
			i.rewrite = func(s string) (string, error) { return s[:strings.LastIndexByte(s, '.')] + ".AAAA", nil }
		}},
		"old nonce":      {func(i *issuer) { i.change = func(n map[string]any) { n["nonce"] = "another" } }},
		"other question": {func(i *issuer) { i.change = func(n map[string]any) { n["since"] = "life.1" } }},
		"other tenant":   {func(i *issuer) { i.change = func(n map[string]any) { n["tid"] = "other" } }},
		"other issuer":   {func(i *issuer) { i.change = func(n map[string]any) { n["iss"] = "https://other/" } }},
		"no life":        {func(i *issuer) { i.change = func(n map[string]any) { delete(n, "inc") } }},
		"life changed":   {func(i *issuer) { i.change = func(n map[string]any) { n["inc"], n["full"] = "other", false } }},
		"no list":        {func(i *issuer) { i.change = func(n map[string]any) { n["revoked"] = nil } }},
		"unknown entry": {func(i *issuer) {
			i.change = func(n map[string]any) { n["revoked"] = []any{map[string]any{"oid": "x", "later": 1}} }
		}},
		"never ready": {func(i *issuer) { i.change = func(n map[string]any) { n["more"] = true } }},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, i *issuer) {
				const staleness = 6 * time.Second
				i.reason(i.guard(staleness), i.token(nil), FeedSilent) // Run was never called
				g := i.follow(t, staleness)
				time.Sleep(time.Minute)
				i.reason(g, i.token(nil), "")
				i.set(func() { tc.spoil(i) })
				time.Sleep(2 * time.Second)
				i.reason(g, i.token(nil), "")
				time.Sleep(staleness)
				i.reason(g, i.token(nil), FeedSilent)
				if g.Ready() == nil {
					t.Error("it says that it is ready")
				}
				time.Sleep(time.Minute)
				i.reason(g, i.token(nil), FeedSilent)
				i.set(func() { i.down, i.status, i.delay, i.rewrite, i.change = false, 0, 0, nil, nil })
				time.Sleep(2*time.Second + between) // and the keys, which may be old by now
				i.reason(g, i.token(nil), "")
				if err := g.Ready(); err != nil {
					t.Errorf("it says that it is not ready: %v", err)
				}
			})
		})
	}
}

// TestAQuietFeedIsNoSilence: answers without news keep the guard going, and are not asked for more often than needed.
func TestAQuietFeedIsNoSilence(t *testing.T) {
	inBubble(t, func(t *testing.T, i *issuer) {
		g := i.follow(t, 30*time.Second)
		i.reason(g, i.token(nil), "")
		before := i.questions()
		for range 100 {
			time.Sleep(6 * time.Second)
			i.reason(g, i.token(nil), "")
		}
		if n := i.questions() - before; n < 59 || n > 61 {
			t.Errorf("%d questions in 10 minutes, one each 10 s is enough", n)
		}
	})
}

// TestARestoreIsSeen: the incarnation ends every older token, and what was known of the other life is replaced.
func TestARestoreIsSeen(t *testing.T) {
	inBubble(t, func(t *testing.T, i *issuer) {
		g := i.follow(t, 30*time.Second)
		i.end(caller, true)
		synctest.Wait()
		old := i.token(map[string]any{"oid": "another"})
		i.reason(g, old, "")
		i.set(func() { i.inc, i.rev, i.revoked = "second", 3, nil })
		synctest.Wait()
		time.Sleep(10 * time.Second) // the question under way had its answer already
		i.reason(g, old, Restored)
		i.reason(g, i.token(nil), "")
		i.reason(g, i.token(map[string]any{"lyd_inc": nil}), verify.Missing)
		i.reason(g, i.token(map[string]any{"lyd_rev": "9"}), verify.Missing)
	})
}

// TestAFullAnswerInPages takes nothing back before the last page is there.
func TestAFullAnswerInPages(t *testing.T) {
	s := state{}
	sent := time.Now()
	entry := func(oid string, before int64, gone bool) revoked {
		return revoked{oid, ended{before: before, gone: gone}}
	}
	s.take(notice{inc: "a", cursor: "a.1", full: true, more: true, revoked: []revoked{entry("x", 5, false)}}, sent)
	if !s.heard.IsZero() || len(s.ended) != 0 {
		t.Error("half an answer counts")
	}
	s.take(notice{inc: "a", cursor: "a.2", revoked: []revoked{entry("y", 0, true), entry("x", 3, false)}}, sent)
	if s.heard.IsZero() || s.ended["x"].before != 5 || !s.ended["y"].gone {
		t.Errorf("the whole answer is %+v", s.ended)
	}
	s.take(notice{inc: "a", cursor: "a.3", revoked: []revoked{entry("y", 7, false)}}, sent)
	if !s.ended["y"].gone {
		t.Error("an end was taken back")
	}
	s.take(notice{inc: "a", cursor: "a.4", full: true, more: true}, sent)
	if len(s.ended) != 2 {
		t.Error("half a full answer took something back")
	}
	s.take(notice{inc: "a", cursor: "a.5"}, sent.Add(26*time.Hour))
	if len(s.ended) != 0 {
		t.Errorf("a full answer left %+v", s.ended)
	}
}

// FuzzNotice: what is believed is whole.
func FuzzNotice(f *testing.F) {
	f.Add(`{"inc":"a","cursor":"a.1","full":true,"more":false,"revoked":[{"oid":"x","gone":true},{"oid":"y","before":7}]}`)
	f.Add(`{"inc":"a","cursor":"a.1","full":1,"more":false,"revoked":[{}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		o, err := strictjson.Parse([]byte(text), strictjson.Limits{Bytes: len(text)})
		if err != nil {
			return
		}
		n, err := readNotice(o)
		if err != nil {
			if verify.ReasonOf(err) != BadAnswer || len(n.revoked) > 0 {
				t.Errorf("%d entries with %v", len(n.revoked), err)
			}
			return
		}
		for _, r := range n.revoked {
			if r.oid == "" || !r.gone && r.before <= 0 {
				t.Errorf("an entry says nothing: %+v", r)
			}
		}
	})
}

func TestProtect(t *testing.T) {
	i := newIssuer(t)
	g := i.guard(0)
	handler := g.Protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, ok := From(r.Context())
		if !ok || who.ObjectID != caller {
			t.Errorf("the handler sees %+v", who)
		}
		w.WriteHeader(http.StatusNoContent)
	}), "Orders.Read")
	good := i.token(nil)
	for name, tc := range map[string]struct {
		headers []string
		status  int
		reason  verify.Reason
	}{
		"good":            {[]string{"Bearer " + good}, 204, ""},
		"scheme in case":  {[]string{"bEARER " + good}, 204, ""},
		"none":            {nil, 401, NoToken},
		"twice":           {[]string{"Bearer " + good, "Bearer " + good}, 401, NoToken},
		"basic":           {[]string{"Basic " + good}, 401, NoToken},
		"two spaces":      {[]string{"Bearer  " + good}, 401, verify.Malformed},
		"without role":    {[]string{"Bearer " + i.token(map[string]any{"roles": nil})}, 403, Role},
		"role in case":    {[]string{"Bearer " + i.token(map[string]any{"roles": []string{"orders.read"}})}, 403, Role},
		"other audience":  {[]string{"Bearer " + i.token(map[string]any{"aud": "api://x"})}, 401, verify.Audience},
		"feed is silent":  {[]string{"Bearer " + good}, 503, FeedSilent},
		"no token at all": {[]string{"Bearer"}, 401, verify.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			h := handler
			if tc.reason == FeedSilent {
				h = i.guard(30 * time.Second).Protect(handler)
			}
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header["Authorization"] = tc.headers
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			var said struct {
				Error struct{ Reason verify.Reason }
			}
			if w.Body.Len() > 0 {
				if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil {
					t.Fatal(err)
				}
			}
			if w.Code != tc.status || said.Error.Reason != tc.reason {
				t.Errorf("status %d, reason %q: %s", w.Code, said.Error.Reason, w.Body)
			}
			if (w.Code == 401 || w.Code == 403) != (w.Header().Get("WWW-Authenticate") != "") || strings.Contains(w.Body.String(), good) {
				t.Errorf("header %v: %s", w.Header(), w.Body)
			}
		})
	}
	if Status(errors.New("x")) != 500 || detailOf(errors.New("x")) == "" {
		t.Error("an error from elsewhere is no refusal")
	}
}
