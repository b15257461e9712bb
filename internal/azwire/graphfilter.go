package azwire

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// ReasonBadFilter means that a $filter is not well formed, or uses more of OData than is offered.
const ReasonBadFilter fault.Reason = "graph.bad_filter"

// GraphFilter is a $filter as alternatives of conditions that must all hold. The zero value matches everything.
type GraphFilter struct{ any [][]graphTerm }

// graphTerm is one condition.
type graphTerm struct {
	property string
	prefix   bool // startswith, else equality
	list     bool // any element of a list
	value    string
}

// Bounds of a filter.
const (
	maxFilter = 4096
	maxTerms  = 64
)

// ParseGraphFilter reads the part of OData's $filter that Microsoft Graph's clients send for applications and service
// principals (OData 4.01, Part 2, section 5.1.1): "p eq 'v'", "startswith(p,'v')" and "p/any(x:x eq 'v')", joined by "and"
// and "or", of which "and" binds first. There are no parentheses and no other operators.
func ParseGraphFilter(text string) (GraphFilter, error) {
	if text == "" {
		return GraphFilter{}, nil
	}
	if len(text) > maxFilter {
		return GraphFilter{}, badFilter("the filter is longer than %d bytes", maxFilter)
	}
	s := &filterScanner{rest: text}
	f := GraphFilter{any: [][]graphTerm{nil}}
	for n := 1; ; n++ {
		if n > maxTerms {
			return GraphFilter{}, badFilter("the filter has more than %d conditions", maxTerms)
		}
		t, err := s.term()
		if err != nil {
			return GraphFilter{}, err
		}
		last := len(f.any) - 1
		f.any[last] = append(f.any[last], t)
		switch {
		case s.rest == "":
			return f, nil
		case s.take(" and "):
		case s.take(" or "):
			f.any = append(f.any, nil)
		default:
			return GraphFilter{}, badFilter("'and' or 'or' is expected at %.40q", s.rest)
		}
	}
}

// filterScanner reads a filter from front to back.
type filterScanner struct{ rest string }

// take steps over the text if it is next.
func (s *filterScanner) take(text string) bool {
	rest, ok := strings.CutPrefix(s.rest, text)
	if ok {
		s.rest = rest
	}
	return ok
}

func (s *filterScanner) term() (t graphTerm, err error) {
	if s.take("startswith(") {
		t.prefix = true
		if t.property, err = s.name(); err != nil {
			return t, err
		}
		if !s.take(",") {
			return t, badFilter("a comma is expected at %.40q", s.rest)
		}
		s.take(" ")
		if t.value, err = s.text(); err == nil && !s.take(")") {
			err = badFilter("a closing parenthesis is expected at %.40q", s.rest)
		}
		return t, err
	}
	if t.property, err = s.name(); err != nil {
		return t, err
	}
	if !s.take("/any(") {
		if !s.take(" eq ") {
			return t, badFilter("only 'eq', 'startswith' and 'any' are offered, not %.40q", s.rest)
		}
		t.value, err = s.text()
		return t, err
	}
	t.list = true
	variable, err := s.name()
	if err != nil {
		return t, err
	}
	if !s.take(":") {
		return t, badFilter("a colon is expected at %.40q", s.rest)
	}
	s.take(" ")
	if !s.take(variable + " eq ") {
		return t, badFilter("an equality of %q is expected at %.40q", variable, s.rest)
	}
	if t.value, err = s.text(); err == nil && !s.take(")") {
		err = badFilter("a closing parenthesis is expected at %.40q", s.rest)
	}
	return t, err
}

// name reads an identifier.
func (s *filterScanner) name() (string, error) {
	n := 0
	for n < len(s.rest) && (s.rest[n]|0x20 >= 'a' && s.rest[n]|0x20 <= 'z' || n > 0 && s.rest[n] >= '0' && s.rest[n] <= '9') {
		n++
	}
	if n == 0 || n > 64 {
		return "", badFilter("a name is expected at %.40q", s.rest)
	}
	name := s.rest[:n]
	s.rest = s.rest[n:]
	return name, nil
}

// text reads a string between quotes, in which a quote stands twice.
func (s *filterScanner) text() (string, error) {
	if !s.take("'") {
		return "", badFilter("a text in quotes is expected at %.40q", s.rest)
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s.rest, "'")
		if !found {
			return "", badFilter("a text is not closed")
		}
		b.WriteString(before)
		s.rest = after
		if !s.take("'") {
			return b.String(), nil
		}
		b.WriteByte('\'')
	}
}

// Properties lists the properties that the filter asks for, those of lists with "/any" behind them.
func (f GraphFilter) Properties() []string {
	var list []string
	for _, all := range f.any {
		for _, t := range all {
			p := t.property
			if t.list {
				p += "/any"
			}
			list = append(list, p)
		}
	}
	return list
}

// Only gives the value that a filter wants of a single property, if it wants nothing else.
func (f GraphFilter) Only(property string) (string, bool) {
	if len(f.any) != 1 || len(f.any[0]) != 1 || f.any[0][0].prefix || f.any[0][0].list || f.any[0][0].property != property {
		return "", false
	}
	return f.any[0][0].value, true
}

// Match compares with a thing whose properties values gives; case does not count.
func (f GraphFilter) Match(values func(property string) []string) bool {
	if len(f.any) == 0 {
		return true
	}
	for _, all := range f.any {
		holds := true
		for _, t := range all {
			holds = holds && t.holds(values(t.property))
		}
		if holds {
			return true
		}
	}
	return false
}

func (t graphTerm) holds(values []string) bool {
	for _, v := range values {
		if t.prefix && len(v) >= len(t.value) {
			v = v[:len(t.value)]
		}
		if strings.EqualFold(v, t.value) {
			return true
		}
	}
	return false
}

func badFilter(format string, args ...any) error {
	return fault.New(fault.Invalid, ReasonBadFilter, "Invalid filter clause: "+format+".", args...)
}
