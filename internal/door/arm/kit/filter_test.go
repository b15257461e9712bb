package kit

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/fault"
)

func TestParseFilter(t *testing.T) {
	in := Fields{Texts: map[string]string{"name": "vm's", "resourceGroup": "G"}, Tags: map[string]string{"env": "dev"}}
	for text, want := range map[string]bool{
		"name eq 'vm''s'": true, "Name EQ 'VM''S'": true, "name eq 'other'": false, "resourceGroup eq 'g' and name eq 'vm''s'": true,
		"resourceGroup eq 'g'  and  name eq 'x'": false, "tagName eq 'env'": true, "tagName eq 'env' and tagValue eq 'dev'": true,
		"tagName eq 'env' and tagValue eq 'DEV'": false, "tagName eq 'none'": false, " name eq 'vm''s' ": true, "location eq 'x'": false,
	} {
		f, err := ParseFilter(text, "name", "resourceGroup", "location", "tagName", "tagValue")
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if got := f.Matches(in); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{
		"name", "name eq", "name eq x", "name eq 'x", "name ne 'x'", "secret eq 'x'", "name eq 'x' or name eq 'y'", "name eq 'x' and", "name eq 'x'and name eq 'y'",
		"not name eq 'x'", "(name eq 'x')", strings.Repeat("name eq 'x' and ", 20) + "name eq 'x'", "substringof('x', name)", "name eq 'a'b'",
	} {
		if _, err := ParseFilter(text, "name"); !fault.Is(err, BadFilter) {
			t.Errorf("%q is read: %v", text, err)
		}
	}
}

func FuzzParseFilter(f *testing.F) {
	f.Add("name eq 'vm''s' and tagName eq 'x'")
	f.Add("name eq '' and ")
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := ParseFilter(text, "name", "tagName", "tagValue")
		if err != nil {
			if !fault.Is(err, BadFilter) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		filter.Matches(Fields{})
		if len(filter.tests) == 0 || len(filter.tests) > maxTests {
			t.Errorf("%q: %d comparisons", text, len(filter.tests))
		}
	})
}
