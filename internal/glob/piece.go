package glob

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of one pattern.
const (
	// MaxPattern bounds a compiled pattern's source in bytes.
	MaxPattern = 8192
	// MaxGroups bounds how many separate groups of '?' a pattern has. It is what keeps the search bounded.
	MaxGroups = 32
)

// Mode is a way of reading a pattern.
type Mode uint8

// The modes.
const (
	// Plain is case-sensitive, and '*' crosses everything.
	Plain Mode = iota
	// Fold ignores the case of ASCII letters (IAM actions).
	Fold
	// ARN takes the first five colons as walls: pattern and text must have the same five, and no wildcard reaches
	// over one. In the sixth part wildcards cross everything, colons too.
	ARN
	// Subject takes every '/', ':' and '@' as a wall that only the same literal character matches (threat F02).
	Subject
)

// arnWalls is how many colons of an ARN are walls.
const arnWalls = 5

// wall tells whether byte c cannot be crossed, when walls of them have been seen already.
func (m Mode) wall(c byte, walls int) bool {
	switch m {
	case ARN:
		return c == ':' && walls < arnWalls
	case Subject:
		return c == '/' || c == ':' || c == '@'
	case Plain, Fold:
	}
	return false
}

// kind says what a piece matches.
type kind uint8

const (
	literal kind = iota // exactly the text
	wall                // the one-byte text, which wildcards do not cross
	one                 // exactly count characters
	many                // any run of characters, also none
)

// Piece is one part of a pattern. Only a Builder makes pieces.
type Piece struct {
	kind  kind
	count int
	text  string
}

// inline is how many pieces a Builder holds without memory of its own.
const inline = 24

// Builder puts a pattern together piece by piece, for callers whose language has escapes or variables of its own. The
// zero value builds a Plain pattern; In makes one for another mode. A Builder on the stack that stays small takes no
// memory, so a pattern may be built for one comparison only.
type Builder struct {
	mode   Mode
	few    [inline]Piece
	n      int     // pieces in few
	all    []Piece // every piece, once few is not enough
	walls  int
	groups int
	err    error
}

// In gives a Builder of a mode.
func In(mode Mode) Builder { return Builder{mode: mode} }

// pieces is what was built so far.
func (b *Builder) pieces() []Piece {
	if b.all != nil {
		return b.all
	}
	return b.few[:b.n]
}

// add appends a piece.
func (b *Builder) add(p Piece) {
	switch {
	case b.all != nil:
		b.all = append(b.all, p)
	case b.n == inline:
		b.all = append(append(make([]Piece, 0, 2*inline), b.few[:]...), p)
	default:
		b.few[b.n] = p
		b.n++
	}
}

// last is the piece that was added last, nil if there is none.
func (b *Builder) last() *Piece {
	if p := b.pieces(); len(p) > 0 {
		return &p[len(p)-1]
	}
	return nil
}

// Literal appends text that matches itself only, whatever characters it has. Text that is not UTF-8 is an error,
// because '?' counts characters.
func (b *Builder) Literal(text string) {
	if !utf8.ValidString(text) {
		b.fail("pattern text is not UTF-8")
		return
	}
	if b.mode == Fold {
		text = Lower(text)
	}
	start := 0
	for i := range len(text) {
		if b.mode.wall(text[i], b.walls) {
			b.push(literal, text[start:i])
			b.push(wall, text[i:i+1])
			b.walls++
			start = i + 1
		}
	}
	b.push(literal, text[start:])
}

// push appends a piece of text; empty text is nothing.
func (b *Builder) push(k kind, text string) {
	if text != "" {
		b.add(Piece{kind: k, text: text})
	}
}

// Any appends '*'. Two in a row are one.
func (b *Builder) Any() {
	if p := b.last(); p == nil || p.kind != many {
		b.add(Piece{kind: many})
	}
}

// One appends '?': exactly one character (not byte).
func (b *Builder) One() {
	if p := b.last(); p != nil && p.kind == one {
		p.count++
		return
	}
	if b.groups++; b.groups > MaxGroups {
		b.fail(fmt.Sprintf("pattern has more than %d groups of '?'", MaxGroups))
		return
	}
	b.add(Piece{kind: one, count: 1})
}

// Text appends text in which '*' and '?' are wildcards; there is no escape.
func (b *Builder) Text(text string) {
	for {
		i := strings.IndexAny(text, "*?")
		if i < 0 {
			b.Literal(text)
			return
		}
		b.Literal(text[:i])
		if text[i] == '*' {
			b.Any()
		} else {
			b.One()
		}
		text = text[i+1:]
	}
}

// fail keeps the first error.
func (b *Builder) fail(why string) {
	if b.err == nil {
		b.err = errors.New(why)
	}
}

// Err is the first thing that was wrong with what was appended, or nil.
func (b *Builder) Err() error { return b.err }

// Match compares what was built so far with all of s; a Builder in error matches nothing. It does not allocate, except
// in mode Fold when s has capital letters.
func (b *Builder) Match(s string) bool {
	return b.err == nil && match(b.mode, b.pieces(), s)
}

// Pattern gives what was built as a Pattern that keeps its pieces. The source text is for people only.
func (b *Builder) Pattern(source string) (Pattern, error) {
	if b.err != nil {
		return Pattern{}, b.err
	}
	return Pattern{mode: b.mode, source: source, head: b.head(), pieces: slices.Clone(b.pieces())}, nil
}

// head is the plain text that the pattern begins with; none where case does not matter.
func (b *Builder) head() string {
	if b.mode == Fold {
		return ""
	}
	var head strings.Builder
	for _, p := range b.pieces() {
		if p.kind != literal && p.kind != wall {
			break
		}
		head.WriteString(p.text)
	}
	return head.String()
}
