package vault_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/directory/vault"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// TestWeightIsBounded: the versions of a vault weigh at most 64 MiB, each its sealed value and 1 KiB, because a View holds
// them in memory. The last byte is let in and not one more; another vault has room of its own.
func TestWeightIsBounded(t *testing.T) {
	const most, large = 64 << 20, 1<<20 - 1<<10
	tenant, sub := name.NewGUID(), name.NewGUID()
	records := []view.Record{
		&view.Tenant{ID: tenant, Name: "t"}, &view.Subscription{ID: sub, Tenant: tenant, Name: "s"}, &view.ResourceGroup{Subscription: sub, Name: "g"},
	}
	vaults := map[string]*view.Resource{}
	for _, called := range []string{"full", "empty"} {
		id, err := name.NewResourceID(sub, "g", view.TypeKeyVault, called)
		if err != nil {
			t.Fatal(err)
		}
		vaults[called] = &view.Resource{ID: id, UID: name.NewGUID()}
		records = append(records, vaults[called])
	}
	full := vaults["full"]
	sealed := bytes.Repeat([]byte{7}, large)
	newest := ""
	for n := range 63 { // 63 MiB with what each weighs beside its value
		newest = fmt.Sprintf("%032x", n)
		records = append(records, &view.SecretVersion{Vault: full.ID, VaultUID: full.UID, Secret: "big", ID: newest, Sealed: sealed})
	}
	records = append(records, &view.Secret{Vault: full.ID, VaultUID: full.UID, Name: "big", Current: newest, Versions: 63})
	v, err := view.Load(1, records)
	if err != nil {
		t.Fatal(err)
	}
	if weight := v.VaultWeight(full.ID); weight != most-(1<<20) {
		t.Fatalf("the vault weighs %d", weight)
	}
	put := func(in *view.Resource, secret string, size int) error {
		_, err := vault.Put(v, vault.Place{Vault: in, Name: secret}, vault.Spec{Version: fmt.Sprintf("%032x", 99), Sealed: make([]byte, size)}, time.Unix(1_800_000_000, 0))
		return err
	}
	for _, secret := range []string{"big", "other"} {
		if err := put(full, secret, large); err != nil {
			t.Errorf("%s, the last byte: %v", secret, err)
		}
		if err := put(full, secret, large+1); !fault.Is(err, vault.Full) {
			t.Errorf("%s, one byte more: %v", secret, err)
		}
	}
	if err := put(vaults["empty"], "big", large+1); err != nil {
		t.Errorf("another vault: %v", err)
	}
}
