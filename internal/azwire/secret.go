package azwire

import "log/slog"

// mask is what every secret of this package prints as.
const mask = "[secret]"

// Secret is a proof that a caller presented: a client secret, an assertion, an endpoint's secret header. It prints as a
// mask; the text itself is string(s).
type Secret string

// String hides the secret.
func (s Secret) String() string { return mask }

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return mask }

// LogValue hides the secret from log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalText hides the secret from JSON and XML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(mask), nil }
