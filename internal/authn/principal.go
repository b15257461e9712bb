package authn

import (
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/credential"
)

// Principal is how records name the session: a role's, a user, a federated user, or the root of an
// account.
func (s *Session) Principal() audit.Principal {
	kind := "role"
	switch {
	case s.Kind == credential.FederatedUser: // it has no role either, and is not the root
		kind = "federatedUser"
	case s.User.ID != "":
		kind = "user"
	case s.Role == nil:
		kind = "root"
	}
	return audit.Principal{Kind: kind, ID: s.UserID(), Display: s.ARN(s.Role).String(), Session: s.Name}
}
