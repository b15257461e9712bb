package workload

import (
	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Why a role is not bound.
const (
	// RoleUntrusting means that the role's trust policy does not let the workload's service assume it.
	RoleUntrusting fault.Reason = "workload.role_untrusting"
	// RoleElsewhere means that the role is of another account than the workload.
	RoleElsewhere fault.Reason = "workload.role_elsewhere"
)

// Spec is a workload as somebody wants it.
type Spec struct {
	ARN  name.ARN
	Role name.ARN // the role that it has; zero for none
	Tags view.Tags
}

// ARN builds the ARN of a workload from its kind (lambda:function, ec2:instance, ecs:task) and name. The name of a task is
// "cluster/id", or "id" in the cluster "default".
func ARN(kind, region string, account name.AccountID, called string) (name.ARN, error) {
	arn, err := form.WorkloadARN(kind, region, account, called)
	return arn, invalid(directory.InvalidName, err)
}

// Put makes a workload, or makes it as the spec says. One that was deleted and is made again is another one.
func Put(e *directory.Edit, s Spec) (directory.Outcome, error) {
	kind, err := form.WorkloadKind(s.ARN)
	if err != nil {
		return directory.Unchanged, invalid(directory.InvalidValue, err)
	}
	if _, ok := e.View().Account(s.ARN.Account()); !ok {
		return directory.Unchanged, fault.New(fault.NotFound, directory.AccountNotFound, "there is no AWS account %s", s.ARN.Account())
	}
	if err := form.Tags(s.Tags); err != nil {
		return directory.Unchanged, invalid(directory.InvalidValue, err)
	}
	r := &view.AWSResource{ARN: s.ARN, UID: name.NewGUID(), Kind: kind, Tags: s.Tags, Created: e.Now()}
	if old, ok := e.View().AWSResource(s.ARN); ok {
		r.UID, r.Created, r.Role, r.RevokedAt = old.UID, old.Created, old.Role, old.RevokedAt
	}
	role, err := settleRole(e, r, s.Role)
	if err != nil {
		return directory.Unchanged, err
	}
	return e.Save(bound(e, r, role))
}

// settleRole gives the unique id of the role that is to be bound. A binding that is as it was before is kept unread: the
// role may have ended its trust, which each issue of credentials looks at, and changing something else must be possible.
func settleRole(e *directory.Edit, w *view.AWSResource, wanted name.ARN) (string, error) {
	if wanted.IsZero() {
		return "", nil
	}
	role, ok := e.View().Role(wanted)
	if !ok {
		return "", fault.New(fault.NotFound, directory.RoleNotFound, "The role with ARN %s cannot be found.", wanted)
	}
	if role.UniqueID == w.Role {
		return w.Role, nil
	}
	return role.UniqueID, trusted(e, w, role)
}

// Bind gives a workload a role, both by the ids that die with them: what the caller was allowed was about these two.
func Bind(e *directory.Edit, workload name.GUID, roleID string) error {
	w, ok := e.View().AWSWorkload(workload)
	if !ok {
		return fault.New(fault.NotFound, directory.AWSResourceNotFound, "the workload was deleted")
	}
	role, ok := e.View().RoleByID(roleID)
	if !ok {
		return fault.New(fault.NotFound, directory.RoleNotFound, "the role was deleted")
	}
	if err := trusted(e, w, role); err != nil {
		return err
	}
	_, err := e.Save(bound(e, w, role.UniqueID))
	return err
}

// bound is the workload with a role, or with none. Where it had another, all its sessions end, and stay ended if that one is
// bound again.
func bound(e *directory.Edit, w *view.AWSResource, roleID string) *view.AWSResource {
	changed := *w
	if w.Role != roleID {
		changed.Role, changed.RevokedAt = roleID, e.NextRev()
	}
	return &changed
}

// trusted says whether a role may be bound to a workload: it is of the same account, and lets the workload's service in.
func trusted(e *directory.Edit, w *view.AWSResource, role *view.Role) error {
	if role.ARN.Account() != w.ARN.Account() {
		return fault.New(fault.Invalid, RoleElsewhere, "%s has a role of its own account only, and %s is not.", w.ARN, role.ARN)
	}
	decision := access.ServiceAssume(e.View(), w, role, e.Now())
	if decision.Allowed() {
		return nil
	}
	return fault.New(fault.Invalid, RoleUntrusting,
		"The role %s cannot be bound to %s: its trust policy does not let the service %s do sts:AssumeRole.",
		role.ARN, w.ARN, w.Service()).Explained(decision)
}

// Delete deletes a workload. Its sessions end.
func Delete(e *directory.Edit, arn name.ARN) error {
	r, ok := e.View().AWSResource(arn)
	if !ok {
		return fault.New(fault.NotFound, directory.AWSResourceNotFound, "there is no AWS resource %s", arn)
	}
	return e.Remove(r)
}

// invalid gives an error of a check its reason; nil stays nil.
func invalid(why fault.Reason, err error) error {
	if err == nil {
		return nil
	}
	return fault.New(fault.Invalid, why, "%v", err)
}
