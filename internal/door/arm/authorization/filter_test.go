package authorization

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
)

// every is each test that some list offers.
func every() []string {
	return []string{filterAtScope, filterAndBelow, filterPrincipal, filterAssignedTo, filterRoleName, filterRoleType, filterDenyName}
}

func TestParseFilter(t *testing.T) {
	const id = "00000110-0000-4000-8000-000000000000"
	who := name.MustGUID(id)
	for text, want := range map[string]filter{
		"":                                       {},
		"  ":                                     {},
		"atScope()":                              {atScope: true},
		"ATSCOPE()":                              {atScope: true},
		"atScopeAndBelow()":                      {andBelow: true},
		"principalId eq '" + id + "'":            {principal: who},
		"assignedTo('" + id + "')":               {principal: who, withGroups: true},
		"atScope() and assignedTo('" + id + "')": {atScope: true, principal: who, withGroups: true},
		"roleName eq 'O''Neil and eq'":           {roleName: "O'Neil and eq"},
		"type eq 'CustomRole'":                   {roleType: "CustomRole"},
		"denyAssignmentName eq ''":               {},
		"roleName eq 'a' AND type eq 'b'":        {roleName: "a", roleType: "b"},
	} {
		f, err := parseFilter(text, every()...)
		if err != nil || f != want {
			t.Errorf("%q: %+v, %v", text, f, err)
		}
	}
	for _, text := range []string{
		"atScope", "atScope()x", "atScope() and", "atScope() or atScopeAndBelow()", "atScope() and atScope()", "principalId eq " + id,
		"principalId eq 'x'", "principalId eq '" + id + "' and assignedTo('" + id + "')", "assignedTo('" + id + "'", "assignedTo(" + id + ")",
		"roleName eq 'a", "roleName eq 'a'x", "roleName ne 'a'", "not atScope()", "(atScope())", "scope eq 'x'", "and atScope()", "type  eq 'CustomRole'",
	} {
		if f, err := parseFilter(text, every()...); !fault.Is(err, kit.BadFilter) {
			t.Errorf("%q: %+v, %v", text, f, err)
		}
	}
	if _, err := parseFilter("roleName eq 'a'", filterAtScope); !fault.Is(err, kit.BadFilter) {
		t.Errorf("a test that the list does not offer: %v", err)
	}
}

// FuzzParseFilter throws junk at the filters of role assignments and definitions: whatever is read was asked for in the text.
func FuzzParseFilter(f *testing.F) {
	for _, s := range []string{
		"", "atScope()", "atScope() and principalId eq '00000110-0000-4000-8000-000000000000'", "roleName eq 'a''b'", "assignedTo('x')", "type eq '", "and and",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseFilter(text, every()...)
		if err != nil {
			if !fault.Is(err, kit.BadFilter) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		lower := strings.ToLower(text)
		if got.atScope && !strings.Contains(lower, "atscope()") || !got.principal.IsZero() && !strings.Contains(lower, got.principal.String()) ||
			got.roleName != "" && !strings.Contains(text, strings.ReplaceAll(got.roleName, "'", "''")) {
			t.Errorf("%q was read as %+v", text, got)
		}
	})
}
