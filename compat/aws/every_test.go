package aws

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// awsDoors are the parts of docs/surface.md whose actions are AWS's. IAM's stand with those of STS.
var awsDoors = regexp.MustCompile(`(?s)\n## (lambda|eks|sts|s3)\n.*?(\n## |$)`)

var (
	actionRow = regexp.MustCompile("(?m)^\\| [A-Z]+ \\| `[^`]*` \\| ([A-Za-z0-9]+) \\|")
	boundary  = regexp.MustCompile(`([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])`)
)

// TestEveryActionIsPlayed wants each action that AWS's doors have to be called by a client of these stories, as that client
// spells it: a command of the AWS CLI, a method of boto3 or of Go's SDK, or a command of JavaScript's. It reads what the
// stories are made of; that they are played to their end is what each of them tests.
func TestEveryActionIsPlayed(t *testing.T) {
	root := os.Getenv("COMPAT_ROOT")
	surface := "\n" + text(t, filepath.Join(root, "..", "docs", "surface.md"))
	var plays strings.Builder
	for _, pattern := range []string{"aws/*_test.go", "awsclient/*.go", "node/*.mjs", "python/*.py"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %d files", pattern, err, len(files))
		}
		for _, file := range files {
			plays.WriteString(text(t, file))
		}
	}
	actions := map[string]bool{}
	for start := 0; ; {
		at := awsDoors.FindStringIndex(surface[start:])
		if at == nil {
			break
		}
		for _, row := range actionRow.FindAllStringSubmatch(surface[start+at[0]:start+at[1]], -1) {
			actions[row[1]] = true
		}
		start += at[1] - len("\n## ")
	}
	if len(actions) < 100 {
		t.Fatalf("%d actions were read, which are too few", len(actions))
	}
	var missing []string
	for action := range actions {
		words := strings.ToLower(boundary.ReplaceAllString(boundary.ReplaceAllString(action, "$1$3-$2$4"), "$1$3-$2$4"))
		spelt := `"` + words + `"|\.` + strings.ReplaceAll(words, "-", "_") + `\b|\.` + action + `\(|\b` + action + `Command\b|New` + action + `Paginator\b|paginate` + action + `\b`
		if !regexp.MustCompile(spelt).MatchString(plays.String()) {
			missing = append(missing, action)
		}
	}
	slices.Sort(missing)
	if len(missing) > 0 {
		t.Errorf("no client calls %s", strings.Join(missing, ", "))
	}
}

func text(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
