package transcripts

import (
	"os"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

var house *harness.House

func TestMain(m *testing.M) { os.Exit(harness.Main(m, func(h *harness.House) { house = h })) }

// cast is a machine with an identity of its own, a site with two, a trust in a pipeline, and a neighbour.
const cast = `
kind: ResourceGroup
name: transcripts
location: westeurope
---
kind: ResourceGroup
name: transcripts-other
location: westeurope
---
kind: Resource
type: Microsoft.Compute/virtualMachines
name: machine
resourceGroup: transcripts
identity: {type: SystemAssigned}
---
kind: Resource
type: Microsoft.Compute/virtualMachines
name: other
resourceGroup: transcripts-other
identity: {type: SystemAssigned}
---
kind: UserAssignedIdentity
name: first
resourceGroup: transcripts
federatedCredentials:
  - {name: main, issuer: ISSUER, subject: "repo:acme/a:ref:refs/heads/main"}
---
kind: UserAssignedIdentity
name: second
resourceGroup: transcripts
---
kind: Resource
type: Microsoft.Web/sites
name: several
resourceGroup: transcripts
identity: {type: UserAssigned, userAssignedIdentities: [first, second]}
---
kind: RoleAssignment
principal: $(Resource/machine.principalId)
role: Reader
scope: $(ResourceGroup/transcripts.id)
---
kind: RoleAssignment
principal: $(UserAssignedIdentity/first.principalId)
role: Owner
scope: $(subscription.id)
`

// TestC33C46Transcripts replays each file as the workload that it is about.
func TestC33C46Transcripts(t *testing.T) {
	issuer := harness.NewIssuer(t)
	manifest := strings.ReplaceAll(cast, "ISSUER", issuer.URL)
	manifest = strings.ReplaceAll(manifest, "$(subscription.id)", "/subscriptions/$(subscription)")
	house.Apply(t, issuer.Manifest()+"---"+manifest)
	more := map[string]string{
		"PRINCIPAL": house.Field(t, "Resource", "machine", "identity.principalId"),
		"CLIENT":    house.Field(t, "UserAssignedIdentity", "first", "clientId"),
		"ID":        house.Field(t, "UserAssignedIdentity", "first", "id"),
		"STRANGER":  house.Field(t, "Resource", "other", "identity.clientId"),
		"GOOD":      issuer.Token(t, map[string]any{"sub": "repo:acme/a:ref:refs/heads/main"}),
		"BAD":       issuer.Token(t, map[string]any{"sub": "repo:acme/b:ref:refs/heads/main"}),
	}
	for _, c := range []struct{ file, client, flow, as string }{
		{"powershell-identity.txt", "PowerShell Az", "Connect-AzAccount -Identity, Get-AzVM", "machine"},
		{"powershell-account.txt", "PowerShell Az", "Connect-AzAccount -Identity -AccountId", "several"},
		{"dotnet.txt", "Azure.Identity (.NET)", "managed identity, default chain", "machine"},
		{"java.txt", "azure-identity (Java)", "managed identity, workload identity", "several"},
		{"azurerm.txt", "terraform-provider-azurerm", "use_oidc: group, identity, federated credential, role assignment", "several"},
	} {
		t.Run(strings.TrimSuffix(c.file, ".txt"), func(t *testing.T) {
			harness.Replayed(t, c.client, c.flow, "run")
			newPlayer(t, house.Session(t, c.as), more).play(c.file)
		})
	}
}
