package claims

import (
	"fmt"
	"strings"
)

// Warning is something that an expression or pattern says and its writer may not have meant. It is advice: nothing is
// refused for it here.
type Warning struct {
	Claim    string // empty for a pattern by itself
	Position int    // in the comparand, in bytes, the first is 1
	Text     string
}

// Lint gives the warnings for all clauses.
func (e *Expression) Lint() []Warning {
	var list []Warning
	for _, c := range e.clauses {
		for _, w := range c.pattern.Lint() {
			w.Claim = c.claim
			list = append(list, w)
		}
	}
	return list
}

// Lint warns of wildcards that match more than one may think, and of stars that are none.
func (p Pattern) Lint() []Warning {
	if p.kind == exact {
		if at := strings.IndexByte(p.text, '*'); at >= 0 {
			return []Warning{{Position: at + 1, Text: "is compared as it stands: this '*' is no wildcard"}}
		}
		return nil
	}
	if strings.Trim(p.text, "*") == "" && p.kind == flexible {
		return []Warning{{Position: 1, Text: "matches every value"}}
	}
	var list []Warning
	for at := range len(p.text) {
		if p.text[at] == '*' {
			list = append(list, p.lintStar(at)...)
		}
	}
	return list
}

// lintStar gives the warnings for the star at this place.
func (p Pattern) lintStar(at int) []Warning {
	var list []Warning
	if at > 0 && isWord(p.text[at-1]) {
		list = append(list, Warning{
			Position: at + 1,
			Text:     fmt.Sprintf("this '*' continues a word: %q matches as well", p.example(at, "-evil")),
		})
	}
	if p.kind == flexible {
		list = append(list, Warning{
			Position: at + 1,
			Text:     fmt.Sprintf("this '*' also crosses %s: %q matches as well", Separators, p.example(at, "evil/x:y@z")),
		})
	}
	return list
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// example is a value that matches, with filling in the place of the star.
func (p Pattern) example(star int, filling string) string {
	plain := strings.NewReplacer("*", "", "?", "x")
	return plain.Replace(p.text[:star]) + filling + plain.Replace(p.text[star+1:])
}
