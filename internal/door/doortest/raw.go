package doortest

import (
	"net/http"
	"net/http/httptest"

	"github.com/lanyard-id/lanyard/internal/name"
)

// Parse makes what a listener makes of a request's bytes, for tests that serve many at once with Serve.
func (w *World) Parse(req Request) *http.Request {
	w.t.Helper()
	return w.parse(req)
}

// Serve gives the status of the answer.
func Serve(h http.Handler, r *http.Request) int {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec.Code
}

// ContainerNamed gives the id of the bytes of a container of North's account.
func (w *World) ContainerNamed(container string) name.GUID {
	w.t.Helper()
	account, _ := w.View.StorageAccount("northdata")
	c, ok := w.View.Container(account, container)
	if !ok {
		w.t.Fatalf("no container %s", container)
	}
	return c.UID
}
