package lanyard_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// reasonWord is the form of a reason: the topic, then what failed.
var reasonWord = regexp.MustCompile(`^[a-z0-9]+(\.[a-z0-9_]+)+$`)

// declared is one constant of type fault.Reason.
type declared struct{ Word, Doc, Dir string }

// TestErrorsPage wants docs/errors.md to be what the code says.
func TestErrorsPage(t *testing.T) {
	var all []declared
	home := map[string]string{}
	for _, s := range mustSources(t) {
		found, bad := s.reasons()
		for _, b := range bad {
			t.Errorf("%s: %s", s.Name, b)
		}
		for _, d := range found {
			if other, twice := home[d.Word]; twice {
				t.Errorf("%s: %s is declared in %s already", s.Name, d.Word, other)
			}
			home[d.Word] = s.Name
		}
		all = append(all, found...)
	}
	compareOrUpdate(t, "docs/errors.md", errorsPage(all))
}

// reasons finds the reasons that a file declares, and those that it uses without declaring them.
func (s source) reasons() (found []declared, bad []string) {
	ast.Inspect(s.File, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GenDecl:
			if v, ok := n.Specs[0].(*ast.ValueSpec); ok && !n.Lparen.IsValid() && v.Doc == nil {
				v.Doc = n.Doc // the comment of a declaration without parentheses stands on the declaration
			}
		case *ast.ValueSpec:
			if !isReason(n.Type, s.dir()) {
				return true
			}
			for i, name := range n.Names {
				d, err := s.reason(n, i)
				if err != "" {
					bad = append(bad, fmt.Sprintf("%s %s", name, err))
					continue
				}
				found = append(found, d)
			}
		case *ast.CallExpr:
			if isFaults(n.Fun, "New") && len(n.Args) > 1 && isLiteral(n.Args[1]) || isFaults(n.Fun, "Reason") && isLiteral(n.Args[0]) {
				bad = append(bad, "has a reason that is no documented constant")
			}
		case *ast.CompositeLit:
			for _, e := range n.Elts {
				kv, ok := e.(*ast.KeyValueExpr)
				if ok && isFaults(n.Type, "Fault") && fmt.Sprint(kv.Key) == "Reason" && isLiteral(kv.Value) {
					bad = append(bad, "has a reason that is no documented constant")
				}
			}
		}
		return true
	})
	return found, bad
}

// reason reads the i-th constant of a specification.
func (s source) reason(v *ast.ValueSpec, i int) (declared, string) {
	if i >= len(v.Values) || !isLiteral(v.Values[i]) {
		return declared{}, "is no constant word"
	}
	word, err := strconv.Unquote(v.Values[i].(*ast.BasicLit).Value)
	if err != nil {
		return declared{}, err.Error()
	}
	doc := strings.Join(strings.Fields(v.Doc.Text()+v.Comment.Text()), " ")
	switch {
	case doc == "":
		return declared{}, "has no comment that says what it means"
	case s.dir() == "internal/fault":
	case !reasonWord.MatchString(word):
		return declared{}, fmt.Sprintf("is %q: want topic.lower_snake", word)
	}
	return declared{word, meaning(v.Names[i].Name, doc), s.dir()}, ""
}

// isReason tells whether a type expression is fault.Reason.
func isReason(typ ast.Expr, dir string) bool {
	id, ok := typ.(*ast.Ident)
	return typ != nil && isFaults(typ, "Reason") || ok && id.Name == "Reason" && dir == "internal/fault"
}

// isFaults tells whether an expression is package fault's word of this name.
func isFaults(e ast.Expr, name string) bool {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && x.Name == "fault" && sel.Sel.Name == name
}

func isLiteral(e ast.Expr) bool {
	_, ok := e.(*ast.BasicLit)
	return ok
}

// meaning makes a sentence of a constant's comment by taking off its name.
func meaning(name, doc string) string {
	for _, lead := range []string{" means that ", " means ", " says that ", ": ", " "} {
		if rest, ok := strings.CutPrefix(doc, name+lead); ok {
			doc = rest
			break
		}
	}
	r, n := utf8.DecodeRuneInString(doc)
	return string(unicode.ToUpper(r)) + doc[n:]
}

// errorsPage writes the page.
func errorsPage(all []declared) string {
	slices.SortFunc(all, func(a, b declared) int { return strings.Compare(a.Word+" "+a.Dir, b.Word+" "+b.Dir) })
	var b strings.Builder
	b.WriteString("# Why a request was refused\n\nEvery failure has one stable reason. It stands in the decision record and in " +
		"the log under the request id\nthat the caller got; `lanyard explain` prints it. This page is made from the code by " +
		"`make generate`.\n")
	last := ""
	for _, d := range all {
		if first, _, _ := strings.Cut(d.Word, "."); first != last {
			last = first
			fmt.Fprintf(&b, "\n## %s\n\n| reason | what it means | found by |\n| --- | --- | --- |\n", first)
		}
		fmt.Fprintf(&b, "| `%s` | %s | `%s` |\n", d.Word, strings.ReplaceAll(d.Doc, "|", `\|`), d.Dir)
	}
	return b.String()
}

// parse makes a source of a text.
func parse(t *testing.T, name, text string) source {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return source{name, strings.Count(text, "\n"), set, file}
}

// TestReasonsChecker plants one of each and wants it found.
func TestReasonsChecker(t *testing.T) {
	for text, want := range map[string]string{
		"// A means that b.\nconst A fault.Reason = \"x.a\"": "",
		"const A fault.Reason = \"x.a\" // A is b.":          "",
		"const A fault.Reason = \"x.a\"":                     "no comment",
		"// A is b.\nconst A fault.Reason = \"x\"":           "lower_snake",
		"// A is b.\nconst A fault.Reason = \"x.A\"":         "lower_snake",
		"// A is b.\nconst A fault.Reason = B":               "no constant word",
		"var e = fault.New(fault.Denied, \"x.a\", \"\")":     "no documented constant",
		"var e = &fault.Fault{Reason: \"x.a\"}":              "no documented constant",
		"var e = fault.Reason(\"x.a\")":                      "no documented constant",
		"var e = fault.New(fault.Denied, A, \"\")":           "",
	} {
		found, bad := parse(t, "internal/x/x.go", "package x\n"+text).reasons()
		got := strings.Join(bad, "; ")
		if want == "" && got != "" || want != "" && !strings.Contains(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
		if strings.Contains(text, "const") && want == "" && (len(found) != 1 || found[0].Word != "x.a") {
			t.Errorf("%q: found %v", text, found)
		}
	}
}

func TestMeaning(t *testing.T) {
	for doc, want := range map[string]string{
		"NoRoute means that a path is unknown.": "A path is unknown.",
		"NoRoute: the path is unknown.":         "The path is unknown.",
		"NoRoute is an unknown path.":           "Is an unknown path.",
		"The path is unknown.":                  "The path is unknown.",
	} {
		if got := meaning("NoRoute", doc); got != want {
			t.Errorf("%q: got %q, want %q", doc, got, want)
		}
	}
}

// word is a reason as the tables of the dialects spell it: a dotted text before a colon.
var word = regexp.MustCompile(`"([a-z_]+\.[a-z0-9_]+)":`)

// TestDialectsTellWhatHappens wants each row of the dialects' error tables to be of a reason that something gives: a row that
// nothing leads to is a promise of an error which nobody can get.
func TestDialectsTellWhatHappens(t *testing.T) {
	known := map[string]bool{}
	for _, s := range mustSources(t) {
		found, _ := s.reasons()
		for _, d := range found {
			known[d.Word] = true
		}
	}
	rows := 0
	for _, pattern := range []string{"internal/awswire/*errors.go", "internal/azwire/*errors.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files (%v)", pattern, len(files), err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file) //nolint:gosec // from the glob above
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range word.FindAllStringSubmatch(string(text), -1) {
				if rows++; !known[m[1]] {
					t.Errorf("%s has a row for %s, which nothing gives", file, m[1])
				}
			}
		}
	}
	if rows < 50 {
		t.Errorf("found %d rows only", rows)
	}
}
