package secrets

import (
	"crypto/rand"
	"encoding/hex"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Why a value is not taken, or not given.
const (
	// TooLarge means that a secret's value is longer than a vault keeps.
	TooLarge fault.Reason = "secrets.value_too_large"
	// Damaged means that a stored value does not open: it was changed, moved, or sealed with keys that this installation
	// does not have.
	Damaged fault.Reason = "secrets.damaged"
)

// MaxValue is the longest value in bytes (Azure Key Vault, "About secrets").
const MaxValue = 25 << 10

// purpose keeps sealed values apart from everything else that is sealed with the same keys.
const purpose = "key vault secret"

// Keys seal what is kept and open it: the keyring.
type Keys interface {
	SealLasting(purpose string, aad, plaintext []byte) ([]byte, error)
	Unseal(purpose string, aad, sealed []byte) ([]byte, error)
}

// Values seals and opens.
type Values struct{ Keys Keys }

// NewVersion makes the id of a version: 128 random bits in hex, as Key Vault's.
func NewVersion() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24: the process ends instead
	return hex.EncodeToString(b[:])
}

// Seal encrypts a value for one version of one secret of one vault.
func (s Values) Seal(vault *view.Resource, secretName, version string, value secret.Text) ([]byte, error) {
	if len(value) > MaxValue {
		return nil, fault.New(fault.Invalid, TooLarge, "The value of a secret has at most %d bytes.", MaxValue)
	}
	return s.Keys.SealLasting(purpose, owner(vault.UID.String(), secretName, version), []byte(value))
}

// Open decrypts the value of a version. What does not open is a fault of the house: the caller was let in.
func (s Values) Open(v *view.SecretVersion) (secret.Text, error) {
	plain, err := s.Keys.Unseal(purpose, owner(v.VaultUID.String(), v.Secret, v.ID), v.Sealed)
	if err != nil {
		return "", fault.New(fault.Internal, Damaged, "").Because(err)
	}
	return secret.Text(plain), nil
}

// owner says whose a value is: three texts of which none can hold the slash between them.
func owner(vault, secretName, version string) []byte {
	return []byte(vault + "/" + strings.ToLower(secretName) + "/" + version)
}
