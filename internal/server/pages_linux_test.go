//go:build !race

package server

// The race detector keeps a shadow of each byte that is allocated, and writes to it: what is measured here is not so there.

import (
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// marked is how many bytes of this process lie where large pages were asked for, and how many of all are there.
func marked(t *testing.T) (asked, resident int) {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for line := range strings.Lines(string(maps)) {
		key, value, _ := strings.Cut(line, ":")
		kib, _ := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")))
		switch key {
		case "Size":
			size = kib << 10
		case "Rss":
			resident += kib << 10
		case "VmFlags":
			if strings.Contains(value, " hg") {
				asked += size
			}
		}
	}
	return asked, resident
}

// TestWidePagesCostNothingUntilTheyAreUsed: the space is marked, and no memory is taken for it. That is so in a process that
// has not worked yet, so the test is one.
func TestWidePagesCostNothingUntilTheyAreUsed(t *testing.T) {
	const fresh = "LANYARD_FRESH"
	if os.Getenv(fresh) == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$") //nolint:gosec // this very test
		cmd.Env = append(os.Environ(), fresh+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return
	}
	const space = 512 << 20
	before, had := marked(t)
	widePages(space)
	after, has := marked(t)
	if offered, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled"); err == nil && !bytes.Contains(offered, []byte("[never]")) {
		if grown := after - before; grown < space*9/10 {
			t.Errorf("large pages were asked for %d bytes, want about %d", grown, space)
		}
	}
	if grown := has - had; grown > space/4 {
		t.Errorf("%d bytes more are resident, and nothing was written", grown)
	}
}
