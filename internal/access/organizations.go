package access

import (
	"errors"

	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Organizations puts in the control policies of both accounts: those that limit the principals of the caller's, and those
// that limit what is done to the resources of the resource's (AWS Organizations, "Service control policies", "Resource
// control policies"). An account without any belongs to no organization. What belongs to a service itself, and a caller
// without an account, has no service control policies over it. One that cannot be read is an error: it may have denied.
func Organizations(v *view.View, in *iampolicy.Input) (err error) {
	if a, ok := v.Account(in.Principal.Account); ok {
		if in.SCPs, err = a.ServiceControls(); err != nil {
			return unreadable{"a control policy", err}
		}
	}
	if a, ok := v.Account(in.ResourceAccount); ok {
		if in.RCPs, err = a.ResourceControls(); err != nil {
			return unreadable{"a control policy", err}
		}
	}
	return nil
}

// decide asks the engine, with the organizations' say in it.
func decide(v *view.View, in iampolicy.Input) reason.Decision {
	if err := Organizations(v, &in); err != nil {
		return refuse(in, err.Error())
	}
	return iampolicy.Decide(in)
}

// Own is what a role or a user may do by its own policies.
type Own struct {
	Identity []iampolicy.Named
	Boundary *iampolicy.Named // nil: it has none
}

// PoliciesOf gathers the policies of a role as it is now. One that cannot be read is an error.
func PoliciesOf(v *view.View, role *view.Role) (own Own, err error) {
	if own.Identity, err = role.Policies(v); err != nil {
		return own, err
	}
	own.Boundary, err = role.BoundaryPolicy(v)
	return own, err
}

// PoliciesOfUser gathers the policies of a user as it is now, those of its groups among them. One that cannot be read is an
// error.
func PoliciesOfUser(v *view.View, u *view.User) (own Own, err error) {
	if own.Identity, err = u.Policies(v); err != nil {
		return own, err
	}
	own.Boundary, err = u.BoundaryPolicy(v)
	return own, err
}

func policiesOfUser(v *view.View, id string) (Own, error) {
	u, ok := v.UserByID(id)
	if !ok {
		return Own{}, errors.New("the user does not exist any more")
	}
	return PoliciesOfUser(v, u)
}
