package etcd_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"testing"
)

// childMode is the variable that makes this test binary a child process of one of its tests.
const childMode = "LANYARD_STORE_CHILD"

// TestMain runs the tests, or the child that a test started: a process that will be killed, or will fail.
func TestMain(m *testing.M) {
	children := map[string]func(dir string) error{"write": writeUntilKilled, "write early": acknowledgeEarly}
	maps.Copy(children, systemChildren())
	mode, isChild := os.LookupEnv(childMode)
	if !isChild {
		os.Exit(m.Run())
	}
	if err := children[mode](os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		os.Exit(1)
	}
}

// child prepares a child process of that mode on a data folder.
func child(t *testing.T, mode, dir string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, dir) //nolint:gosec // it runs itself
	cmd.Env = append(os.Environ(), childMode+"="+mode)
	cmd.Stderr = os.Stderr
	return cmd
}
