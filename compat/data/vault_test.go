package data

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// What the plays of a vault are refused, by step, code and reason.
const (
	officerRefusals = `
disabled Forbidden keyvault.secret_disabled
deleted SecretNotFound directory.secret_not_found
deleted Conflict directory.secret_deleted
purged SecretNotFound directory.secret_not_found
missing SecretNotFound directory.secret_not_found
missing NotSupported keyvault.operation_unsupported
`
	userRefusals = "other Forbidden access.denied"
	noneRefusals = "none Forbidden access.denied"
)

// TestSecretsBySDK keeps secrets in a vault whose challenge the SDK verifies, as somebody who may do all there; reads the
// one secret that another identity has a role on, and nothing else; and is refused without a role, whether there is such a
// secret or not.
func TestSecretsBySDK(t *testing.T) {
	for _, l := range languages() {
		t.Run(l.key, func(t *testing.T) {
			t.Parallel()
			if !harness.Tell(t, l.vaults, "secrets: set, get, versions, list, dates, disable, delete, recover, purge", "run; the vault's name leads to the server") {
				return
			}
			group, vault := "vault-"+l.key, "vault"+l.key
			sites(t, group, "officer", "user", "none")
			house.Apply(t, "kind: KeyVault\nname: "+vault+"\nresourceGroup: "+group+"\n"+
				grant(group+"-officer", "Key Vault Secrets Officer", "$(KeyVault/"+vault+".id)"))
			at := func(name string) string { return strings.Replace(house.Fact(t, "keyvault"), "//", "//"+name+".", 1) }
			officer := house.Session(t, group+"-officer")
			officer.Played(t, officerRefusals, l.play("officer", at(vault))...)
			house.Apply(t, grant(group+"-user", "Key Vault Secrets User", house.Field(t, "KeyVault", vault, "id")+"/secrets/shared"))
			user := house.Session(t, group+"-user")
			user.Played(t, userRefusals, l.play("user", at(vault))...)
			house.Session(t, group+"-none").Played(t, noneRefusals, l.play("none", at(vault))...)
			officer.Refused(t, "VaultNotFound", "keyvault.vault_not_found", l.play("officer", at("nosuch"))...)

			// The address without the vault's name serves too, but not for a client that verifies the challenge: it must not give
			// its token away.
			_, port, _ := strings.Cut(strings.TrimPrefix(house.Fact(t, "keyvault"), "https://"), ":")
			user.Failed(t, l.unverified, l.play("user", "https://127.0.0.1:"+port+"/"+vault)...)
			house.Do(t, "", "delete", "KeyVault", vault)
			user.Refused(t, "VaultNotFound", "keyvault.vault_not_found", l.play("user", at(vault))...)
		})
	}
}
