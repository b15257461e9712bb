package sdk

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// house is the installation that the stories of this package share: each has a resource group of its own.
var house *harness.House

func TestMain(m *testing.M) { os.Exit(harness.Main(m, func(h *harness.House) { house = h })) }

// The modules and packages that the rows name.
const (
	goIdentity = "github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	jsIdentity = "@azure/identity"
	pyIdentity = "azure-identity"
)

const storage = "https://storage.azure.com"

// language is one SDK for identities: how a credential is asked for a token.
type language struct {
	key    string // for names
	client string
	token  func(t *testing.T, s *harness.Session, kind, audience, selector string) []string
}

// jsonOf reads what a program printed.
func jsonOf(t *testing.T, text string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

func languages() []language {
	return []language{
		{"go", goIdentity, func(t *testing.T, s *harness.Session, kind, audience, selector string) []string {
			if name, value, ok := strings.Cut(selector, "="); ok {
				kind = strings.TrimSuffix(name, "Id") + "=" + value
			}
			if kind == "default" {
				kind = ""
			}
			s.Set(t, "GOCLIENT_CREDENTIAL", kind)
			return []string{harness.GoClient(), "token", audience}
		}},
		{"js", jsIdentity, func(_ *testing.T, _ *harness.Session, kind, audience, selector string) []string {
			return []string{"node", harness.Node() + "/identity.mjs", kind, audience, selector}
		}},
		{"py", pyIdentity, func(_ *testing.T, _ *harness.Session, kind, audience, selector string) []string {
			for js, py := range map[string]string{"clientId=": "client_id=", "objectId=": "object_id=", "resourceId=": "mi_res_id="} {
				selector = strings.Replace(selector, js, py, 1)
			}
			return []string{harness.Python, harness.PythonPrograms() + "/identity.py", kind, audience, selector}
		}},
	}
}
