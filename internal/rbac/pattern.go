package rbac

import (
	"fmt"
	"strings"
)

// MaxOperation bounds an operation's name and a pattern in bytes.
const MaxOperation = 512

// operation is a checked question: the operation in lower case and its plane.
type operation struct {
	folded string
	plane  plane
}

// parseOperation refuses names that no Azure operation has, so that a text with a "*" of its own, an empty one or one
// with odd characters is permitted by nobody, not even by a role that lists "*".
func parseOperation(action string, isData bool) (operation, bool) {
	if checkText(action) != nil || strings.Contains(action, "*") {
		return operation{}, false
	}
	return operation{folded: strings.ToLower(action), plane: planeOf(isData)}, true
}

// checkText keeps operations and patterns to the characters that Azure's own use: ASCII letters, digits, ". - _ / $",
// and "*" for patterns. ASCII only, so that folding case has no surprises.
func checkText(text string) error {
	if text == "" || len(text) > MaxOperation {
		return fmt.Errorf("an operation has 1 to %d bytes, this has %d", MaxOperation, len(text))
	}
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("./-_$*", c) >= 0:
		default:
			return fmt.Errorf("%q has a character at position %d that no operation has", text, i+1)
		}
	}
	return nil
}

// pattern is one operation pattern. "*" spans any characters, slashes included.
//
// A "*" that is a whole segment in the middle also stands for no segment at all: Microsoft's own roles list
// "Microsoft.ManagedIdentity/userAssignedIdentities/*/read" and mean ".../userAssignedIdentities/read" by it as well.
// To that end the literals around such a star may share the slash between them.
type pattern struct {
	text     string
	literals []string // lower-case text between the stars, in order
}

func compilePattern(text string) (pattern, error) {
	if err := checkText(text); err != nil {
		return pattern{}, err
	}
	return pattern{text: text, literals: strings.Split(strings.ToLower(text), "*")}, nil
}

// match compares the whole operation, already in lower case. Taking the leftmost place for each literal is enough,
// because a star may span anything.
func (p pattern) match(op string) bool {
	last := len(p.literals) - 1
	if last == 0 {
		return op == p.literals[0]
	}
	if !strings.HasPrefix(op, p.literals[0]) {
		return false
	}
	at := len(p.literals[0])
	for i := 1; i <= last; i++ {
		literal := p.literals[i]
		if strings.HasSuffix(p.literals[i-1], "/") && strings.HasPrefix(literal, "/") {
			at-- // the star is a whole segment: the slash may be shared
		}
		if i == last {
			return len(op)-at >= len(literal) && strings.HasSuffix(op, literal)
		}
		found := strings.Index(op[at:], literal)
		if found < 0 {
			return false
		}
		at += found + len(literal)
	}
	return true
}
