package launch

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/opwire"
)

func sampleFacts() Facts {
	return Facts{
		Status: opwire.Status{
			StoreID: "store", CA: "/d/ca-bundle.pem", OwnCA: "/d/ca.pem", AWSCA: "/d/ca.pem", Tenant: "t0", Subscription: "s0",
			Account: "123456789012", Region: "us-east-2",
			URLs: map[string]string{
				"entra": "https://127.0.0.1:8443", "sts": "https://127.0.0.1:8444", "iam": "https://127.0.0.1:8444",
				"s3": "https://127.0.0.1:8445", "blob": "https://127.0.0.1:8446", "metadata": "http://127.0.0.1:8440",
			},
		},
		Launch: opwire.Launch{
			ID: "l", As: "/subscriptions/s0/resourceGroups/demo/providers/Microsoft.Web/sites/reader", Secret: "hush",
			Client: "c0", Tenant: "t1", Env: map[string]string{"GREETING": "hello"},
		},
		Folder: "/f",
	}
}

// poison is what an environment may hold that leads clients elsewhere.
func poison() []string {
	return []string{
		"AWS_ACCESS_KEY_ID=trap", "AWS_SECRET_ACCESS_KEY=trap", "AWS_SESSION_TOKEN=trap", "AWS_PROFILE=trap",
		"AWS_ENDPOINT_URL_DYNAMODB=trap", "AWS_BEARER_TOKEN_BEDROCK=trap", "Aws_Role_Arn=trap",
		"AZURE_CLIENT_ID=trap", "AZURE_CLIENT_SECRET=trap", "AZURE_FEDERATED_TOKEN_FILE=trap", "AZURE_STORAGE_KEY=trap",
		"ARM_CLIENT_SECRET=trap", "ARM_USE_CLI=trap", "MSI_ENDPOINT=trap", "IDENTITY_HEADER=trap", "IMDS_ENDPOINT=trap",
		"GOOGLE_APPLICATION_CREDENTIALS=trap", "CLOUDSDK_CORE_ACCOUNT=trap", "BOTO_CONFIG=trap", "LANYARD_AS=trap",
		"HTTPS_PROXY=trap", "https_proxy=trap", "All_Proxy=trap", "no_proxy=trap", "SSL_CERT_FILE=trap", "SSL_CERT_DIR=trap",
		"NODE_TLS_REJECT_UNAUTHORIZED=0trap", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=trap", "APPSETTING_ANY=trap",
	}
}

func TestChild(t *testing.T) {
	own := []string{"PATH=/bin", "HOME=/home/me", "GREETING=inherited", "MY_PROXY=mine", "GOPROXY=mine", "=C:=odd", "AWSOME=yes"}
	got, left := Child(append(poison(), own...), sampleFacts())
	want := []string{
		"PATH=/bin", "HOME=/home/me", "MY_PROXY=mine", "GOPROXY=mine", "=C:=odd", "AWSOME=yes",
		"GREETING=hello",
		"LANYARD_AS=/subscriptions/s0/resourceGroups/demo/providers/Microsoft.Web/sites/reader", "LANYARD_CLIENT_ID=c0",
		"LANYARD_TENANT=t1", "LANYARD_SUBSCRIPTION=s0", "LANYARD_ACCOUNT=123456789012", "LANYARD_REGION=us-east-2",
		"LANYARD_CA=/d/ca-bundle.pem", "LANYARD_ENTRA=https://127.0.0.1:8443", "LANYARD_METADATA=http://127.0.0.1:8440",
		"LANYARD_STS=https://127.0.0.1:8444", "LANYARD_S3=https://127.0.0.1:8445",
		"LANYARD_BLOB=https://127.0.0.1:8446",
		"AZURE_AUTHORITY_HOST=https://127.0.0.1:8443", "AZURE_TENANT_ID=t1", "AZURE_TOKEN_CREDENTIALS=prod",
		"AZURE_CONFIG_DIR=/f/azure", "AZD_CONFIG_DIR=/f/azd",
		"IDENTITY_ENDPOINT=http://127.0.0.1:8440/msi/token", "IDENTITY_HEADER=hush",
		"MSI_ENDPOINT=http://127.0.0.1:8440/msi/token", "MSI_SECRET=hush", "APPSETTING_WEBSITE_SITE_NAME=reader",
		"AWS_ENDPOINT_URL=https://127.0.0.1:8444", "AWS_ENDPOINT_URL_STS=https://127.0.0.1:8444",
		"AWS_ENDPOINT_URL_IAM=https://127.0.0.1:8444", "AWS_ENDPOINT_URL_S3=https://127.0.0.1:8445",
		"AWS_ENDPOINT_URL_LAMBDA=https://127.0.0.1:8443",
		"AWS_ENDPOINT_URL_EKS=https://127.0.0.1:8443",
		"AWS_ENDPOINT_URL_EKS_AUTH=https://127.0.0.1:8443",
		"AWS_REGION=us-east-2", "AWS_DEFAULT_REGION=us-east-2", "AWS_CONFIG_FILE=/f/aws-config",
		"AWS_SHARED_CREDENTIALS_FILE=/f/aws-credentials", "AWS_SDK_LOAD_CONFIG=1", "BOTO_CONFIG=/f/boto",
		"AWS_EC2_METADATA_DISABLED=true", "AWS_EC2_METADATA_V1_DISABLED=true",
		"SSL_CERT_FILE=/d/ca-bundle.pem", "REQUESTS_CA_BUNDLE=/d/ca-bundle.pem", "CURL_CA_BUNDLE=/d/ca-bundle.pem",
		"AWS_CA_BUNDLE=/d/ca.pem", "NODE_EXTRA_CA_CERTS=/d/ca.pem", "NO_PROXY=*", "no_proxy=*",
		"CLOUDSDK_CONFIG=/f/gcloud", "GOOGLE_APPLICATION_CREDENTIALS=/f/google-none.json", "GCE_METADATA_HOST=127.0.0.1:8440",
		"NO_GCE_CHECK=true",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("environment (-want +got):\n%s", d)
	}
	if len(left) != 0 {
		t.Errorf("left out %v", left)
	}
	for _, v := range got {
		if strings.Contains(v, "trap") {
			t.Errorf("%s came through", v)
		}
	}
}

// TestNobody wants a launch without an identity to be refused here: an empty secret would send clients on to the machine's
// own metadata service.
func TestNobody(t *testing.T) {
	f := sampleFacts()
	f.Launch = opwire.Launch{}
	env, _ := Child(nil, f)
	for _, want := range []string{
		"IDENTITY_ENDPOINT=http://127.0.0.1:8440/msi/token", "IDENTITY_HEADER=none", "MSI_SECRET=none", "AWS_EC2_METADATA_DISABLED=true",
	} {
		if !slices.Contains(env, want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, v := range env {
		if strings.HasPrefix(v, "LANYARD_AS=") || strings.HasSuffix(v, "=") {
			t.Errorf("%s is there", v)
		}
	}
}

// TestTerraform wants variables of a door only where the server has it.
func TestTerraform(t *testing.T) {
	f := sampleFacts()
	for _, s := range Settings(f) {
		if strings.HasPrefix(s.Name, "ARM_") || s.Name == "LANYARD_ARM" {
			t.Errorf("%s is set without an ARM door", s.Name)
		}
	}
	f.Status.URLs["arm"] = "https://127.0.0.1:8443"
	var got []Setting
	for _, s := range Settings(f) {
		if strings.HasPrefix(s.Name, "ARM_") {
			got = append(got, s)
		}
	}
	want := []Setting{
		{"ARM_CLOUD_METADATA_URL", "https://127.0.0.1:8443/metadata/endpoints?api-version=2019-05-01"},
		{"ARM_METADATA_HOSTNAME", "127.0.0.1:8443"},
		{"ARM_TENANT_ID", "t1"},
		{"ARM_SUBSCRIPTION_ID", "s0"},
		{"ARM_USE_MSI", "true"},
		{"ARM_MSI_ENDPOINT", "http://127.0.0.1:8440/launch/hush/metadata/identity/oauth2/token"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("settings (-want +got):\n%s", d)
	}
}

func TestAppSettings(t *testing.T) {
	const elsewhere, loader, ours, never = "it would lead clients", "it would make programs", "Lanyard sets it", "no environment"
	for name, want := range map[string]string{
		"GREETING": "", "AZURE_CLIENT_ID": "", "AWS_ROLE_ARN": "", "AZURE_STORAGE_ACCOUNT": "", "AWS_BUCKET": "", "BUCKET": "",
		"AWS_ACCESS_KEY_ID": elsewhere, "aws_access_key_id": elsewhere, "AWS_WEB_IDENTITY_TOKEN_FILE": elsewhere,
		"AWS_ENDPOINT_URL_DYNAMODB": elsewhere, "AZURE_CLIENT_SECRET": elsewhere, "AZURE_FEDERATED_TOKEN_FILE": elsewhere,
		"ARM_USE_OIDC": elsewhere, "HTTPS_PROXY": elsewhere, "SSL_CERT_DIR": elsewhere, "IDENTITY_SERVER_THUMBPRINT": elsewhere,
		"LANYARD_ARM":   elsewhere,
		"AWS_CA_BUNDLE": ours, "AZURE_AUTHORITY_HOST": ours, "IDENTITY_HEADER": ours, "identity_header": ours,
		"LD_PRELOAD": loader, "PATH": loader, "BASH_ENV": loader, "NODE_OPTIONS": loader, "PYTHONPATH": loader, "GIT_SSH_COMMAND": loader,
		"A=B": never, "": never, "A B": never, "1A": never, "Logging:Level": never, "A\nB": never,
	} {
		passed, left := AppSettings(map[string]string{name: "v"}, Settings(sampleFacts()))
		switch {
		case want == "" && (len(left) != 0 || len(passed) != 1):
			t.Errorf("%q is left out: %v", name, left)
		case want != "" && (len(passed) != 0 || len(left) != 1 || !strings.HasPrefix(left[0].Why, want)):
			t.Errorf("%q: passed %v, left out %v, want it left out because %s", name, passed, left, want)
		}
	}
	if passed, _ := AppSettings(map[string]string{"A": "b\x00c"}, nil); len(passed) != 0 {
		t.Error("a value with a NUL is passed")
	}
}

func TestUnset(t *testing.T) {
	settings := Settings(sampleFacts())
	got := Unset([]string{"AWS_NEW_THING=x", "PATH=/bin", "AWS_REGION=x", "all_proxy=x", "AZURE_BAD-NAME=x"}, settings)
	for _, want := range []string{"AWS_NEW_THING", "AWS_ACCESS_KEY_ID", "AZURE_CLIENT_SECRET", "HTTPS_PROXY", "https_proxy", "all_proxy", "SSL_CERT_DIR"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is not unset", want)
		}
	}
	for _, no := range []string{"PATH", "AWS_REGION", "AZURE_BAD-NAME", "NO_PROXY", "SSL_CERT_FILE", "MSI_SECRET"} {
		if slices.Contains(got, no) {
			t.Errorf("%s is unset", no)
		}
	}
}

func TestFurnish(t *testing.T) {
	f := sampleFacts()
	f.Folder = filepath.Join(t.TempDir(), "deep", "folder")
	if err := Furnish(f.Folder, f, []string{"/my bin/lanyard", "session", "--as", "operator", "--data", "/it's"}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"aws-config": "[default]\nregion = us-east-2\ncredential_process = '/my bin/lanyard' session --as operator --data '/it'\\''s'\n",
		"boto":       "", "aws-credentials": "",
	} {
		got, err := os.ReadFile(filepath.Join(f.Folder, name))
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
	}
	clouds, err := os.ReadFile(filepath.Join(f.Folder, "azure", "clouds.config"))
	if err != nil || !strings.Contains(string(clouds), "endpoint_resource_manager = https://127.0.0.1:8443\n") ||
		strings.Contains(string(clouds), "AzureCloud") {
		t.Errorf("clouds.config: %v\n%s", err, clouds)
	}
	if !strings.Contains(string(clouds), "suffix_storage_endpoint = storage.lanyard.invalid\n") {
		t.Errorf("a server without names for accounts has a suffix:\n%s", clouds)
	}
	f.Status.URLs["storage"] = "https://storage.localhost:8446"
	if err := Furnish(f.Folder, f, nil); err != nil {
		t.Fatal(err)
	}
	clouds, err = os.ReadFile(filepath.Join(f.Folder, "azure", "clouds.config"))
	if err != nil || !strings.Contains(string(clouds), "suffix_storage_endpoint = storage.localhost:8446\n") {
		t.Errorf("clouds.config: %v\n%s", err, clouds)
	}
	google, err := os.ReadFile(filepath.Join(f.Folder, "google-none.json"))
	if err != nil || !json.Valid(google) {
		t.Errorf("google-none.json: %v, %s", err, google)
	}
	err = filepath.Walk(f.Folder, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s may be read by others", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// A folder is furnished again by the next env, and by then a process may be no longer wanted.
	if err := Furnish(f.Folder, f, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(f.Folder, "aws-config")); err != nil || strings.Contains(string(got), "process") {
		t.Errorf("aws-config: %q, %v", got, err)
	}
	if err := Furnish(f.Folder, f, []string{"/two\nlines"}); err == nil {
		t.Error("a process with a line break is written down")
	}
}

// TestQuote asks a shell what it makes of quoted words.
func TestQuote(t *testing.T) {
	for _, word := range []string{"", "plain", "two words", "it's", `back\slash`, "$HOME `id` $(id)", `"quoted"`, "*", "~", "#x", "-n", "a=b;c&d|e>f", "ä"} {
		out, err := exec.CommandContext(t.Context(), "sh", "-c", "printf %s "+Quote("x"+word)).Output()
		if err != nil || string(out) != "x"+word {
			t.Errorf("%q is quoted as %s and read as %q, %v", word, Quote(word), out, err)
		}
	}
	if Quote("") != "''" || Quote("/a/b-c_d.e:f@g,h+i=j") != "/a/b-c_d.e:f@g,h+i=j" {
		t.Errorf("%s, %s", Quote(""), Quote("/a/b-c_d.e:f@g,h+i=j"))
	}
}

// TestSettingsAreForeign wants everything that is set to be dropped first from what is inherited, so that nothing of an
// outer launch shows through an inner one.
func TestSettingsAreForeign(t *testing.T) {
	f := sampleFacts()
	for _, door := range Doors() {
		f.Status.URLs[door] = "https://127.0.0.1:1"
	}
	for _, s := range Settings(f) {
		if !Foreign(s.Name) {
			t.Errorf("%s is set and not dropped", s.Name)
		}
	}
	for _, name := range chooserNames() {
		if !Foreign(name) {
			t.Errorf("%s is unset and not dropped", name)
		}
	}
}

// TestSaidTwice: a setting of a workload's own that Lanyard sets to the same value is neither passed twice nor complained of.
func TestSaidTwice(t *testing.T) {
	ours := []Setting{{"AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/a"}}
	for value, want := range map[string][]LeftOut{
		ours[0].Value:                      nil,
		"arn:aws:iam::123456789012:role/b": {{"AWS_ROLE_ARN", "Lanyard sets it"}},
	} {
		passed, left := AppSettings(map[string]string{"AWS_ROLE_ARN": value}, ours)
		if d := cmp.Diff(want, left); d != "" || len(passed) > 0 {
			t.Errorf("%s: passed %v, left out (-want +got):\n%s", value, passed, d)
		}
	}
}
