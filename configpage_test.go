package lanyard_test

import (
	"fmt"
	"go/ast"
	"reflect"
	"strings"
	"testing"
)

const configHead = `# The configuration

None is needed: ` + "`lanyard serve`" + ` starts with the defaults. A file is YAML, read with ` + "`lanyard serve --config FILE`" + ` and checked
without a server by ` + "`lanyard check --config FILE`" + `. Unknown keys, wrong types and a second document are errors that name
the line. Flags override the file. A duration is written as 90s, 15m or 3h; a network as 10.0.0.0/8. This page is made from
the comments of ` + "`server.Config`" + ` by ` + "`make generate`" + `.

| key | type | what |
| --- | --- | --- |
`

// TestConfigPage wants docs/config.md to be what the comments of the configuration say.
func TestConfigPage(t *testing.T) {
	var page strings.Builder
	page.WriteString(configHead)
	for _, f := range configFields(t) {
		fmt.Fprintf(&page, "| `%s` | %s | %s |\n", strings.Join(f.keys, "`, `"), f.typ, strings.ReplaceAll(f.doc, "|", `\|`))
	}
	compareOrUpdate(t, "docs/config.md", page.String())
}

// configField is one line of the page: keys that are explained together.
type configField struct {
	keys []string
	typ  string
	doc  string
}

// configFields reads the struct. A field without a comment belongs to the one above it.
func configFields(t *testing.T) (list []configField) {
	t.Helper()
	for _, s := range mustSources(t) {
		if s.dir() != "internal/server" {
			continue
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || spec.Name.Name != "Config" {
				return true
			}
			for _, field := range spec.Type.(*ast.StructType).Fields.List {
				list = addConfigField(t, list, field)
			}
			return false
		})
	}
	if len(list) == 0 {
		t.Fatal("internal/server has no Config")
	}
	return list
}

func addConfigField(t *testing.T, list []configField, field *ast.Field) []configField {
	t.Helper()
	var key string
	if field.Tag != nil {
		key = reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("yaml")
	}
	typ, known := map[string]string{
		"string": "text", "int64": "number", "[]int": "list of numbers", "[]netip.Prefix": "list of networks", "time.Duration": "duration",
	}[typeText(field.Type)]
	doc := strings.Join(strings.Fields(field.Doc.Text()), " ")
	switch {
	case key == "" || !known:
		t.Errorf("the page does not know the field %v", field.Names)
	case doc == "" && len(list) > 0:
		last := &list[len(list)-1]
		last.keys = append(last.keys, key)
		return list
	case !strings.HasPrefix(doc, field.Names[0].Name+" "):
		t.Errorf("the comment of %s does not begin with its name", field.Names[0])
	}
	return append(list, configField{[]string{key}, typ, doc})
}

// typeText is a type as it is written.
func typeText(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.ArrayType:
		return "[]" + typeText(e.Elt)
	case *ast.SelectorExpr:
		return typeText(e.X) + "." + e.Sel.Name
	}
	return fmt.Sprintf("%T", e)
}
