package claims

import "strings"

// The specification of matching: tries everything. stop is what wildcards do not cross.
func specMatch(pattern, value []rune, stop string) bool {
	if len(pattern) == 0 {
		return len(value) == 0
	}
	crosses := len(value) > 0 && !strings.ContainsRune(stop, value[0])
	switch pattern[0] {
	case '*':
		return specMatch(pattern[1:], value, stop) || crosses && specMatch(pattern, value[1:], stop)
	case '?':
		return crosses && specMatch(pattern[1:], value[1:], stop)
	}
	return len(value) > 0 && pattern[0] == value[0] && specMatch(pattern[1:], value[1:], stop)
}

// specHolds is the specification of a clause.
func specHolds(c clause, values []string) bool {
	for _, v := range values {
		switch c.pattern.kind {
		case exact:
			if v == c.pattern.text {
				return true
			}
		case flexible:
			if specMatch([]rune(c.pattern.text), []rune(v), "") {
				return true
			}
		case wildcard:
			panic("an expression has no such clauses")
		}
	}
	return false
}
