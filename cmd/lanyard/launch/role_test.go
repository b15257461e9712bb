package launch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// functionFacts are the facts of a launch as a function.
func functionFacts() Facts {
	f := sampleFacts()
	f.Launch.As, f.Launch.Role = "arn:aws:lambda:us-east-2:123456789012:function:a", "arn:aws:iam::123456789012:role/a"
	f.Launch.Client, f.Launch.Env = "", nil
	return f
}

// TestOneWayToTheRole: an AWS workload finds its role by one protocol, and Azure's clients find no secret.
func TestOneWayToTheRole(t *testing.T) {
	chosen := []string{
		"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
		"AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_EC2_METADATA_DISABLED", "AWS_EC2_METADATA_V1_DISABLED", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE",
	}
	container := map[string]string{
		"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:8440/v1/credentials", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/f/aws-token",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_EC2_METADATA_V1_DISABLED": "true",
	}
	for flavour, want := range map[string]map[string]string{
		"": container, Container: container,
		IMDS:    {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:8440/launch/hush", "AWS_EC2_METADATA_V1_DISABLED": "true"},
		Process: {"AWS_EC2_METADATA_DISABLED": "true", "AWS_EC2_METADATA_V1_DISABLED": "true"},
	} {
		f := functionFacts()
		f.Flavour = flavour
		env, _ := Child(poison(), f)
		got := map[string]string{}
		for _, v := range env {
			name, value, _ := strings.Cut(v, "=")
			for _, c := range chosen {
				if name == c {
					got[name] = value
				}
			}
			if strings.Contains(value, "hush") && name != "AWS_EC2_METADATA_SERVICE_ENDPOINT" {
				t.Errorf("%q: the secret is in %s", flavour, name)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", flavour, d)
		}
	}
	f := functionFacts()
	f.Flavour, f.Relay = IMDS, "http://127.0.0.1:9"
	env, _ := Child(poison(), f)
	if text := strings.Join(env, "\n"); !strings.Contains(text, "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:9\n") || strings.Contains(text, "hush") {
		t.Errorf("where the launcher knows who asks, the secret is nowhere: %s", text)
	}
	f = functionFacts()
	f.Launch.Secret = ""
	for _, s := range Settings(f) {
		if strings.HasPrefix(s.Name, "AWS_CONTAINER_") {
			t.Errorf("without a proof there is %v", s)
		}
	}
}

// TestTokenFile: the file holds the secret, no line end, and nothing for anybody else.
func TestTokenFile(t *testing.T) {
	f := functionFacts()
	f.Folder = t.TempDir()
	if err := Furnish(f.Folder, f, Helper("/bin/lanyard", f)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(f.Folder, "aws-token")
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != "hush" {
		t.Errorf("%q, %v", got, err)
	}
	config, err := os.ReadFile(filepath.Join(f.Folder, "aws-config"))
	want := "credential_process = /bin/lanyard credentials --endpoint http://127.0.0.1:8440/v1/credentials --token-file " + file + "\n"
	if err != nil || !strings.Contains(string(config), want) {
		t.Errorf("%s, %v", config, err)
	}
	azure := sampleFacts()
	if err := Furnish(f.Folder, azure, nil); err != nil { // the folder of an env is furnished again
		t.Fatal(err)
	}
	if got, err := os.ReadFile(file); err != nil || len(got) != 0 {
		t.Errorf("an Azure workload's secret lies there: %q, %v", got, err)
	}
}

func TestSuits(t *testing.T) {
	const aws, azure = "arn:aws:ec2:us-east-2:123456789012:instance/i-1", "reader"
	for _, tc := range []struct {
		flavour, as string
		want        bool
	}{
		{"", aws, true},
		{"", azure, true},
		{"", "", true},
		{Container, aws, true},
		{IMDS, aws, true},
		{Process, aws, true},
		{AppService, aws, false},
		{CloudShell, aws, false},
		{AppService, azure, true},
		{ServiceFabric, azure, true},
		{IMDS, azure, true},
		{Container, azure, false},
		{Process, "operator", false},
		{"nothing", azure, false},
		{"nothing", aws, false},
	} {
		if err := Suits(tc.flavour, tc.as); (err == nil) != tc.want {
			t.Errorf("%q as %q: %v", tc.flavour, tc.as, err)
		}
	}
}
