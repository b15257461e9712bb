package awswire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"

	"github.com/lanyard-id/lanyard/internal/secret"
)

// Secret is a secret access key or a session token.
type Secret = secret.Text

// Credentials are what a client signs with.
type Credentials struct {
	KeyID        string
	Secret       Secret
	SessionToken Secret // empty for long-term keys
}

// SigningKey is the key that one secret gives for one scope. It prints as a secret.Mask.
type SigningKey struct{ b [sha256.Size]byte }

// NewSigningKey derives the key of secret for scope (Signature Version 4, "derive a signing key").
func NewSigningKey(of Secret, scope Scope) SigningKey {
	key := hmacSHA256([]byte("AWS4"+string(of)), scope.Date)
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
func (k SigningKey) String() string { return secret.Mask }

// GoString hides the key from %#v.
func (k SigningKey) GoString() string { return secret.Mask }

// LogValue hides the key from log/slog.
func (k SigningKey) LogValue() slog.Value { return slog.StringValue(secret.Mask) }

// MarshalText hides the key from JSON and XML.
func (k SigningKey) MarshalText() ([]byte, error) { return []byte(secret.Mask), nil }

func hmacSHA256(key []byte, text string) (sum [sha256.Size]byte) {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	h.Sum(sum[:0])
	return sum
}
