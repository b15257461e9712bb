package launch

import "net/url"

// The managed-identity protocols that can be asked for.
const (
	AppService    = "appservice" // with the variables of both versions; the default
	IMDS          = "imds"
	CloudShell    = "cloudshell"
	AzureML       = "azureml"
	Automation    = "automation"
	ServiceFabric = "servicefabric"
)

// Flavours lists them.
func Flavours() []string {
	return []string{AppService, IMDS, CloudShell, AzureML, Automation, ServiceFabric}
}

// flavoured gives the variables of one protocol and of no other, because clients choose by which of them are there. Where a
// protocol has no header for a secret, the secret is in the address.
func flavoured(f Facts, endpoint, secret string) []Setting {
	base := f.Status.URLs["metadata"]
	launch := base + "/launch/" + url.PathEscape(secret)
	if base == "" {
		return nil
	}
	switch f.Flavour {
	case IMDS: // Go's and az's clients cannot be told of another address than 169.254.169.254
		return []Setting{{"AZURE_POD_IDENTITY_AUTHORITY_HOST", launch}}
	case CloudShell:
		return []Setting{{"MSI_ENDPOINT", launch + "/msi/token"}}
	case AzureML:
		return []Setting{{"MSI_ENDPOINT", endpoint}, {"MSI_SECRET", secret}}
	case Automation:
		return []Setting{{"IDENTITY_ENDPOINT", endpoint}, {"IDENTITY_HEADER", secret}}
	case ServiceFabric: // over TLS; the client trusts this one certificate
		return []Setting{
			{"IDENTITY_ENDPOINT", f.Status.URLs["entra"] + "/msi/fabric/token"},
			{"IDENTITY_HEADER", secret},
			{"IDENTITY_SERVER_THUMBPRINT", f.Status.Thumbprint},
		}
	}
	return nil
}
