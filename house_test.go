package lanyard_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// update makes the tests of generated pages write them instead of comparing.
var update = flag.Bool("update", false, "write the generated pages")

const module = "github.com/lanyard-id/lanyard/"

// pkg is what the laws look at in one package. Paths of the house are relative to its root.
type pkg struct {
	Path        string
	Imports     []string // of the code
	TestImports []string // of its tests
	Deps        []string // everything that the code needs, however far away
	Uses        []string // selectors on imported packages, "time.Now", and "go" for a go statement
}

// source is one parsed Go file.
type source struct {
	Name  string // relative to the root, with slashes
	Lines int
	Set   *token.FileSet
	File  *ast.File
}

// dir is the folder that the file lies in, the path of its package.
func (s source) dir() string { return filepath.ToSlash(filepath.Dir(s.Name)) }

// sources parses every file of the product that is not a test, once. Nested modules other than verify are no part of
// the product: their laws are their own.
var sources = sync.OnceValues(func() ([]source, error) {
	var all []source
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skipFolder(name)
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, text, parser.ParseComments)
		if err != nil {
			return err
		}
		all = append(all, source{filepath.ToSlash(name), strings.Count(string(text), "\n"), set, file})
		return nil
	})
	return all, err
})

// skipFolder leaves out what is hidden, test data, built, or a nested module.
func skipFolder(name string) error {
	base := filepath.Base(name)
	if name != "." && (base[0] == '.' || slices.Contains([]string{"testdata", "bin", "dist", "node_modules"}, base)) {
		return filepath.SkipDir
	}
	if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil && name != "." && name != "verify" {
		return filepath.SkipDir
	}
	return nil
}

// mustSources gives the parsed files or ends the test.
func mustSources(t *testing.T) []source {
	t.Helper()
	all, err := sources()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// packages asks the go command for every package of the product. It runs with -e, because a tree that does not build is
// the compiler's to report.
func packages(t *testing.T) []pkg {
	t.Helper()
	uses := map[string][]string{}
	for _, s := range mustSources(t) {
		uses[s.dir()] = append(uses[s.dir()], selectors(s.File)...)
	}
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e",
		"-json=ImportPath,Imports,TestImports,XTestImports,Deps", "./...", module+"verify/...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath                               string
			Imports, TestImports, XTestImports, Deps []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		path := relative(p.ImportPath)
		all = append(all, pkg{
			path, relatives(p.Imports), relatives(append(p.TestImports, p.XTestImports...)),
			relatives(p.Deps), uses[path],
		})
	}
}

// relative gives the path below the root; paths of others stay.
func relative(path string) string {
	if path+"/" == module {
		return "."
	}
	return strings.TrimPrefix(path, module)
}

func relatives(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = relative(p)
	}
	return out
}

// selectors lists what a file takes from the packages it imports, as "path.Name", and "go" for each go statement.
func selectors(file *ast.File) []string {
	names := map[string]string{}
	for _, spec := range file.Imports {
		path := strings.Trim(spec.Path.Value, `"`)
		name := path[strings.LastIndexByte(path, '/')+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = path
	}
	var uses []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			uses = append(uses, "go")
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && names[x.Name] != "" {
				uses = append(uses, names[x.Name]+"."+n.Sel.Name)
			}
		}
		return true
	})
	return uses
}

// dataLines gives the lines of a data page as words, without comments.
func dataLines(t *testing.T, name string) [][]string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var lines [][]string
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 0 && words[0] != "#" && !strings.HasPrefix(words[0], "#") {
			lines = append(lines, words)
		}
	}
	return lines
}

// compareOrUpdate holds a generated page to its text.
func compareOrUpdate(t *testing.T, name, want string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(name)
	if err != nil || string(got) != want {
		t.Errorf("%s is stale (%s): run make generate", name, firstDifference(string(got), want))
	}
}

// firstDifference names the first line that two texts do not share.
func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d: has %q, wants %q", i+1, x[i], y[i])
		}
	}
	return fmt.Sprintf("has %d lines, wants %d", len(x), len(y))
}
