package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ErrNoExample means that there is no checkout to build the function from, and no other function was named.
var ErrNoExample = errors.New("the function of the demonstration is built from a checkout (examples/two-clouds), and this " +
	"is none; name a program that keeps its contract: --function CMD")

// exampleModule is how the example's go.mod begins.
const exampleModule = "module github.com/lanyard-id/lanyard/examples/two-clouds\n"

// findExample looks for the example above the working folder and above the command itself.
func findExample() (string, error) {
	var starts []string
	if dir, err := os.Getwd(); err == nil {
		starts = append(starts, dir)
	}
	if self, err := os.Executable(); err == nil {
		starts = append(starts, filepath.Dir(self))
	}
	for _, dir := range starts {
		for ; ; dir = filepath.Dir(dir) {
			example := filepath.Join(dir, "examples", "two-clouds")
			if text, err := os.ReadFile(filepath.Join(example, "go.mod")); err == nil && strings.HasPrefix(string(text), exampleModule) {
				return example, nil
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return "", ErrNoExample
}

// build compiles the example. A workspace around it would change its dependencies, so there is none.
func build(ctx context.Context, source, program string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, ".") //nolint:gosec // our own folder
	cmd.Dir, cmd.Env = source, append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", source, err, strings.TrimSpace(string(out)))
	}
	return nil
}
