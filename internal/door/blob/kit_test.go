package blob_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// The containers of the cast.
var photos, photos10, southPhotos = doortest.ContainerUID(0), doortest.ContainerUID(1), doortest.ContainerUID(2)

// put stores a blob behind the door's back.
func put(t *testing.T, w *doortest.World, container name.GUID, key, content string) {
	t.Helper()
	_, err := w.Objects.Put(t.Context(), objects.Upload{
		Space: container, Key: key, Body: strings.NewReader(content), Size: int64(len(content)),
		Meta: objects.Meta{ContentType: "text/plain", User: map[string]string{"camera": "Box"}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// there tells whether a container has a blob, whatever the door says.
func there(t *testing.T, w *doortest.World, container name.GUID, key string) bool {
	t.Helper()
	_, err := w.Objects.Head(t.Context(), container, key)
	return err == nil
}

// bearing gives the headers of a request with a token.
func bearing(token string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}, "X-Ms-Version": {"2026-02-06"}}
}

// as sends a request as a workload of the cast.
func as(w *doortest.World, h http.Handler, workload string, req doortest.Request) *httptest.ResponseRecorder {
	header := bearing(w.Token(workload, doortest.StorageAudience))
	maps.Copy(header, req.Header)
	req.Header = header
	return w.Do(h, req)
}

// ask is as for a request without headers of its own.
func ask(w *doortest.World, h http.Handler, workload, method, target string) *httptest.ResponseRecorder {
	return as(w, h, workload, doortest.Request{Method: method, Target: target})
}

// upload is a Put Blob.
func upload(target, body string, more http.Header) doortest.Request {
	h := http.Header{"X-Ms-Blob-Type": {"BlockBlob"}}
	maps.Copy(h, more)
	return doortest.Request{Method: http.MethodPut, Target: target, Body: body, Header: h}
}

// blobDelegator is the role that gives keys and nothing else.
func blobDelegator() name.GUID { return name.MustGUID("db58b8e5-c6ad-4a2a-8342-4190687cbf4a") }
