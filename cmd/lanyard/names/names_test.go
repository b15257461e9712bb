package names

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/cmd/lanyard/record"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

func TestLookUp(t *testing.T) {
	urls := map[string]string{"entra": "https://127.0.0.1:8443", "keyvault": "https://vault.localhost:8447"}
	lookup := func(_ context.Context, host string) ([]string, error) {
		switch host {
		case "here.vault.localhost":
			return []string{"::1", "127.0.0.1"}, nil
		case "elsewhere.vault.localhost":
			return []string{"192.0.2.1"}, nil
		}
		return nil, errors.New("no such host")
	}
	vault := func(name string) record.Record {
		return record.Record{"vaultUri": "https://" + name + ".vault.localhost:8447/"}
	}
	for _, tc := range []struct {
		vaults []record.Record
		want   opwire.Finding
	}{
		{nil, opwire.Finding{Check: "vault names", State: "ok", Detail: "no key vaults; one would be at NAME.vault.localhost"}},
		{
			[]record.Record{vault("here")},
			opwire.Finding{Check: "vault names", State: "ok", Detail: "1 key vault below vault.localhost found at the server"},
		},
		{
			[]record.Record{vault("here"), vault("elsewhere"), vault("nowhere")},
			opwire.Finding{
				Check: "vault names", State: "warn",
				Detail: "seen from this machine, 2 key vaults of 3 not at 127.0.0.1: elsewhere.vault.localhost, nowhere.vault.localhost",
				Fix:    "add to the hosts file: 127.0.0.1 elsewhere.vault.localhost nowhere.vault.localhost",
			},
		},
	} {
		if d := cmp.Diff(tc.want, lookUp(t.Context(), lookup, urls, tc.vaults)); d != "" {
			t.Error(d)
		}
	}
	urls["entra"] = "https://lanyard.example:8443"
	if f := lookUp(t.Context(), lookup, urls, []record.Record{vault("elsewhere")}); f.State != "ok" {
		t.Errorf("a server that is reached by a name: %+v", f)
	}
}
