package s3_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
)

// TestVirtualHosts: a bucket in the host is the bucket, the path is the key then, and what is signed for one host is good for
// no other.
func TestVirtualHosts(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a/b", "1")
	put(t, w, photos, "photos/a/b", "2")
	put(t, w, locked, "a/b", "not yours")
	at := func(host, target string) doortest.Request {
		return doortest.Request{Target: target, Header: http.Header{"Host": {host}}}
	}
	for _, tc := range []struct{ host, target, want string }{
		{"photos.s3.storage.localhost:8445", "/a/b", "1"},
		{"PHOTOS.s3.Storage.localhost", "/a/b", "1"},
		{"photos.s3.storage.localhost", "/photos/a/b", "2"},
		{"s3.storage.localhost:8445", "/photos/a/b", "1"},
		{"127.0.0.1:8445", "/photos/a/b", "1"},
		{"photos.s3.storage.localhost.example", "/photos/a/b", "1"},
	} {
		if rec := as(w, h, "writer", at(tc.host, tc.target)); rec.Code != http.StatusOK || rec.Body.String() != tc.want {
			t.Errorf("%s%s: %d %s", tc.host, tc.target, rec.Code, rec.Body)
		}
	}
	if rec := as(w, h, "writer", at("photos.s3.storage.localhost", "/?list-type=2")); !strings.Contains(rec.Body.String(), "<Name>photos</Name>") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.Refused(as(w, h, "writer", at("locked.s3.storage.localhost", "/a/b")), http.StatusForbidden, access.Denied)
	w.Refused(as(w, h, "writer", at("nowhere.s3.storage.localhost", "/photos/a/b")), http.StatusNotFound, directory.BucketNotFound)
	signed := w.Signed(at("photos.s3.storage.localhost", "/a/b"), w.Signing(w.Session("writer"), "s3"))
	signed.Header.Set("Host", "locked.s3.storage.localhost")
	w.Refused(w.Do(h, signed), http.StatusForbidden, awswire.ReasonBadSignature)
	rec := w.Do(h, w.Presigned(at("photos.s3.storage.localhost", "/a/b"), w.Signing(w.Session("reader"), "s3"), time.Hour))
	if rec.Body.String() != "1" {
		t.Errorf("presigned: %d %s", rec.Code, rec.Body)
	}
}

// TestSignatureVersion2: both of its forms are told which setting or which region helps.
func TestSignatureVersion2(t *testing.T) {
	w, h := serve(t)
	for _, req := range []doortest.Request{
		{Target: "/photos/a", Header: http.Header{"Authorization": {"AWS AKIAEXAMPLE:c2lnbmF0dXJl"}}},
		{Target: "/photos/a?AWSAccessKeyId=AKIAEXAMPLE&Signature=c2lnbmF0dXJl&Expires=1773500966"},
	} {
		rec := w.Do(h, req)
		w.Refused(rec, http.StatusBadRequest, awswire.ReasonSignatureV2)
		wantCode(t, rec, http.StatusBadRequest, "InvalidRequest")
		if !strings.Contains(rec.Body.String(), "s3v4") || !strings.Contains(rec.Body.String(), "us-east-2") {
			t.Errorf("%s", rec.Body)
		}
	}
}
