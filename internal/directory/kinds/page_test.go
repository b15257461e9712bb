package kinds

import (
	"os"
	"strings"
	"testing"
)

// TestTheManifestPagesExamplesApply makes what the examples of docs/manifest.md say, and nothing by a second time.
func TestTheManifestPagesExamplesApply(t *testing.T) {
	page, err := os.ReadFile("../../../docs/manifest.md")
	if err != nil {
		t.Fatal(err)
	}
	var examples []string
	for _, part := range strings.Split(string(page), "```yaml\n")[1:] {
		text, _, _ := strings.Cut(part, "```")
		examples = append(examples, text)
	}
	file := strings.Join(examples, "---\n")
	d := newDirectory(t)
	for i, want := range []string{"create", "unchanged"} {
		steps := apply(t, d, file)
		if len(steps) != len(examples) {
			t.Fatalf("%d steps for %d examples", len(steps), len(examples))
		}
		for _, s := range steps {
			if s.Action != want {
				t.Errorf("time %d: %s %s: %s, want %s", i+1, s.Kind, s.Name, s.Action, want)
			}
		}
	}
}
