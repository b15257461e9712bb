package keyring

import (
	"fmt"
	"log/slog"
)

// mask is what every way of printing a secret gives.
const mask = "[secret]"

// secret is key bytes that no printing, logging or encoding shows. It hides the bytes behind a function value,
// because reflection-based printers walk into slices and structs but not into functions.
type secret struct{ reveal func() []byte }

// bytes are the secret itself; nil for the zero value.
func (s secret) bytes() []byte {
	if s.reveal == nil {
		return nil
	}
	return s.reveal()
}

// newSecret keeps b, which the caller must not change any more.
func newSecret(b []byte) secret { return secret{func() []byte { return b }} }

// String is a fixed text.
func (secret) String() string { return mask }

// GoString is a fixed text.
func (secret) GoString() string { return mask }

// Format prints a fixed text for each verb and flag.
func (secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(mask)) }

// LogValue is a fixed text.
func (secret) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalText is a fixed text; there is no way back.
func (secret) MarshalText() ([]byte, error) { return []byte(mask), nil }
