package rbac

import (
	"fmt"

	"github.com/lanyard-id/lanyard/internal/name"
)

// Permission is one entry of a role definition's or deny assignment's "permissions", as ARM spells it. Each list holds
// operation patterns: "*" spans any characters, slashes included, and case does not count.
type Permission struct {
	Actions        []string `json:"actions"`
	NotActions     []string `json:"notActions"`
	DataActions    []string `json:"dataActions"`
	NotDataActions []string `json:"notDataActions"`
}

// RoleDefinition is a role as somebody wrote it.
type RoleDefinition struct {
	ID               name.GUID    `json:"id"`
	Name             string       `json:"roleName"`
	Description      string       `json:"description"`
	AssignableScopes []name.Scope `json:"assignableScopes"`
	Permissions      []Permission `json:"permissions"`
	BuiltIn          bool         `json:"-"`
}

// Role is a role definition with its patterns compiled. It is immutable and may be shared by any number of assignments.
type Role struct {
	definition  RoleDefinition
	permissions PermissionSet
}

// Compile checks the patterns of a definition and compiles them once. The error names the list and the entry.
func Compile(definition RoleDefinition) (*Role, error) {
	set, err := CompilePermissions(definition.Permissions)
	if err != nil {
		return nil, fmt.Errorf("role %q: %w", definition.Name, err)
	}
	return &Role{definition: definition, permissions: set}, nil
}

// ID is the definition's id.
func (r *Role) ID() name.GUID { return r.definition.ID }

// BuiltIn tells whether the role is one of Builtins.
func (r *Role) BuiltIn() bool { return r.definition.BuiltIn }

// Name is the definition's display name, e.g. "Storage Blob Data Reader".
func (r *Role) Name() string { return r.definition.Name }

// Definition is what was compiled; its slices must not be changed.
func (r *Role) Definition() RoleDefinition { return r.definition }

// Assignable tells whether the role may be assigned at scope: the scope is one of AssignableScopes or lies below one.
func (r *Role) Assignable(scope name.Scope) bool {
	for _, s := range r.definition.AssignableScopes {
		if s.Covers(scope) {
			return true
		}
	}
	return false
}

// MaxPatterns bounds the patterns of one permission set.
const MaxPatterns = 2048

// PermissionSet is a compiled list of permissions. The zero value permits nothing.
type PermissionSet struct{ permissions []permission }

// permission is one Permission, compiled; control operations at index 0, data operations at index 1.
type permission struct{ allowed, excluded [2][]pattern }

// CompilePermissions checks and compiles the permissions of a role definition or a deny assignment.
func CompilePermissions(list []Permission) (PermissionSet, error) {
	set := PermissionSet{permissions: make([]permission, len(list))}
	total := 0
	for i, raw := range list {
		p := &set.permissions[i]
		for _, part := range []struct {
			name string
			from []string
			to   *[]pattern
		}{
			{"actions", raw.Actions, &p.allowed[control]},
			{"notActions", raw.NotActions, &p.excluded[control]},
			{"dataActions", raw.DataActions, &p.allowed[data]},
			{"notDataActions", raw.NotDataActions, &p.excluded[data]},
		} {
			if total += len(part.from); total > MaxPatterns {
				return PermissionSet{}, fmt.Errorf("more than %d patterns", MaxPatterns)
			}
			for n, text := range part.from {
				compiled, err := compilePattern(text)
				if err != nil {
					return PermissionSet{}, fmt.Errorf("permissions[%d].%s[%d]: %w", i, part.name, n, err)
				}
				*part.to = append(*part.to, compiled)
			}
		}
	}
	return set, nil
}

// plane tells control operations from data operations.
type plane uint8

const (
	control plane = iota
	data
)

func planeOf(isData bool) plane {
	if isData {
		return data
	}
	return control
}

// String is the plane's word in explanations.
func (p plane) String() string {
	if p == data {
		return "data"
	}
	return "control"
}

// Permits tells whether the set permits the operation: some permission lists it and the same permission does not
// exclude it. It is for callers that ask about a role as such (lists, lint, hints); an authorization asks Decide.
func (s PermissionSet) Permits(action string, isData bool) bool {
	op, ok := parseOperation(action, isData)
	return ok && s.verdict(op).kind == permitted
}

// Permits is PermissionSet.Permits of the role.
func (r *Role) Permits(action string, isData bool) bool { return r.permissions.Permits(action, isData) }

// verdictKind says how a permission set answers an operation, the furthest from permitting it first.
type verdictKind uint8

const (
	notListed  verdictKind = iota // no pattern of either plane matches
	otherPlane                    // listed, but as an operation of the other plane
	takenBack                     // listed, and excluded by the same permission
	permitted
)

// verdict is a permission set's answer with the pattern that made it.
type verdict struct {
	kind    verdictKind
	pattern string
}

// verdict is the verdict of the role's permissions; a role that is gone lists nothing.
func (r *Role) verdict(op operation) verdict {
	if r == nil {
		return verdict{}
	}
	return r.permissions.verdict(op)
}

// verdict looks for a permission that permits op; without one it gives the answer that came nearest.
func (s PermissionSet) verdict(op operation) verdict {
	best := verdict{}
	for i := range s.permissions {
		p := &s.permissions[i]
		v := p.verdict(op)
		if v.kind == permitted {
			return v
		}
		if v.kind > best.kind {
			best = v
		}
	}
	return best
}

func (p *permission) verdict(op operation) verdict {
	if allowed, ok := firstMatch(p.allowed[op.plane], op); ok {
		if excluded, ok := firstMatch(p.excluded[op.plane], op); ok {
			return verdict{takenBack, excluded}
		}
		return verdict{permitted, allowed}
	}
	if other, ok := firstMatch(p.allowed[1-op.plane], op); ok {
		return verdict{otherPlane, other}
	}
	return verdict{}
}

func firstMatch(patterns []pattern, op operation) (string, bool) {
	for i := range patterns {
		if patterns[i].match(op.folded) {
			return patterns[i].text, true
		}
	}
	return "", false
}
