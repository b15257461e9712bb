package claims

// Limited tells whether a trust is limited in whose tokens it accepts: by an exact subject, by a pattern of Wildcard, or
// by an expression, of which one must be given. limits judges one wanted subject, given as literal up to its first
// wildcard and whether that is all of it; of an expression, one comparison of "sub" that is limited suffices.
func Limited(subject, pattern, expression string, limits func(literal string, whole bool) bool) (bool, error) {
	switch {
	case subject != "":
		return limits(subject, true), nil
	case pattern != "":
		p, err := Wildcard(pattern)
		return err == nil && limits(p.Literal()), err
	}
	e, err := Compile(expression)
	if err != nil {
		return false, err
	}
	for _, p := range e.On("sub") {
		if limits(p.Literal()) {
			return true, nil
		}
	}
	return limits("", false), nil
}
