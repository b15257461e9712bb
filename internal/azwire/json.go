package azwire

import (
	"strconv"

	"github.com/lanyard-id/lanyard/internal/jsonwrite"
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
	o.b = jsonwrite.AppendText(o.b, value)
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
