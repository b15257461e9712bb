package s3_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// The buckets of the cast that tests put objects into.
var photos, locked, foreign = doortest.ContainerUID(10), doortest.ContainerUID(12), doortest.ContainerUID(13)

// put stores an object behind the door's back.
func put(t *testing.T, w *doortest.World, bucket name.GUID, key, content string) {
	t.Helper()
	_, err := w.Objects.Put(t.Context(), objects.Upload{
		Space: bucket, Key: key, Body: strings.NewReader(content), Size: int64(len(content)), Meta: objects.Meta{ContentType: "text/plain"},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// there tells whether a bucket has an object, whatever the door says.
func there(t *testing.T, w *doortest.World, bucket name.GUID, key string) bool {
	t.Helper()
	_, err := w.Objects.Head(t.Context(), bucket, key)
	return err == nil
}

// as signs a request by a session of a role and sends it.
func as(w *doortest.World, h http.Handler, role string, req doortest.Request) *httptest.ResponseRecorder {
	return w.Do(h, w.Signed(req, w.Signing(w.Session(role), "s3")))
}

// ask is as for a request without a body.
func ask(w *doortest.World, h http.Handler, role, method, target string) *httptest.ResponseRecorder {
	return as(w, h, role, doortest.Request{Method: method, Target: target})
}

// wantCode compares status and error code of an answer.
func wantCode(t *testing.T, rec *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	if rec.Code != status || code != "" && !strings.Contains(rec.Body.String(), "<Code>"+code+"</Code>") {
		t.Errorf("got %d %s, want %d %s", rec.Code, rec.Body, status, code)
	}
}

// trailed is an upload in the SDKs' default form, framed is its body.
func trailed(target, framed string, more http.Header) doortest.Request {
	h := http.Header{
		"Content-Encoding": {"aws-chunked"}, "X-Amz-Trailer": {"x-amz-checksum-crc32"}, "X-Amz-Sdk-Checksum-Algorithm": {"CRC32"},
		"X-Amz-Decoded-Content-Length": {"5"},
	}
	maps.Copy(h, more)
	return doortest.Request{Method: http.MethodPut, Target: target, Header: h, Body: framed}
}

// hello is "hello" in that form.
const hello = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"

// asTrailed signs an upload in that form as the writer and sends it.
func asTrailed(w *doortest.World, h http.Handler, req doortest.Request) *httptest.ResponseRecorder {
	signing := w.Signing(w.Session("writer"), "s3")
	signing.Payload = awswire.Payload{Mode: awswire.PayloadChunksTrailer}
	return w.Do(h, w.Signed(req, signing))
}

// ownerOf is what an answer says of the owner in an object's own metadata, whose names are in lower case on the wire.
func ownerOf(rec *httptest.ResponseRecorder) string {
	return strings.Join(rec.Header()[strings.ToLower(wire.MetaPrefix+"Owner")], ",")
}
