package lanyard_test

import (
	"go/ast"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/manifest"
)

const (
	manifestPage  = "docs/manifest.md"
	everyDocument = "Every document"
)

// keyTypes are the methods of internal/manifest that read a key, and how the page calls what they read.
var keyTypes = map[string]string{
	"boolean": "true or false", "number": "number",
	"text": "text", "required": "text, required", "texts": "list", "json": "JSON", "seconds": "duration",
	"oneOrTwo": "1 or 2", "node": "mapping", "each": "list",
}

// TestManifestPage wants the page to have every kind with every key and its type as they are read, and no other.
func TestManifestPage(t *testing.T) {
	page, err := os.ReadFile(manifestPage)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(keysRead(t), keysOnPage(string(page))); d != "" {
		t.Errorf("%s (-code +page):\n%s", manifestPage, d)
	}
}

// TestManifestPageExamples wants one example of each kind, and each to be read.
func TestManifestPageExamples(t *testing.T) {
	page, err := os.ReadFile(manifestPage)
	if err != nil {
		t.Fatal(err)
	}
	documents, err := manifest.Parse([]byte(manifestExamples(string(page))))
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, d := range documents {
		shown = append(shown, d.Kind)
	}
	if d := cmp.Diff(slices.Sorted(slices.Values(manifest.Kinds())), slices.Sorted(slices.Values(shown))); d != "" {
		t.Errorf("examples (-kinds +page):\n%s", d)
	}
}

// manifestExamples are the blocks of YAML of the page as one file.
func manifestExamples(page string) string {
	var all []string
	for i, part := range strings.Split(page, "```yaml\n") {
		if text, _, closed := strings.Cut(part, "```"); i > 0 && closed {
			all = append(all, text)
		}
	}
	return strings.Join(all, "---\n")
}

// keysOnPage gives the types by the keys of each section whose table has keys.
func keysOnPage(page string) map[string]map[string]string {
	sections := map[string]map[string]string{}
	for i, section := range strings.Split(page, "\n## ") {
		title, body, _ := strings.Cut(section, "\n")
		if i == 0 || title == "References" {
			continue
		}
		sections[title] = map[string]string{}
		for line := range strings.SplitSeq(body, "\n") {
			if cells := strings.Split(line, " | "); len(cells) == 3 && strings.HasPrefix(line, "| `") {
				sections[title][strings.Trim(cells[0], "|` ")] = cells[1]
			}
		}
	}
	return sections
}

// keysRead gives the same of the sources: what readDocument and the method read of each kind ask for.
func keysRead(t *testing.T) map[string]map[string]string {
	t.Helper()
	functions := map[string]*ast.FuncDecl{} // by the receiver's type for the methods read, else by the name
	for _, s := range mustSources(t) {
		if s.dir() != "internal/manifest" || strings.HasSuffix(s.Name, "_test.go") {
			continue
		}
		for _, d := range s.File.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "read" {
				functions[f.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name] = f
			} else if ok {
				functions[f.Name.Name] = f
			}
		}
	}
	sections := map[string]map[string]string{everyDocument: {}}
	readKeys(sections[everyDocument], functions["readDocument"], functions)
	for _, kind := range manifest.Kinds() {
		sections[kind] = map[string]string{}
		readKeys(sections[kind], functions[kind], functions)
	}
	return sections
}

// readKeys adds the keys that a function asks for. What it asks of the fields "inner" belongs to the key before.
func readKeys(keys map[string]string, f *ast.FuncDecl, functions map[string]*ast.FuncDecl) {
	var outer string
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		of, ok := method.X.(*ast.Ident)
		if !ok || of.Name != "f" && of.Name != "inner" {
			return true
		}
		switch typ, reads := keyTypes[method.Sel.Name]; {
		case method.Sel.Name == "tags" && of.Name == "inner":
			keys[outer+"tags"] = "labels"
		case method.Sel.Name == "tags":
			keys["tags"] = "labels"
		case method.Sel.Name == "federated" || method.Sel.Name == "permissions" || method.Sel.Name == "awsClaims":
			nested := map[string]string{}
			readKeys(nested, functions[method.Sel.Name], functions)
			maps.Copy(keys, nested)
		case method.Sel.Name == "missing":
			keys[literal(call.Args[0])] += ", required"
		case reads && of.Name == "inner":
			keys[outer+literal(call.Args[0])] = typ
		case reads:
			key := literal(call.Args[0])
			keys[key] = typ
			if outer = key + "."; method.Sel.Name == "each" {
				outer = key + "[]."
			}
		}
		return true
	})
}

// literal is the text of a key that is written in the source, and NAME for one that the file chooses.
func literal(e ast.Expr) string {
	if l, ok := e.(*ast.BasicLit); ok {
		if s, err := strconv.Unquote(l.Value); err == nil {
			return s
		}
	}
	return "NAME"
}
