package keyvault_test

import (
	"net/http"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/keyvault"
)

// TestARightThatIsLostMeanwhileIsNotUsed: the writer asks again by the state that it changes.
func TestARightThatIsLostMeanwhileIsNotUsed(t *testing.T) {
	w := newWorld(t)
	if rec := w.ask("shared", http.MethodPut, "/secrets/kept", `{"value":"1"}`); rec.Code != http.StatusOK {
		t.Fatal(rec.Body)
	}
	right, _ := w.Current().Assignment(doortest.GUID(0xa00))
	calls := []struct{ method, target, body string }{
		{http.MethodPut, "/secrets/kept", `{"value":"2"}`},
		{http.MethodPut, "/secrets/fresh", `{"value":"2"}`},
		{http.MethodDelete, "/secrets/kept", ""},
	}
	for _, c := range calls {
		w.Meanwhile = func() { w.Delete(right) }
		w.Refused(w.ask("shared", c.method, c.target, c.body), http.StatusForbidden, access.Denied)
		w.Write(right)
	}
	vault, _ := w.Current().Vault("northvault")
	for _, c := range calls {
		w.Meanwhile = func() {
			other := *vault
			other.UID = doortest.GUID(0xf00)
			w.Write(&other)
		}
		w.Refused(w.ask("shared", c.method, c.target, c.body), http.StatusNotFound, keyvault.VaultNotFound)
		w.Write(vault)
	}
	for _, c := range calls {
		o, _ := w.Current().PrincipalByObject(doortest.GUID(doortest.OneID))
		revoked := *o.Identity
		revoked.Principal.RevokedAt = w.Current().Rev() + 1
		w.Meanwhile = func() { w.Write(&revoked) }
		w.Refused(w.ask("shared", c.method, c.target, c.body), http.StatusUnauthorized, credential.TokenRevoked)
		w.Write(o.Identity)
	}
	if s, ok := w.Current().Secret(vault, "kept"); !ok || s.IsDeleted() {
		t.Error("a secret was deleted without a right")
	}
	if _, ok := w.Current().Secret(vault, "fresh"); ok {
		t.Error("a secret was made without a right")
	}
}
