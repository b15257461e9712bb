package glob

import (
	"fmt"
	"strings"
)

// Pattern is a compiled pattern. The zero value matches the empty text only. It is immutable.
type Pattern struct {
	mode   Mode
	source string
	head   string // what every match begins with: most texts are told apart here
	pieces []Piece
}

// Compile reads text in which '*' and '?' are wildcards and nothing is an escape. It refuses text that is not UTF-8,
// longer than MaxPattern or with more than MaxGroups groups of '?'.
func Compile(text string, mode Mode) (Pattern, error) {
	if len(text) > MaxPattern {
		return Pattern{}, fmt.Errorf("pattern is longer than %d bytes", MaxPattern)
	}
	b := In(mode)
	b.Text(text)
	return b.Pattern(text)
}

// String is the text the pattern was compiled from.
func (p *Pattern) String() string { return p.source }

// Literal gives the only text that the pattern matches, when it has no wildcard and no walls. In mode Fold that text is
// in lower case.
func (p *Pattern) Literal() (string, bool) {
	switch {
	case len(p.pieces) == 0:
		return "", true
	case len(p.pieces) == 1 && p.pieces[0].kind == literal:
		return p.pieces[0].text, true
	}
	return "", false
}

// Any tells whether the pattern is '*' and so matches everything.
func (p *Pattern) Any() bool {
	return len(p.pieces) == 1 && p.pieces[0].kind == many && p.mode != ARN && p.mode != Subject
}

// Match compares the pattern with all of s. It does not allocate, except in mode Fold when s has capital letters: who
// compares one text with many patterns calls Lower first. A byte of s that is not UTF-8 counts as one character.
func (p *Pattern) Match(s string) bool {
	return strings.HasPrefix(s, p.head) && match(p.mode, p.pieces, s)
}

// Lower puts ASCII capitals into lower case and leaves all other characters alone. It allocates only if there are any.
func Lower(s string) string {
	for i := range len(s) {
		if c := s[i]; 'A' <= c && c <= 'Z' {
			return lower(s, i)
		}
	}
	return s
}

// lower is Lower from the first capital on.
func lower(s string, from int) string {
	b := []byte(s)
	for i := from; i < len(b); i++ {
		if 'A' <= b[i] && b[i] <= 'Z' {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}
