package strictjson

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// Why is a stable word for what is wrong with a text.
type Why string

// The reasons for which a text is refused.
const (
	TooLarge  Why = "too_large"      // more bytes than Limits.Bytes
	TooDeep   Why = "too_deep"       // nested deeper than Limits.Depth
	Syntax    Why = "syntax"         // not JSON by RFC 8259
	Trailing  Why = "trailing"       // something other than white space follows the value
	BadUTF8   Why = "bad_utf8"       // bytes that are not UTF-8 (RFC 8259 section 8.1)
	Surrogate Why = "surrogate"      // an escape that is half of a surrogate pair (RFC 8259 section 8.2)
	NUL       Why = "nul"            // a string that contains U+0000
	Duplicate Why = "duplicate_name" // one object has the same name twice (RFC 8259 section 4)
	FoldName  Why = "folded_name"    // a name differs only in case from another one or from the one that is meant
	Range     Why = "number_range"   // a number that no float64 can hold
	Type      Why = "type"           // good JSON of another type than was asked for
)

// Error says what is wrong with a text, and where.
type Error struct {
	Why    Why
	Offset int    // bytes before the place
	Line   int    // from 1
	Column int    // in characters, from 1
	What   string // for people, e.g. `name "sub" appears twice`
}

// Error gives the position and what is wrong there.
func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.What)
}

// Position gives the line and the column, both from 1, of the byte at offset in b. Columns count characters.
func Position(b []byte, offset int) (line, column int) {
	before := b[:min(max(offset, 0), len(b))]
	line = bytes.Count(before, []byte{'\n'}) + 1
	return line, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
}

func errorAt(b []byte, offset int, why Why, format string, args ...any) *Error {
	line, column := Position(b, offset)
	return &Error{Why: why, Offset: offset, Line: line, Column: column, What: fmt.Sprintf(format, args...)}
}

// maxShown is how many bytes of a name an error repeats, so that hostile text cannot fill a log.
const maxShown = 64

// shown cuts a name for an error message.
func shown(name string) string {
	if len(name) <= maxShown {
		return name
	}
	cut := maxShown
	for !utf8.RuneStart(name[cut]) {
		cut--
	}
	return name[:cut] + "..."
}
