package strictjson

import (
	"fmt"
	"strings"
)

// GetFold finds the member whose name equals name when the ASCII letters' case is ignored, for protocols that do so.
// Two such members are an error, because two readers would choose differently. A Value that was not found is zero.
func (o Object) GetFold(name string) (Value, error) {
	var found Value
	for _, p := range o.members {
		if !equalFoldASCII(o.spelled(p), name) {
			continue
		}
		if found.Kind() != Invalid {
			return Value{}, fmt.Errorf("name %q appears twice in different case", shown(name))
		}
		found = o.value(p)
	}
	return found, nil
}

func equalFoldASCII(a []byte, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lowerASCII(a[i]) != lowerASCII(b[i]) {
			return false
		}
	}
	return true
}

func lowerASCII(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// Lookalike finds the first member whose name differs from each of the known names but equals one of them when case is
// ignored as Unicode does: "SUB", or "\u017fub" with the long s, beside "sub". Readers that fold case, encoding/json
// among them, would take it for the known one.
func (o Object) Lookalike(known ...string) (m Member, of string, found bool) {
	for _, p := range o.members {
		m := o.member(p)
		if of, found := lookalike(m.Name, known); found {
			return m, of, true
		}
	}
	return Member{}, "", false
}

// lookalike tells which of the known names equals name only under case folding. A name that is known itself is none.
func lookalike(name string, known []string) (of string, found bool) {
	for _, k := range known {
		if k == name {
			return "", false
		}
		if !found && strings.EqualFold(k, name) {
			of, found = k, true
		}
	}
	return of, found
}
