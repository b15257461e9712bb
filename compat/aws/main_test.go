package aws

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// house is the installation that the stories of this package share: each has a group and a bucket of its own.
var house *harness.House

func TestMain(m *testing.M) {
	os.Exit(harness.Main(m, func(h *harness.House) {
		house = h
		// Without the endpoint's own name, which nobody asks whose bucket is in the host's name.
		h.Resolve("host-py-files.s3.storage.localhost", "host-js-files.s3.storage.localhost", "host-go-files.s3.storage.localhost")
	}))
}

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
name: GROUP-role
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
clientIds: [AUDIENCES]
`

// session is a shell as the group's function, with its token in a file and the role named: what a pipeline or a pod has.
func session(t *testing.T, group string) *harness.Session {
	t.Helper()
	var audiences []string
	for _, kind := range []string{"s3", "host", "sts", "rest", "from-web"} {
		for who := range callers() {
			audiences = append(audiences, `"api://`+kind+"-"+who+`"`)
		}
	}
	slices.Sort(audiences)
	house.Apply(t, strings.Replace(provider, "AUDIENCES", strings.Join(audiences, ", "), 1)+"---"+strings.ReplaceAll(workload, "GROUP", group))
	s := house.Session(t, group+"-site")
	token(t, s, "api://"+group)
	s.Set(t, "AWS_WEB_IDENTITY_TOKEN_FILE", s.Folder()+"/token")
	s.Set(t, "AWS_ROLE_ARN", house.Field(t, "Role", group+"-role", "id"))
	return s
}

// token puts a token of the session's identity for an audience into the file "token" of its folder.
func token(t *testing.T, s *harness.Session, audience string) {
	t.Helper()
	s.Must(t, "sh", "-c", `umask 077; curl -sf -H "X-IDENTITY-HEADER: $IDENTITY_HEADER" "$IDENTITY_ENDPOINT?api-version=2019-08-01&resource=$0" |
		sed 's/.*"access_token":"\([^"]*\)".*/\1/' | tr -d '\n' >token`, audience)
}

// keep puts a session's credentials into the environment of all later commands; tokenName is what the token is called.
func keep(t *testing.T, s *harness.Session, credentials any, tokenName string) {
	t.Helper()
	s.Set(t, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "")
	for variable, field := range map[string]string{"AWS_ACCESS_KEY_ID": "AccessKeyId", "AWS_SECRET_ACCESS_KEY": "SecretAccessKey", "AWS_SESSION_TOKEN": tokenName} {
		s.Set(t, variable, harness.Text(credentials, field))
	}
}

// parsed is a JSON text.
func parsed(t *testing.T, text string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// tell begins a story of the AWS CLI. It is false when it was left out.
func tell(t *testing.T, flow, setting string) bool {
	t.Helper()
	t.Parallel()
	return harness.Tell(t, "AWS CLI", flow, setting)
}
