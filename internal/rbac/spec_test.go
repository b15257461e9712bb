package rbac

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// The specification: the same answers as Decide, slow and obvious, on raw permissions and split paths.

type specAssignment struct {
	Assignment
	raw []Permission
}

type specDeny struct {
	DenyAssignment
	raw []Permission
}

type specInput struct {
	principal name.GUID
	groups    []name.GUID
	action    string
	data      bool
	scope     name.Scope
	grants    []specAssignment
	denies    []specDeny
}

func specDecide(in specInput) (outcome reason.Outcome, rules []string) {
	who := append([]name.GUID{in.principal}, in.groups...)
	for _, d := range in.denies {
		named := slices.ContainsFunc(d.Principals, func(id name.GUID) bool {
			return id.String() == "00000000-0000-0000-0000-000000000000" || slices.Contains(who, id)
		})
		excluded := slices.ContainsFunc(d.Exclude, func(id name.GUID) bool { return slices.Contains(who, id) })
		here := slices.Equal(specPath(d.Scope), specPath(in.scope))
		above := specBelow(in.scope, d.Scope) && d.AppliesToChildren
		if named && !excluded && (here || above) && specPermits(d.raw, in.action, in.data) {
			outcome, rules = reason.ExplicitDeny, append(rules, d.ID.String())
		}
	}
	if outcome == reason.ExplicitDeny {
		return outcome, rules
	}
	for _, a := range in.grants {
		if slices.Contains(who, a.Principal) && specBelow(in.scope, a.Scope) && !a.Broken && a.Role != nil &&
			specPermits(a.raw, in.action, in.data) {
			outcome, rules = reason.Allow, append(rules, a.ID.String())
		}
	}
	return outcome, rules
}

func specPath(s name.Scope) []string {
	return strings.FieldsFunc(strings.ToLower(s.String()), func(r rune) bool { return r == '/' })
}

func specBelow(scope, above name.Scope) bool {
	p, q := specPath(scope), specPath(above)
	return len(q) <= len(p) && slices.Equal(p[:len(q)], q)
}

func specPermits(list []Permission, action string, isData bool) bool {
	for _, p := range list {
		yes, no := p.Actions, p.NotActions
		if isData {
			yes, no = p.DataActions, p.NotDataActions
		}
		matches := func(pattern string) bool {
			return specMatch(strings.ToLower(pattern), strings.ToLower(action))
		}
		if slices.ContainsFunc(yes, matches) && !slices.ContainsFunc(no, matches) {
			return true
		}
	}
	return false
}

// specMatch tries everything: a star takes any run of characters, and a "/*/" may also be a single slash.
func specMatch(pattern, text string) bool {
	if pattern == "" {
		return text == ""
	}
	if strings.HasPrefix(pattern, "/*/") && specMatch(pattern[2:], text) {
		return true
	}
	if pattern[0] != '*' {
		return text != "" && pattern[0] == text[0] && specMatch(pattern[1:], text[1:])
	}
	for i := range len(text) + 1 {
		if specMatch(pattern[1:], text[i:]) {
			return true
		}
	}
	return false
}
