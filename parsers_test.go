package lanyard_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// parserNames begin what turns bytes from outside into values.
var parserNames = regexp.MustCompile(`^(Parse.*|Decode.*|Compile.*|Unseal|OpenSession|ReadProof)$`)

// parserOf gives the name of the exported function if it reads bytes or a text: a parser needs somebody who throws junk at
// it.
func parserOf(decl ast.Decl) (string, bool) {
	f, ok := decl.(*ast.FuncDecl)
	if !ok || !parserNames.MatchString(f.Name.Name) || f.Type.Results.NumFields() < 2 {
		return "", false // one that cannot fail reads nothing that could be wrong
	}
	for _, p := range f.Type.Params.List {
		switch typ := p.Type.(type) {
		case *ast.Ident:
			if typ.Name == "string" || slices.Contains([]string{"Request", "TokenCall", "MetadataCall", "Change", "Spec"}, typ.Name) {
				return f.Name.Name, true
			}
		case *ast.ArrayType:
			if e, ok := typ.Elt.(*ast.Ident); ok && e.Name == "byte" {
				return f.Name.Name, true
			}
		}
	}
	return "", false
}

// notFuzzed are the functions with a parser's name that parse nothing of their own, and why.
func notFuzzed() map[string]string {
	return map[string]string{
		"internal/directory.ParseIdentityType": "hands over to form.IdentityType, which reads a list of three words",
		"verify/strictjson.Parse":              "parses with ParseValue, and wants an object",
		"internal/requestid.ParseNode":         "reads one hexadecimal number",
		"internal/jose.Parse":                  "parses with verify.Parse",
	}
}

// fuzzedWords lists the identifiers that the fuzz targets of each folder use, in their own bodies and in the functions of
// the tests that they use.
func fuzzedWords(t *testing.T) map[string]map[string]bool {
	t.Helper()
	bodies := map[string]map[string][]string{} // by folder and function: the identifiers in it
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return skipFolder(name)
		case !strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(name))
		if bodies[dir] == nil {
			bodies[dir] = map[string][]string{}
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok {
				bodies[dir][f.Name.Name] = append(bodies[dir][f.Name.Name], identifiers(f)...)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]map[string]bool{}
	for dir, functions := range bodies {
		words[dir] = map[string]bool{}
		for name := range functions {
			if strings.HasPrefix(name, "Fuzz") {
				follow(functions, name, words[dir])
			}
		}
	}
	return words
}

// identifiers lists all names in a function.
func identifiers(f *ast.FuncDecl) (names []string) {
	ast.Inspect(f, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			names = append(names, id.Name)
		}
		return true
	})
	return names
}

// follow notes the names in a function and in those that it uses.
func follow(functions map[string][]string, name string, seen map[string]bool) {
	for _, used := range functions[name] {
		if !seen[used] {
			seen[used] = true
			follow(functions, used, seen)
		}
	}
}

// unfuzzed lists the parsers that no fuzz target of their folder uses.
func unfuzzed(parsers map[string][]string, words map[string]map[string]bool, except map[string]string) []string {
	var bad []string
	for dir, names := range parsers {
		for _, name := range names {
			if _, known := except[dir+"."+name]; !known && !words[dir][name] {
				bad = append(bad, fmt.Sprintf("%s.%s: no fuzz target of its folder uses it", dir, name))
			}
		}
	}
	for name := range except {
		dot := strings.LastIndexByte(name, '.')
		if !slices.Contains(parsers[name[:dot]], name[dot+1:]) {
			bad = append(bad, name+" is excepted and is no parser")
		}
	}
	slices.Sort(bad)
	return bad
}

// TestParsersAreFuzzed wants a fuzz target for each exported function that reads bytes or a text from outside.
func TestParsersAreFuzzed(t *testing.T) {
	parsers := map[string][]string{}
	for _, s := range mustSources(t) {
		for _, decl := range s.File.Decls {
			if name, ok := parserOf(decl); ok {
				parsers[s.dir()] = append(parsers[s.dir()], name)
			}
		}
	}
	for _, b := range unfuzzed(parsers, fuzzedWords(t), notFuzzed()) {
		t.Error(b)
	}
}

// TestParsersAreFuzzedChecker plants a parser that nobody fuzzes and an exception for what is gone.
func TestParsersAreFuzzedChecker(t *testing.T) {
	parsers := map[string][]string{"a": {"ParseX", "ParseY", "ParseZ"}}
	got := unfuzzed(parsers, map[string]map[string]bool{"a": {"ParseX": true}}, map[string]string{"a.ParseZ": "", "a.Gone": ""})
	if len(got) != 2 || !strings.Contains(got[0], "a.Gone") || !strings.Contains(got[1], "a.ParseY") {
		t.Errorf("got %q", got)
	}
	s := parse(t, "a/x.go", "package a\nfunc ParseA(s string) (int, error) { return 0, nil }\nfunc ReadB(n int) (int, error) { return 0, nil }\nfunc Bytes(b []byte) (int, error) { return 0, nil }")
	var names []string
	for _, d := range s.File.Decls {
		if name, ok := parserOf(d); ok {
			names = append(names, name)
		}
	}
	if !slices.Equal(names, []string{"ParseA"}) {
		t.Errorf("parsers are %q", names)
	}
}
