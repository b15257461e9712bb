package cond

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/glob"
)

// Syntax says how the text of a wanted value is read.
type Syntax uint8

// The syntaxes.
const (
	// Text has no variables; where the operator takes patterns, '*' and '?' are wildcards.
	Text Syntax = iota
	// Variables is Text with IAM's policy variables: ${key}, ${key, 'default'}, and ${*}, ${?}, ${$} for the plain
	// characters.
	Variables
	// Backslash is Text in which a backslash makes the next character plain (Azure).
	Backslash
	// Keys means that the text is the name of a key, and the wanted values are that key's values (Azure's attribute on
	// the right side). They are always plain text.
	Keys
)

// Template is text with wildcards and variables. What a variable stands for is plain text wherever it is put in, so a
// '*' in a tag or a claim never becomes a wildcard (threat F07). It is immutable.
type Template struct {
	source  string
	mode    glob.Mode
	pieces  []piece
	dynamic bool         // there is a variable among the pieces
	fixed   glob.Pattern // the pieces compiled, if there is none
	head    string       // the plain text that every match begins with, if there is one
}

// piece is a part of a Template with variables.
type piece struct {
	kind     pieceKind
	text     string // plain text, or the default
	key      string // variable: lower case
	fallback bool   // variable: text is its default
}

type pieceKind uint8

const (
	plainPiece pieceKind = iota
	anyPiece
	onePiece
	variablePiece
)

// maxVariables bounds the variables of one text, because each is a piece that a search has to compare.
const maxVariables = 32

// ParseTemplate reads text as a pattern of mode in which '*' and '?' are wildcards. Errors say what is wrong with the
// text.
func ParseTemplate(text string, syntax Syntax, mode glob.Mode) (Template, error) {
	return parseTemplate(text, syntax, mode, true)
}

// parseTemplate is ParseTemplate, where wild says whether '*' and '?' are wildcards.
func parseTemplate(text string, syntax Syntax, mode glob.Mode, wild bool) (Template, error) {
	if len(text) > glob.MaxPattern {
		return Template{}, fmt.Errorf("value is longer than %d bytes", glob.MaxPattern)
	}
	if !utf8.ValidString(text) { // a variable's default is built only when it is needed, which is too late for an error
		return Template{}, errors.New("value is not UTF-8")
	}
	t := Template{source: text, mode: mode}
	pieces, err := split(text, syntax, wild)
	if err != nil {
		return Template{}, err
	}
	b := glob.In(mode)
	variables := 0
	for _, p := range pieces {
		if p.kind == variablePiece {
			variables++
		}
		p.build(&b, nil)
	}
	if variables > maxVariables {
		return Template{}, fmt.Errorf("value has more than %d variables", maxVariables)
	}
	t.dynamic = variables > 0
	if t.fixed, err = b.Pattern(text); err != nil {
		return Template{}, err
	}
	t.pieces = pieces
	for i := 0; mode != glob.Fold && i < len(pieces) && pieces[i].kind == plainPiece; i++ {
		t.head += pieces[i].text
	}
	return t, nil
}

// split cuts text into pieces.
func split(text string, syntax Syntax, wild bool) ([]piece, error) {
	var pieces []piece
	special := map[Syntax]string{Variables: "$", Backslash: `\`}[syntax]
	if wild {
		special += "*?"
	}
	for text != "" {
		i := strings.IndexAny(text, special)
		if i < 0 || special == "" {
			i = len(text)
		}
		if i > 0 {
			pieces = append(pieces, piece{text: text[:i]})
			text = text[i:]
			continue
		}
		p, rest, err := cut(text)
		if err != nil {
			return nil, err
		}
		pieces, text = append(pieces, p), rest
	}
	return pieces, nil
}

// cut takes the special piece off the beginning of text.
func cut(text string) (p piece, rest string, err error) {
	switch {
	case text[0] == '*':
		return piece{kind: anyPiece}, text[1:], nil
	case text[0] == '?':
		return piece{kind: onePiece}, text[1:], nil
	case text[0] == '\\':
		if len(text) == 1 {
			return piece{}, "", errors.New("a backslash ends the value")
		}
		_, w := utf8.DecodeRuneInString(text[1:])
		return piece{text: text[1 : 1+w]}, text[1+w:], nil
	case strings.HasPrefix(text, "${"):
		return cutVariable(text)
	}
	return piece{text: "$"}, text[1:], nil
}

// cutVariable takes ${...} off the beginning of text (IAM User Guide, "Policy variables").
func cutVariable(text string) (p piece, rest string, err error) {
	for _, plain := range []string{"*", "?", "$"} {
		if rest, ok := strings.CutPrefix(text, "${"+plain+"}"); ok {
			return piece{text: plain}, rest, nil
		}
	}
	end := strings.IndexAny(text, ",}")
	if end < 0 {
		return piece{}, "", fmt.Errorf("the variable %q is not closed", text)
	}
	p = piece{kind: variablePiece, key: glob.Lower(strings.Trim(text[2:end], " "))}
	if !strings.Contains(p.key, ":") || strings.ContainsAny(p.key, "${*?'") {
		return piece{}, "", fmt.Errorf("%q is not a variable: want ${prefix:key}", text[:end+1])
	}
	if text[end] == '}' {
		return p, text[end+1:], nil
	}
	quoted := strings.TrimLeft(text[end+1:], " ")
	def, rest, ok := strings.Cut(strings.TrimPrefix(quoted, "'"), "'")
	rest, closed := strings.CutPrefix(strings.TrimLeft(rest, " "), "}")
	if !strings.HasPrefix(quoted, "'") || !ok || !closed {
		return piece{}, "", fmt.Errorf("the default of the variable %q is not written as ${key, 'text'}", p.key)
	}
	p.text, p.fallback = def, true
	return p, rest, nil
}

// build appends the piece to a pattern. A variable without a value in ctx and without a default makes it return false;
// with no ctx at all it is passed over, for checking the rest.
func (p *piece) build(b *glob.Builder, ctx Context) bool {
	switch p.kind {
	case plainPiece:
		b.Literal(p.text)
	case anyPiece:
		b.Any()
	case onePiece:
		b.One()
	case variablePiece:
		if ctx == nil {
			return true
		}
		v, ok := p.value(ctx)
		b.Literal(v)
		return ok
	}
	return true
}

// String is the text as written.
func (t *Template) String() string { return t.source }

// Variables gives the keys of the variables in the text, in lower case; none if it has none.
func (t *Template) Variables() []string {
	var keys []string
	for i := range t.pieces {
		if t.pieces[i].kind == variablePiece {
			keys = append(keys, t.pieces[i].key)
		}
	}
	return keys
}

// Resolves tells whether every variable in the text has a value or a default.
func (t *Template) Resolves(ctx Context) bool {
	for i := range t.pieces {
		if p := &t.pieces[i]; p.kind == variablePiece {
			if _, ok := p.value(ctx); !ok {
				return false
			}
		}
	}
	return true
}

// value is what the variable stands for: the only value of its key, else its default. Several values are none, because
// IAM's variables are single-valued (IAM User Guide, "Policy variables"); text that is not UTF-8 is none either, because
// a pattern counts characters.
func (p *piece) value(ctx Context) (string, bool) {
	if v, _ := ctx.Lookup(p.key); len(v) == 1 && utf8.ValidString(v[0]) {
		return v[0], true
	}
	return p.text, p.fallback
}

// Match compares the template with all of s. A variable that has no value makes it match nothing.
func (t *Template) Match(ctx Context, s string) bool {
	if !t.dynamic {
		return t.fixed.Match(s)
	}
	if !strings.HasPrefix(s, t.head) {
		return false
	}
	b := glob.In(t.mode)
	for i := range t.pieces {
		if !t.pieces[i].build(&b, ctx) {
			return false
		}
	}
	return b.Match(s)
}

// Expand gives the text with its variables and escapes put in, for people and for comparisons that need all of it; false
// if a variable has no value. Wildcards stay as they are written.
func (t *Template) Expand(ctx Context) (string, bool) {
	var s strings.Builder
	for i := range t.pieces {
		switch p := &t.pieces[i]; p.kind {
		case plainPiece:
			s.WriteString(p.text)
		case anyPiece:
			s.WriteByte('*')
		case onePiece:
			s.WriteByte('?')
		case variablePiece:
			v, ok := p.value(ctx)
			if !ok {
				return "", false
			}
			s.WriteString(v)
		}
	}
	return s.String(), true
}
