package launch

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/opwire"
)

// TestFlavours wants each protocol to have the variables that its clients choose it by (in their order of looking), and
// none that another one is chosen by.
func TestFlavours(t *testing.T) {
	all := []string{
		"IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT", "MSI_ENDPOINT", "MSI_SECRET",
		"APPSETTING_WEBSITE_SITE_NAME", "AZURE_POD_IDENTITY_AUTHORITY_HOST", "IMDS_ENDPOINT",
	}
	f := Facts{
		Status: opwire.Status{URLs: map[string]string{"metadata": "http://m", "entra": "https://e"}, Thumbprint: "AB"},
		Launch: opwire.Launch{As: "/x/app", Secret: "s/1"},
	}
	appService := map[string]string{
		"IDENTITY_ENDPOINT": "http://m/msi/token", "IDENTITY_HEADER": "s/1", "MSI_ENDPOINT": "http://m/msi/token", "MSI_SECRET": "s/1",
		"APPSETTING_WEBSITE_SITE_NAME": "app",
	}
	for flavour, want := range map[string]map[string]string{
		"": appService, AppService: appService,
		IMDS:       {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://m/launch/s%2F1"},
		CloudShell: {"MSI_ENDPOINT": "http://m/launch/s%2F1/msi/token"},
		AzureML:    {"MSI_ENDPOINT": "http://m/msi/token", "MSI_SECRET": "s/1"},
		Automation: {"IDENTITY_ENDPOINT": "http://m/msi/token", "IDENTITY_HEADER": "s/1"},
		ServiceFabric: {
			"IDENTITY_ENDPOINT": "https://e/msi/fabric/token", "IDENTITY_HEADER": "s/1", "IDENTITY_SERVER_THUMBPRINT": "AB",
		},
	} {
		f.Flavour = flavour
		got := map[string]string{}
		for _, s := range Settings(f) {
			for _, name := range all {
				if s.Name == name {
					got[name] = s.Value
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", flavour, diff)
		}
	}
	f.Flavour, f.Status.URLs = IMDS, nil
	for _, s := range Settings(f) {
		if s.Name == "AZURE_POD_IDENTITY_AUTHORITY_HOST" {
			t.Errorf("a server without the door gives %v", s)
		}
	}
}
