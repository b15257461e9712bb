package server

import (
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/web"
)

// update makes the test write the page instead of comparing.
var update = flag.Bool("update", false, "write the generated page")

const surfaceHead = `# Every route of every door

What Lanyard answers to, and nothing else: a path, method, action or parameter that is not here gets the dialect's own
error. *needs* is the permission in the cloud's words, or the proof that the caller must bring. Where the same words
mean something else than in the cloud stands in ` + "`docs/divergences/`" + `. This page is made from the doors' tables by
` + "`make generate`" + `.

`

// TestSurfacePage wants docs/surface.md to be what the doors' tables say.
func TestSurfacePage(t *testing.T) {
	s := &Server{now: time.Now, log: slog.New(slog.DiscardHandler), metrics: newMetrics()}
	var page strings.Builder
	page.WriteString(surfaceHead)
	write := func(m mounter) {
		d, err := m.Mount(s.house())
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Routes()) == 0 {
			t.Errorf("the door %s has no table", d.Name())
		}
		page.WriteString(web.Surface(d.Name(), d.Routes()) + "\n")
	}
	for _, p := range s.doors() {
		write(p.door)
	}
	write(s.operatorDoor())
	want := strings.TrimSuffix(page.String(), "\n")

	name := filepath.Join("..", "..", "docs", "surface.md")
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), want); diff != "" {
		t.Errorf("docs/surface.md is stale: run make generate (-page +doors):\n%s", diff)
	}
}
