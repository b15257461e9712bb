package name

import (
	"strings"
	"testing"
)

// text is what all identifiers can do.
type text interface{ String() string }

// seeds are texts of every kind, good and bad.
func seeds(f *testing.F) {
	f.Helper()
	for _, s := range []string{
		"", "/", "//", "/a/", "/subscriptions/00000000-0000-4000-8000-000000000001",
		"/Subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/G/providers/Microsoft.Web/sites/f",
		"/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/g/providers/A/b/c/d/e", "/a/../b", "/a/%2e%2e/b", "/a\\b", "/\u0130/x",
		"arn:aws:iam::111122223333:role/r", "arn:aws:s3:::b/k:with:colons", "arn:aws-cn:s3:::b", "arn:aws:s3:us-east-1:1:b",
		"https://127.0.0.1:8443/t/", "http://localhost/x", "http://example.com", "https://u@h/", "https://h/a/../b", "https://h./",
		"00000000-0000-4000-8000-000000000001", "{00000000-0000-4000-8000-000000000001}", "111122223333", "\xff",
	} {
		f.Add(s)
	}
}

// FuzzParse: whatever is accepted reads back as itself, has no second spelling of a path, and survives being stored.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := ParseScope(s); err == nil {
			again(t, v, ParseScope)
			checkScope(t, s, v)
		}
		if v, err := ParseResourceID(s); err == nil {
			again(t, v, ParseResourceID)
			checkResource(t, v)
		}
		if v, err := ParseARN(s); err == nil {
			again(t, v, ParseARN)
			if made, err := NewARN(v.Service(), v.Region(), v.Account(), v.Resource()); err != nil || made.String() != v.String() {
				t.Errorf("%q made of its parts is %q: %v", v, made, err)
			}
		}
		if v, err := ParseIssuerURL(s); err == nil {
			again(t, v, ParseIssuerURL)
			if v.String() != s {
				t.Errorf("the issuer %q became %q", s, v)
			}
		}
		if v, err := ParseGUID(s); err == nil {
			again(t, v, ParseGUID)
		}
		if v, err := ParseAccountID(s); err == nil {
			again(t, v, ParseAccountID)
		}
	})
}

// again wants that a value's text is the value.
func again[T text](t *testing.T, v T, parse func(string) (T, error)) {
	t.Helper()
	if back, err := parse(v.String()); err != nil || back.String() != v.String() {
		t.Errorf("%q reads back as %q: %v", v.String(), back.String(), err)
	}
}

func checkScope(t *testing.T, written string, s Scope) {
	t.Helper()
	if strings.ContainsAny(s.String(), "\\%?#\x00\r\n") || strings.Contains(s.String(), "/../") || strings.Contains(s.String(), "//") {
		t.Errorf("the scope %q has a second spelling", s)
	}
	if strings.TrimSuffix(written, "/") != s.String() && written != "/" {
		t.Errorf("%q became %q", written, s)
	}
	covered := 0
	for up := range s.Ancestors() {
		covered++
		if !CoversKey(up, s.Key()) {
			t.Errorf("%q does not cover %q, which lies below it", up, s)
		}
	}
	if covered == 0 || !Root().Covers(s) {
		t.Errorf("the root does not cover %q", s)
	}
}

func checkResource(t *testing.T, r ResourceID) {
	t.Helper()
	if r.Name() == "" || r.Group() == "" || r.Type() == "" || r.Subscription().IsZero() && !strings.Contains(r.Key(), "00000000-0000-0000-0000-000000000000") {
		t.Errorf("%q lacks a part", r)
	}
	if parent, ok := r.Parent(); ok && !parent.Scope().Covers(r.Scope()) {
		t.Errorf("%q does not cover %q", parent, r)
	}
}
