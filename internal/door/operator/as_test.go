package operator

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/name"
)

const someID = "/subscriptions/3f2a1b00-0000-4000-8000-000000000001/resourceGroups/demo/providers/Microsoft.Web/sites/reader"

func TestParseAs(t *testing.T) {
	tests := []struct {
		text string
		want as // the zero value is a refusal
	}{
		{"reader", as{kind: byName, name: "reader"}},
		{"demo/reader", as{kind: byName, group: "demo", name: "reader"}},
		{"demo/operator", as{kind: byName, group: "demo", name: "operator"}},
		{"Operator", as{kind: byName, name: "Operator"}},
		{"operator", as{kind: operator}},
		{"operator@default", as{kind: operator, name: "default"}},
		{"operator@a b", as{kind: operator, name: "a b"}},
		{"root@123456789012", as{kind: root, name: "123456789012"}},
		{someID, as{kind: byID, id: resourceID(t, someID)}},
		{"arn:aws:lambda:us-east-2:123456789012:function:f", as{kind: byARN, arn: arn(t, "arn:aws:lambda:us-east-2:123456789012:function:f")}},
		{"", as{}},
		{"root", as{}},
		{"root@", as{}},
		{"operator@", as{}},
		{"reader@default", as{}},
		{"/reader", as{}},
		{"demo/", as{}},
		{"/", as{}},
		{"a/b/c", as{}},
		{"arn:aws:lambda", as{}},
		{"arn:aws-cn:lambda:us-east-2:123456789012:function:f", as{}},
		{"a\nb", as{}},
		{"a\x1b[2Jb", as{}},
		{"\xff", as{}},
		{strings.Repeat("x", maxAs+1), as{}},
	}
	for _, tc := range tests {
		got, err := parseAs(tc.text)
		if got != tc.want || (err == nil) != (tc.want.kind != 0) {
			t.Errorf("%q: got %+v, %v", tc.text, got, err)
		}
	}
}

// FuzzParseAs wants every text to be refused or to name one thing by one form, and the names to say what was written.
func FuzzParseAs(f *testing.F) {
	for _, s := range []string{"reader", "demo/reader", "operator", "operator@x", "root@x", someID, someID + "/", "arn:aws:s3:::b", "@", "/", "a/b/c", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := parseAs(text)
		if err != nil {
			if a != (as{}) {
				t.Fatalf("%q: refused, and still %+v", text, a)
			}
			return
		}
		written := map[asKind]string{byID: a.id.String(), byName: a.String(), byARN: a.arn.String(), operator: "operator", root: "root@" + a.name}[a.kind]
		if a.kind == operator && a.name != "" {
			written += "@" + a.name
		}
		if a.kind == byID {
			text = strings.TrimSuffix(text, "/") // ARM's clients write one, and it is no part of the id
		}
		if written != text || a.kind != byID && a.kind != byARN && a.name == "" && a.kind != operator {
			t.Fatalf("%q was read as %q: %+v", text, written, a)
		}
		if a.kind == byName && (strings.ContainsAny(a.name+a.group, "/@") || text == "operator" || text == "root") {
			t.Fatalf("%q was taken for a name: %+v", text, a)
		}
	})
}

func resourceID(t *testing.T, text string) name.ResourceID {
	t.Helper()
	id, err := name.ParseResourceID(text)
	must(t, err)
	return id
}

func arn(t *testing.T, text string) name.ARN {
	t.Helper()
	a, err := name.ParseARN(text)
	must(t, err)
	return a
}
