package awswire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
)

// mask is what every secret of this package prints as.
const mask = "[secret]"

// Secret is a secret access key. It prints as a mask; the text itself is string(s).
type Secret string

// String hides the secret.
func (s Secret) String() string { return mask }

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return mask }

// LogValue hides the secret from log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalText hides the secret from JSON and XML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(mask), nil }

// Credentials are what a client signs with.
type Credentials struct {
	KeyID        string
	Secret       Secret
	SessionToken Secret // empty for long-term keys
}

// SigningKey is the key that one secret gives for one scope. It prints as a mask.
type SigningKey struct{ b [sha256.Size]byte }

// NewSigningKey derives the key of secret for scope (Signature Version 4, "derive a signing key").
func NewSigningKey(secret Secret, scope Scope) SigningKey {
	key := hmacSHA256([]byte("AWS4"+string(secret)), scope.Date)
	key = hmacSHA256(key[:], scope.Region)
	key = hmacSHA256(key[:], scope.Service)
	return SigningKey{hmacSHA256(key[:], terminator)}
}

// Sign gives the lower-case hex signature of a string to sign. The chunks of a signed stream are signed with it too.
func (k SigningKey) Sign(stringToSign string) string {
	sum := hmacSHA256(k.b[:], stringToSign)
	return hex.EncodeToString(sum[:])
}

// String hides the key.
func (k SigningKey) String() string { return mask }

// GoString hides the key from %#v.
func (k SigningKey) GoString() string { return mask }

// LogValue hides the key from log/slog.
func (k SigningKey) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalText hides the key from JSON and XML.
func (k SigningKey) MarshalText() ([]byte, error) { return []byte(mask), nil }

func hmacSHA256(key []byte, text string) (sum [sha256.Size]byte) {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	h.Sum(sum[:0])
	return sum
}
