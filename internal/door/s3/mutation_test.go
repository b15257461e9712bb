package s3_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
)

// signedRequests are requests as clients send them: with the headers that boto3, Go and Node sign, in the header and in the
// query, with every kind of body.
func signedRequests(w *doortest.World) map[string]doortest.Request {
	writer := w.Signing(w.Session("writer"), "s3")
	header := func() http.Header {
		return http.Header{
			"Content-Type": {"text/plain"}, "X-Amz-Meta-Owner": {"me and you"}, "X-Amz-Checksum-Crc32": {digitsCRC32}, "Amz-Sdk-Request": {"attempt=1; max=3"},
			"Content-Length": {"9"},
		}
	}
	chunks, _ := w.Chunked(doortest.Request{Method: http.MethodPut, Target: "/photos/a%20b?x-id=PutObject", Body: digits}, writer, 4, "x-amz-checksum-crc32:"+digitsCRC32+"\n")
	return map[string]doortest.Request{
		"GET":           w.Signed(doortest.Request{Target: "/photos/a%20b%2Bc/%C3%A9~%2Akey?response-content-type=text%2Fcsv&x-id=GetObject"}, writer),
		"PUT":           w.Signed(doortest.Request{Method: http.MethodPut, Target: "/photos/a%20b?x-id=PutObject", Body: digits, Header: header()}, writer),
		"chunks":        chunks,
		"presigned GET": w.Presigned(doortest.Request{Target: "/photos/a%20b%2Bc/%C3%A9~%2Akey?response-content-type=text%2Fcsv"}, writer, time.Hour),
		"presigned PUT": w.Presigned(doortest.Request{Method: http.MethodPut, Target: "/photos/a%20b?x-amz-meta-owner=me", Body: digits, Header: http.Header{"Content-Type": {"text/plain"}}}, writer, time.Hour),
	}
}

// mutations are the request with one byte changed: of the target, of each signed header and of the Authorization header, and
// of a body that the signature covers.
func mutations(name string, req doortest.Request) map[string]doortest.Request {
	all := map[string]doortest.Request{}
	each := func(part, text string, set func(*doortest.Request, string)) {
		for i := range len(text) {
			changed := req
			changed.Header = req.Header.Clone()
			set(&changed, text[:i]+string([]byte{text[i] ^ 0x01})+text[i+1:])
			if _, err := url.ParseRequestURI(changed.Target); err != nil {
				continue // net/http's server refuses it
			}
			all[part+" of "+name+" at "+text[:i]+"|"+text[i:]] = changed
		}
	}
	each("target", req.Target[1:], func(r *doortest.Request, text string) { r.Target = "/" + text })
	for _, header := range slices.Sorted(maps.Keys(req.Header)) {
		if header != "Content-Length" { // a length that is not the body's is no HTTP
			each(header, req.Header.Get(header), func(r *doortest.Request, text string) { r.Header.Set(header, text) })
		}
	}
	each("Host", doortest.Host, func(r *doortest.Request, text string) {
		if r.Header == nil {
			r.Header = http.Header{}
		}
		r.Header.Set("Host", text)
	})
	if !strings.HasPrefix(name, "presigned") {
		each("body", req.Body, func(r *doortest.Request, text string) { r.Body = text })
	}
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodHead, http.MethodDelete, http.MethodPost} {
		if changed := req; method != req.Method && (method != http.MethodGet || req.Method != "") {
			changed.Method = method
			all[method+" for "+name] = changed
		}
	}
	return all
}

// TestEveryByteThatIsSigned changes each byte of all that is signed: no such request is served, and none changes anything.
func TestEveryByteThatIsSigned(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a b+c/é~*key", "stored")
	for name, req := range signedRequests(w) {
		count := 0
		for what, changed := range mutations(name, req) {
			count++
			rec := w.Do(h, changed)
			if rec.Code < 400 {
				t.Errorf("%s: %d", what, rec.Code)
			}
		}
		if there(t, w, photos, "a b") || !there(t, w, photos, "a b+c/é~*key") || count < 200 {
			t.Errorf("%s: %d requests, and one changed something", name, count)
		}
	}
	for name, req := range signedRequests(w) { // that is what was signed
		if rec := w.Do(h, req); rec.Code != http.StatusOK {
			t.Errorf("%s as it was signed: %d %s", name, rec.Code, rec.Body)
		}
	}
}

// TestHarmlessChanges: what proxies do to a request, and what the rules of signing ignore, is accepted.
func TestHarmlessChanges(t *testing.T) {
	header := func(name, value string) func(*doortest.Request) {
		return func(r *doortest.Request) { r.Header.Set(name, value) }
	}
	for what, change := range map[string]func(*doortest.Request){
		"a header that is not signed": header("X-Forwarded-For", "192.0.2.1"), "another user agent": header("User-Agent", "proxy/1.0"),
		"a trace id": header("X-Amzn-Trace-Id", "Root=1"), "another connection": header("Connection", "close"),
		"white space around a value": header("X-Amz-Meta-Owner", "  me and you\t"), "white space within one": header("X-Amz-Meta-Owner", "me   and  you"),
		"no space after commas": func(r *doortest.Request) {
			r.Header.Set("Authorization", strings.ReplaceAll(r.Header.Get("Authorization"), ", ", ","))
		},
		"hex digits in lower case": func(r *doortest.Request) { r.Target = strings.Replace(r.Target, "%2B", "%2b", 1) },
		"an encoded letter":        func(r *doortest.Request) { r.Target = strings.Replace(r.Target, "photos", "%70hotos", 1) },
	} {
		w, h := serve(t)
		req := doortest.Request{Method: http.MethodPut, Target: "/photos/a%2Bb?x-id=PutObject", Body: digits, Header: http.Header{"X-Amz-Meta-Owner": {"me and you"}}}
		req = w.Signed(req, w.Signing(w.Session("writer"), "s3"))
		change(&req)
		if rec := w.Do(h, req); rec.Code != http.StatusOK || !there(t, w, photos, "a+b") {
			t.Errorf("%s: %d %s", what, rec.Code, rec.Body)
		}
	}
}
