package az

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

const storage = "https://storage.azure.com/"

// workloads are the harness's sites, of which all may read their group.
const workloads = harness.Sites + `---
kind: RoleAssignment
principal: $(UserAssignedIdentity/GROUP-first.principalId)
role: Reader
scope: $(ResourceGroup/GROUP.id)
---
kind: RoleAssignment
principal: $(Resource/GROUP-own.principalId)
role: Reader
scope: $(ResourceGroup/GROUP.id)
`

// TestC31LoginByManagedIdentity signs in by each way of naming an identity. In App Service's form this version sends client
// ids only and says so itself; the others go to the endpoint of the Cloud Shell's form.
func TestC31LoginByManagedIdentity(t *testing.T) {
	if !tell(t, "login --identity: system-assigned, client id, object id, resource id",
		"run; object and resource id: MSI_ENDPOINT of the launch, APPSETTING_WEBSITE_SITE_NAME unset") {
		return
	}
	house.Apply(t, strings.ReplaceAll(workloads, "GROUP", "login"))
	own := login(t, "login-own")
	want(t, "the account's tenant", own.Must(t, "az", "account", "show", "--query", "tenantId", "-o", "tsv"), house.Fact(t, "tenant"))
	want(t, "the principal", tokenOf(t, own, storage)["oid"], any(house.Field(t, "Resource", "login-own", "identity.principalId")))

	two := house.Session(t, "login-two")
	identity := func(field string) string { return house.Field(t, "UserAssignedIdentity", "login-first", field) }
	signIn := func(selector string) {
		two.Must(t, "az", "login", "--identity", "--username", selector)
		want(t, "the principal by "+selector, tokenOf(t, two, storage)["oid"], any(identity("principalId")))
		two.Must(t, "az", "account", "clear")
	}
	two.Refused(t, "Multiple user assigned identities exist", "mint.identity_ambiguous", "az", "login", "--identity")
	signIn(identity("clientId"))
	two.Refused(t, "Identity not found", "mint.identity_not_found", "az", "login", "--identity", "--username",
		house.Field(t, "Resource", "login-own", "identity.clientId"))
	cloudShell(t, two)
	signIn(identity("clientId"))
	signIn(identity("principalId"))
	signIn(identity("id"))

	none := house.Session(t, "login-none")
	none.Refused(t, "has no managed identity", "mint.no_identity", "az", "login", "--identity")
	second := house.Field(t, "UserAssignedIdentity", "login-second", "clientId")
	two.Failed(t, "No access was configured", "az", "login", "--identity", "--username", second) // no role, so no subscription
}

// cloudShell leads az to the Cloud Shell's form of the endpoint, whose path is the proof.
func cloudShell(t *testing.T, s *harness.Session) {
	t.Helper()
	if r := s.Shell(t, `export MSI_ENDPOINT="$LANYARD_METADATA/launch/$MSI_SECRET/msi/token"; unset APPSETTING_WEBSITE_SITE_NAME MSI_SECRET`); r.Code != 0 {
		t.Fatal(r)
	}
}

// TestLoginByFederatedToken signs a pipeline in that has nothing but a token of its own issuer.
func TestLoginByFederatedToken(t *testing.T) {
	if !tell(t, "login --service-principal --federated-token", "the cloud's configuration of lanyard env") {
		return
	}
	issuer := harness.NewIssuer(t)
	house.Apply(t, issuer.Manifest()+strings.ReplaceAll(`
---
kind: ResourceGroup
name: pipeline
location: westeurope
---
kind: UserAssignedIdentity
name: pipeline
resourceGroup: pipeline
federatedCredentials:
  - {name: main, issuer: ISSUER, subject: "repo:acme/a:ref:refs/heads/main"}
---
kind: RoleAssignment
principal: $(UserAssignedIdentity/pipeline.principalId)
role: Reader
scope: $(ResourceGroup/pipeline.id)
`, "ISSUER", issuer.URL))
	job := house.Session(t, "")
	by := func(claims map[string]any) []string {
		return []string{"az", "login", "--service-principal", "--username", house.Field(t, "UserAssignedIdentity", "pipeline", "clientId"),
			"--tenant", house.Fact(t, "tenant"), "--federated-token", issuer.Token(t, claims)}
	}
	const main = "repo:acme/a:ref:refs/heads/main"
	job.Must(t, by(map[string]any{"sub": main})...)
	want(t, "the principal", tokenOf(t, job, storage)["oid"], any(house.Field(t, "UserAssignedIdentity", "pipeline", "principalId")))
	want(t, "the subscription", job.Must(t, "az", "account", "show", "--query", "id", "-o", "tsv"), house.Fact(t, "subscription"))
	job.Refused(t, "AADSTS700213", "federation.subject_mismatch", by(map[string]any{"sub": "repo:acme/b:ref:refs/heads/main"})...)
	job.Refused(t, "AADSTS700213", "federation.subject_mismatch", by(map[string]any{"sub": "repo:acme/a:pull_request"})...)
	job.Refused(t, "AADSTS700212", "federation.audience_mismatch", by(map[string]any{"sub": main, "aud": "sts.amazonaws.com"})...)
	job.Refused(t, "AADSTS700024", "federation.expired", by(map[string]any{"sub": main, "iat": 1e9, "exp": 1e9 + 60})...)
}

// TestAccount asks for what az knows of where it is.
func TestAccount(t *testing.T) {
	if !tell(t, "account list-locations, account get-access-token", "run") {
		return
	}
	house.Apply(t, strings.ReplaceAll(workloads, "GROUP", "account"))
	s := login(t, "account-own")
	if out := s.Must(t, "az", "account", "list-locations", "--query", "[].name", "-o", "tsv"); out == "" {
		t.Error("there is no location")
	}
	for _, resource := range []string{storage, "https://management.core.windows.net/", "https://vault.azure.net"} {
		want(t, "the audience", tokenOf(t, s, resource)["aud"], any(resource))
	}
	s.Refused(t, "The resource principal named", "mint.audience_unregistered", "az", "account", "get-access-token", "--resource", "https://unheard-of.example.com")
	house.Do(t, "", "delete", "Resource", "account-own")
	s.Refused(t, "was deleted", "attest.workload_deleted", "az", "account", "get-access-token", "--resource", storage)
}
