package azwire

import (
	"strconv"
	"unicode/utf8"
)

// object writes one JSON object from front to back. Names are constants of this package.
type object struct {
	b     []byte
	empty bool
}

func newObject(dst []byte) *object { return &object{append(dst, '{'), true} }

func (o *object) name(name string) {
	if !o.empty {
		o.b = append(o.b, ',')
	}
	o.empty = false
	o.b = append(append(append(o.b, '"'), name...), '"', ':')
}

// text writes a string.
func (o *object) text(name, value string) {
	o.name(name)
	o.b = appendJSONString(o.b, value)
}

// token writes a token of ours: base64url and dots (RFC 7515 section 7.1), which need no escape.
func (o *object) token(name, value string) {
	o.name(name)
	o.b = append(append(append(o.b, '"'), value...), '"')
}

// number writes a number.
func (o *object) number(name string, n int64) {
	o.name(name)
	o.b = strconv.AppendInt(o.b, n, 10)
}

// digits writes a number as a string, as the older replies have it.
func (o *object) digits(name string, n int64) {
	o.name(name)
	o.b = append(strconv.AppendInt(append(o.b, '"'), n, 10), '"')
}

// raw writes a value that is JSON already.
func (o *object) raw(name string, value []byte) {
	o.name(name)
	o.b = append(o.b, value...)
}

// end closes the object and gives the buffer.
func (o *object) end() []byte { return append(o.b, '}') }

// appendJSONString writes s as a JSON string (RFC 8259 section 7). Bytes that are no UTF-8 become U+FFFD. What stands for
// itself is copied in one piece: an answer is mostly a token.
func appendJSONString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for {
		n := plain(s)
		dst = append(dst, s[:n]...)
		if s = s[n:]; s == "" {
			return append(dst, '"')
		}
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\n':
			dst = append(dst, `\n`...)
		case r < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		case r == utf8.RuneError:
			dst = append(dst, "\ufffd"...)
		default:
			dst = append(dst, s[:n]...)
		}
		s = s[n:]
	}
}

// plain is how many bytes at the beginning of s are ASCII and need no escape.
func plain(s string) int {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return i
		}
	}
	return len(s)
}
