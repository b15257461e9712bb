package rbac

import (
	"iter"
	"slices"
	"time"

	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// Assignment grants a role to a principal at a scope and below it.
type Assignment struct {
	ID        name.GUID
	Rev       int64     // revision of the record
	Principal name.GUID // object id of a user, service principal or group
	Scope     name.Scope
	Role      *Role // nil when the definition is gone: never grants
	// Condition must hold for the assignment to grant; nil is none. Broken says that there is a condition which cannot be
	// read: such an assignment never grants.
	Condition *Condition
	Broken    bool
}

// DenyAssignment blocks operations at a scope, whatever roles grant.
type DenyAssignment struct {
	ID                name.GUID
	Rev               int64
	Name              string
	Scope             name.Scope
	AppliesToChildren bool // false: at exactly this scope only
	Permissions       PermissionSet
	Principals        []name.GUID // object ids; Everyone() stands for all
	Exclude           []name.GUID // object ids that are not blocked; a group excludes its members
	Broken            bool        // it cannot be read: it blocks everything, for everybody
}

// Everyone is the all-zero id with which a deny assignment names all principals (ARM type "SystemDefined").
func Everyone() name.GUID { return name.GUIDFrom([16]byte{}) }

// Input is one question together with the rules that may answer it.
type Input struct {
	Principal name.GUID
	Groups    []name.GUID // object ids of the groups it is in, transitively
	Action    string      // e.g. "Microsoft.Storage/storageAccounts/read"
	Data      bool        // a data operation; control actions never permit one
	Scope     name.Scope  // where
	// SubOperation tells requests apart that need the same action, e.g. BlobList; empty for most.
	SubOperation string
	// Attributes are what conditions may ask of the request, and Now when it came; zero makes conditions on the time fail.
	Attributes Attributes
	Now        time.Time
	// Assignments yields at least all role assignments of the principal and of its groups; those of others and at
	// other scopes are passed over. Denies does the same for deny assignments. Either may be walked twice; nil is none.
	Assignments iter.Seq[Assignment]
	Denies      iter.Seq[DenyAssignment]
}

// Decide answers the question. Deny assignments are looked at first; then one role assignment that grants is enough.
// Nothing is allocated per assignment on the way to an allow.
func Decide(in Input) reason.Decision {
	d := reason.Decision{Question: reason.Question{
		Principal: in.Principal.String(), Action: in.Action, Resource: in.Scope.String(),
	}}
	op, ok := parseOperation(in.Action, in.Data)
	switch {
	case !ok:
		d.Hint = "the action is not the name of an Azure operation"
		return d
	case in.Principal.IsZero() || in.Principal == Everyone():
		d.Hint = "the question names no principal"
		return d
	case in.Scope.IsZero():
		d.Hint = "the question names no scope"
		return d
	}
	if in.Denies != nil {
		if deny, blocked := findDeny(&in, op); blocked {
			d.Outcome = reason.ExplicitDeny
			d.Decisive = []reason.Clause{denyClause(&in, deny, op)}
			d.Hint = denyHint(deny)
			return d
		}
	}
	if in.Assignments != nil {
		if granting, ok := findGrant(&in, op); ok {
			d.Outcome = reason.Allow
			d.Decisive = []reason.Clause{grantClause(&in, granting)}
			return d
		}
	}
	return refusal(d, &in, op)
}

// findDeny gives the first deny assignment that blocks op.
func findDeny(in *Input, op operation) (DenyAssignment, bool) {
	for deny := range in.Denies {
		if deny.Broken || deny.covers(in.Scope) && in.isAnyOf(deny.Principals, true) && !in.isAnyOf(deny.Exclude, false) &&
			deny.Permissions.verdict(op).kind == permitted {
			return deny, true
		}
	}
	return DenyAssignment{}, false
}

// covers tells whether the deny assignment reaches scope.
func (d DenyAssignment) covers(scope name.Scope) bool {
	return d.Scope.Covers(scope) && (d.AppliesToChildren || d.Scope.Key() == scope.Key())
}

// isAnyOf tells whether the principal or one of its groups is in ids. Everyone counts only where withEveryone says so:
// ARM does not allow it among the excluded.
func (in *Input) isAnyOf(ids []name.GUID, withEveryone bool) bool {
	for _, id := range ids {
		if in.is(id) || withEveryone && id == Everyone() {
			return true
		}
	}
	return false
}

// is tells whether id is the principal or one of its groups.
func (in *Input) is(id name.GUID) bool {
	if id.IsZero() {
		return false
	}
	return id == in.Principal || slices.Contains(in.Groups, id)
}

// findGrant gives the first role assignment that grants op.
func findGrant(in *Input, op operation) (Assignment, bool) {
	var facts *cond.Facts // made for the first condition that is met
	for a := range in.Assignments {
		if !a.Scope.Covers(in.Scope) || !in.is(a.Principal) || a.Role.verdict(op).kind != permitted || a.Broken {
			continue
		}
		if a.Condition == nil {
			return a, true
		}
		if facts == nil {
			facts = in.facts(op)
		}
		if holds(a.Condition.expr, facts) {
			return a, true
		}
	}
	return Assignment{}, false
}
