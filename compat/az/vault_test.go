package az

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// TestVaults makes a vault as the Contributor of a group, who may read no secret in it for that. The secrets are asked for by
// "az rest": this version's own commands fail before they ask anything.
func TestVaults(t *testing.T) {
	if !tell(t, "keyvault create, show, list, update, delete; rest: the secrets of the vault",
		"run, as a Contributor of the group; --enable-rbac-authorization; the vault's name leads to the server; az rest --resource https://vault.azure.net") {
		return
	}
	s, other := contributor(t, "vaults"), stranger(t, "vaults")
	vault := func(verb string, more ...string) []string {
		return append([]string{"az", "keyvault", verb, "-n", "azvault"}, more...)
	}
	create := func(more ...string) []string {
		return vault("create", append([]string{"-g", "vaults", "-l", "westeurope", "--enable-rbac-authorization", "true"}, more...)...)
	}
	denied(t, other, create()...)
	s.Refused(t, "BadRequest", "directory.vault_invalid", create("--enable-purge-protection", "true")...)
	s.Refused(t, "InvalidRequestContent", "directory.invalid_value", create("--default-action", "Deny")...)
	url := strings.Replace(house.Fact(t, "keyvault"), "//", "//azvault.", 1)
	want(t, "the vault's address", s.Must(t, create("--query", "properties.vaultUri", "-o", "tsv")...), url+"/")
	want(t, "the list", s.Must(t, "az", "keyvault", "list", "-g", "vaults", "--query", "[].name", "-o", "tsv"), "azvault")
	want(t, "the tag", s.Must(t, vault("update", "--set", "tags.team=web", "--query", "tags.team", "-o", "tsv")...), "web")
	want(t, "the days", s.Must(t, vault("show", "--query", "properties.softDeleteRetentionInDays", "-o", "tsv")...), "90")

	secret := func(method, path string, body ...string) []string {
		argv := []string{"az", "rest", "--method", method, "--url", url + path + "?api-version=7.4", "--resource", "https://vault.azure.net"}
		if len(body) > 0 {
			argv = append(argv, "--body", body[0])
		}
		return argv
	}
	forbidden := func(s *harness.Session, argv ...string) {
		t.Helper()
		s.Refused(t, "ForbiddenByRbac", "access.denied", argv...)
	}
	forbidden(s, secret("put", "/secrets/first", `{"value":"one"}`)...)
	house.Apply(t, "kind: RoleAssignment\nprincipal: $(Resource/vaults-by.principalId)\nrole: Key Vault Secrets Officer\nscope: $(KeyVault/azvault.id)\n")
	s.Must(t, secret("put", "/secrets/first", `{"value":"one"}`)...)
	s.Must(t, secret("put", "/secrets/first", `{"value":"two"}`)...)
	want(t, "the value", harness.Text(s.JSON(t, secret("get", "/secrets/first")...), "value"), "two")
	list := s.JSON(t, secret("get", "/secrets")...)
	want(t, "the secret that is listed", harness.Text(list, "value", 0, "id"), url+"/secrets/first")
	want(t, "a value in the list", harness.Text(list, "value", 0, "value"), "")
	forbidden(other, secret("get", "/secrets/first")...)
	forbidden(other, secret("get", "/secrets/nothing")...)
	s.Must(t, secret("delete", "/secrets/first")...)
	s.Refused(t, "SecretNotFound", "directory.secret_not_found", secret("get", "/secrets/first")...)
	s.Refused(t, "ObjectIsDeletedButRecoverable", "directory.secret_deleted", secret("put", "/secrets/first", `{"value":"three"}`)...)

	denied(t, other, "az", "keyvault", "delete", "-n", "azvault", "-g", "vaults")
	s.Must(t, vault("delete")...)
	s.Refused(t, "VaultNotFound", "keyvault.vault_not_found", secret("get", "/secrets/first")...)
}
