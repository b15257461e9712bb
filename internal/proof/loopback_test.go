//go:build proof && linux

package proof

import (
	"bytes"
	"context"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// peerOf finds the address in strace's line of a connect, a sendto or a sendmsg.
var peerOf = regexp.MustCompile(`inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"`)

// strangers lists the addresses beyond this machine that a trace has somebody talk to.
func strangers(trace string) (beyond []string, calls int) {
	for line := range strings.Lines(trace) {
		for _, m := range peerOf.FindAllStringSubmatch(line, -1) {
			calls++
			at, err := netip.ParseAddr(m[1] + m[2])
			if err != nil || !at.Unmap().IsLoopback() {
				beyond = append(beyond, strings.TrimSpace(line))
			}
		}
	}
	return beyond, calls
}

// poison is the environment and the home folder of somebody who works with real clouds all day: every place where a client
// looks for an account, an endpoint, a proxy or a credential names one that is far away.
func poison(t *testing.T) []string {
	t.Helper()
	home := t.TempDir()
	for name, text := range map[string]string{
		".aws/config": "[default]\nregion = eu-west-1\nendpoint_url = https://192.0.2.10\ncredential_process = /bin/false\n" +
			"[profile prod]\nsso_start_url = https://192.0.2.11/start\n",
		".aws/credentials": "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = poison\n" +
			"[prod]\naws_access_key_id = AKIAIOSFODNN7EXAMPLF\naws_secret_access_key = poison\n",
		".azure/config":            "[cloud]\nname = AzureCloud\n[core]\nlogin_experience_v2 = off\n",
		".azure/azureProfile.json": `{"subscriptions":[{"id":"00000000-0000-4000-8000-000000000001","name":"prod","state":"Enabled","isDefault":true}]}`,
		".config/gcloud/application_default_credentials.json": `{"type":"authorized_user","client_id":"x","client_secret":"x","refresh_token":"x"}`,
		".netrc": "machine 192.0.2.12 login poison password poison\n",
	} {
		path := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	token := filepath.Join(home, "token")
	if err := os.WriteFile(token, []byte("eyJhbGciOiJub25lIn0.e30."), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home,
		"HTTP_PROXY=http://192.0.2.1:3128", "HTTPS_PROXY=http://192.0.2.1:3128", "ALL_PROXY=socks5://192.0.2.1:1080",
		"http_proxy=http://192.0.2.1:3128", "https_proxy=http://192.0.2.1:3128", "all_proxy=socks5://192.0.2.1:1080",
		"AWS_PROFILE=prod", "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLG", "AWS_SECRET_ACCESS_KEY=poison", "AWS_SESSION_TOKEN=poison",
		"AWS_ENDPOINT_URL=https://192.0.2.2", "AWS_ENDPOINT_URL_STS=https://192.0.2.2", "AWS_ENDPOINT_URL_S3=https://192.0.2.2",
		"AWS_WEB_IDENTITY_TOKEN_FILE=" + token, "AWS_ROLE_ARN=arn:aws:iam::111122223333:role/prod", "AWS_REGION=eu-west-1",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://192.0.2.3/credentials", "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://192.0.2.3",
		"AZURE_CLIENT_ID=00000000-0000-4000-8000-000000000002", "AZURE_TENANT_ID=00000000-0000-4000-8000-000000000003",
		"AZURE_CLIENT_SECRET=poison", "AZURE_FEDERATED_TOKEN_FILE=" + token, "AZURE_AUTHORITY_HOST=https://192.0.2.4",
		"AZURE_POD_IDENTITY_AUTHORITY_HOST=http://192.0.2.5", "AZURE_STORAGE_CONNECTION_STRING=BlobEndpoint=https://192.0.2.6/",
		"IDENTITY_ENDPOINT=http://192.0.2.7/msi/token", "IDENTITY_HEADER=poison", "MSI_ENDPOINT=http://192.0.2.7/msi/token", "MSI_SECRET=poison",
		"IMDS_ENDPOINT=http://192.0.2.7", "GOOGLE_APPLICATION_CREDENTIALS=" + filepath.Join(home, ".config/gcloud/application_default_credentials.json"),
		"ARM_USE_OIDC=true", "ARM_OIDC_TOKEN=poison", "ARM_CLIENT_SECRET=poison", "SSL_CERT_FILE=/dev/null",
		"STORAGE_ACCOUNT_URL=https://192.0.2.8/account", "AWS_BUCKET=prod",
	}
}

// traced runs a command under strace and gives the trace of everybody whom it or its children talk to.
func traced(t *testing.T, env []string, args ...string) (trace, output string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "trace")
	line := append([]string{"-f", "-qq", "-o", file, "-e", "trace=connect,sendto,sendmsg,sendmmsg", "--seccomp-bpf"}, args...)
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "strace", line...)
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v: %v\n%s", args, err, out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), string(out)
}

// TestAPoisonedEnvironmentLeadsNowhere plays the demo, and one run of the function, in an environment and a home folder
// that point at real clouds, and has the kernel say whom anybody talked to.
func TestAPoisonedEnvironmentLeadsNowhere(t *testing.T) {
	needs(t, "strace", "apt install strace; it must be let trace processes of its own user")
	program := buildExample(t)
	env := poison(t)
	trace, _ := traced(t, append(env, "XDG_RUNTIME_DIR="+t.TempDir()), binary, "demo", "--json", "--function", program)
	beyond, calls := strangers(trace)
	if calls == 0 {
		t.Error("the trace of the demo shows nobody talking to anybody: it proves nothing")
	}
	for _, b := range beyond {
		t.Errorf("demo: %s", b)
	}

	h := newHouse(t)
	manifest, err := os.ReadFile(filepath.Join(example, "lanyard.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	h.play(t, userScene())
	h.apply(t, string(manifest))
	h.put(t, "/twoclouds/files/from-azure.txt", "/two-clouds-files/from-aws.txt")
	port := freePort(t)
	script := `"$0" & child=$!; for i in $(seq 600); do curl -sf http://127.0.0.1:` + port + `/api/objects && break; sleep 0.1; done; kill $child; wait`
	needs(t, "curl", "apt install curl")
	trace, output := traced(t, append(env, "FUNCTIONS_CUSTOMHANDLER_PORT="+port), binary,
		"run", "--data", h.data, "--as", "two-clouds/two-clouds", "--", "sh", "-c", script, program)
	for _, want := range []string{"from-azure.txt", "from-aws.txt"} {
		if !strings.Contains(output, want) {
			t.Errorf("the function did not list %s: %s", want, output)
		}
	}
	runBeyond, runCalls := strangers(trace)
	for _, b := range runBeyond {
		t.Errorf("run: %s", b)
	}
	figure(t, "%d connections and datagrams of demo and %d of run looked at, %d left the machine", calls, runCalls, len(beyond)+len(runBeyond))
}

// TestTheTraceSeesAStranger has somebody talk to an address that is far away.
func TestTheTraceSeesAStranger(t *testing.T) {
	needs(t, "strace", "apt install strace; it must be let trace processes of its own user")
	file := filepath.Join(t.TempDir(), "trace")
	cmd := exec.CommandContext(t.Context(), "strace", "-f", "-qq", "-o", file, "-e", "trace=connect,sendto,sendmsg,sendmmsg", "--seccomp-bpf", os.Args[0])
	cmd.Env = []string{roleVariable + "=stranger"}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	beyond, _ := strangers(string(b))
	for _, want := range []string{"192.0.2.1", "2001:db8::1"} {
		if !slices.ContainsFunc(beyond, func(s string) bool { return strings.Contains(s, want) }) {
			t.Errorf("nobody saw %s:\n%s", want, bytes.TrimSpace(b))
		}
	}
}
