package azwire

import (
	"strings"
	"testing"
)

func TestGraphFilter(t *testing.T) {
	thing := map[string][]string{
		"appId": {"11111111-0000-4000-8000-000000000000"}, "displayName": {"Deployer's"}, "servicePrincipalNames": {"api://x", "https://y"},
	}
	values := func(p string) []string { return thing[p] }
	for text, want := range map[string]bool{
		"": true, "appId eq '11111111-0000-4000-8000-000000000000'": true, "appId eq '1'": false,
		"startswith(displayName,'deploy')": true, "startswith(displayName, 'Deployer''s')": true, "startswith(displayName,'Deployer''s x')": false,
		"servicePrincipalNames/any(c:c eq 'https://y')": true, "servicePrincipalNames/any(c: c eq 'z')": false,
		"appId eq '1' or displayName eq 'deployer''s'": true, "appId eq '1' or displayName eq 'deployer''s' and appId eq '2'": false,
		"appId eq '1' and appId eq '2' or displayName eq 'deployer''s'": true, "other eq 'x'": false,
	} {
		f, err := ParseGraphFilter(text)
		if err != nil || f.Match(values) != want {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
	for _, text := range []string{
		" ", "appId", "appId eq 1", "appId ne '1'", "appId eq '1", "appId eq '1' xor appId eq '2'", "appId eq '1' and", "(appId eq '1')", "appId eq '1' ",
		"startswith(appId)", "startswith(appId,'1'", "endswith(appId,'1')", "x/any(c:d eq '1')", "x/any(1:c eq '1')", "x/any(c c eq '1')", "x/any(c:c eq '1'", "startswith(1,'a')", "x/all(c:c eq '1')", "appId EQ '1'",
		"not appId eq '1'", "1 eq '1'", strings.Repeat("a", 4097), strings.Repeat("a eq 'b' or ", 64) + "a eq 'b'",
	} {
		if _, err := ParseGraphFilter(text); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}

// FuzzGraphFilter throws junk at the reader of filters: it ends, and what it reads asks for plain names.
func FuzzGraphFilter(f *testing.F) {
	for _, seed := range []string{"appId eq '1'", "startswith(displayName,'a''b') or x/any(c:c eq 'y') and z eq ''", "x/any(:", "a eq '''"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := ParseGraphFilter(text)
		if err != nil {
			return
		}
		for _, p := range filter.Properties() {
			if strings.ContainsAny(p, " '()") {
				t.Errorf("%q asks for %q", text, p)
			}
		}
		filter.Match(func(string) []string { return []string{"", "x"} })
	})
}
