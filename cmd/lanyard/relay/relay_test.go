//go:build linux

package relay

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/cmd/lanyard/launch"
)

// askVariable has the test program ask an address, as a client of the launch does.
const askVariable = "RELAY_ASK"

func TestMain(m *testing.M) {
	address := os.Getenv(askVariable)
	if address == "" {
		os.Exit(m.Run())
	}
	res, err := http.Get(address) //nolint:gosec,noctx // the test's own
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	_, _ = io.Copy(os.Stdout, res.Body)
}

func facts(base string) launch.Facts {
	f := launch.Facts{Flavour: launch.IMDS}
	f.Status.URLs = map[string]string{"metadata": base}
	f.Launch.As, f.Launch.Secret = "arn:aws:ec2:us-east-2:123456789012:instance/i-1", "hush"
	return f
}

// TestM09WhoAsksInstanceMetadata: a process of the launch is handed on with the proof; one beside it, however it spells the path,
// without.
func TestM09WhoAsksInstanceMetadata(t *testing.T) {
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Kept", "yes")
		w.WriteHeader(http.StatusTeapot)
		_, _ = fmt.Fprintf(w, "%s %s %s %q", r.Method, r.URL.RequestURI(), r.Header.Get("X-Aws-Ec2-Metadata-Token"), r.Header["X-Forwarded-For"])
	}))
	defer door.Close()
	f := facts(door.URL)
	r, err := Begin(&f)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()

	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), askVariable+"="+f.Relay+"/latest/meta-data/x?y=z")
	out, err := child.CombinedOutput()
	if want := `GET /launch/hush/latest/meta-data/x?y=z  []`; err != nil || string(out) != want {
		t.Errorf("a child: %q, want %q: %v", out, want, err)
	}
	for path, want := range map[string]string{
		"/latest/api/token":         `PUT /latest/api/token told ["10.0.0.1"]`,
		"/latest/../launch/hush":    `PUT /latest/../launch/hush told ["10.0.0.1"]`,
		"/latest/%2e%2e/x":          `PUT /latest/%2e%2e/x told ["10.0.0.1"]`,
		"/launch/hush/latest/x":     "nothing else",
		"/v1/credentials":           "nothing else",
		"/msi/token?resource=vault": "nothing else",
	} {
		got := ask(t, f.Relay+path, "")
		if !strings.Contains(got, want) || strings.Contains(want, "PUT") && !strings.HasPrefix(got, "418 yes") {
			t.Errorf("%s: %s", path, got)
		}
	}
	if got := ask(t, f.Relay+"/latest/api/token", "rebound.example"); !strings.HasPrefix(got, "404") {
		t.Errorf("by another name: %s", got)
	}
	door.Close()
	if got := ask(t, f.Relay+"/latest/api/token", ""); !strings.HasPrefix(got, "503") {
		t.Errorf("without a server: %s", got)
	}
}

// ask is a request of this process, which no launch started.
func ask(t *testing.T, address, host string) string {
	t.Helper()
	req, err := http.NewRequest(http.MethodPut, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	req.Header.Set("X-Aws-Ec2-Metadata-Token", "told")
	req.Header.Set("X-Forwarded-For", "10.0.0.1")
	res, err := (&http.Client{Timeout: patience}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d %s %s", res.StatusCode, res.Header.Get("X-Kept"), body)
}

// TestNoRelay: whoever does not ask instance metadata as an AWS workload has no endpoint of its own.
func TestNoRelay(t *testing.T) {
	for what, change := range map[string]func(*launch.Facts){
		"another flavour": func(f *launch.Facts) { f.Flavour = launch.Container }, "an Azure workload": func(f *launch.Facts) { f.Launch.As = "site" },
		"no door": func(f *launch.Facts) { f.Status.URLs = nil }, "no secret": func(f *launch.Facts) { f.Launch.Secret = "" },
	} {
		f := facts("http://127.0.0.1:1")
		change(&f)
		r, err := Begin(&f)
		if err != nil || f.Relay != "" || r.server != nil {
			t.Errorf("%s: %v, %q", what, err, f.Relay)
		}
		r.Close()
	}
}
