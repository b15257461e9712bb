package claims

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/glob"
)

// Separators are the characters that a wildcard of a Wildcard pattern does not cross: what stands between two of them
// is a name that somebody else may have chosen (threat F02).
const Separators = "/:@"

// kind is a way of comparing.
type kind uint8

const (
	exact    kind = iota // the same bytes
	wildcard             // '*' and '?' stay between separators
	flexible             // Entra's "matches": '*' and '?' cross everything
)

// Pattern compares one value. The zero value matches nothing.
type Pattern struct {
	kind kind
	text string
	glob glob.Pattern
}

// Exact matches only the same text, byte for byte.
func Exact(text string) (Pattern, error) { return compile(exact, text) }

// Wildcard reads a subject of Lanyard's own with wildcards: '*' stands for any run of characters, '?' for one, and
// neither for a separator. There is no escape.
func Wildcard(text string) (Pattern, error) { return compile(wildcard, text) }

func compile(k kind, text string) (Pattern, error) {
	if err := checkText(text); err != nil {
		return Pattern{}, err
	}
	if k == exact {
		return Pattern{kind: k, text: text}, nil
	}
	mode := glob.Plain
	if k == wildcard {
		mode = glob.Subject
	}
	compiled, err := glob.Compile(text, mode)
	if err != nil {
		return Pattern{}, err
	}
	return Pattern{kind: k, text: text, glob: compiled}, nil
}

// checkText refuses what no subject is: nothing, control characters, bytes that are not UTF-8.
func checkText(text string) error {
	switch {
	case text == "":
		return errors.New("empty text to compare with")
	case len(text) > MaxExpression:
		return fmt.Errorf("text longer than %d bytes", MaxExpression)
	case !utf8.ValidString(text):
		return errors.New("text is not UTF-8")
	case strings.ContainsFunc(text, isControl):
		return errors.New("text has a control character")
	}
	return nil
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7f }

// String is the text that the pattern was made of.
func (p Pattern) String() string { return p.text }

// Literal gives the pattern up to its first wildcard, and whether it has none.
func (p Pattern) Literal() (text string, whole bool) {
	at := strings.IndexAny(p.text, "*?")
	if p.kind == exact || at < 0 {
		return p.text, true
	}
	return p.text[:at], false
}

// Matches compares the whole value.
func (p Pattern) Matches(value string) bool {
	if p.text == "" {
		return false
	}
	if p.kind == exact {
		return value == p.text
	}
	return p.glob.Match(value)
}
