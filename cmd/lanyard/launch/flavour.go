package launch

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// The managed-identity protocols that can be asked for.
const (
	AppService    = "appservice" // with the variables of both versions; the default
	IMDS          = "imds"
	CloudShell    = "cloudshell"
	AzureML       = "azureml"
	Automation    = "automation"
	ServiceFabric = "servicefabric"
)

// The ways in which a workload in AWS's words gets the credentials of its role; IMDS is a third.
const (
	Container = "container" // by the container endpoint and a token file; the default
	Process   = "process"   // by a credential_process
)

// Flavours lists them all.
func Flavours() []string {
	return []string{AppService, IMDS, CloudShell, AzureML, Automation, ServiceFabric, Container, Process}
}

// Suits says why a flavour is not one of whoever is named; nil where it is. An empty one is the default.
func Suits(flavour, as string) error {
	if flavour == "" {
		return nil
	}
	suit, what := Flavours()[:6], "an Azure workload or an operator"
	if AWSWorkload(as) {
		suit, what = []string{Container, IMDS, Process}, "an AWS workload"
	}
	if !slices.Contains(suit, flavour) {
		return fmt.Errorf("--flavour %s: want one of %s for %s", flavour, strings.Join(suit, ", "), what)
	}
	return nil
}

// AWSWorkload tells whether the name of a workload is in AWS's words.
func AWSWorkload(as string) bool { return strings.HasPrefix(as, "arn:") }

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
