package name

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
)

// GUID is a lower-case canonical GUID. The zero value is "no GUID" and prints empty.
type GUID struct{ s string }

// ParseGUID reads the 8-4-4-4-12 form in any case. A text that is canonical already is kept and not copied.
func ParseGUID(s string) (GUID, error) {
	if len(s) != 36 {
		return GUID{}, fmt.Errorf("not a GUID: %d characters, want 36", len(s))
	}
	canonical := true
	var b [36]byte
	for i := range len(s) {
		c := s[i]
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return GUID{}, fmt.Errorf("not a GUID: no dash at position %d", i+1)
			}
		case c >= '0' && c <= '9' || c >= 'a' && c <= 'f':
		case c >= 'A' && c <= 'F':
			c += 'a' - 'A'
			canonical = false
		default:
			return GUID{}, fmt.Errorf("not a GUID: no hex digit at position %d", i+1)
		}
		b[i] = c
	}
	if canonical {
		return GUID{s}, nil
	}
	return GUID{string(b[:])}, nil
}

// MustGUID is ParseGUID for constants in source.
func MustGUID(s string) GUID {
	g, err := ParseGUID(s)
	if err != nil {
		panic(err)
	}
	return g
}

// NewGUID makes a random GUID (version 4, RFC 9562 section 5.4).
func NewGUID() GUID {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24: the process ends instead
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return GUIDFrom(b)
}

// GUIDFrom writes the sixteen bytes in canonical form.
func GUIDFrom(b [16]byte) GUID {
	var d [36]byte
	hex.Encode(d[:8], b[:4])
	hex.Encode(d[9:13], b[4:6])
	hex.Encode(d[14:18], b[6:8])
	hex.Encode(d[19:23], b[8:10])
	hex.Encode(d[24:], b[10:])
	d[8], d[13], d[18], d[23] = '-', '-', '-', '-'
	return GUID{string(d[:])}
}

// String is the canonical form; empty for the zero value.
func (g GUID) String() string { return g.s }

// IsZero tells "no GUID".
func (g GUID) IsZero() bool { return g.s == "" }

// MarshalText writes the canonical form.
func (g GUID) MarshalText() ([]byte, error) { return []byte(g.s), nil }

// UnmarshalText reads what MarshalText wrote; empty is the zero value.
func (g *GUID) UnmarshalText(b []byte) error { return unmarshalText(g, b, ParseGUID) }

// unmarshalText reads one identifier of any kind here; empty text is the zero value.
func unmarshalText[T any](dst *T, b []byte, parse func(string) (T, error)) error {
	if len(b) == 0 {
		var zero T
		*dst = zero
		return nil
	}
	v, err := parse(string(b))
	if err == nil {
		*dst = v
	}
	return err
}
