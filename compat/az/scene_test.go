package az

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// awsHalf is what no command line of Azure's can make: the account's trust in the issuer, the bucket and the role.
const awsHalf = `
kind: OIDCProvider
url: $(issuer)
clientIds: ["api://az-scene"]
---
kind: Bucket
name: az-scene-files
---
kind: Role
name: az-scene-reader
trust:
  Version: "2012-10-17"
  Statement:
    - Effect: Allow
      Principal: {Federated: "arn:aws:iam::$(account):oidc-provider/$(issuer.host)"}
      Action: sts:AssumeRoleWithWebIdentity
      Condition:
        StringEquals: {"$(issuer.host):aud": "api://az-scene", "$(issuer.host):sub": PRINCIPAL}
policies:
  read:
    Version: "2012-10-17"
    Statement:
      - {Effect: Allow, Action: "s3:ListBucket", Resource: $(Bucket/az-scene-files.arn)}
`

// TestTheSceneWithAzAlone makes all that is Azure's with az, from the group to the trust, and then has the function of the
// scene list both stores with the one identity. What is AWS's comes from a manifest.
func TestTheSceneWithAzAlone(t *testing.T) {
	if !tell(t, "the scene: group, identity, site, storage account, container, role, application, trust", "run; az rest for the site and the role assignment") {
		return
	}
	s := login(t, "operator")
	s.Must(t, "az", "group", "create", "-n", "az-scene", "-l", "westeurope")
	id := house.Field(t, "ResourceGroup", "az-scene", "id")
	identity := s.JSON(t, "az", "identity", "create", "-n", "az-scene", "-g", "az-scene", "-l", "westeurope", "-o", "json")
	principal := harness.Text(identity, "principalId")
	app := s.JSON(t, "az", "ad", "app", "create", "--display-name", "az-scene", "--identifier-uris", "api://az-scene", "-o", "json")
	s.Must(t, "az", "ad", "sp", "create", "--id", harness.Text(app, "appId")) // an audience is a service principal of the tenant
	account := id + "/providers/Microsoft.Storage/storageAccounts/azscene"
	s.Must(t, rest("put", account, "2023-01-01", `{"location":"westeurope","kind":"StorageV2","sku":{"name":"Standard_LRS"},"properties":{}}`)...)
	blob := []string{"--auth-mode", "login", "--blob-endpoint", house.Fact(t, "blob") + "/azscene"}
	s.Must(t, append([]string{"az", "storage", "container", "create", "-n", "files"}, blob...)...)
	s.Must(t, append([]string{"az", "storage", "blob", "upload", "-c", "files", "-n", "note.txt", "-f", s.File(t, "note.txt", "kept\n")}, blob...)...)
	house.Apply(t, strings.ReplaceAll(awsHalf, "PRINCIPAL", `"`+principal+`"`))
	putObject(t, s, house.Fact(t, "s3")+"/az-scene-files/copy.txt")
	settings := map[string]string{
		"STORAGE_ACCOUNT_URL": house.Fact(t, "blob") + "/azscene", "STORAGE_CONTAINER": "files",
		"AWS_ROLE_ARN": house.Field(t, "Role", "az-scene-reader", "id"), "AWS_BUCKET": "az-scene-files", "AWS_AUDIENCE": "api://az-scene",
	}
	s.Must(t, rest("put", id+"/providers/Microsoft.Web/sites/az-scene", "2022-03-01", site(t, settings))...)
	s.Must(t, "az", "functionapp", "identity", "assign", "-n", "az-scene", "-g", "az-scene", "--identities", harness.Text(identity, "id"))

	before := listing(t, "az-scene")
	refusedFor(t, before["azure"], "AuthorizationPermissionMismatch", "access.denied")
	s.Must(t, rest("put", account+"/blobServices/default/containers/files"+authorization+"roleAssignments/55555555-2222-4333-8444-555555555555",
		"2022-04-01", assign(blobReaderRole, principal))...)
	after := listing(t, "az-scene")
	want(t, "the container", strings.Contains(after["azure"], `"note.txt"`), true)
	want(t, "the bucket", strings.Contains(after["aws"], `"copy.txt"`), true)

	issuer := harness.NewIssuer(t)
	house.Apply(t, issuer.Manifest())
	s.Must(t, "az", "identity", "federated-credential", "create", "--name", "pipeline", "--identity-name", "az-scene", "-g", "az-scene",
		"--issuer", issuer.URL, "--subject", "repo:acme/a:ref:refs/heads/main")
	job := house.Session(t, "")
	by := []string{"az", "login", "--service-principal", "--username", harness.Text(identity, "clientId"), "--allow-no-subscriptions",
		"--tenant", house.Fact(t, "tenant"), "--federated-token"}
	job.Must(t, append(by, issuer.Token(t, map[string]any{"sub": "repo:acme/a:ref:refs/heads/main"}))...)
	job.Refused(t, "AADSTS700213", "federation.subject_mismatch", append(by, issuer.Token(t, map[string]any{"sub": "repo:acme/b:ref:refs/heads/main"}))...)

	s.Must(t, "az", "functionapp", "identity", "remove", "-n", "az-scene", "-g", "az-scene", "--identities", harness.Text(identity, "id"))
	gone := listing(t, "az-scene")
	refusedFor(t, gone["azure"], "no managed identity", "mint.no_identity")
	refusedFor(t, gone["aws"], "no managed identity", "mint.no_identity")
}

// refusedFor holds what the function shows of a store to a refusal with these words, for this reason.
func refusedFor(t *testing.T, shown, words, reason string) {
	t.Helper()
	if _, why := house.Why(t, shown); why != reason || !strings.Contains(shown, words) {
		t.Errorf("%s\nwant it refused with %q for %q, explain says %q", shown, words, reason, why)
	}
}

// putObject puts something into the bucket with the operator's session, which "lanyard run" gives to AWS's clients.
func putObject(t *testing.T, s *harness.Session, url string) {
	t.Helper()
	var session struct{ AccessKeyId, SecretAccessKey, SessionToken string } //nolint:revive // AWS's names
	if err := json.Unmarshal([]byte(house.Do(t, "", "session", "--as", "operator")), &session); err != nil {
		t.Fatal(err)
	}
	s.Must(t, "sh", "-c", `curl -sf -T note.txt "$0" --aws-sigv4 "aws:amz:$AWS_REGION:s3" --user "$1:$2" -H "x-amz-security-token: $3" -H "x-amz-content-sha256: UNSIGNED-PAYLOAD"`,
		url, session.AccessKeyId, session.SecretAccessKey, session.SessionToken)
}

// site is a function app with settings.
func site(t *testing.T, settings map[string]string) string {
	t.Helper()
	list := []map[string]string{}
	for name, value := range settings {
		list = append(list, map[string]string{"name": name, "value": value})
	}
	text, err := json.Marshal(map[string]any{
		"kind": "functionapp", "location": "westeurope", "properties": map[string]any{"siteConfig": map[string]any{"appSettings": list}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// listing starts the scene's function as the site and gives what it shows of each store: objects or the refusal, as JSON.
func listing(t *testing.T, as string) map[string]string {
	t.Helper()
	s := house.Session(t, as)
	_, function, _ := strings.Cut(strings.Split(os.Getenv("COMPAT_FUNCTIONS"), "\n")[0], "=")
	if function == "" {
		t.Fatal("COMPAT_FUNCTIONS is set by compat/run.sh: run that")
	}
	out := s.Must(t, "bash", "-c", `FUNCTIONS_CUSTOMHANDLER_PORT=0 "$0" 2>listening & trap "kill $!" EXIT
for i in $(seq 300); do url=$(grep -o 'http://.*' listening) && break; sleep 0.1; done
curl -s "$url/api/objects"`, function)
	var page struct {
		Listings []struct {
			Store   string          `json:"store"`
			Objects json.RawMessage `json:"objects"`
			Refusal json.RawMessage `json:"refusal"`
		} `json:"listings"`
	}
	if err := json.Unmarshal([]byte(out), &page); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	shown := map[string]string{}
	for _, store := range page.Listings {
		shown[store.Store] = string(store.Objects)
		if len(store.Refusal) > 0 && string(store.Refusal) != "null" {
			shown[store.Store] = string(store.Refusal)
		}
	}
	return shown
}
