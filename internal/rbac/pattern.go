package rbac

import (
	"errors"
	"fmt"
	"strings"

	"github.com/lanyard-id/lanyard/internal/glob"
)

// MaxOperation bounds the name of an operation in bytes; a pattern is bounded by glob.MaxPattern.
const MaxOperation = 512

// operation is a checked question: the operation in lower case and its plane.
type operation struct {
	folded string
	plane  plane
}

// parseOperation refuses names that no Azure operation has, so that a text with a "*" of its own, an empty one or one
// with odd characters is permitted by nobody, not even by a role that lists "*".
func parseOperation(action string, isData bool) (operation, bool) {
	if len(action) > MaxOperation || strings.Contains(action, "*") || checkText(action) != nil {
		return operation{}, false
	}
	return operation{folded: glob.Lower(action), plane: planeOf(isData)}, true
}

// checkText keeps operations and patterns to the characters that Azure's own use: ASCII letters, digits, ". - _ / $",
// and "*" for patterns. ASCII only, so that folding case has no surprises.
func checkText(text string) error {
	if text == "" {
		return errors.New("an operation is empty")
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

// MaxOptional bounds the whole-segment stars in the middle of one pattern; each doubles the readings.
const MaxOptional = 3

// pattern is one operation pattern with its readings.
//
// A "*" that is a whole segment in the middle also stands for no segment at all: Microsoft's own roles list
// "Microsoft.ManagedIdentity/userAssignedIdentities/*/read" and mean ".../userAssignedIdentities/read" by it as well.
// So such a pattern has a reading with the segment and one without.
type pattern struct {
	text     string
	readings []glob.Pattern
}

func compilePattern(text string) (pattern, error) {
	if err := checkText(text); err != nil {
		return pattern{}, err
	}
	readings := []string{""}
	segments := strings.Split(text, "/")
	optional := 0
	for i, segment := range segments {
		grown := join(readings, segment, i > 0)
		if segment == "*" && i > 0 && i < len(segments)-1 {
			if optional++; optional > MaxOptional {
				return pattern{}, fmt.Errorf("%q has more than %d segments that are only a star", text, MaxOptional)
			}
			grown = append(grown, readings...)
		}
		readings = grown
	}
	p := pattern{text: text}
	for _, reading := range readings {
		compiled, err := glob.Compile(reading, glob.Fold)
		if err != nil {
			return pattern{}, err
		}
		p.readings = append(p.readings, compiled)
	}
	return p, nil
}

// join adds one segment to each reading.
func join(readings []string, segment string, slash bool) []string {
	if slash {
		segment = "/" + segment
	}
	grown := make([]string, 0, 2*len(readings))
	for _, reading := range readings {
		grown = append(grown, reading+segment)
	}
	return grown
}

// match compares the whole operation, already in lower case.
func (p *pattern) match(op string) bool {
	for i := range p.readings {
		if p.readings[i].Match(op) {
			return true
		}
	}
	return false
}
