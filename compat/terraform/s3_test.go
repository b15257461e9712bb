package terraform

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// s3Configuration keeps its state in a bucket, with a lock file beside it.
const s3Configuration = `
terraform {
  backend "s3" {
    bucket         = "tf-s3-states"
    key            = "prod/terraform.tfstate"
    use_lockfile   = true
    use_path_style = true
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

// s3States is a bucket with a role that keeps states in it and one that reads them, both for one pipeline's identity.
const s3States = `
kind: ResourceGroup
name: tf-s3
location: westeurope
---
kind: Resource
type: Microsoft.Web/sites
name: tf-s3-pipeline
resourceGroup: tf-s3
identity: {type: SystemAssigned}
---
kind: Application
name: tf-s3
identifierUris: ["api://tf-s3"]
---
kind: OIDCProvider
url: $(issuer)
clientIds: ["api://tf-s3"]
---
kind: Bucket
name: tf-s3-states
---
kind: Role
name: tf-s3-writer
trust: &trust
  Version: "2012-10-17"
  Statement:
    - Effect: Allow
      Principal: {Federated: "arn:aws:iam::$(account):oidc-provider/$(issuer.host)"}
      Action: sts:AssumeRoleWithWebIdentity
      Condition:
        StringEquals: {"$(issuer.host):aud": "api://tf-s3", "$(issuer.host):sub": $(Resource/tf-s3-pipeline.principalId)}
policies:
  states:
    Version: "2012-10-17"
    Statement:
      - {Effect: Allow, Action: "s3:ListBucket", Resource: "arn:aws:s3:::tf-s3-states"}
      - {Effect: Allow, Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], Resource: "arn:aws:s3:::tf-s3-states/*"}
---
kind: Role
name: tf-s3-reader
trust: TRUST
policies:
  states:
    Version: "2012-10-17"
    Statement:
      - {Effect: Allow, Action: "s3:ListBucket", Resource: "arn:aws:s3:::tf-s3-states"}
      - {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::tf-s3-states/*"}
`

// TestS3BackendByWebIdentity keeps a state with the built-in s3 backend, by a role that a web identity's token opens: the lock
// file keeps a second writer out while it is there, a role that may only read gets no lock, and one without a token nothing.
func TestS3BackendByWebIdentity(t *testing.T) {
	if !harness.Tell(t, "terraform", "s3 backend: web identity, use_lockfile", "run; AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE; use_path_style") {
		return
	}
	manifest := strings.Replace(s3States, "trust: &trust", "trust:", 1)
	trust := manifest[strings.Index(manifest, "trust:")+len("trust:") : strings.Index(manifest, "policies:")]
	house.Apply(t, strings.Replace(manifest, " TRUST\n", trust, 1))
	as := func(role string) (*harness.Session, func(args ...string) []string) {
		s := house.Session(t, "tf-s3-pipeline")
		s.Must(t, "sh", "-c", `umask 077; curl -sf -H "X-IDENTITY-HEADER: $IDENTITY_HEADER" "$IDENTITY_ENDPOINT?api-version=2019-08-01&resource=api://tf-s3" |
			sed 's/.*"access_token":"\([^"]*\)".*/\1/' | tr -d '\n' >token`)
		s.Set(t, "AWS_WEB_IDENTITY_TOKEN_FILE", s.Folder()+"/token")
		s.Set(t, "AWS_ROLE_ARN", house.Field(t, "Role", role, "id"))
		tf := terraform(t, s, "tf-s3")
		s.File(t, "main.tf", s3Configuration)
		return s, tf
	}
	writer, tf := as("tf-s3-writer")
	keepsState(t, writer, tf)
	second, _ := as("tf-s3-writer")
	second.Must(t, tf("init", "-input=false")...)
	writer.Must(t, "sh", "-c", "terraform apply -no-color -auto-approve -input=false -replace=terraform_data.thing -var pause=20 >apply.log 2>&1 & echo $! >apply.pid")
	second.Must(t, "sh", "-c", `for i in $(seq 200); do grep -q 'Still creating\|Provisioning' "$0" && exit; sleep 0.1; done; exit 1`, writer.Folder()+"/apply.log")
	second.Refused(t, "Error acquiring the state lock", "web.condition_not_met", tf("apply", "-auto-approve", "-input=false")...)
	writer.Must(t, "sh", "-c", `while kill -0 "$(cat apply.pid)" 2>/dev/null; do sleep 0.2; done; grep -q 'Apply complete' apply.log`)
	second.Must(t, tf("apply", "-auto-approve", "-input=false")...)

	reader, _ := as("tf-s3-reader")
	reader.Must(t, tf("init", "-input=false")...)
	if out := reader.Must(t, tf("output", "-raw", "kept")...); out != "kept" {
		t.Errorf("the reader reads %q", out)
	}
	reader.Refused(t, "AccessDenied", "access.denied", tf("apply", "-auto-approve", "-input=false")...)
	nobody, _ := as("tf-s3-writer")
	nobody.Set(t, "AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent")
	nobody.Failed(t, "nonexistent", tf("init", "-input=false")...)
}
