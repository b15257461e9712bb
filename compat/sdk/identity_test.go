package sdk

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// identities are the harness's sites, and an identity that none of them has.
const identities = harness.Sites + `---
kind: UserAssignedIdentity
name: GROUP-stranger
resourceGroup: GROUP
`

// TestManagedIdentity wants each SDK to get the token of the identity that it names, by every selector, and to be refused
// where the identity is ambiguous, another's or none, with the server's words in the SDK's own error.
func TestManagedIdentity(t *testing.T) {
	for _, l := range languages() {
		t.Run(l.key, func(t *testing.T) {
			t.Parallel()
			if !harness.Tell(t, l.client, "managed identity: system-assigned, client id, object id, resource id", "run") {
				return
			}
			group := "mi-" + l.key
			house.Apply(t, strings.ReplaceAll(identities, "GROUP", group))
			own := house.Session(t, group+"-own")
			want := house.Field(t, "Resource", group+"-own", "identity.principalId")
			if got := jsonOf(t, own.Must(t, l.token(t, own, "managed", storage, "")...)); got["oid"] != want {
				t.Errorf("the system-assigned identity's token says %v, want %s", got["oid"], want)
			}

			two := house.Session(t, group+"-two")
			first := house.Field(t, "UserAssignedIdentity", group+"-first", "principalId")
			for _, selector := range []string{
				"clientId=" + house.Field(t, "UserAssignedIdentity", group+"-first", "clientId"),
				"objectId=" + first,
				"resourceId=" + house.Field(t, "UserAssignedIdentity", group+"-first", "id"),
			} {
				got := jsonOf(t, two.Must(t, l.token(t, two, "managed", storage, selector)...))
				if got["oid"] != first || got["aud"] != storage {
					t.Errorf("%s: the token is for %v, says %v", selector, got["aud"], got["oid"])
				}
			}
			two.Refused(t, "Multiple user assigned identities exist", "mint.identity_ambiguous", l.token(t, two, "managed", storage, "")...)
			stranger := "clientId=" + house.Field(t, "UserAssignedIdentity", group+"-stranger", "clientId")
			two.Refused(t, "Identity not found", "mint.identity_not_found", l.token(t, two, "managed", storage, stranger)...)
			two.Refused(t, "The resource principal named", "mint.audience_unregistered",
				l.token(t, two, "managed", "https://unheard-of.example.com", "objectId="+first)...)
			none := house.Session(t, group+"-none")
			none.Refused(t, "has no managed identity", "mint.no_identity", l.token(t, none, "managed", storage, "")...)
		})
	}
}

// TestC46TheDefaultChain wants the chain of each SDK, told nothing, to end at the identity of the resource that it runs as:
// a system-assigned one, and of several the one that AZURE_CLIENT_ID names.
func TestC46TheDefaultChain(t *testing.T) {
	for _, l := range languages() {
		t.Run(l.key, func(t *testing.T) {
			t.Parallel()
			if !harness.Tell(t, l.client, "default chain", "run; AZURE_CLIENT_ID for one of several") {
				return
			}
			group := "chain-" + l.key
			house.Apply(t, strings.ReplaceAll(identities, "GROUP", group))
			own := house.Session(t, group+"-own")
			want := house.Field(t, "Resource", group+"-own", "identity.principalId")
			if got := jsonOf(t, own.Must(t, l.token(t, own, "default", storage, "")...)); got["oid"] != want {
				t.Errorf("the token says %v, want %s", got["oid"], want)
			}
			two := house.Session(t, group+"-two")
			two.Refused(t, "Multiple user assigned identities exist", "mint.identity_ambiguous", l.token(t, two, "default", storage, "")...)
			two.Set(t, "AZURE_CLIENT_ID", house.Field(t, "UserAssignedIdentity", group+"-second", "clientId"))
			want = house.Field(t, "UserAssignedIdentity", group+"-second", "principalId")
			if got := jsonOf(t, two.Must(t, l.token(t, two, "default", storage, "")...)); got["oid"] != want {
				t.Errorf("the token says %v, want %s", got["oid"], want)
			}
		})
	}
}

// trusted is an identity that trusts the main branch of one repository.
const trusted = `
---
kind: ResourceGroup
name: GROUP
location: westeurope
---
kind: UserAssignedIdentity
name: GROUP
resourceGroup: GROUP
federatedCredentials:
  - {name: main, issuer: ISSUER, subject: "repo:acme/a:ref:refs/heads/main"}
`

// TestWorkloadIdentity wants a machine outside that has nothing but a token of its own issuer in a file to get the token of
// the identity that trusts it, and to be refused for another repository, a pull request, another audience and a forgery.
func TestWorkloadIdentity(t *testing.T) {
	for _, l := range languages() {
		t.Run(l.key, func(t *testing.T) {
			t.Parallel()
			tenant, shown := "adfs", "adfs"
			if l.client == pyIdentity { // it asks no authority whether it is one, and knows no adfs in this flow
				tenant, shown = house.Fact(t, "tenant"), "the tenant"
			}
			if !harness.Tell(t, l.client, "workload identity by a token file",
				"AZURE_AUTHORITY_HOST, AZURE_TENANT_ID="+shown+", AZURE_CLIENT_ID, AZURE_FEDERATED_TOKEN_FILE") {
				return
			}
			group, issuer := "wi-"+l.key, harness.NewIssuer(t)
			house.Apply(t, issuer.Manifest()+strings.NewReplacer("GROUP", group, "ISSUER", issuer.URL).Replace(trusted))
			job := house.Session(t, "")
			job.Set(t, "IDENTITY_ENDPOINT", "") // no platform of ours is outside
			job.Set(t, "MSI_ENDPOINT", "")
			job.Set(t, "AZURE_TENANT_ID", tenant)
			job.Set(t, "AZURE_CLIENT_ID", house.Field(t, "UserAssignedIdentity", group, "clientId"))
			with := func(claims map[string]any) []string {
				job.Set(t, "AZURE_FEDERATED_TOKEN_FILE", job.File(t, "token", issuer.Token(t, claims)+"\n"))
				return l.token(t, job, "workload", storage, "")
			}
			const main = "repo:acme/a:ref:refs/heads/main"
			got := jsonOf(t, job.Must(t, with(map[string]any{"sub": main})...))
			if want := house.Field(t, "UserAssignedIdentity", group, "principalId"); got["oid"] != want {
				t.Errorf("the token says %v, want %s", got["oid"], want)
			}
			job.Refused(t, "AADSTS700213", "federation.subject_mismatch", with(map[string]any{"sub": "repo:acme/b:ref:refs/heads/main"})...)
			job.Refused(t, "AADSTS700213", "federation.subject_mismatch", with(map[string]any{"sub": "repo:acme/a:pull_request"})...)
			job.Refused(t, "AADSTS700212", "federation.audience_mismatch", with(map[string]any{"sub": main, "aud": "sts.amazonaws.com"})...)
			other := harness.NewIssuer(t) // one that nobody registered and that lies at an address inside
			job.Refused(t, "AADSTS700211", "federation.issuer_unknown", with(map[string]any{"sub": main, "iss": other.URL})...)
		})
	}
}
