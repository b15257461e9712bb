package arm_test

import (
	"net/http"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/view"
)

// TestAVaultSaysWhereItIs: vaultUri is the vault's own name below the domain that the door answers to, whoever asks and
// whatever was sent; the tenant is the subscription's.
func TestAVaultSaysWhereItIs(t *testing.T) {
	w, h := serve(t)
	const at = northGroup + "/providers/" + view.TypeKeyVault + "/"
	body := `{"location":"local","properties":{"vaultUri":"https://elsewhere.example/","sku":{"family":"A","name":"standard"},"tenantId":"` +
		doortest.North().String() + `"}}`
	w.Want(h, http.StatusCreated, as(w, "function", http.MethodPut, at+"ShopKeys", body))
	for _, path := range []string{at + "ShopKeys", at + "shopkeys"} {
		got := read(t, w.Want(h, http.StatusOK, as(w, "function", http.MethodGet, path, ""))).Properties
		for property, value := range map[string]any{
			"vaultUri": "https://shopkeys.vault.localhost:8447/", "tenantId": doortest.North().String(), "enableRbacAuthorization": true,
		} {
			if got[property] != value {
				t.Errorf("%s: %s is %v, want %v", path, property, got[property], value)
			}
		}
	}
	if got := view.VaultURL(w.View.Installation(), "ShopKeys"); got != "https://shopkeys.vault.localhost:8447/" {
		t.Errorf("the directory says %s", got)
	}
}
