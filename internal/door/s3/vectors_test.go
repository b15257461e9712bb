package s3_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// TestVector34MissingObject: only who may list the bucket may know that an object is not there.
func TestVector34MissingObject(t *testing.T) {
	w, h := serve(t)
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		w.Refused(ask(w, h, "reader", method, "/photos/none"), http.StatusNotFound, objects.NotFound)
		w.Refused(ask(w, h, "getter", method, "/photos/none"), http.StatusForbidden, access.Denied)
		w.Refused(ask(w, h, "lister", method, "/photos/none"), http.StatusForbidden, access.Denied)
	}
	rec := ask(w, h, "getter", http.MethodGet, "/photos/none")
	if !strings.Contains(rec.Body.String(), "s3:ListBucket on resource: &quot;arn:aws:s3:::photos&quot;") {
		t.Errorf("the refusal does not say what is missing: %s", rec.Body)
	}
}

// TestVector35PrefixCondition: s3:prefix is there when the client sent it, and only for listings.
func TestVector35PrefixCondition(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "public/a", "1")
	for target, status := range map[string]int{
		"/photos?list-type=2&prefix=public%2F":     http.StatusOK,
		"/photos?list-type=2&prefix=public%2Fdeep": http.StatusOK,
		"/photos?prefix=public%2F":                 http.StatusOK,
		"/photos?list-type=2&prefix=private%2F":    http.StatusForbidden,
		"/photos?list-type=2&prefix=":              http.StatusForbidden,
		"/photos?list-type=2":                      http.StatusForbidden,
		"/photos":                                  http.StatusForbidden,
	} {
		if rec := ask(w, h, "lister", http.MethodGet, target); rec.Code != status {
			t.Errorf("%s: %d, want %d: %s", target, rec.Code, status, rec.Body)
		}
	}
	w.Refused(ask(w, h, "lister", http.MethodHead, "/photos"), http.StatusForbidden, access.Denied)
}

// TestVector36ResourceIsExact: the case of a key counts, and so does every character that is one in patterns.
func TestVector36ResourceIsExact(t *testing.T) {
	w, h := serve(t)
	w.Refused(ask(w, h, "reader", http.MethodGet, "/photos10/a"), http.StatusForbidden, access.Denied)
	rec := ask(w, h, "reader", http.MethodGet, "/Photos/a")
	wantCode(t, rec, http.StatusNotFound, "NoSuchBucket")
}

// TestVector09SessionPolicyRestricts: what both allow.
func TestVector09SessionPolicyRestricts(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "1")
	session := w.Session("reader", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::photos/*"}}`)
	send := func(method, target string) int {
		return w.Do(h, w.Signed(doortest.Request{Method: method, Target: target}, w.Signing(session, "s3"))).Code
	}
	if got := send(http.MethodGet, "/photos/a"); got != http.StatusOK {
		t.Errorf("what role and session allow: %d", got)
	}
	if got := send(http.MethodGet, "/photos"); got != http.StatusForbidden {
		t.Errorf("what only the role allows: %d", got)
	}
	if got := send(http.MethodDelete, "/photos/a"); got != http.StatusForbidden {
		t.Errorf("what only the session allows: %d", got)
	}
}

// TestVector12BucketDenies: a deny of the bucket beats every allow.
func TestVector12BucketDenies(t *testing.T) {
	w, h := serve(t)
	put(t, w, locked, "a", "1")
	rec := ask(w, h, "writer", http.MethodGet, "/locked/a")
	w.Refused(rec, http.StatusForbidden, access.Denied)
	if !strings.Contains(rec.Body.String(), "with an explicit deny in a resource-based policy") || strings.Contains(rec.Body.String(), "Shut") {
		t.Errorf("the refusal must name the sort of policy and nothing of it: %s", rec.Body)
	}
}

// TestVector15CrossAccount: the other account's bucket allows nothing, so s3:* on * is not enough.
func TestVector15CrossAccount(t *testing.T) {
	w, h := serve(t)
	put(t, w, foreign, "a", "1")
	for _, req := range []doortest.Request{
		{Target: "/foreign/a"},
		{Target: "/foreign"},
		{Method: http.MethodHead, Target: "/foreign"},
		{Method: http.MethodDelete, Target: "/foreign/a"},
		{Method: http.MethodPut, Target: "/foreign/b", Body: "x"},
		{Target: "/foreign/none"},
		{Target: "/foreign?location"},
	} {
		w.Refused(as(w, h, "writer", req), http.StatusForbidden, access.Denied)
		if last := w.Ledger.Last(); last.Account != doortest.Other() || last.Principal.Display == "" {
			t.Errorf("the record must show the bucket's account and the caller: %+v", last)
		}
	}
	if !there(t, w, foreign, "a") || there(t, w, foreign, "b") {
		t.Error("the foreign bucket was changed")
	}
}

// TestRoot: the root of an account may do everything in it that no policy denies, and nothing elsewhere.
func TestRoot(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "1")
	put(t, w, locked, "a", "1")
	put(t, w, foreign, "a", "1")
	root := w.Signing(w.RootSession(doortest.Main()), "s3")
	for target, status := range map[string]int{
		"/": http.StatusOK, "/photos": http.StatusOK, "/photos/a": http.StatusOK, "/photos/none": http.StatusNotFound,
		"/locked/a": http.StatusForbidden, "/foreign/a": http.StatusForbidden,
	} {
		rec := w.Do(h, w.Signed(doortest.Request{Target: target}, root))
		if rec.Code != status {
			t.Errorf("%s: %d %s", target, rec.Code, rec.Body)
		}
		if who := w.Ledger.Last().Principal; who.Kind != "root" || who.ID != doortest.Main().String() {
			t.Errorf("recorded as %+v", who)
		}
	}
}
