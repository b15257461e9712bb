package launch

import (
	"cmp"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/opwire"
)

// Setting is one environment variable.
type Setting struct{ Name, Value string }

// Facts are what settings are made from.
type Facts struct {
	Status opwire.Status
	Launch opwire.Launch // the zero value is nobody: managed-identity clients are refused
	Folder string        // what Furnish made
	// Flavour is the one protocol by which clients shall find the identity; empty is App Service in both of its versions, and
	// the container endpoint for a workload in AWS's words.
	Flavour string
	// Relay is the address of the launch's own instance metadata endpoint; empty where there is none.
	Relay string
	// WebRole is the ARN of a role that clients of AWS assume with an Azure workload's token, which is in WebTokenFile of the
	// folder; empty for none.
	WebRole string
}

// noSecret stands where a launch's secret would. The metadata door refuses it, so a client that nobody gave an identity
// fails here and does not go on to the metadata service of the machine it runs on.
const noSecret = "none"

// Doors are the keys of URLs, in the order in which they are shown. Their number is fixed: a door that a server does not
// have is shown with an empty URL, so that scripts find the same keys everywhere.
func Doors() []string {
	return []string{"entra", "arm", "graph", "metadata", "sts", "iam", "s3", "blob", "keyvault", "node", "console"}
}

// Settings lists the variables that lead clients to Lanyard, in the order in which they are shown. Of the doors that the
// server does not have, none is named.
func Settings(f Facts) []Setting {
	list := slices.Concat(facts(f), azure(f), terraform(f), aws(f), trust(f), google(f))
	return slices.DeleteFunc(list, func(s Setting) bool { return s.Value == "" })
}

// facts say to a program of ours or its user's who it is and where it may go.
func facts(f Facts) []Setting {
	list := []Setting{
		{"LANYARD_AS", f.Launch.As},
		{"LANYARD_CLIENT_ID", f.Launch.Client},
		{"LANYARD_ROLE", cmp.Or(f.WebRole, f.Launch.Role)},
		{"LANYARD_TENANT", tenant(f)},
		{"LANYARD_SUBSCRIPTION", f.Status.Subscription},
		{"LANYARD_ACCOUNT", f.Status.Account},
		{"LANYARD_REGION", f.Status.Region},
		{"LANYARD_CA", f.Status.CA},
	}
	for _, door := range Shown(f.Status.URLs) {
		list = append(list, Setting{"LANYARD_" + strings.ToUpper(door.Name), door.Value})
	}
	return list
}

// Shown are the doors with something behind them, for people and shells. IAM answers where STS does, and at the console's
// address there are health and metrics and no pages.
func Shown(urls map[string]string) (doors []Setting) {
	for _, door := range Doors() {
		switch {
		case urls[door] == "" || door == "iam":
			continue
		case door == "console":
			doors = append(doors, Setting{"health", urls[door]})
		default:
			doors = append(doors, Setting{door, urls[door]})
		}
	}
	return doors
}

func tenant(f Facts) string {
	if f.Launch.Tenant != "" {
		return f.Launch.Tenant
	}
	return f.Status.Tenant
}

// azure gives the App Service protocol, which Go, JavaScript, Python, .NET, Java and the command line ask first: the four
// variables of its two versions share one URL and one secret. AZURE_TENANT_ID alone chooses nothing: the clients that
// would leave the managed identity for it need a client secret or a token file beside it, and those are dropped.
// AZURE_POD_IDENTITY_AUTHORITY_HOST is not set: each client that knows it asks the App Service first.
func azure(f Facts) []Setting {
	list := []Setting{
		{"AZURE_AUTHORITY_HOST", f.Status.URLs["entra"]},
		{"AZURE_TENANT_ID", tenant(f)},
		{"AZURE_TOKEN_CREDENTIALS", "prod"}, // no developer's login of a real cloud
		{"AZURE_CONFIG_DIR", filepath.Join(f.Folder, azureFolder)},
		{"AZD_CONFIG_DIR", filepath.Join(f.Folder, azdFolder)},
	}
	endpoint, secret := "", azureSecret(f)
	if base := f.Status.URLs["metadata"]; base != "" {
		endpoint = base + "/msi/token"
	}
	if f.Flavour != "" && f.Flavour != AppService && !AWSWorkload(f.Launch.As) {
		return append(list, flavoured(f, endpoint, secret)...)
	}
	return append(list,
		Setting{"IDENTITY_ENDPOINT", endpoint}, Setting{"IDENTITY_HEADER", secret},
		Setting{"MSI_ENDPOINT", endpoint}, Setting{"MSI_SECRET", secret},
		Setting{"APPSETTING_WEBSITE_SITE_NAME", siteName(f.Launch.As)}) // az picks its App Service form by it
}

// siteName is the last part of who runs.
func siteName(as string) string {
	if i := strings.LastIndexAny(as, "/:"); i >= 0 {
		as = as[i+1:]
	}
	if as == "" {
		return noSecret
	}
	return as
}

// terraform points azurerm and az at the ARM door where there is one. The provider adds https:// to the host itself.
func terraform(f Facts) []Setting {
	arm := f.Status.URLs["arm"]
	if arm == "" {
		return nil
	}
	list := []Setting{
		{"ARM_CLOUD_METADATA_URL", arm + "/metadata/endpoints?api-version=2019-05-01"},
		{"ARM_METADATA_HOSTNAME", strings.TrimPrefix(arm, "https://")},
		{"ARM_TENANT_ID", tenant(f)},
		{"ARM_SUBSCRIPTION_ID", f.Status.Subscription},
	}
	if azureSecret(f) == noSecret || f.Status.URLs["metadata"] == "" {
		return list
	}
	return append(list, Setting{"ARM_USE_MSI", "true"}, Setting{
		"ARM_MSI_ENDPOINT",
		f.Status.URLs["metadata"] + "/launch/" + url.PathEscape(f.Launch.Secret) + "/metadata/identity/oauth2/token",
	})
}

// aws names each service's endpoint by itself: Go's SDK makes the STS client of its credential chain before it reads
// AWS_ENDPOINT_URL. The rest of the services go to the STS door, which does not know them.
func aws(f Facts) []Setting {
	return append([]Setting{
		{"AWS_ENDPOINT_URL", f.Status.URLs["sts"]},
		{"AWS_ENDPOINT_URL_STS", f.Status.URLs["sts"]},
		{"AWS_ENDPOINT_URL_IAM", f.Status.URLs["iam"]},
		{"AWS_ENDPOINT_URL_S3", f.Status.URLs["s3"]},
		{"AWS_ENDPOINT_URL_LAMBDA", f.Status.URLs["entra"]},
		{"AWS_ENDPOINT_URL_EKS", f.Status.URLs["entra"]},
		{"AWS_ENDPOINT_URL_EKS_AUTH", f.Status.URLs["entra"]},
		{"AWS_REGION", f.Status.Region},
		{"AWS_DEFAULT_REGION", f.Status.Region}, // boto3 reads only this one
		{"AWS_CONFIG_FILE", filepath.Join(f.Folder, awsConfigFile)},
		{"AWS_SHARED_CREDENTIALS_FILE", filepath.Join(f.Folder, awsCredentialsFile)},
		{"AWS_SDK_LOAD_CONFIG", "1"}, // older SDKs read the file of AWS_CONFIG_FILE only then
		{"BOTO_CONFIG", filepath.Join(f.Folder, botoFile)},
	}, role(f)...)
}

// trust makes every TLS library trust the private authority, those that replace their roots together with the system's, but
// for AWS's clients: what they send is signed, and they are not to find anybody else trustworthy.
// NO_PROXY keeps even a proxy that a start-up file brings back out of the way.
func trust(f Facts) []Setting {
	return []Setting{
		{"SSL_CERT_FILE", f.Status.CA},
		{"REQUESTS_CA_BUNDLE", f.Status.CA},
		{"CURL_CA_BUNDLE", f.Status.CA},
		{"AWS_CA_BUNDLE", cmp.Or(f.Status.AWSCA, f.Status.CA)},
		{"NODE_EXTRA_CA_CERTS", f.Status.OwnCA},
		{"NO_PROXY", "*"},
		{"no_proxy", "*"},
	}
}

// google fences Google's clients off: the credentials file that they read before all others holds none, and their
// metadata service is our door, which does not know them.
func google(f Facts) []Setting {
	host := ""
	if u, err := url.Parse(f.Status.URLs["metadata"]); err == nil {
		host = u.Host
	}
	return []Setting{
		{"CLOUDSDK_CONFIG", filepath.Join(f.Folder, gcloudFolder)},
		{"GOOGLE_APPLICATION_CREDENTIALS", filepath.Join(f.Folder, googleFile)},
		{"GCE_METADATA_HOST", host},
		{"NO_GCE_CHECK", "true"},
	}
}

// Child is the environment of a process that runs with the settings: what it may inherit, then the workload's own
// settings, then Lanyard's. A name that comes again replaces what it was.
func Child(environ []string, f Facts) (env []string, left []LeftOut) {
	kept, _ := Clean(environ)
	settings := Settings(f)
	passed, left := AppSettings(f.Launch.Env, settings)
	for _, s := range append(passed, settings...) {
		kept = slices.DeleteFunc(kept, func(v string) bool { return strings.HasPrefix(v, s.Name+"=") })
		kept = append(kept, s.Name+"="+s.Value)
	}
	return kept, left
}
