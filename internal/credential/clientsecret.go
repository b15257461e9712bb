package credential

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/lanyard-id/lanyard/internal/secret"
)

// HashSecret is what is kept of a client secret: its SHA-256 in hex. The secrets are made here with 256 random bits and
// never chosen by people, so there is nothing to guess and no slow hash is needed.
func HashSecret(text secret.Text) string {
	sum := sha256.Sum256([]byte(text.Reveal()))
	return hex.EncodeToString(sum[:])
}
