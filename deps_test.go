package lanyard_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// maxDirect bounds the direct dependencies.
const maxDirect = 20

// TestDeps wants go.mod's direct requirements and deps.txt to be the same list, each line with a reason.
func TestDeps(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json").Output()
	if err != nil {
		t.Fatalf("go mod edit: %v", err)
	}
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	var direct, listed []string
	for _, r := range mod.Require {
		if !r.Indirect {
			direct = append(direct, r.Path)
		}
	}
	for _, w := range dataLines(t, "deps.txt") {
		listed = append(listed, w[0])
		if len(w) < 5 {
			t.Errorf("deps.txt: %s has no reason", w[0])
		}
	}
	slices.Sort(direct)
	if diff := cmp.Diff(direct, listed); diff != "" {
		t.Errorf("deps.txt and go.mod differ (-go.mod +deps.txt, which is sorted):\n%s", diff)
	}
	if len(direct) > maxDirect {
		t.Errorf("%d direct dependencies, at most %d", len(direct), maxDirect)
	}
}
