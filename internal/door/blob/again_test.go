package blob_test

import (
	"net/http"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/door/blob"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
)

// TestARightThatIsLostMeanwhileIsNotUsed: the writer of containers asks again by the state that it changes.
func TestARightThatIsLostMeanwhileIsNotUsed(t *testing.T) {
	w, h := serve(t)
	right, _ := w.View.Assignment(doortest.GUID(0x901))
	account, _ := w.View.StorageAccount("northdata")
	o, _ := w.View.PrincipalByObject(doortest.GUID(doortest.OneID))
	fresh, revoked := *account, *o.Identity
	fresh.UID = doortest.GUID(0xf00)
	for _, call := range [][2]string{
		{http.MethodPut, "/northdata/fresh?restype=container"},
		{http.MethodPut, "/northdata/photos?restype=container&comp=metadata"},
		{http.MethodDelete, "/northdata/photos?restype=container"},
	} {
		w.Meanwhile = func() { w.Delete(right) }
		w.Refused(ask(w, h, "shared", call[0], call[1]), http.StatusForbidden, access.Denied)
		w.Write(right)
		w.Meanwhile = func() { w.Write(&fresh) }
		w.Refused(ask(w, h, "shared", call[0], call[1]), http.StatusNotFound, blob.AccountNotFound)
		w.Write(account)
		w.Meanwhile = func() {
			revoked.Principal.RevokedAt = w.View.Rev() + 1
			w.Write(&revoked)
		}
		w.Refused(ask(w, h, "shared", call[0], call[1]), http.StatusForbidden, access.Denied)
		w.Write(o.Identity)
	}
	if _, ok := w.View.Container(account, "photos"); !ok {
		t.Error("a container was deleted without a right")
	}
	if _, ok := w.View.Container(account, "fresh"); ok {
		t.Error("a container was made without a right")
	}
}
