package stored

import "bytes"

// Reader walks one object. After a failure every call gives the zero value, so that only Done need be asked.
type Reader struct {
	rest   []byte
	inside bool // an object was just opened: no comma stands before its next field
	failed bool
}

// NewReader begins before the value, which the reader shares and never changes.
func NewReader(value []byte) Reader { return Reader{rest: value} }

// Begin opens an object, End closes it.
func (r *Reader) Begin() { r.take('{'); r.inside = true }

// End closes the object that was opened last.
func (r *Reader) End() { r.take('}'); r.inside = false }

// Has tells whether the next field has that name, and if so goes on to its value.
func (r *Reader) Has(field string) bool {
	at := 0
	if !r.inside {
		if len(r.rest) == 0 || r.rest[0] != ',' {
			return false
		}
		at = 1
	}
	end := at + 1 + len(field)
	if r.failed || len(r.rest) < end+2 || r.rest[at] != '"' || string(r.rest[at+1:end]) != field ||
		r.rest[end] != '"' || r.rest[end+1] != ':' {
		return false
	}
	r.rest, r.inside = r.rest[end+2:], false
	return true
}

// Text reads a string of printable ASCII without escapes. The bytes are the value's own.
func (r *Reader) Text() []byte {
	r.take('"')
	end := bytes.IndexByte(r.rest, '"')
	if r.failed || end < 0 {
		r.Fail()
		return nil
	}
	text := r.rest[:end]
	for _, b := range text {
		if b < 0x20 || b > 0x7e || b == '\\' {
			r.Fail()
			return nil
		}
	}
	r.rest = r.rest[end+1:]
	return text
}

// maxDigits keeps numbers far below what 64 bits hold.
const maxDigits = 18

// Number reads a whole number that is not negative.
func (r *Reader) Number() (n int64) {
	digits := 0
	for digits < len(r.rest) && r.rest[digits] >= '0' && r.rest[digits] <= '9' {
		digits++
	}
	if r.failed || digits == 0 || digits > maxDigits || digits > 1 && r.rest[0] == '0' {
		r.Fail()
		return 0
	}
	for _, b := range r.rest[:digits] {
		n = 10*n + int64(b-'0')
	}
	r.rest = r.rest[digits:]
	return n
}

// Truth reads true or false.
func (r *Reader) Truth() bool {
	if rest, ok := bytes.CutPrefix(r.rest, []byte("true")); ok {
		r.rest = rest
		return true
	}
	rest, ok := bytes.CutPrefix(r.rest, []byte("false"))
	if r.rest = rest; !ok {
		r.Fail()
	}
	return false
}

// Fail ends the walk: the value has another form.
func (r *Reader) Fail() { r.failed, r.rest = true, nil }

// Done tells whether all was of the form, and nothing is left.
func (r *Reader) Done() bool { return !r.failed && len(r.rest) == 0 }

func (r *Reader) take(b byte) {
	if r.failed || len(r.rest) == 0 || r.rest[0] != b {
		r.Fail()
		return
	}
	r.rest = r.rest[1:]
}
