package lanyard_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// The sizes, in lines unless said otherwise.
const (
	maxFile      = 800
	maxFunction  = 100
	maxPackage   = 2500
	maxParams    = 5 // names
	maxInterface = 5 // methods
	maxStore     = 7 // methods of store.Store, which is the one wide interface
)

// TestSizes holds every file, function, package and interface to its bound. What is too large is cut in two, not
// listed here.
func TestSizes(t *testing.T) {
	var files, functions []int
	lines := map[string]int{}
	for _, s := range mustSources(t) {
		files = append(files, s.Lines)
		lines[s.dir()] += s.Lines
		got, bad := s.measure()
		functions = append(functions, got...)
		for _, b := range bad {
			t.Errorf("%s: %s", s.Name, b)
		}
	}
	for dir, n := range lines {
		if n > maxPackage {
			t.Errorf("%s has %d lines, at most %d: give it sub-rooms", dir, n, maxPackage)
		}
	}
	t.Logf("files: %s", spread(files))
	t.Logf("functions: %s", spread(functions))
	t.Logf("packages: %d", len(lines))
}

// measure gives the lengths of a file's functions and what is out of bounds in it.
func (s source) measure() (functions []int, bad []string) {
	if s.Lines > maxFile {
		bad = append(bad, fmt.Sprintf("%d lines, at most %d", s.Lines, maxFile))
	}
	ast.Inspect(s.File, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			length := s.Set.Position(n.End()).Line - s.Set.Position(n.Pos()).Line + 1
			functions = append(functions, length)
			if length > maxFunction {
				bad = append(bad, fmt.Sprintf("%s has %d lines, at most %d", n.Name, length, maxFunction))
			}
			if c := n.Type.Params.NumFields(); c > maxParams {
				bad = append(bad, fmt.Sprintf("%s has %d parameters, at most %d: make a struct", n.Name, c, maxParams))
			}
			if n.Recv == nil && n.Name.Name == "init" {
				bad = append(bad, "has an init function")
			}
		case *ast.TypeSpec:
			if i, ok := n.Type.(*ast.InterfaceType); ok && i.Methods.NumFields() > s.maxMethods(n.Name.Name) {
				bad = append(bad, fmt.Sprintf("interface %s has %d methods, at most %d",
					n.Name, i.Methods.NumFields(), s.maxMethods(n.Name.Name)))
			}
		}
		return true
	})
	return functions, append(bad, s.variables()...)
}

// maxMethods is the bound for an interface of this name.
func (s source) maxMethods(name string) int {
	if s.dir() == "internal/store" && name == "Store" {
		return maxStore
	}
	return maxInterface
}

// variables lists the package variables that somebody could change. What is left is what Go cannot write as a constant:
// errors, compiled expressions, embedded files, and the blank variable that states a type's interface.
func (s source) variables() (bad []string) {
	for _, decl := range s.File.Decls {
		d, ok := decl.(*ast.GenDecl)
		if !ok || d.Tok != token.VAR {
			continue
		}
		for _, spec := range d.Specs {
			v := spec.(*ast.ValueSpec)
			embedded := strings.Contains(directives(d.Doc)+directives(v.Doc), "//go:embed")
			for i, name := range v.Names {
				if name.Name != "_" && !embedded && (i >= len(v.Values) || !fixed(v.Values[i])) {
					bad = append(bad, fmt.Sprintf("package variable %s", name))
				}
			}
		}
	}
	return bad
}

// directives gives a comment's raw text; Text() leaves directives out.
func directives(g *ast.CommentGroup) (text string) {
	if g != nil {
		for _, c := range g.List {
			text += c.Text + "\n"
		}
	}
	return text
}

// fixed tells whether a value is made by one of the constructors of unchangeable things.
func fixed(value ast.Expr) bool {
	call, ok := value.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && slices.Contains([]string{"errors.New", "fmt.Errorf", "fault.New", "regexp.MustCompile"}, x.Name+"."+sel.Sel.Name)
}

// spread gives the median, the ninetieth percentile and the largest.
func spread(n []int) string {
	slices.Sort(n)
	return fmt.Sprintf("%d, p50 %d, p90 %d, max %d", len(n), n[len(n)/2], n[len(n)*9/10], n[len(n)-1])
}

// TestSizesChecker plants one of each and wants it found.
func TestSizesChecker(t *testing.T) {
	long := strings.Repeat("\n", maxFunction)
	for text, want := range map[string]string{
		strings.Repeat("\n", maxFile+1):                     "lines",
		"func f() {" + long + "}":                           "f has 101 lines",
		"func f(a, b, c, d, e, g int) {}":                   "f has 6 parameters",
		"func init() {}":                                    "init",
		"type i interface { a(); b(); c(); d(); e(); f() }": "interface i has 6 methods",
		"var x int":                                                  "package variable x",
		"var x = map[string]int{}":                                   "package variable x",
		"var a, b = errors.New(\"\"), 1":                             "package variable b",
		"func f() {}; func (t T) init() {}; var _ I = T{}":           "",
		"var e = errors.New(\"\")":                                   "",
		"//go:embed x\nvar x []byte":                                 "",
		"type Store interface { a(); b(); c(); d(); e(); f(); g() }": "",
	} {
		s := parse(t, "internal/store/x.go", "package x\n"+text)
		_, bad := s.measure()
		if got := strings.Join(bad, "; "); want == "" && got != "" || want != "" && (len(bad) != 1 || !strings.Contains(got, want)) {
			t.Errorf("%.60q: got %q, want %q", text, got, want)
		}
	}
}
