package credential

import (
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

// KeyDamaged means that the stored secret of an access key does not open: it was changed, moved to another key, or sealed with
// keys that this installation does not have.
const KeyDamaged fault.Reason = "credential.access_key_damaged"

// userKeyPurpose keeps the sealed secrets of access keys apart from everything else that is sealed with the same keys.
const userKeyPurpose = "aws access key"

// LastingSealer seals what is stored; the keyring.
type LastingSealer interface {
	SealLasting(purpose string, aad, plaintext []byte) ([]byte, error)
}

// SealUserKey puts the secret of a user's access key into what is kept of the key.
func SealUserKey(by LastingSealer, k *view.AccessKey, text secret.Text) (err error) {
	k.Sealed, err = by.SealLasting(userKeyPurpose, userKeyOwner(k), []byte(text))
	return err
}

// UserKeySecret opens the secret of an access key, to check a signature.
func UserKeySecret(with Opener, k *view.AccessKey) (secret.Text, error) {
	plain, err := with.Unseal(userKeyPurpose, userKeyOwner(k), k.Sealed)
	if err != nil {
		return "", fault.New(fault.Internal, KeyDamaged, "").Because(err)
	}
	return secret.Text(plain), nil
}

// userKeyOwner says whose a secret is: none of the texts can hold the slash between them.
func userKeyOwner(k *view.AccessKey) []byte {
	return []byte(k.Account.String() + "/" + k.User + "/" + k.ID)
}
