package az

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// house is the installation that the stories of this package share: each has a resource group of its own.
var house *harness.House

func TestMain(m *testing.M) {
	os.Exit(harness.Main(m, func(h *harness.House) {
		house = h
		h.Resolve("azvault.vault.localhost") // without DNS a vault's name resolves nowhere
	}))
}

// tell begins a story of az. It is false when az was left out.
func tell(t *testing.T, flow, setting string) bool {
	t.Helper()
	t.Parallel()
	return harness.Tell(t, "az", flow, setting)
}

// login starts a session as somebody and signs az in there by managed identity.
func login(t *testing.T, as string) *harness.Session {
	t.Helper()
	s := house.Session(t, as)
	s.Must(t, "az", "login", "--identity", "-o", "json")
	return s
}

// stranger is a workload that may read a group of its own and nothing else, signed in. It sees the subscription, so that az
// goes on to ask, and what it asks for is refused. It lives in the group NAME-stranger.
func stranger(t *testing.T, name string) *harness.Session {
	t.Helper()
	house.Apply(t, strings.ReplaceAll(`
kind: ResourceGroup
name: NAME
location: westeurope
---
kind: Resource
type: Microsoft.Web/sites
name: NAME
resourceGroup: NAME
identity: {type: SystemAssigned}
---
kind: RoleAssignment
principal: $(Resource/NAME.principalId)
role: Reader
scope: $(ResourceGroup/NAME.id)
`, "NAME", name+"-stranger"))
	return login(t, name+"-stranger")
}

// group makes a resource group and gives its id.
func group(t *testing.T, name string) string {
	t.Helper()
	house.Apply(t, "kind: ResourceGroup\nname: "+name+"\nlocation: westeurope\n")
	return house.Field(t, "ResourceGroup", name, "id")
}

// rest asks the Resource Manager by "az rest", which signs the request and leaves the rest to its user.
func rest(method, path, version string, body ...string) []string {
	argv := []string{"az", "rest", "--method", method, "--url", path + "?api-version=" + version}
	if strings.Contains(path, "?") {
		argv[5] = path + "&api-version=" + version
	}
	if len(body) > 0 {
		argv = append(argv, "--body", body[0])
	}
	return argv
}

// tokenOf asks az for a token and gives what it says.
func tokenOf(t *testing.T, s *harness.Session, resource string) map[string]any {
	t.Helper()
	token := s.Must(t, "az", "account", "get-access-token", "--resource", resource, "--query", "accessToken", "-o", "tsv")
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("a token of %d parts", len(parts))
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(text, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

// want compares one thing that az printed.
func want(t *testing.T, what string, got, want any) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}
