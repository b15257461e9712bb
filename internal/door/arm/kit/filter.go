package kit

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/view"
)

// Filter is a $filter of the form "field eq 'value' and field eq 'value'": all that the command line and the SDKs send for
// resources. The zero value matches everything.
type Filter struct{ tests []Test }

// Test is one comparison.
type Test struct{ Field, Value string }

// Fields are what a filter is held against: texts by field, and tags for tagName and tagValue.
type Fields struct {
	Texts map[string]string
	Tags  view.Tags
}

// maxTests bounds a filter.
const maxTests = 16

// Filter reads the query's $filter, in which only these fields may stand.
func (c *Call) Filter(fields ...string) (Filter, error) {
	text, ok := c.Query("$filter")
	if !ok || strings.TrimSpace(text) == "" {
		return Filter{}, nil
	}
	return ParseFilter(text, fields...)
}

// ParseFilter reads a filter (OData 4.01, part 2, section 5.1.1). Fields are compared ignoring case, as are the values of
// all but tags.
func ParseFilter(text string, fields ...string) (Filter, error) {
	var f Filter
	rest := strings.TrimSpace(text)
	for {
		field, after, ok := word(rest)
		op, after, ok2 := word(after)
		at := slices.IndexFunc(fields, func(known string) bool { return strings.EqualFold(known, field) })
		if !ok || !ok2 || !strings.EqualFold(op, "eq") || at < 0 {
			return Filter{}, invalid(BadFilter, "The filter '%s' is not supported. It compares %s with eq, joined by and.",
				Shown(text), strings.Join(fields, ", "))
		}
		value, after, ok := literal(strings.TrimLeft(after, " "))
		if !ok {
			return Filter{}, invalid(BadFilter, "The filter '%s' is not well formed: a value stands in single quotes.", Shown(text))
		}
		f.tests = append(f.tests, Test{fields[at], value})
		rest = strings.TrimLeft(after, " ")
		if rest == "" {
			return f, nil
		}
		and, after, ok := word(rest)
		if !ok || !strings.EqualFold(and, "and") || after == rest || len(f.tests) == maxTests {
			return Filter{}, invalid(BadFilter, "The filter '%s' is not supported: at most %d comparisons, joined by and.", Shown(text), maxTests)
		}
		rest = strings.TrimLeft(after, " ")
	}
}

// word takes what stands before the next space.
func word(s string) (first, rest string, ok bool) {
	first, rest, ok = strings.Cut(s, " ")
	return first, strings.TrimLeft(rest, " "), ok && first != ""
}

// literal takes a quoted value; two quotes are one.
func literal(s string) (value, rest string, ok bool) {
	if !strings.HasPrefix(s, "'") {
		return "", "", false
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '\'' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		rest = s[i+1:]
		return b.String(), rest, rest == "" || rest[0] == ' '
	}
	return "", "", false
}

// Value gives what a field must be, if the filter says so.
func (f Filter) Value(field string) (string, bool) {
	for _, t := range f.tests {
		if t.Field == field {
			return t.Value, true
		}
	}
	return "", false
}

// Matches tells whether all comparisons hold. tagValue is that of the tag which tagName names.
func (f Filter) Matches(in Fields) bool {
	tag, _ := f.Value("tagName")
	for _, t := range f.tests {
		switch t.Field {
		case "tagName":
			if _, ok := in.Tags[t.Value]; !ok {
				return false
			}
		case "tagValue":
			if in.Tags[tag] != t.Value {
				return false
			}
		default:
			if have, ok := in.Texts[t.Field]; !ok || !strings.EqualFold(have, t.Value) {
				return false
			}
		}
	}
	return true
}
