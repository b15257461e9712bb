package access

import (
	"iter"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Denied means that the caller is known and no rule allows what it asked for, or one forbids it.
const Denied fault.Reason = "access.denied"

// AzureRequest asks whether a service principal may do an operation at a scope.
type AzureRequest struct {
	Principal *view.Principal
	Action    string // e.g. Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read
	Data      bool   // a data operation: control actions never satisfy it
	Scope     name.Scope
	// SubOperation tells requests apart that need the same action, e.g. rbac.BlobList; empty for most.
	SubOperation string
	// Attributes are what the conditions of assignments may ask of this request. The door that knows them sets them, see
	// rbac.Attributes; a condition on one that is missing does not hold, so a door that sets none only grants less.
	Attributes rbac.Attributes
	// Now is when the request came; zero makes conditions on the time fail.
	Now time.Time
}

// Azure decides by the role assignments of the principal and of the groups it is in. Whatever lies in another tenant is refused before any rule is
// read: an assignment reaches only what its own tenant holds (threat F11).
func Azure(v *view.View, req AzureRequest) reason.Decision {
	p := req.Principal
	if why := outside(v, p.Tenant, req.Scope); why != "" {
		return reason.Decision{
			Question: reason.Question{Principal: p.ObjectID.String(), Action: req.Action, Resource: req.Scope.String()},
			Hint:     why,
		}
	}
	groups := v.GroupsOf(p.ObjectID)
	return rbac.Decide(rbac.Input{
		Principal: p.ObjectID, Groups: groups, Action: req.Action, Data: req.Data, Scope: req.Scope,
		SubOperation: req.SubOperation, Attributes: req.Attributes, Now: req.Now,
		Assignments: assignments(v, p, groups), Denies: denies(v.DeniesOver(p.Tenant, req.Scope)),
	})
}

// outside says why a scope is not one of the tenant's; empty if it is. "/" is each tenant's own.
func outside(v *view.View, tenant name.GUID, scope name.Scope) string {
	if scope.Key() == "/" {
		return ""
	}
	switch owner, ok := v.TenantOf(scope); {
	case !ok:
		return "no subscription of this installation holds the resource"
	case owner != tenant:
		return "the principal belongs to another tenant than the resource"
	}
	return ""
}

// assignments yields the role assignments of the principal, then those of its groups, in the engine's words.
func assignments(v *view.View, p *view.Principal, groups []name.GUID) iter.Seq[rbac.Assignment] {
	return func(yield func(rbac.Assignment) bool) {
		if !grants(v, p.Tenant, p.ObjectID, yield) {
			return
		}
		for _, group := range groups {
			if !grants(v, p.Tenant, group, yield) {
				return
			}
		}
	}
}

// grants yields what one principal or group was granted in its tenant; false if no more is wanted.
func grants(v *view.View, tenant, to name.GUID, yield func(rbac.Assignment) bool) bool {
	for _, a := range v.AssignmentsOf(to) {
		if a.Tenant != tenant {
			continue
		}
		role, _ := v.AzureRole(a.Tenant, a.Role) // a definition that is gone is nil and never grants
		condition, err := a.CompiledCondition()
		if !yield(rbac.Assignment{
			ID: a.ID, Rev: a.Rev, Principal: a.Principal, Scope: a.Scope, Role: role, Condition: condition, Broken: err != nil,
		}) {
			return false
		}
	}
	return true
}

// denies yields the deny assignments that reach a scope; nil if there are none, as nearly always. One that cannot be read
// blocks everything, because nobody knows what it would have blocked.
func denies(over []*view.DenyAssignment) iter.Seq[rbac.DenyAssignment] {
	if len(over) == 0 {
		return nil
	}
	return func(yield func(rbac.DenyAssignment) bool) {
		for _, d := range over {
			compiled, err := d.Compiled()
			compiled.Broken = err != nil
			if !yield(compiled) {
				return
			}
		}
	}
}

// Refusal is the fault of a decision that does not allow; nil for one that does. public is what the caller may read.
func Refusal(d reason.Decision, public string) error {
	if d.Allowed() {
		return nil
	}
	return fault.New(fault.Denied, Denied, "%s", public).Explained(d)
}
