package secret

import "log/slog"

// Mask is what every secret prints as.
const Mask = "[secret]"

// Text is a secret text: a token, an access key's secret, an assertion. Reveal is the way to the text, for signing and for
// handing it to its owner.
type Text string

// Reveal gives the text itself, never for a log.
func (t Text) Reveal() string { return string(t) }

// String is a mask.
func (Text) String() string { return Mask }

// GoString is a mask.
func (Text) GoString() string { return Mask }

// LogValue is a mask.
func (Text) LogValue() slog.Value { return slog.StringValue(Mask) }

// MarshalText is a mask, so that no struct that holds a secret writes it by accident.
func (Text) MarshalText() ([]byte, error) { return []byte(Mask), nil }
