//go:build proof

package proof

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// example is the example's folder.
const example = "../../examples/two-clouds"

// buildExample builds the example, a module of its own with the clouds' unmodified SDKs.
func buildExample(t *testing.T) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "two-clouds")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", out, ".")
	build.Dir = example
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the example: %v\n%s", err, text)
	}
	return out
}

// freePort is a port that nobody listened on a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// TestC11TheFunctionsPageShowsBothStores runs the example with its own manifest and looks at its page.
func TestC11TheFunctionsPageShowsBothStores(t *testing.T) {
	program := buildExample(t)
	h := newHouse(t)
	manifest, err := os.ReadFile(filepath.Join(example, "lanyard.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	h.play(t, userScene()) // another scene beside it, whose objects must not be seen
	h.apply(t, string(manifest))
	h.put(t, "/twoclouds/files/from-azure.txt", "/two-clouds-files/from-aws.txt")
	port := freePort(t)
	cmd := h.command(t.Context(), "run", "--data", h.data, "--as", "two-clouds/two-clouds", "--", program)
	cmd.Env = append(cmd.Env, "FUNCTIONS_CUSTOMHANDLER_PORT="+port)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Signal(os.Interrupt); _ = cmd.Wait() }()
	page := ""
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		res, err := http.Get("http://127.0.0.1:" + port + "/") //nolint:noctx // a page of our own child
		if err != nil {
			continue // it does not listen yet
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		page = string(body)
		break
	}
	for _, want := range []string{"from-azure.txt", "from-aws.txt"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not show %s:\n%s", want, page)
		}
	}
	if strings.Contains(page, "hello.txt") {
		t.Error("the page shows objects of another scene")
	}
}
