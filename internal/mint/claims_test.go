package mint

import (
	"encoding/json"
	"testing"
)

// TestClaimsAreWrittenAsTheyAreDeclared compares the hand-written encoder with encoding/json: claims full, empty and in need
// of escapes.
func TestClaimsAreWrittenAsTheyAreDeclared(t *testing.T) {
	for what, c := range map[string]entraClaims{
		"empty": {},
		"full": {
			Audience: "api://a", Issuer: "https://127.0.0.1/t/", IssuedAt: 1, Before: 2, Expires: 3, AppID: "a", AppIDACR: "2", AZP: "z",
			AZPACR: "1", IDP: "i", IDType: "app", ObjectID: "o", Roles: []string{"r1", "r2"}, Subject: "s", Tenant: "t", ID: "u",
			Version: "1.0", Identity: "/subscriptions/x", Host: "/subscriptions/y", Rev: 4, Inc: "n",
		},
		"escapes": {Audience: `"<&>`, Roles: []string{"é\n"}, Identity: "\xff", Rev: -1},
	} {
		want, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(c.append(nil)); got != string(want) {
			t.Errorf("%s: written\n%s, declared\n%s", what, got, want)
		}
	}
}
