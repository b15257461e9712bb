package authn_test

import (
	"testing"

	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// TestPrincipalOfASession: who is no role is the root only if it is no federated user.
func TestPrincipalOfASession(t *testing.T) {
	account, err := name.ParseAccountID("111122223333")
	if err != nil {
		t.Fatal(err)
	}
	for want, s := range map[string]*authn.Session{
		"root":          {Session: &credential.Session{Account: account}},
		"federatedUser": {Session: &credential.Session{Account: account, Name: "kim", Kind: credential.FederatedUser}},
		"role":          {Session: &credential.Session{Account: account, Name: "x", RoleID: "AROA1"}, Role: &view.Role{Name: "reader"}},
	} {
		if got := s.Principal(); got.Kind != want || got.ID != s.UserID() {
			t.Errorf("%+v, want %s", got, want)
		}
	}
}
