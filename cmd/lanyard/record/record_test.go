package record

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/directory/kinds"
)

func sample(t *testing.T) []Record {
	t.Helper()
	var items []Record
	err := json.Unmarshal([]byte(`[
		{"kind": "Resource", "name": "a", "id": "/a", "type": "T", "resourceGroup": "g", "identity": {"type": "SystemAssigned", "principalId": "p"},
		 "properties": {"byId": {"/x": {"clientId": "c"}}, "n": 1.5, "on": true, "empty": {}, "list": ["x", "y"], "mixed": ["x", 1]}},
		{"kind": "Resource", "name": "b", "id": "/b", "type": "T", "resourceGroup": "g", "trust": {"Statement": [{"Effect": "Allow <&>"}]}}]`), &items)
	if err != nil {
		t.Fatal(err)
	}
	return items
}

func TestListing(t *testing.T) {
	for kind, want := range map[string]string{
		"resource":       "NAME  GROUP  TYPE  IDENTITY        PRINCIPAL ID\na     g      T     SystemAssigned  p\nb     g      T\n",
		"Tenant":         "NAME  ID\na     /a\nb     /b\n",
		"StorageAccount": "NAME  GROUP\na     g\nb     g\n",
	} {
		var b bytes.Buffer
		Listing(&b, kind, sample(t))
		if d := cmp.Diff(want, b.String()); d != "" {
			t.Errorf("%s (-want +got):\n%s", kind, d)
		}
	}
	var b bytes.Buffer
	if Listing(&b, "Role", nil); b.String() != "There is no Role.\n" {
		t.Errorf("none: %q", b.String())
	}
}

// TestDetails wants every field, lists and documents whole.
func TestDetails(t *testing.T) {
	var b bytes.Buffer
	Details(&b, sample(t))
	want := `kind                  Resource
name                  a
id                    /a
identity.principalId  p
identity.type         SystemAssigned
properties.byId       {"/x":{"clientId":"c"}}
properties.empty      {}
properties.list       x, y
properties.mixed      ["x",1]
properties.n          1.5
properties.on         true
resourceGroup         g
type                  T

kind           Resource
name           b
id             /b
resourceGroup  g
trust          {"Statement":[{"Effect":"Allow <&>"}]}
type           T
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestColumns wants a listing of every kind to say what is called what.
func TestColumns(t *testing.T) {
	for _, kind := range kinds.Kinds() {
		if c := columns(kind); len(c) < 2 {
			t.Errorf("%s has the columns %v", kind, c)
		}
	}
}
