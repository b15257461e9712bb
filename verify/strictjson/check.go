package strictjson

// MaxDepth is the deepest nesting that is ever read: a value inside MaxDepth arrays or objects.
const MaxDepth = 64

// DefaultBytes is the size limit when Limits.Bytes is zero.
const DefaultBytes = 1 << 20

// Limits bound one text. The zero value is the right choice for most callers.
type Limits struct {
	Bytes    int  // most bytes of the whole text; 0 means DefaultBytes
	Depth    int  // deepest nesting of arrays and objects; 0, or more than MaxDepth, means MaxDepth
	AllowNUL bool // strings and names may contain U+0000, written as an escape
}

func (l Limits) bytes() int {
	if l.Bytes <= 0 {
		return DefaultBytes
	}
	return l.Bytes
}

func (l Limits) depth() int {
	if l.Depth <= 0 {
		return MaxDepth
	}
	return min(l.Depth, MaxDepth)
}

// Check reports the first thing that is wrong with b as an *Error, or nil when b is exactly one JSON value within the
// limits. It passes once over b and allocates only for objects with many or escaped names.
func Check(b []byte, limits Limits) error {
	if len(b) > limits.bytes() {
		return errorAt(b, limits.bytes(), TooLarge, "the text has %d bytes, the limit is %d", len(b), limits.bytes())
	}
	s := scanner{text: b, depth: limits.depth(), allowNUL: limits.AllowNUL}
	s.space()
	if err := s.value(); err != nil {
		return err
	}
	s.space()
	if s.at < len(b) {
		return errorAt(b, s.at, Trailing, "%s follows the value", s.seen())
	}
	return nil
}
