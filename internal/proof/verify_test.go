//go:build unix

package proof

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/opwire"
)

// api is examples/api, running as a workload, and how to call it as another.
type api struct {
	house *house
	url   string
	bin   string
}

// newAPI builds the example, applies its manifest and runs it under lanyard run. Without news it fails closed after
// staleness.
func newAPI(t *testing.T, h *house, staleness time.Duration) *api {
	t.Helper()
	example := filepath.Join("..", "..", "examples", "api")
	a := &api{house: h, bin: filepath.Join(t.TempDir(), "api")}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", a.bin, ".")
	build.Dir = example
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	manifest, err := os.ReadFile(filepath.Join(example, "lanyard.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	h.apply(t, string(manifest))
	cmd := h.command(context.Background(), "run", "--data", h.data, "--as", "orders-api", "--", a.bin, "serve", "127.0.0.1:0")
	cmd.Env = append(slices.Clone(h.env), "FEED_STALENESS="+staleness.String())
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	})
	line, _ := bufio.NewReader(out).ReadString('\n')
	if _, a.url, _ = strings.Cut(strings.TrimSpace(line), "listening on "); a.url == "" {
		t.Fatalf("the service says %q\n%s", line, &log)
	}
	eventually(t, "the service is ready", func() bool { return a.ask(t, "/ready", "").status == http.StatusOK })
	return a
}

// eventually waits for what must come about; nothing is promised by how long that takes.
func eventually(t *testing.T, what string, holds func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	for !holds() {
		if time.Since(began) > patience {
			t.Fatalf("it does not come about: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
	return time.Since(began)
}

// ask sends a request to the service.
func (a *api) ask(t *testing.T, path, token string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, body}
}

// says wants an answer with a status, and with a reason if it is a refusal.
func (a *api) says(t *testing.T, token string, status int, reason string) {
	t.Helper()
	got := a.ask(t, "/orders", token)
	if got.status != status || reason != "" && !strings.Contains(string(got.body), `"reason":"`+reason+`"`) {
		t.Errorf("status %d, want %d %s: %s", got.status, status, reason, got.body)
	}
}

// call runs the example's client as a workload, by lanyard run.
func (a *api) call(t *testing.T, as, method string) string {
	t.Helper()
	cmd := a.house.command(t.Context(), "run", "--data", a.house.data, "--as", as, "--", a.bin, "call", method, a.url+"/orders")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", as, err, out)
	}
	return strings.TrimSpace(string(out))
}

// elsewhere is another tenant, with an application of the same name and a workload that has its roles there.
const elsewhere = `
kind: Tenant
name: elsewhere
---
kind: Subscription
name: elsewhere
tenant: elsewhere
---
kind: ResourceGroup
name: orders
subscription: elsewhere
tenant: elsewhere
---
kind: Resource
type: Microsoft.Web/sites
name: foreigner
resourceGroup: orders
subscription: elsewhere
tenant: elsewhere
identity: {type: SystemAssigned}
---
kind: Application
name: orders
tenant: elsewhere
identifierUris: ["api://orders"]
appRoles: [{value: Orders.Read, members: [$(Resource/foreigner.principalId)]}]
`

// TestC45MachineToMachine plays examples/api: the identity says who calls, the application what it is called for, its roles
// what the caller may do; and each refusal has its reason.
func TestC45MachineToMachine(t *testing.T) {
	h := newHouse(t)
	a := newAPI(t, h, 30*time.Second)
	for _, tc := range []struct{ as, method, want string }{
		{"orders-till", http.MethodPost, "204"},
		{"orders-page", http.MethodGet, `200 {"orders":["ten pencils by `},
		{"orders-page", http.MethodPost, "403 "},
		{"orders-stranger", http.MethodGet, "403 "},
	} {
		if got := a.call(t, tc.as, tc.method); !strings.HasPrefix(got, tc.want) || tc.want == "403 " && !strings.Contains(got, `"reason":"role"`) {
			t.Errorf("%s %s says %s", tc.as, tc.method, got)
		}
	}
	page := h.as(t, "orders-page")
	token := page.mustToken(t, "api://orders", "")
	a.says(t, token, http.StatusOK, "")
	a.says(t, page.mustToken(t, storage, ""), http.StatusUnauthorized, "audience")
	a.says(t, "", http.StatusUnauthorized, "no_token")
	h.apply(t, elsewhere)
	a.says(t, h.as(t, "foreigner").mustToken(t, "api://orders", ""), http.StatusUnauthorized, "issuer")

	if err := h.ask(http.MethodPost, opwire.PathRevoke, opwire.RevokeRequest{Principal: "orders-page"}, nil); err != nil {
		t.Fatal(err)
	}
	eventually(t, "revoked", func() bool { return a.ask(t, "/orders", token).status == http.StatusUnauthorized })
	a.says(t, token, http.StatusUnauthorized, "revoked")
	again := page.mustToken(t, "api://orders", "")
	a.says(t, again, http.StatusOK, "")
	if err := h.remove("Resource", "orders-page"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "deleted", func() bool { return a.ask(t, "/orders", again).status == http.StatusUnauthorized })
	a.says(t, again, http.StatusUnauthorized, "deleted")
}

// TestVerifyFailsClosed wants a service outside to refuse everything when nobody tells it whose tokens ended, and to go on
// when somebody does again.
func TestVerifyFailsClosed(t *testing.T) {
	h := newHouse(t)
	const staleness = 3 * time.Second
	a := newAPI(t, h, staleness)
	till := h.as(t, "orders-till")
	token := till.mustToken(t, "api://orders", "")
	a.says(t, token, http.StatusOK, "")
	h.kill()
	gone := time.Now()
	eventually(t, "closed", func() bool { return a.ask(t, "/orders", token).status != http.StatusOK })
	closed := time.Since(gone)
	a.says(t, token, http.StatusServiceUnavailable, "feed_silent")
	h.start(t)
	back := eventually(t, "open again", func() bool { return a.ask(t, "/orders", token).status == http.StatusOK })
	figure(t, "without the server a service outside closed after %s (staleness %s) and was open %s after it was back",
		closed.Round(10*time.Millisecond), staleness, back.Round(10*time.Millisecond))
}
