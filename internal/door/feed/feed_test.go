package feed_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/feed"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
	"github.com/lanyard-id/lanyard/verify"
)

func TestAFirstAnswerIsFullAndLaterOnesAreNews(t *testing.T) {
	h := serve(t)
	first := h.told(t, h.ask("function", ""))
	_, v2 := doortest.Issuers(doortest.North())
	if !first.Full || first.More || len(first.Revoked) != 0 || first.Iss != v2 || first.Aud != doortest.GUID(doortest.FunctionID).String() ||
		first.Tid != doortest.North().String() || first.Nonce != nonce || first.Inc != "first" {
		t.Errorf("the first answer is %+v", first)
	}
	h.revoke()
	second := h.told(t, h.ask("function", "&since="+first.Cursor))
	if second.Full || second.Since != first.Cursor || len(second.Revoked) != 1 || second.Revoked[0].OID != doortest.GUID(doortest.OneID).String() ||
		second.Revoked[0].Before != h.View.Rev() || second.Revoked[0].Gone {
		t.Errorf("the news are %+v", second)
	}
	if third := h.told(t, h.ask("function", "&since="+second.Cursor)); third.Full || len(third.Revoked) != 0 {
		t.Errorf("told twice: %+v", third)
	}
	if again := h.told(t, h.ask("function", "")); !again.Full || len(again.Revoked) != 1 {
		t.Errorf("a caller without a cursor is told %+v", again)
	}
}

// TestCursorsOfAnotherLife wants everything told to whoever knows nothing that counts here, and a restore to be seen.
func TestCursorsOfAnotherLife(t *testing.T) {
	h := serve(t)
	h.revoke()
	for _, cursor := range []string{"second.3", "first.99999", "second.3." + doortest.GUID(1).String()} {
		if n := h.told(t, h.ask("function", "&since="+cursor)); !n.Full || len(n.Revoked) != 1 {
			t.Errorf("%s is told %+v", cursor, n)
		}
	}
	now := h.told(t, h.ask("function", ""))
	restored := *h.View.Installation()
	restored.Incarnation = "second"
	h.write(&restored)
	if n := h.told(t, h.ask("function", "&wait=20&since="+now.Cursor)); !n.Full || n.Inc != "second" {
		t.Errorf("after a restore %+v", n)
	}
}

func TestWaitingCallersAreAnsweredAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := serve(t)
		token := h.Token("function", feed.Audience)
		now := h.told(t, h.bearer(token, ""))
		query := "&wait=20&since=" + now.Cursor
		ask := func() (n told, took time.Duration) {
			began := time.Now()
			return h.told(t, h.bearer(token, query)), time.Since(began)
		}
		if n, took := ask(); took != 20*time.Second || len(n.Revoked) != 0 || n.Wait != 20 {
			t.Errorf("nothing happened for %s: %+v", took, n)
		}
		time.AfterFunc(3*time.Second, func() { // another tenant's news are none
			r := *h.Workload("stranger").Resource
			system := *r.System
			system.RevokedAt = h.current().Rev() + 1
			r.System = &system
			h.write(&r)
		})
		time.AfterFunc(7*time.Second, func() { h.revoke() })
		if n, took := ask(); took != 7*time.Second || len(n.Revoked) != 1 {
			t.Errorf("after %s: %+v", took, n)
		}
		query = "&wait=20&since=" + h.told(t, h.bearer(token, "")).Cursor
		time.AfterFunc(2*time.Second, func() { close(h.stop) })
		if _, took := ask(); took != 2*time.Second {
			t.Errorf("a server that stops kept a caller for %s", took)
		}
	})
}

// TestACallerIsAskedAgainAfterItWaited wants nobody to be told anything by a right that it lost while it waited.
func TestACallerIsAskedAgainAfterItWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := serve(t)
		now := h.told(t, h.ask("function", ""))
		time.AfterFunc(time.Second, func() {
			r := *h.Workload("function").Resource
			r.System = nil
			h.write(&r)
		})
		h.Refused(h.ask("function", "&wait=20&since="+now.Cursor), http.StatusUnauthorized, credential.TokenPrincipalGone)
	})
}

func TestPages(t *testing.T) {
	h := serve(t)
	var records []view.Record
	for i := range 2500 {
		r := &view.Revocation{Principal: doortest.GUID(0x10000 + i), Tenant: doortest.North(), Gone: true, At: h.Now()}
		if i%500 == 0 {
			r.Tenant = doortest.South()
		}
		records = append(records, r)
	}
	h.write(records...) // all in one revision
	seen, cursor, answers := map[string]bool{}, "", 0
	for {
		n := h.told(t, h.ask("function", "&since="+url.QueryEscape(cursor)))
		for _, r := range n.Revoked {
			if seen[r.OID] {
				t.Fatalf("%s is told twice", r.OID)
			}
			seen[r.OID] = true
		}
		answers++
		if len(n.Revoked) > 1000 || n.Full != (answers == 1) {
			t.Fatalf("answer %d has %d revocations, full %v", answers, len(n.Revoked), n.Full)
		}
		if cursor = n.Cursor; !n.More {
			break
		}
	}
	if len(seen) != 2495 || answers != 3 {
		t.Errorf("%d revocations in %d answers", len(seen), answers)
	}
}

// TestI09OtherTenantsAreNotTold: no answer names a principal of another tenant, whatever cursor it is asked with.
func TestI09OtherTenantsAreNotTold(t *testing.T) {
	h := serve(t)
	south := h.told(t, h.ask("stranger", ""))
	h.revoke()
	for _, cursor := range []string{"", south.Cursor, "first.0", "second.0", h.told(t, h.ask("function", "")).Cursor} {
		rec := h.ask("stranger", "&since="+cursor)
		if n := h.told(t, rec); len(n.Revoked) != 0 || n.Tid != doortest.South().String() {
			t.Errorf("%s: the stranger is told %+v", cursor, n)
		}
	}
}

func TestWhoMayAsk(t *testing.T) {
	h := serve(t)
	good := h.Token("function", feed.Audience)
	h.Refused(h.Do(h.Handler, doortest.Request{Target: "/lanyard/feed/v1/revocations?nonce=" + nonce}), http.StatusUnauthorized, authn.NoCredentials)
	h.Refused(h.ask("shared", ""), http.StatusForbidden, access.Denied)
	h.Refused(h.bearer(h.Token("function", doortest.StorageAudience), ""), http.StatusUnauthorized, authn.WrongAudience)
	h.Refused(h.bearer(h.told(t, h.ask("function", "")).Cursor, ""), http.StatusUnauthorized, credential.TokenMalformed)
	t.Run("granted on a subscription only", func(t *testing.T) {
		a, _ := h.View.Assignment(doortest.GUID(0xd20))
		narrow := *a
		narrow.Scope = (&view.Subscription{ID: doortest.SubscriptionOf(doortest.North())}).Scope()
		h.write(&narrow)
		h.Refused(h.bearer(good, ""), http.StatusForbidden, access.Denied)
		h.write(a)
		h.told(t, h.bearer(good, ""))
	})
	t.Run("held after a restore", func(t *testing.T) {
		held := *h.View.Installation()
		held.Held = true
		h.write(&held)
		h.Refused(h.bearer(good, ""), http.StatusServiceUnavailable, mint.Held)
	})
}

func TestJForgedTokens(t *testing.T) {
	h := serve(t)
	good := h.Token("function", feed.Audience)
	for name, token := range h.Forgeries(good) {
		t.Run(name, func(t *testing.T) {
			if rec := h.bearer(token, ""); rec.Code != http.StatusUnauthorized {
				t.Errorf("status %d: %s", rec.Code, rec.Body)
			}
		})
	}
	for name, token := range h.BadAudiences(good, feed.Audience) {
		t.Run(name, func(t *testing.T) {
			if rec := h.bearer(token, ""); rec.Code != http.StatusUnauthorized {
				t.Errorf("status %d: %s", rec.Code, rec.Body)
			}
		})
	}
}

func TestM14Parameters(t *testing.T) {
	h := serve(t)
	token := h.Token("function", feed.Audience)
	for query, want := range map[string]fault.Reason{
		"nonce=" + nonce + "&nonce=" + nonce: web.RepeatedParameter, "": feed.BadParameter, "nonce=short": feed.BadParameter,
		"nonce=" + strings.Repeat("a", 65): feed.BadParameter, "nonce=abcdefghijklmno%22": feed.BadParameter,
		"nonce=" + nonce + "&Since=first.1": feed.BadParameter, "nonce=" + nonce + "&since=first": feed.BadParameter,
		"nonce=" + nonce + "&since=first.-1": feed.BadParameter, "nonce=" + nonce + "&since=first.01": feed.BadParameter,
		"nonce=" + nonce + "&since=.1": feed.BadParameter, "nonce=" + nonce + "&since=first.1.x": feed.BadParameter,
		"nonce=" + nonce + "&since=first.1." + doortest.GUID(1).String() + ".y": feed.BadParameter,
		"nonce=" + nonce + "&since=" + strings.Repeat("a", 200) + ".1":          feed.BadParameter,
		"nonce=" + nonce + "&since=first.99999999999999999999":                  feed.BadParameter,
		"nonce=" + nonce + "&wait=21":                                           feed.BadParameter, "nonce=" + nonce + "&wait=-1": feed.BadParameter,
		"nonce=" + nonce + "&wait=1e1": feed.BadParameter, "nonce=" + nonce + "&wait=99999999999999999": feed.BadParameter,
		"nonce=" + nonce + "&tenant=south": feed.BadParameter, "nonce=%zz": web.BadQuery,
	} {
		t.Run(query, func(t *testing.T) {
			req := request(token, "")
			req.Target = "/lanyard/feed/v1/revocations?" + query
			h.Refused(h.Do(h.Handler, req), http.StatusBadRequest, want)
		})
	}
}

// TestPlacesToWait wants those who wait bounded, one caller more than all, and a place given back.
func TestPlacesToWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := serveWith(t, func(c *web.Config) { c.MaxInFlight = 8 })
		token := h.Token("function", feed.Audience)
		query := "&wait=20&since=" + h.told(t, h.bearer(token, "")).Cursor
		done := make(chan told)
		go func() { done <- h.told(t, h.bearer(token, query)) }()
		synctest.Wait()
		h.Refused(h.bearer(token, query), http.StatusTooManyRequests, feed.TooManyWaiting)
		h.told(t, h.bearer(token, "")) // who does not wait needs no place
		<-done
		h.told(t, h.bearer(token, "&wait=1"))
	})
}

// TestNoticesAreNoTokens: what the feed signs is no token for anybody, and no token is a notice.
func TestNoticesAreNoTokens(t *testing.T) {
	h := serve(t)
	notice := h.ask("function", "").Body.String()
	if _, err := verify.Parse(notice, 0); verify.ReasonOf(err) != verify.Malformed {
		t.Errorf("a reader of tokens says %v", err)
	}
	if _, err := h.Tokens.Verify(h.View, h.Now(), notice); !fault.Is(err, credential.TokenMalformed) {
		t.Errorf("our own doors say %v", err)
	}
	if _, err := h.Verifier.Verify(t.Context(), h.View, notice); err == nil || fault.Is(err, federation.KeyUnknown) {
		t.Errorf("federation says %v", err)
	}
}
