package kit

import "testing"

// TestPageTokens: a token opens the list that it was made for, and no other; it cannot be made up.
func TestPageTokens(t *testing.T) {
	k, other := New(Kit{}), New(Kit{})
	bound := []string{"page", "me", "/subscriptions", "api-version=2020-01-01"}
	token := k.sign(bound, "/subscriptions/x")
	if key, ok := k.open(bound, token); !ok || key != "/subscriptions/x" {
		t.Errorf("its own token gives %q, %v", key, ok)
	}
	for name, to := range map[string][]string{
		"another caller": {"page", "you", "/subscriptions", "api-version=2020-01-01"}, "another path": {"page", "me", "/tenants", "api-version=2020-01-01"},
		"another filter": {"page", "me", "/subscriptions", "$filter=x", "api-version=2020-01-01"}, "shifted": {"page", "me/", "subscriptions", "api-version=2020-01-01"},
		"fewer parts": {"page", "me", "/subscriptionsapi-version=2020-01-01"},
	} {
		if _, ok := k.open(to, token); ok {
			t.Errorf("%s opens it", name)
		}
	}
	if _, ok := other.open(bound, token); ok {
		t.Error("another process opens it")
	}
	for _, forged := range []string{"", "x", token[1:], token + "A", "L3N1YnNjcmlwdGlvbnMveA", token[:len(token)-2]} {
		if _, ok := k.open(bound, forged); ok {
			t.Errorf("%q is taken", forged)
		}
	}
}
