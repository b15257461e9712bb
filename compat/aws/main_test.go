package aws

import (
	"os"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// house is the installation that the stories of this package share: each has a group and a bucket of its own.
var house *harness.House

func TestMain(m *testing.M) { os.Exit(harness.Main(m, func(h *harness.House) { house = h })) }

// workload is a function with one identity, which a role trusts that may do all in one bucket but for what is in "secret/".
const workload = `
kind: ResourceGroup
name: GROUP
location: westeurope
---
kind: Resource
type: Microsoft.Web/sites
name: GROUP-site
resourceGroup: GROUP
identity: {type: SystemAssigned}
---
kind: Application
name: GROUP-app
identifierUris: ["api://GROUP"]
---
kind: Bucket
name: GROUP-files
---
kind: Role
name: GROUP-writer
trust:
  Version: "2012-10-17"
  Statement:
    - Effect: Allow
      Principal: {Federated: "arn:aws:iam::$(account):oidc-provider/$(issuer.host)"}
      Action: sts:AssumeRoleWithWebIdentity
      Condition:
        StringEquals: {"$(issuer.host):aud": "api://GROUP", "$(issuer.host):sub": $(Resource/GROUP-site.principalId)}
policies:
  files:
    Version: "2012-10-17"
    Statement:
      - {Effect: Allow, Action: "s3:*", Resource: ["arn:aws:s3:::GROUP-*", "arn:aws:s3:::GROUP-*/*"]}
      - {Effect: Deny, Action: "s3:*", Resource: "arn:aws:s3:::*/secret/*"}
`

// provider makes the installation's own issuer known to the account, for these audiences.
const provider = `
kind: OIDCProvider
url: $(issuer)
clientIds: ["api://s3-cli", "api://s3-py", "api://s3-js"]
`

// session is a shell as the group's function, with its token in a file and the role named: what a pipeline or a pod has.
func session(t *testing.T, group string) *harness.Session {
	t.Helper()
	house.Apply(t, provider+"---"+strings.ReplaceAll(workload, "GROUP", group))
	s := house.Session(t, group+"-site")
	s.Must(t, "sh", "-c", `umask 077; curl -sf -H "X-IDENTITY-HEADER: $IDENTITY_HEADER" "$IDENTITY_ENDPOINT?api-version=2019-08-01&resource=api://$0" |
		sed 's/.*"access_token":"\([^"]*\)".*/\1/' | tr -d '\n' >token`, group)
	s.Set(t, "AWS_WEB_IDENTITY_TOKEN_FILE", s.Folder()+"/token")
	s.Set(t, "AWS_ROLE_ARN", house.Field(t, "Role", group+"-writer", "id"))
	return s
}

// tell begins a story of the AWS CLI. It is false when it was left out.
func tell(t *testing.T, flow, setting string) bool {
	t.Helper()
	t.Parallel()
	return harness.Tell(t, "AWS CLI", flow, setting)
}
