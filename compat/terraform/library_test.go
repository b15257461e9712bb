package terraform

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

const library = "github.com/hashicorp/go-azure-sdk/sdk"

// claimsOf asks the providers' library for a token, for the Resource Manager or for Storage, and gives what it says.
func claimsOf(t *testing.T, s *harness.Session, api string) map[string]any {
	t.Helper()
	var claims map[string]any
	if err := json.Unmarshal([]byte(s.Must(t, harness.HashiCorp(), api)), &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

// TestTheProvidersLibrary signs in as the azurerm provider does: the providers' own code for clouds and credentials, led
// by ARM_METADATA_HOSTNAME alone.
func TestTheProvidersLibrary(t *testing.T) {
	if !harness.Tell(t, library, "use_msi, use_oidc by token file and by a job's request",
		"run and lanyard env (ARM_METADATA_HOSTNAME, ARM_TENANT_ID, ARM_MSI_ENDPOINT); ARM_USE_OIDC, ARM_CLIENT_ID, ARM_OIDC_TOKEN_FILE_PATH or ARM_OIDC_REQUEST_URL and _TOKEN") {
		return
	}
	issuer := harness.NewIssuer(t)
	house.Apply(t, issuer.Manifest()+strings.ReplaceAll(`
---
kind: ResourceGroup
name: library
location: westeurope
---
kind: UserAssignedIdentity
name: library
resourceGroup: library
federatedCredentials:
  - {name: main, issuer: ISSUER, subject: "repo:acme/a:ref:refs/heads/main"}
---
kind: Resource
type: Microsoft.Web/sites
name: library
resourceGroup: library
identity: {type: UserAssigned, userAssignedIdentities: [library]}
---
kind: Resource
type: Microsoft.Web/sites
name: library-none
resourceGroup: library
`, "ISSUER", issuer.URL))
	principal := house.Field(t, "UserAssignedIdentity", "library", "principalId")
	msi := house.Session(t, "library")
	for api, audience := range map[string]string{"arm": house.Fact(t, "arm"), "storage": "https://storage.azure.com"} {
		claims := claimsOf(t, msi, api)
		if aud, _ := claims["aud"].(string); claims["oid"] != principal || !strings.HasPrefix(aud, audience) {
			t.Errorf("the token for %s is for %v, says %v", api, claims["aud"], claims["oid"])
		}
	}
	none := house.Session(t, "library-none")
	none.Refused(t, "Identity not found", "mint.no_identity", harness.HashiCorp(), "arm")

	job := house.Session(t, "")
	job.Set(t, "ARM_USE_OIDC", "true")
	job.Set(t, "ARM_CLIENT_ID", house.Field(t, "UserAssignedIdentity", "library", "clientId"))
	token := func(claims map[string]any) {
		job.Set(t, "ARM_OIDC_TOKEN_FILE_PATH", job.File(t, "token", issuer.Token(t, claims)))
	}
	const main = "repo:acme/a:ref:refs/heads/main"
	token(map[string]any{"sub": main})
	if claims := claimsOf(t, job, "arm"); claims["oid"] != principal {
		t.Errorf("the token says %v", claims)
	}
	token(map[string]any{"sub": "repo:acme/a:pull_request"})
	job.Refused(t, "AADSTS700213", "federation.subject_mismatch", harness.HashiCorp(), "arm")
	token(map[string]any{"sub": main, "aud": "sts.amazonaws.com"})
	job.Refused(t, "AADSTS700212", "federation.audience_mismatch", harness.HashiCorp(), "arm")
	job.Set(t, "ARM_OIDC_TOKEN_FILE_PATH", "")

	job.Set(t, "SSL_CERT_FILE", job.File(t, "bundle.pem", read(t, house.Fact(t, "ca"))+issuer.CA))
	for sub, reason := range map[string]string{main: "", "repo:acme/b:ref:refs/heads/main": "federation.subject_mismatch"} {
		url, bearer := issuer.Job(map[string]any{"sub": sub})
		job.Set(t, "ARM_OIDC_REQUEST_URL", url)
		job.Set(t, "ARM_OIDC_REQUEST_TOKEN", bearer)
		if reason != "" {
			job.Refused(t, "AADSTS700213", reason, harness.HashiCorp(), "arm")
		} else if claims := claimsOf(t, job, "arm"); claims["oid"] != principal {
			t.Errorf("the token says %v", claims)
		}
	}
}
