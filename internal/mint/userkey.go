package mint

import (
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

// UserKey makes an access key for a user: the secret, which is shown once, and what is kept of it, for the command that writes
// it together with its record. Nothing is made while issuing is held after a restore.
func (m *Mint) UserKey(v *view.View, u *view.User) (secret.Text, view.AccessKey, error) {
	if err := open(v); err != nil {
		return "", view.AccessKey{}, err
	}
	k := view.AccessKey{ID: credential.NewUserKeyID(u.ARN.Account()), Account: u.ARN.Account(), User: u.UniqueID}
	text := newSecret()
	if err := credential.SealUserKey(m.Keys, &k, text); err != nil {
		return "", view.AccessKey{}, err
	}
	return text, k, nil
}
