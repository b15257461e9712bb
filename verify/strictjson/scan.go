package strictjson

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// scanner walks over a text once. Its methods return nil or an *Error; at is then the place of the fault.
type scanner struct {
	text     []byte
	at       int
	depth    int // levels of nesting that are still allowed
	allowNUL bool

	// names holds names of the open objects, innermost last; each object knows where its own begin. Plain offsets in an
	// array keep Check from allocating.
	names [48]span
	open  int
}

// span is a part of the text.
type span struct{ start, end int }

func (s *scanner) in(p span) []byte { return s.text[p.start:p.end] }

func (s *scanner) fail(why Why, format string, args ...any) error {
	return errorAt(s.text, s.at, why, format, args...)
}

// seen describes the byte at the current place for an error.
func (s *scanner) seen() string {
	if s.at >= len(s.text) {
		return "the end of the text"
	}
	if c := s.text[s.at]; c < ' ' || c >= utf8.RuneSelf {
		return fmt.Sprintf("byte 0x%02x", c)
	}
	return strconv.QuoteRune(rune(s.text[s.at]))
}

// next is the byte at the current place, or 0, which begins nothing in JSON, at the end.
func (s *scanner) next() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

func (s *scanner) space() {
	for s.at < len(s.text) && isSpace(s.text[s.at]) {
		s.at++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func (s *scanner) value() error {
	switch c := s.next(); c {
	case '{', '[':
		return s.nested(c)
	case '"':
		_, _, err := s.quoted()
		return err
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	default:
		if c == '-' || isDigit(c) {
			return s.number()
		}
		return s.fail(Syntax, "a value is expected, not %s", s.seen())
	}
}

func (s *scanner) word(w string) error {
	if !bytes.HasPrefix(s.text[s.at:], []byte(w)) {
		return s.fail(Syntax, "%q is expected here", w)
	}
	s.at += len(w)
	return nil
}

// nested reads one array or object with one level of depth less.
func (s *scanner) nested(opening byte) (err error) {
	if s.depth == 0 {
		return s.fail(TooDeep, "arrays and objects are nested too deep")
	}
	s.depth--
	s.at++
	s.space()
	if opening == '{' {
		err = s.object()
	} else {
		err = s.array()
	}
	s.depth++
	return err
}

func (s *scanner) array() error {
	if s.next() == ']' {
		s.at++
		return nil
	}
	for {
		if err := s.value(); err != nil {
			return err
		}
		if more, err := s.separator(']'); !more {
			return err
		}
	}
}

// separator reads the comma before the next element, or the closing byte.
func (s *scanner) separator(closing byte) (more bool, err error) {
	s.space()
	switch s.next() {
	case ',':
		s.at++
		s.space()
		return true, nil
	case closing:
		s.at++
		return false, nil
	}
	return false, s.fail(Syntax, "a comma or %q is expected, not %s", closing, s.seen())
}

func (s *scanner) object() error {
	if s.next() == '}' {
		s.at++
		return nil
	}
	seen := nameSet{first: s.open}
	for {
		if err := s.member(&seen); err != nil {
			return err
		}
		if more, err := s.separator('}'); !more {
			s.open = seen.first
			return err
		}
	}
}

func (s *scanner) member(seen *nameSet) error {
	start := s.at
	if s.next() != '"' {
		return s.fail(Syntax, "a name in quotes is expected, not %s", s.seen())
	}
	name, escaped, err := s.quoted()
	if err != nil {
		return err
	}
	if !seen.add(s, name, escaped) {
		return errorAt(s.text, start, Duplicate, "name %q appears twice", shown(string(unescape(s.in(name)))))
	}
	s.space()
	if s.next() != ':' {
		return s.fail(Syntax, "a colon is expected, not %s", s.seen())
	}
	s.at++
	s.space()
	return s.value()
}

// manyNames is the size from which an object's names are kept in a map and no longer compared one by one.
const manyNames = 32

// nameSet is the set of names that one open object has had so far.
type nameSet struct {
	first int                 // where this object's names begin in scanner.names
	many  map[string]struct{} // all of them, once they are many, or one of them has escapes
}

// add reports whether name is new.
func (n *nameSet) add(s *scanner, name span, escaped bool) bool {
	if n.many == nil && (escaped || s.open-n.first == manyNames || s.open == len(s.names)) {
		n.many = make(map[string]struct{}, manyNames)
		for _, own := range s.names[n.first:s.open] {
			n.many[string(s.in(own))] = struct{}{}
		}
	}
	if n.many != nil {
		before := len(n.many)
		n.many[string(unescape(s.in(name)))] = struct{}{}
		return len(n.many) > before
	}
	for _, own := range s.names[n.first:s.open] {
		if bytes.Equal(s.in(own), s.in(name)) {
			return false
		}
	}
	s.names[s.open] = name
	s.open++
	return true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func (s *scanner) digits() error {
	if !isDigit(s.next()) {
		return s.fail(Syntax, "a digit is expected, not %s", s.seen())
	}
	for isDigit(s.next()) {
		s.at++
	}
	return nil
}

// safeDigits is a length up to which a number without an exponent fits a float64 whatever its digits are.
const safeDigits = 300

// number reads by the grammar of RFC 8259 section 6 and refuses what would become infinite.
func (s *scanner) number() error {
	start, exponent := s.at, false
	if s.next() == '-' {
		s.at++
	}
	if s.next() == '0' {
		s.at++
	} else if err := s.digits(); err != nil {
		return err
	}
	if s.next() == '.' {
		s.at++
		if err := s.digits(); err != nil {
			return err
		}
	}
	if c := s.next(); c == 'e' || c == 'E' {
		exponent = true
		s.at++
		if c := s.next(); c == '+' || c == '-' {
			s.at++
		}
		if err := s.digits(); err != nil {
			return err
		}
	}
	if exponent || s.at-start > safeDigits {
		if _, err := strconv.ParseFloat(string(s.text[start:s.at]), 64); err != nil {
			s.at = start
			return s.fail(Range, "the number is too large")
		}
	}
	return nil
}
