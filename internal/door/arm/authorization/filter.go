package authorization

import (
	"errors"
	"strings"

	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/name"
)

// The tests that a $filter may have, as ARM spells them. Each list offers some of them.
const (
	filterAtScope    = "atScope()"
	filterAndBelow   = "atScopeAndBelow()"
	filterPrincipal  = "principalId eq"
	filterAssignedTo = "assignedTo"
	filterRoleName   = "roleName eq"
	filterRoleType   = "type eq"
	filterDenyName   = "denyAssignmentName eq"
)

// filter is a $filter: tests that are joined by and. The zero value lets everything through.
type filter struct {
	atScope    bool // at or above the scope only
	andBelow   bool
	principal  name.GUID
	withGroups bool // of principal
	roleName   string
	roleType   string
	denyName   string
}

// readFilter reads the query's $filter, in which only these tests may stand.
func readFilter(c *kit.Call, offered ...string) (filter, error) {
	text, _ := c.Query("$filter")
	return parseFilter(text, offered...)
}

// maxFilterTests bounds a filter.
const maxFilterTests = 8

// parseFilter reads a filter. Words are compared ignoring case; each test may stand once.
func parseFilter(text string, offered ...string) (filter, error) {
	var f filter
	bad := func(why string) (filter, error) {
		return filter{}, invalid(kit.BadFilter, "The filter '%s' is not supported: %s. It may have %s, joined by and.",
			kit.Shown(text), why, strings.Join(offered, ", "))
	}
	rest := strings.TrimSpace(text)
	seen := map[string]bool{}
	for rest != "" {
		test, value, after, ok := nextTest(rest, offered)
		if !ok {
			return bad("there is no such test")
		}
		if seen[test] || len(seen) == maxFilterTests {
			return bad("a test stands twice")
		}
		seen[test] = true
		if err := f.take(test, value); err != nil {
			return bad(err.Error())
		}
		if rest = strings.TrimLeft(after, " "); rest == "" {
			return f, nil
		}
		joint, after, _ := strings.Cut(rest, " ")
		if rest = strings.TrimSpace(after); !strings.EqualFold(joint, "and") || rest == "" {
			return bad("tests are joined by and")
		}
	}
	return f, nil
}

// nextTest takes the first test off the text, and its value where it has one.
func nextTest(text string, offered []string) (test, value, rest string, ok bool) {
	for _, test := range offered {
		if len(text) < len(test) || !strings.EqualFold(text[:len(test)], test) {
			continue
		}
		rest := text[len(test):]
		switch {
		case strings.HasSuffix(test, "()"):
			return test, "", rest, rest == "" || rest[0] == ' '
		case test == filterAssignedTo:
			inner, found := strings.CutPrefix(rest, "(")
			value, rest, ok = quoted(inner)
			rest, closed := strings.CutPrefix(rest, ")")
			return test, value, rest, found && ok && closed
		}
		value, rest, ok = quoted(strings.TrimLeft(rest, " "))
		return test, value, rest, ok
	}
	return "", "", "", false
}

// quoted takes a text in single quotes; two quotes inside are one (OData 4.01, part 2, section 5.1.1.14).
func quoted(text string) (value, rest string, ok bool) {
	rest, ok = strings.CutPrefix(text, "'")
	for ok {
		part, after, found := strings.Cut(rest, "'")
		value += part
		if !found {
			return "", "", false
		}
		if rest, ok = strings.CutPrefix(after, "'"); !ok {
			return value, after, true
		}
		value += "'"
	}
	return "", "", false
}

// take keeps a test's value.
func (f *filter) take(test, value string) (err error) {
	switch test {
	case filterAtScope:
		f.atScope = true
	case filterAndBelow:
		f.andBelow = true
	case filterPrincipal, filterAssignedTo:
		if !f.principal.IsZero() {
			return errors.New("it names two principals")
		}
		f.withGroups = test == filterAssignedTo
		f.principal, err = name.ParseGUID(value)
	case filterRoleName:
		f.roleName = value
	case filterRoleType:
		f.roleType = value
	case filterDenyName:
		f.denyName = value
	}
	return err
}
