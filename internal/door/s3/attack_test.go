package s3_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/s3"
	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/secret"
)

// oddKeys are targets and the keys that their bytes mean.
func oddKeys() map[string]string {
	return map[string]string{
		"/photos/a%20b%2Bc/%C3%A9~%2Akey": "a b+c/é~*key", "/photos/a//b/../c": "a//b/../c", "/photos/a+b": "a+b",
		"/photos/../locked/a": "../locked/a", "/photos/%2E%2E/locked/a": "../locked/a", "/photos/a%2Fb": "a/b", "/photos/.": ".",
		"/photos//a": "/a", "/photos/a/": "a/", "/photos/a%00b": "a\x00b", `/photos/a%5Cb`: `a\b`, "/photos/%25%32%46": "%2F",
		"/photos%2Fslash": "slash", "/photos/a%3Fb": "a?b", "/photos/a;b": "a;b", "/photos/e%CC%81": "e\u0301",
	}
}

// TestA01SignedKeyIsServedKey stores and reads under odd keys: the object is found under the very text that was signed.
func TestA01SignedKeyIsServedKey(t *testing.T) {
	for target, key := range oddKeys() {
		t.Run(target, func(t *testing.T) {
			w, h := serve(t)
			put(t, w, locked, "a", "not yours")
			if rec := as(w, h, "writer", doortest.Request{Method: http.MethodPut, Target: target, Body: key}); rec.Code != http.StatusOK {
				t.Fatalf("put: %d %s", rec.Code, rec.Body)
			}
			if !there(t, w, photos, key) {
				t.Errorf("the object does not lie under %q", key)
			}
			if rec := ask(w, h, "reader", http.MethodGet, target); rec.Code != http.StatusOK || rec.Body.String() != key {
				t.Errorf("get: %d %s", rec.Code, rec.Body)
			}
		})
	}
}

// TestA01OtherPathThanSigned sends a path that another reader would take for the signed one.
func TestA01OtherPathThanSigned(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "b", "1")
	put(t, w, photos, "a/../b", "2")
	for _, path := range []string{"/photos/a/../b", "//photos/b", "/photos/./b", "/photos/%2562", "/photos/b/", `/photos\b`, "/photos/b%00"} {
		req := w.Signed(doortest.Request{Target: "/photos/b"}, w.Signing(w.Session("reader"), "s3"))
		req.Target = path
		w.Refused(w.Do(h, req), http.StatusForbidden, awswire.ReasonBadSignature)
	}
	for _, path := range []string{"//photos/b", "/photos/%ff"} {
		wantCode(t, ask(w, h, "reader", http.MethodGet, path), http.StatusBadRequest, "InvalidURI")
	}
}

// TestA02SubResources: what asks for something else than the object is never answered with the object.
func TestA02SubResources(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "content")
	for _, query := range []string{
		"acl", "acl=", "versionId=1", "versionId=null", "partNumber=1", "uploads", "torrent", "tagging&versionId=1", "retention",
		"legal-hold", "attributes", "restore", "select&select-type=2", "Acl", "x-unknown=1", "X-Amz-Date=20260314T150926Z", "versionid=1",
		"response-content-type=a&acl",
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodDelete} {
			w.Refused(ask(w, h, "writer", method, "/photos/a?"+query), http.StatusNotImplemented, s3.OtherOperation)
		}
		w.Refused(as(w, h, "writer", doortest.Request{Method: http.MethodPut, Target: "/photos/new?" + query, Body: "x"}),
			http.StatusNotImplemented, s3.OtherOperation)
	}
	for _, query := range []string{"notification", "inventory", "analytics", "metrics", "intelligent-tiering", "versions&acl", "policy=x", "list-type=3", "location=x", "prefix=&acl"} {
		w.Refused(ask(w, h, "writer", http.MethodGet, "/photos?"+query), http.StatusNotImplemented, s3.OtherOperation)
	}
	for _, req := range []doortest.Request{
		{Method: http.MethodPut, Target: "/photos?versioning"},
		{Method: http.MethodPut, Target: "/photos?lifecycle"},
		{Method: http.MethodPut, Target: "/photos?acl"},
		{Method: http.MethodDelete, Target: "/photos?cors"},
		{Method: http.MethodPost, Target: "/photos"},
		{Method: http.MethodPost, Target: "/photos/a?restore"},
		{Method: http.MethodPost, Target: "/photos/a?select&select-type=2"},
		{Method: http.MethodOptions, Target: "/photos/a"},
		{Method: http.MethodPatch, Target: "/photos/a"},
	} {
		w.Refused(as(w, h, "writer", req), http.StatusNotImplemented, s3.OtherOperation)
	}
	if !there(t, w, photos, "a") || there(t, w, photos, "new") {
		t.Error("a request that was refused changed the bucket")
	}
	if rec := ask(w, h, "reader", http.MethodGet, "/photos/a?x-id=GetObject"); rec.Code != http.StatusOK {
		t.Errorf("x-id, which SDKs add: %d", rec.Code)
	}
}

// TestA02QueryIsReadAsSigned: separators, repeats and pluses mean for the door what they mean for the signature.
func TestA02QueryIsReadAsSigned(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a+b", "1")
	put(t, w, photos, "a b", "2")
	rec := ask(w, h, "reader", http.MethodGet, "/photos?list-type=2&prefix=a+b")
	if got := rec.Body.String(); !strings.Contains(got, "<Key>a+b</Key>") || strings.Contains(got, "<Key>a b</Key>") {
		t.Errorf("a plus is a plus: %s", got)
	}
	for query, want := range map[string]fault.Reason{
		"prefix=a&prefix=b":       s3.BadArgument,
		"list-type=2&list-type=1": s3.BadArgument,
		"prefix=a;b=c&acl":        s3.OtherOperation,
		"a=1;acl":                 s3.OtherOperation,
		"prefix=%ff":              s3.BadArgument,
	} {
		rec := ask(w, h, "reader", http.MethodGet, "/photos?"+query)
		w.Refused(rec, rec.Code, want)
	}
	for _, query := range []string{"prefix=%zz", "&&", "=x"} {
		req := w.Signed(doortest.Request{Target: "/photos"}, w.Signing(w.Session("reader"), "s3"))
		req.Target += "?" + query
		w.Refused(w.Do(h, req), http.StatusBadRequest, awswire.ReasonMalformedURI)
	}
}

// TestA03UnsignedHeaders adds headers that the signature does not cover.
func TestA03UnsignedHeaders(t *testing.T) {
	w, h := serve(t)
	for header, value := range map[string]string{
		"X-Amz-Copy-Source": "/locked/a", "X-Amz-Acl": "public-read", "X-Amz-Tagging": "a=b", "X-Amz-Meta-Owner": "me",
		"X-Amz-Security-Token-": "x",
	} {
		req := w.Signed(doortest.Request{Method: http.MethodPut, Target: "/photos/a", Body: "x"}, w.Signing(w.Session("writer"), "s3"))
		req.Header.Set(header, value)
		w.Refused(w.Do(h, req), http.StatusForbidden, awswire.ReasonHeadersNotSigned)
	}
	req := w.Signed(doortest.Request{Target: "/photos"}, w.Signing(w.Session("reader"), "s3"))
	req.Header.Set("Host", "elsewhere.example")
	w.Refused(w.Do(h, req), http.StatusForbidden, awswire.ReasonBadSignature)
}

// TestA15HeadersNotObeyedAreRefused signs headers that S3 would obey and this door does not.
func TestA15HeadersNotObeyedAreRefused(t *testing.T) {
	w, h := serve(t)
	put(t, w, locked, "a", "not yours")
	for header, value := range map[string]string{
		"X-Amz-Server-Side-Encryption": "AES256", "X-Amz-Grant-Read": "id=x", "X-Amz-Copy-Source-Range": "bytes=0-1",
		"X-Amz-Object-Lock-Mode": "COMPLIANCE", "X-Amz-Website-Redirect-Location": "/", "X-Amz-Storage-Class": "GLACIER",
		"X-Amz-Write-Offset-Bytes": "1", "X-Amz-Mfa": "1 2", "X-Amz-Checksum-Md4": "AAAA", "If-None-Match": `"x"`,
		"Expires": "Sat, 14 Mar 2026 15:09:26 GMT",
	} {
		rec := as(w, h, "writer", doortest.Request{Method: http.MethodPut, Target: "/photos/a", Body: "x", Header: http.Header{header: {value}}})
		w.Refused(rec, http.StatusNotImplemented, s3.OtherOperation)
	}
	rec := as(w, h, "writer", doortest.Request{Method: http.MethodPut, Target: "/photos/a", Body: "x", Header: http.Header{"X-Amz-Acl": {"public-read"}}})
	w.Refused(rec, http.StatusBadRequest, wire.ACLUnsupported)
	if there(t, w, photos, "a") {
		t.Error("an upload that was refused is there")
	}
}

// modes are all values of x-amz-content-sha256.
func modes() []string {
	return []string{
		fmt.Sprintf("%064x", 0), "UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
		"STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER",
	}
}

// TestA05NoModeWithoutSignature tries every way of announcing a body without a good signature.
func TestA05NoModeWithoutSignature(t *testing.T) {
	for _, mode := range modes() {
		t.Run(mode, func(t *testing.T) {
			w, h := serve(t)
			session := w.Session("writer")
			base := trailed("/photos/a", hello, http.Header{"X-Amz-Content-Sha256": {mode}, "X-Amz-Date": {"20260314T150926Z"}})
			attempts := map[string]func(*doortest.Request){
				"anonymous": func(*doortest.Request) {},
				"bad signature": func(r *doortest.Request) {
					*r = w.Signed(*r, w.Signing(session, "s3"))
					r.Header.Set("X-Amz-Content-Sha256", mode)
				},
				"credential in the query": func(r *doortest.Request) {
					r.Target += "?X-Amz-Credential=" + session.KeyID + "%2F20260314%2Fus-east-2%2Fs3%2Faws4_request"
				},
				"key in the query": func(r *doortest.Request) { r.Target += "?AWSAccessKeyId=" + session.KeyID + "&Signature=x&Expires=1" },
				"bearer": func(r *doortest.Request) {
					r.Header.Set("Authorization", "Bearer "+w.Token("function", doortest.StorageAudience))
				},
				"empty signature": func(r *doortest.Request) {
					r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+session.KeyID+"/20260314/us-east-2/s3/aws4_request, SignedHeaders=host, Signature=")
				},
			}
			for name, change := range attempts {
				req := base
				req.Header = base.Header.Clone()
				change(&req)
				rec := w.Do(h, req)
				if rec.Code != http.StatusForbidden && rec.Code != http.StatusBadRequest && rec.Code != http.StatusNotImplemented {
					t.Errorf("%s: %d %s", name, rec.Code, rec.Body)
				}
				if who := w.Ledger.Last().Principal.ID; who != "" {
					t.Errorf("%s: recorded as %s", name, who)
				}
			}
			if there(t, w, photos, "a") {
				t.Error("an unsigned upload is there")
			}
		})
	}
}

// TestA05UnsignedModesNeedTLS: without TLS nothing vouches for a body that is not signed.
func TestA05UnsignedModesNeedTLS(t *testing.T) {
	w, h := serve(t)
	for _, mode := range []awswire.PayloadMode{awswire.PayloadUnsigned, awswire.PayloadChunksTrailer} {
		signing := w.Signing(w.Session("writer"), "s3")
		signing.Payload = awswire.Payload{Mode: mode}
		req := trailed("/photos/a", hello, nil)
		req.Plain = true
		w.Refused(w.Do(h, w.Signed(req, signing)), http.StatusBadRequest, awswire.ReasonUnsignedPayload)
	}
	if there(t, w, photos, "a") {
		t.Error("an upload that was refused is there")
	}
}

// TestA07Presigned: a presigned URL is good for what was signed, for its time and for as long as its session.
func TestA07Presigned(t *testing.T) {
	get := doortest.Request{Target: "/photos/a?response-content-type=image%2Fpng"}
	for name, tc := range map[string]struct {
		life   time.Duration
		change func(*doortest.World, *doortest.Request)
		status int
		want   fault.Reason
	}{
		"too long":        {8 * 24 * time.Hour, nil, http.StatusBadRequest, awswire.ReasonMalformedPresign},
		"no life":         {0, nil, http.StatusBadRequest, awswire.ReasonMalformedPresign},
		"negative":        {-time.Second, nil, http.StatusBadRequest, awswire.ReasonMalformedPresign},
		"over":            {time.Minute, func(w *doortest.World, _ *doortest.Request) { w.Pass(61 * time.Second) }, http.StatusForbidden, awswire.ReasonPresignExpired},
		"from the future": {time.Hour, func(w *doortest.World, _ *doortest.Request) { w.Pass(-16 * time.Minute) }, http.StatusForbidden, awswire.ReasonClockSkew},
		"as PUT":          {time.Hour, func(_ *doortest.World, r *doortest.Request) { r.Method, r.Body = http.MethodPut, "x" }, http.StatusForbidden, awswire.ReasonBadSignature},
		"as HEAD":         {time.Hour, func(_ *doortest.World, r *doortest.Request) { r.Method = http.MethodHead }, http.StatusForbidden, awswire.ReasonBadSignature},
		"other host":      {time.Hour, func(_ *doortest.World, r *doortest.Request) { r.Header = http.Header{"Host": {"other:1"}} }, http.StatusForbidden, awswire.ReasonBadSignature},
		"other object":    {time.Hour, func(_ *doortest.World, r *doortest.Request) { r.Target = strings.Replace(r.Target, "/a?", "/b?", 1) }, http.StatusForbidden, awswire.ReasonBadSignature},
		"parameter added": {time.Hour, func(_ *doortest.World, r *doortest.Request) { r.Target += "&acl" }, http.StatusForbidden, awswire.ReasonBadSignature},
		"second signature": {time.Hour, func(_ *doortest.World, r *doortest.Request) {
			r.Target += "&X-Amz-Signature=" + strings.Repeat("0", 64)
		}, http.StatusBadRequest, awswire.ReasonMalformedPresign},
		"header added": {time.Hour, func(_ *doortest.World, r *doortest.Request) { r.Header = http.Header{"X-Amz-Acl": {"private"}} }, http.StatusForbidden, awswire.ReasonHeadersNotSigned},
		"session over": {24 * time.Hour, func(w *doortest.World, _ *doortest.Request) { w.Pass(61 * time.Minute) }, http.StatusBadRequest, credential.SessionExpired},
		"role deleted": {time.Hour, func(w *doortest.World, _ *doortest.Request) {
			for r := range w.View.Roles(doortest.Main()) {
				w.Delete(r)
			}
		}, http.StatusBadRequest, credential.SessionRevoked},
	} {
		t.Run(name, func(t *testing.T) {
			w, h := serve(t)
			put(t, w, photos, "a", "1")
			req := w.Presigned(get, w.Signing(w.Session("reader"), "s3"), tc.life)
			if tc.change == nil && tc.life > 0 && tc.life <= awswire.MaxPresign {
				t.Fatal("the case changes nothing")
			}
			if tc.change != nil {
				tc.change(w, &req)
			}
			w.Refused(w.Do(h, req), tc.status, tc.want)
		})
	}
	w, h := serve(t)
	put(t, w, photos, "a", "1")
	rec := w.Do(h, w.Presigned(get, w.Signing(w.Session("reader"), "s3"), time.Hour))
	if rec.Code != http.StatusOK || rec.Body.String() != "1" || rec.Header().Get("Content-Type") != "image/png" {
		t.Errorf("the URL as it was made: %d %s %v", rec.Code, rec.Body, rec.Header())
	}
	rec = w.Do(h, w.Presigned(doortest.Request{Method: http.MethodPut, Target: "/photos/b", Body: "2"}, w.Signing(w.Session("writer"), "s3"), time.Hour))
	if rec.Code != http.StatusOK || !there(t, w, photos, "b") {
		t.Errorf("an upload by a presigned URL: %d %s", rec.Code, rec.Body)
	}
}

// TestA10TokenMix uses the parts of two sessions together.
func TestA10TokenMix(t *testing.T) {
	w, h := serve(t)
	a, b := w.Signing(w.Session("reader"), "s3"), w.Signing(w.Session("writer"), "s3")
	long := a
	long.KeyID = "AKIA" + a.KeyID[4:]
	for name, with := range map[string]awswire.Credentials{
		"token of another":    {KeyID: a.KeyID, Secret: a.Secret, SessionToken: b.SessionToken},
		"key of another":      {KeyID: b.KeyID, Secret: a.Secret, SessionToken: a.SessionToken},
		"no token":            {KeyID: a.KeyID, Secret: a.Secret},
		"long-term with one":  {KeyID: long.KeyID, Secret: a.Secret, SessionToken: a.SessionToken},
		"truncated":           {KeyID: a.KeyID, Secret: a.Secret, SessionToken: a.SessionToken[:len(a.SessionToken)-4]},
		"other account":       {KeyID: a.KeyID, Secret: a.Secret, SessionToken: secret.Text(strings.Replace(a.SessionToken.Reveal(), "1111", "4444", 1))},
		"not one at all":      {KeyID: a.KeyID, Secret: a.Secret, SessionToken: "x"},
		"too long to be real": {KeyID: a.KeyID, Secret: a.Secret, SessionToken: secret.Text(strings.Repeat("a", 5000))},
	} {
		t.Run(name, func(t *testing.T) {
			signing := a
			signing.Credentials = with
			rec := w.Do(h, w.Signed(doortest.Request{Target: "/photos"}, signing))
			w.Refused(rec, http.StatusBadRequest, awswire.ReasonTokenMismatch)
			wantCode(t, rec, http.StatusBadRequest, "InvalidToken")
		})
	}
	signing := a
	signing.Secret = b.Secret
	w.Refused(w.Do(h, w.Signed(doortest.Request{Target: "/photos"}, signing)), http.StatusForbidden, awswire.ReasonBadSignature)
}

// TestA18UnknownKeysLookAlike: whoever guesses learns nothing from the answer about which keys there are.
func TestA18UnknownKeysLookAlike(t *testing.T) {
	w, h := serve(t)
	real := w.Session("reader")
	answer := func(keyID string, token secret.Text) string {
		signing := w.Signing(real, "s3")
		signing.Credentials = awswire.Credentials{KeyID: keyID, Secret: "guess", SessionToken: token}
		rec := w.Do(h, w.Signed(doortest.Request{Target: "/photos"}, signing))
		return fmt.Sprint(rec.Code, rec.Body)
	}
	forged := secret.Text(doortest.Main().String() + ".AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	if a, b := answer(real.KeyID, forged), answer("ASIAAAAAAAAAAAAAAAAA", forged); a != b {
		t.Errorf("a key that exists and one that does not:\n%s\n%s", a, b)
	}
	w.Refused(w.Do(h, w.Signed(doortest.Request{Target: "/photos"}, awswire.Signing{
		Credentials: awswire.Credentials{KeyID: "AKIAEXAMPLE", Secret: "guess"}, Region: "us-east-2", Service: "s3", At: w.Now(),
	})), http.StatusForbidden, authn.UnknownKey)
	if a, b := answer("AKIAEXAMPLE", ""), answer("AKIAOTHER", ""); a != b {
		t.Errorf("two long-term keys:\n%s\n%s", a, b)
	}
}

// TestF11OtherTenantsIdentity: a session that came from a deleted identity, and one of a role that trusts no such token,
// reach nothing; TestVector15CrossAccount holds the accounts apart.
func TestF11OtherTenantsIdentity(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "1")
	for _, token := range []string{w.Token("stranger", doortest.StorageAudience), w.Token("function", doortest.StorageAudience)} {
		rec := w.Do(h, doortest.Request{Target: "/photos/a", Header: http.Header{"Authorization": {"Bearer " + token}}})
		wantCode(t, rec, http.StatusBadRequest, "AuthorizationHeaderMalformed")
	}
	w.Refused(ask(w, h, "denied", http.MethodGet, "/photos/a"), http.StatusForbidden, access.Denied)
}

// TestA14FormUploads: an upload by a browser's form, whose policy names bucket and key, is not there; nothing is stored by one.
func TestA14FormUploads(t *testing.T) {
	w, h := serve(t)
	form := "--x\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\na\r\n--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n1\r\n--x--\r\n"
	req := doortest.Request{Method: http.MethodPost, Target: "/photos", Body: form, Header: http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}}
	for what, rec := range map[string]*httptest.ResponseRecorder{"signed": as(w, h, "writer", req), "not signed": w.Do(h, req)} {
		if rec.Code < 400 {
			t.Errorf("%s: %d %s", what, rec.Code, rec.Body)
		}
	}
	if there(t, w, photos, "a") {
		t.Error("a form stored an object")
	}
}

// TestA17InternalHeaders: what other stores' servers tell each other by headers is not believed from anybody.
func TestA17InternalHeaders(t *testing.T) {
	w, h := serve(t)
	for _, header := range []string{
		"X-Amz-Replication-Status", "X-Amz-Bucket-Replication-Status", "X-Amz-Meta-X-Amz-Key", "X-Amz-Server-Side-Encryption-Context",
		"X-Minio-Source-Replication-Request", "X-Minio-Source-Etag", "X-Rgw-Auth-Permission", "X-Lanyard-Account",
	} {
		rec := as(w, h, "reader", doortest.Request{Method: http.MethodPut, Target: "/photos/a", Body: "x", Header: http.Header{header: {"REPLICA"}}})
		if rec.Code < 400 {
			t.Errorf("%s opens a door: %d", header, rec.Code)
		}
		if there(t, w, photos, "a") {
			t.Fatalf("%s: the object is there", header)
		}
	}
	rec := as(w, h, "writer", doortest.Request{
		Method: http.MethodPut, Target: "/photos/a", Body: "x", Header: http.Header{"X-Amz-Replication-Status": {"REPLICA"}},
	})
	w.Refused(rec, http.StatusNotImplemented, s3.OtherOperation)
}
