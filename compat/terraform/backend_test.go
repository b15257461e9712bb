package terraform

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// configuration keeps its state in a container; nothing in it needs a provider from elsewhere.
const configuration = `
terraform {
  backend "azurerm" {
    storage_account_name = "tfstates"
    container_name       = "CONTAINER"
    key                  = "prod.tfstate"
    use_azuread_auth     = true
  }
}

variable "pause" {
  default = 0
}

resource "terraform_data" "thing" {
  input = "kept"

  provisioner "local-exec" {
    command = "sleep ${var.pause}"
  }
}

output "kept" {
  value = terraform_data.thing.output
}
`

// states is a container with a writer, a reader, and somebody without a role.
const states = `
kind: ResourceGroup
name: GROUP
location: westeurope
---
kind: ResourceGroup
name: tfstates
location: westeurope
---
kind: StorageAccount
name: tfstates
resourceGroup: tfstates
containers: [GROUP]
---
kind: Resource
type: Microsoft.Web/sites
name: GROUP-writer
resourceGroup: GROUP
identity: {type: SystemAssigned}
---
kind: Resource
type: Microsoft.Web/sites
name: GROUP-reader
resourceGroup: GROUP
identity: {type: SystemAssigned}
---
kind: Resource
type: Microsoft.Web/sites
name: GROUP-none
resourceGroup: GROUP
identity: {type: SystemAssigned}
---
kind: RoleAssignment
principal: $(Resource/GROUP-writer.principalId)
role: Storage Blob Data Contributor
scope: $(Container/tfstates/GROUP.id)
---
kind: RoleAssignment
principal: $(Resource/GROUP-reader.principalId)
role: Storage Blob Data Reader
scope: $(Container/tfstates/GROUP.id)
`

// terraform runs in a folder of the session's own with the configuration.
func terraform(t *testing.T, s *harness.Session, container string) func(args ...string) []string {
	t.Helper()
	s.File(t, "main.tf", strings.ReplaceAll(configuration, "CONTAINER", container))
	s.Set(t, "TF_IN_AUTOMATION", "1")
	return func(args ...string) []string {
		if args[0] == "workspace" { // it has sub-commands, and their flags come behind
			return append([]string{"terraform"}, args...)
		}
		return append([]string{"terraform", args[0], "-no-color"}, args[1:]...)
	}
}

// TestC37BackendByManagedIdentity keeps a state, as the workload that "lanyard run" sets the variables of use_msi for.
func TestC37BackendByManagedIdentity(t *testing.T) {
	if !harness.Tell(t, "terraform", "azurerm backend: use_msi, use_azuread_auth", "run") {
		return
	}
	house.Apply(t, strings.ReplaceAll(states, "GROUP", "tf-msi"))
	writer := house.Session(t, "tf-msi-writer")
	keepsState(t, writer, terraform(t, writer, "tf-msi"))
	secondWriter(t, writer, "tf-msi", "tf-msi-writer")

	reader := house.Session(t, "tf-msi-reader")
	tf := terraform(t, reader, "tf-msi")
	reader.Must(t, tf("init", "-input=false")...)
	if out := reader.Must(t, tf("output", "-raw", "kept")...); out != "kept" {
		t.Errorf("the reader reads %q", out)
	}
	reader.Refused(t, "AuthorizationPermissionMismatch", "access.denied", tf("apply", "-auto-approve", "-input=false")...)

	none := house.Session(t, "tf-msi-none")
	tf = terraform(t, none, "tf-msi")
	none.Refused(t, "AuthorizationPermissionMismatch", "access.denied", tf("init", "-input=false")...)
}

// keepsState makes, changes and reads a state.
func keepsState(t *testing.T, s *harness.Session, tf func(args ...string) []string) {
	t.Helper()
	s.Must(t, tf("init", "-input=false")...)
	s.Must(t, tf("apply", "-auto-approve", "-input=false")...)
	s.Must(t, "rm", "-rf", ".terraform")
	s.Must(t, tf("init", "-input=false")...)
	if out := s.Must(t, tf("output", "-raw", "kept")...); out != "kept" {
		t.Errorf("the state says %q", out)
	}
	s.Must(t, tf("workspace", "new", "dev")...) // its blob is prod.tfstateenv:dev
	s.Must(t, tf("workspace", "select", "default")...)
	if out := s.Must(t, tf("workspace", "list")...); !strings.Contains(out, "dev") {
		t.Errorf("the workspaces are %q", out)
	}
	s.Must(t, tf("workspace", "delete", "dev")...)
}

// secondWriter wants a writer to be refused as long as another one holds the lease, and to be let in afterwards.
func secondWriter(t *testing.T, first *harness.Session, container, as string) {
	t.Helper()
	second := house.Session(t, as)
	tf := terraform(t, second, container)
	second.Must(t, tf("init", "-input=false")...)
	first.Must(t, "sh", "-c", "terraform apply -no-color -auto-approve -input=false -replace=terraform_data.thing -var pause=20 >apply.log 2>&1 & echo $! >apply.pid")
	second.Must(t, "sh", "-c", `for i in $(seq 200); do grep -q 'Still creating\|Provisioning' "$0" && exit; sleep 0.1; done; exit 1`, first.Folder()+"/apply.log")
	second.Failed(t, "state blob is already locked", tf("apply", "-auto-approve", "-input=false")...)
	first.Must(t, "sh", "-c", `while kill -0 "$(cat apply.pid)" 2>/dev/null; do sleep 0.2; done; grep -q 'Apply complete' apply.log`)
	second.Must(t, tf("apply", "-auto-approve", "-input=false")...)
}

// TestC37BackendByFederation keeps a state from a pipeline outside: its token in a file, and by GitHub's request.
func TestC37BackendByFederation(t *testing.T) {
	if !harness.Tell(t, "terraform", "azurerm backend: use_oidc by token file and by a job's request, use_azuread_auth",
		"the settings of lanyard env; ARM_USE_OIDC, ARM_CLIENT_ID, ARM_OIDC_TOKEN_FILE_PATH or ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN") {
		return
	}
	issuer := harness.NewIssuer(t)
	house.Apply(t, strings.ReplaceAll(states, "GROUP", "tf-oidc"))
	house.Apply(t, issuer.Manifest()+strings.ReplaceAll(`
---
kind: UserAssignedIdentity
name: tf-job
resourceGroup: tf-oidc
federatedCredentials:
  - {name: main, issuer: ISSUER, subject: "repo:acme/a:ref:refs/heads/main"}
---
kind: RoleAssignment
principal: $(UserAssignedIdentity/tf-job.principalId)
role: Storage Blob Data Contributor
scope: $(Container/tfstates/tf-oidc.id)
`, "ISSUER", issuer.URL))
	job := house.Session(t, "")
	job.Set(t, "ARM_USE_OIDC", "true")
	job.Set(t, "ARM_CLIENT_ID", house.Field(t, "UserAssignedIdentity", "tf-job", "clientId"))
	token := func(claims map[string]any) {
		job.Set(t, "ARM_OIDC_TOKEN_FILE_PATH", job.File(t, "token", issuer.Token(t, claims)))
	}
	const main = "repo:acme/a:ref:refs/heads/main"
	tf := terraform(t, job, "tf-oidc")
	token(map[string]any{"sub": main})
	keepsState(t, job, tf)
	token(map[string]any{"sub": "repo:acme/a:pull_request"})
	job.Refused(t, "AADSTS700213", "federation.subject_mismatch", tf("output", "kept")...)
	token(map[string]any{"sub": main, "aud": "sts.amazonaws.com"})
	job.Refused(t, "AADSTS700212", "federation.audience_mismatch", tf("output", "kept")...)
	job.Set(t, "ARM_OIDC_TOKEN_FILE_PATH", "")

	ask := func(claims map[string]any) {
		url, bearer := issuer.Job(claims)
		job.Set(t, "ACTIONS_ID_TOKEN_REQUEST_URL", url)
		job.Set(t, "ACTIONS_ID_TOKEN_REQUEST_TOKEN", bearer)
	}
	bundle := job.File(t, "bundle.pem", read(t, house.Fact(t, "ca"))+issuer.CA)
	job.Set(t, "SSL_CERT_FILE", bundle) // GitHub's own certificate comes from an authority that everybody trusts
	ask(map[string]any{"sub": main})
	if out := job.Must(t, tf("output", "-raw", "kept")...); out != "kept" {
		t.Errorf("the state says %q", out)
	}
	ask(map[string]any{"sub": "repo:acme/b:ref:refs/heads/main"})
	job.Refused(t, "AADSTS700213", "federation.subject_mismatch", tf("output", "kept")...)
}
