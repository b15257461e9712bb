package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Hash is the SHA-256 of one line. The zero value stands before the first line of a stream.
type Hash [sha256.Size]byte

// String is 64 hex digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// IsZero tells "no line".
func (h Hash) IsZero() bool { return h == Hash{} }

// MarshalText writes the hex digits.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads what MarshalText wrote.
func (h *Hash) UnmarshalText(b []byte) error {
	if len(b) != hex.EncodedLen(len(h)) {
		return fmt.Errorf("a hash has %d hex digits, not %d characters", hex.EncodedLen(len(h)), len(b))
	}
	if _, err := hex.Decode(h[:], b); err != nil {
		return fmt.Errorf("hash: %w", err)
	}
	return nil
}

// Head is the end of a stream: the number and the hash of its last line. A Head that is noted elsewhere proves later
// that nothing up to it was changed or cut off.
type Head struct {
	Seq  uint64 `json:"seq"`
	Hash Hash   `json:"hash"`
}
