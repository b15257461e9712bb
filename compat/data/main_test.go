package data

import (
	"os"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// house is the installation that the stories of this package share: each has a resource group of its own.
var house *harness.House

func TestMain(m *testing.M) {
	os.Exit(harness.Main(m, func(h *harness.House) {
		house = h
		// A vault's name is a name of its domain; without DNS it resolves nowhere.
		h.Resolve("vaultgo.vault.localhost", "vaultjs.vault.localhost", "vaultpy.vault.localhost", "nosuch.vault.localhost")
	}))
}

// language is the SDKs of one language, and how their plays are started.
type language struct {
	key           string // for names
	blobs, vaults string // the clients of the rows
	unverified    string // what its client of vaults says when the challenge is another's
	play          func(what, url string) []string
}

func languages() []language {
	return []language{
		{
			"go", "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob", "github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets",
			"doesn't match the requested domain",
			func(what, url string) []string { return []string{harness.GoClient(), "play-" + what, url} },
		},
		{
			"js", "@azure/storage-blob", "@azure/keyvault-secrets", "does not match the requested domain",
			func(what, url string) []string {
				if what == "blob" {
					return []string{"node", harness.Node() + "/blob.mjs", url}
				}
				return []string{"node", harness.Node() + "/secrets.mjs", what, url}
			},
		},
		{
			"py", "azure-storage-blob", "azure-keyvault-secrets", "does not match the requested domain",
			func(what, url string) []string {
				return []string{harness.Python, "-B", harness.PythonPrograms() + "/data.py", what, url}
			},
		},
	}
}

// sites makes a group with workloads that have nothing but a system-assigned identity, called GROUP-NAME.
func sites(t *testing.T, group string, names ...string) {
	t.Helper()
	manifest := "kind: ResourceGroup\nname: " + group + "\nlocation: westeurope\n"
	for _, name := range names {
		manifest += strings.NewReplacer("GROUP", group, "NAME", name).Replace(`---
kind: Resource
type: Microsoft.Web/sites
name: GROUP-NAME
resourceGroup: GROUP
identity: {type: SystemAssigned}
`)
	}
	house.Apply(t, manifest)
}

// grant is a role of a workload at a place.
func grant(site, role, scope string) string {
	return "---\nkind: RoleAssignment\nprincipal: $(Resource/" + site + ".principalId)\nrole: " + role + "\nscope: " + scope + "\n"
}
