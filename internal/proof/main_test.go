//go:build unix

package proof

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// binary is the command under test. It is built once a run, or named by LANYARD_BINARY.
var binary string

// roleVariable makes the test binary play another part than that of the tests: a bare server whose figures are the floor
// of ours, or the load on one.
const roleVariable = "LANYARD_PROOF_ROLE"

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		play, ok := roles()[role]
		if !ok {
			fmt.Fprintf(os.Stderr, "there is no role %q\n", role)
			os.Exit(2)
		}
		if err := play(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(code)
}

// run builds the command and runs the tests.
func run(m *testing.M) (int, error) {
	if binary = os.Getenv("LANYARD_BINARY"); binary != "" {
		return m.Run(), nil
	}
	dir, err := os.MkdirTemp("", "lanyard-proof-*")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a left-over is only untidy
	binary = filepath.Join(dir, "lanyard")
	build := exec.CommandContext(context.Background(), "go", "build", "-trimpath", "-o", binary, "../../cmd/lanyard")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("build the command: %w\n%s", err, out)
	}
	return m.Run(), nil
}
