package kinds

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/manifest"
)

// TestCheckNames: what applying would say of a name is said without a View, and nothing is said of what only it can know.
func TestCheckNames(t *testing.T) {
	role := "\ntrust: {Version: '2012-10-17', Statement: []}"
	for text, want := range map[string]string{
		"kind: Bucket\nname: X_Y":                                                                        "line 1, column 1: Bucket X_Y: \"X_Y\" is not a name for a bucket",
		"kind: Bucket\nname: $(account)_Y":                                                               "",
		"kind: Bucket\nname: good-name":                                                                  "",
		"kind: Tenant\nname: a/b":                                                                        "a tenant",
		"kind: Subscription\nname: a/b":                                                                  "a subscription",
		"kind: Account\nname: a/b":                                                                       "an AWS account",
		"kind: ResourceGroup\nname: a.":                                                                  "a resource group",
		"kind: Resource\ntype: Microsoft.Web/sites\nname: a?\nresourceGroup: g":                          "is not",
		"kind: Resource\ntype: Microsoft.Web/sites\nname: a/b\nresourceGroup: g":                         "slash",
		"kind: Resource\ntype: Microsoft.Web/sites\nname: 'a '\nresourceGroup: g":                        "a resource",
		"kind: Resource\ntype: $(tenant)\nname: a\nresourceGroup: g":                                     "",
		"kind: StorageAccount\nname: A_B\nresourceGroup: g":                                              "a storage account",
		"kind: StorageAccount\nname: abc\nresourceGroup: g\ncontainers: [a--b]":                          "a container",
		"kind: KeyVault\nname: a\nresourceGroup: g":                                                      "a key vault",
		"kind: UserAssignedIdentity\nname: a\nresourceGroup: g":                                          "an identity",
		"kind: Policy\nname: a b\ndocument: {}":                                                          "a policy",
		"kind: Policy\nname: a\npath: x\ndocument: {}":                                                   "is not a path",
		"kind: Role\nname: a b" + role:                                                                   "a role",
		"kind: Role\nname: a" + role + "\npolicies: {a b: {}}":                                           "a policy",
		"kind: Application\nname: a\nfederatedCredentials: [{name: x, issuer: 'https://i', subject: s}]": "a federated credential",
		"kind: RoleAssignment\nprincipal: p\nrole: r\nscope: s":                                          "",
	} {
		documents, err := manifest.Parse([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		err = CheckNames(documents)
		if want == "" && err == nil {
			continue
		}
		if !fault.Is(err, directory.InvalidName) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
