package credential

import (
	"fmt"
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// DelegationPurpose is what the keyring derives user delegation keys for.
const DelegationPurpose = "user-delegation"

// MaxDelegation is how long a user delegation key may live, and how far ahead it may begin or end (Get User Delegation Key).
const MaxDelegation = 7 * 24 * time.Hour

// Delegation says which user delegation key is meant. The key is derived from it and kept nowhere.
type Delegation struct {
	Principal  *view.Principal
	AccountUID name.GUID // the storage account's own id: an account made anew under the name inherits no key
	Start      time.Time
	Expiry     time.Time
	Version    string
}

// Context is what the key is derived from beside the keyring's secret: with the incarnation of the store and the
// principal's last revocation in it, a restore or a revocation makes it another key.
func (d Delegation) Context(v *view.View) []byte {
	return fmt.Appendf(nil, "%s\n%s\n%s\n%d\n%s\n%d\n%d\n%s", v.Installation().Incarnation, d.Principal.Tenant, d.Principal.ObjectID,
		d.Principal.RevokedAt, d.AccountUID, d.Start.Unix(), d.Expiry.Unix(), d.Version)
}
