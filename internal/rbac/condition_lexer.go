package rbac

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// tokenKind is what a piece of a condition's text is.
type tokenKind uint8

const (
	endToken       tokenKind = iota
	wordToken                // an operator, a number, a GUID, true or false
	textToken                // a text in single quotes; the token's text is without them
	attributeToken           // @Source[name], as written
	signToken                // ( ) { } , ! && ||
)

// token is one piece with the byte that it begins at, counted from 1.
type token struct {
	kind tokenKind
	text string
	at   int
}

// is tells whether the token is this sign or word; words are compared ignoring case, as Azure does.
func (t token) is(text string) bool {
	return (t.kind == signToken || t.kind == wordToken) && strings.EqualFold(t.text, text)
}

// String is the token for errors.
func (t token) String() string {
	switch t.kind {
	case endToken:
		return "the end"
	case textToken:
		return fmt.Sprintf("'%.40s'", t.text)
	case wordToken, attributeToken, signToken:
	}
	return fmt.Sprintf("%.40q", t.text)
}

// conditionError says where a condition is wrong.
func conditionError(at int, format string, args ...any) error {
	return fmt.Errorf("condition, position %d: %s", at, fmt.Sprintf(format, args...))
}

// lexer cuts a condition into tokens.
type lexer struct {
	text string
	at   int // bytes read
}

// next gives the next token.
func (l *lexer) next() (token, error) {
	rest := strings.TrimLeft(l.text[l.at:], " \t\r\n")
	l.at = len(l.text) - len(rest)
	begin := l.at + 1
	if rest == "" {
		return token{at: begin}, nil
	}
	kind, shown, size, err := cut(rest, begin)
	l.at += size
	return token{kind, shown, begin}, err
}

// cut gives the first token of a text that begins with one, and how many bytes it takes.
func cut(rest string, at int) (kind tokenKind, shown string, size int, err error) {
	switch c := rest[0]; {
	case strings.IndexByte("(){},!", c) >= 0:
		return signToken, rest[:1], 1, nil
	case strings.HasPrefix(rest, "&&"), strings.HasPrefix(rest, "||"):
		return signToken, rest[:2], 2, nil
	case c == '\'':
		end := strings.IndexByte(rest[1:], '\'')
		if end < 0 {
			return 0, "", 0, conditionError(at, "the text has no closing quote")
		}
		return textToken, rest[1 : 1+end], end + 2, nil
	case c == '@':
		size = strings.IndexByte(rest, ']') + 1
		if size == 0 {
			return 0, "", 0, conditionError(at, "the attribute has no closing bracket")
		}
		return attributeToken, rest[:size], size, nil
	}
	for size < len(rest) && isWordByte(rest[size]) {
		size++
	}
	if size == 0 {
		r, _ := utf8.DecodeRuneInString(rest)
		return 0, "", 0, conditionError(at, "%q begins nothing that a condition has", r)
	}
	return wordToken, rest[:size], size, nil
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == ':' || c == '-'
}
