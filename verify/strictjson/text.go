package strictjson

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// quoted reads one string and gives what stands between its quotes, and whether there are escapes in it.
func (s *scanner) quoted() (inner span, escaped bool, err error) {
	s.at++
	start := s.at
	for {
		s.plain()
		switch c := s.next(); {
		case c == '"':
			s.at++
			return span{start, s.at - 1}, escaped, nil
		case c == '\\':
			escaped = true
			if err := s.escape(); err != nil {
				return span{}, false, err
			}
		case s.at == len(s.text):
			return span{}, false, s.fail(Syntax, "the text ends inside a string")
		case c < ' ':
			return span{}, false, s.fail(Syntax, "a control character in a string must be escaped, this is %s", s.seen())
		default:
			r, size := utf8.DecodeRune(s.text[s.at:])
			if r == utf8.RuneError && size == 1 {
				return span{}, false, s.fail(BadUTF8, "%s is not part of a UTF-8 character", s.seen())
			}
			s.at += size
		}
	}
}

// plain steps over the characters of a string that need no thought.
func (s *scanner) plain() {
	at := s.at
	for at < len(s.text) {
		if c := s.text[at]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			break
		}
		at++
	}
	s.at = at
}

// escape reads one escape sequence and judges what it stands for.
func (s *scanner) escape() error {
	rest := s.text[s.at:]
	if len(rest) < 2 {
		return s.fail(Syntax, "the text ends inside an escape")
	}
	if rest[1] != 'u' {
		if bytes.IndexByte([]byte(`"\/bfnrt`), rest[1]) < 0 {
			return s.fail(Syntax, "the escape is none of JSON's")
		}
		s.at += 2
		return nil
	}
	unit, ok := codeUnit(rest)
	if !ok {
		return s.fail(Syntax, `\u needs four hexadecimal digits`)
	}
	if unit == 0 && !s.allowNUL {
		return s.fail(NUL, "a string contains the character NUL")
	}
	if !utf16.IsSurrogate(unit) {
		s.at += unitLen
		return nil
	}
	if second, ok := codeUnit(rest[unitLen:]); !ok || utf16.DecodeRune(unit, second) == utf8.RuneError {
		return s.fail(Surrogate, "an escape is half of a surrogate pair")
	}
	s.at += 2 * unitLen
	return nil
}

// unitLen is the length of an escaped UTF-16 code unit, \uXXXX.
const unitLen = 6

// codeUnit reads the escape \uXXXX that b begins with.
func codeUnit(b []byte) (rune, bool) {
	if len(b) < unitLen || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	var unit rune
	for _, c := range b[2:unitLen] {
		switch {
		case isDigit(c):
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		unit = unit<<4 | rune(c)
	}
	return unit, true
}

// unescape undoes the escapes of a string that escape has accepted. One without escapes is given back as it is.
func unescape(inner []byte) []byte {
	if bytes.IndexByte(inner, '\\') < 0 {
		return inner
	}
	out := make([]byte, 0, len(inner))
	for i := 0; i < len(inner); {
		if inner[i] != '\\' {
			out = append(out, inner[i])
			i++
			continue
		}
		unit, ok := codeUnit(inner[i:])
		switch {
		case !ok:
			out = append(out, simpleEscape(inner[i+1]))
			i += 2
		case utf16.IsSurrogate(unit):
			second, _ := codeUnit(inner[i+unitLen:])
			out = utf8.AppendRune(out, utf16.DecodeRune(unit, second))
			i += 2 * unitLen
		default:
			out = utf8.AppendRune(out, unit)
			i += unitLen
		}
	}
	return out
}

func simpleEscape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}
