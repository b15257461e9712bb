package access

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

// AWSRequest asks whether a session may do an action on a resource.
type AWSRequest struct {
	Session  *credential.Session
	Role     *view.Role // of the session, as it is now; nil for users and the root of the account
	Action   string     // s3:GetObject
	Resource string     // ARN
	Bucket   *view.Bucket
	Owner    name.AccountID // who owns a resource that is no bucket; zero is the caller's own account
	Context  cond.Context
}

// AWS decides by the policies of the role or the user as they are now, by what the session itself was restricted to, and by the policy of
// the bucket. The root of an account may do everything in its own account that no policy denies.
func AWS(v *view.View, req AWSRequest) reason.Decision {
	in := iampolicy.Input{Request: iampolicy.Request{
		Principal: PrincipalOf(req.Session, req.Role), Action: req.Action, Resource: req.Resource, Context: req.Context,
		ResourceAccount: cmp.Or(req.Owner, req.Session.Account),
	}}
	if req.Bucket != nil {
		in.ResourceAccount = req.Bucket.Account
	}
	if id := idOf(req.Role); id != req.Session.RoleID { // without its role, a session would pass for the root
		return refuse(in, "the session does not belong to this role")
	}
	if err := gather(v, req, &in); err != nil {
		return refuse(in, "a policy cannot be read: "+err.Error())
	}
	return decide(v, in)
}

// idOf is the unique id that a role's sessions carry; the root's carry none.
func idOf(role *view.Role) string {
	if role == nil {
		return ""
	}
	return role.UniqueID
}

// gather collects every policy that has a say. One that cannot be read is an error: it may have held a deny.
func gather(v *view.View, req AWSRequest, in *iampolicy.Input) (err error) {
	if req.Bucket != nil {
		if in.ResourcePolicy, err = req.Bucket.PolicyDoc(); err != nil {
			return err
		}
	}
	return gatherIdentity(v, req.Session, req.Role, in)
}

// gatherIdentity collects what the caller's side has a say by: policies, boundary and session policies.
func gatherIdentity(v *view.View, s *credential.Session, role *view.Role, in *iampolicy.Input) (err error) {
	own := Own{}
	switch {
	case role != nil:
		own, err = PoliciesOf(v, role)
	case s.User.ID != "": // also where a federated user has no more than the user who made it
		own, err = policiesOfUser(v, s.User.ID)
	default:
		own.Identity, err = rootPolicies()
	}
	if err != nil {
		return err
	}
	in.Identity, in.Boundary = own.Identity, own.Boundary
	for _, text := range s.Policies {
		p, err := iampolicy.Parse([]byte(text), iampolicy.Session)
		if err != nil {
			return err
		}
		in.Session = append(in.Session, iampolicy.Named{ID: "session policy", Policy: p})
	}
	for _, managed := range s.Managed {
		p, ok := v.Policy(managed.ARN)
		if !ok || p.UniqueID != managed.ID { // a policy that was made later under the name may allow more
			return fmt.Errorf("the session policy %s does not exist any more", managed.ARN)
		}
		named, err := p.Compiled()
		if err != nil {
			return err
		}
		in.Session = append(in.Session, named)
	}
	return nil
}

// rootPolicies is what the root user of an account may do: everything, unless a policy of the resource denies it.
func rootPolicies() ([]iampolicy.Named, error) {
	p, err := iampolicy.Parse([]byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`),
		iampolicy.Identity)
	return []iampolicy.Named{{ID: "root user", Policy: p}}, err
}

// PrincipalOf is how policies see a session.
func PrincipalOf(s *credential.Session, role *view.Role) iampolicy.Principal {
	p := iampolicy.Principal{
		Type: iampolicy.Root, ARN: s.ARN(role), Account: s.Account, UserID: s.UserID(), UniqueID: s.RoleID,
		Federated: s.Provider,
	}
	switch {
	case role != nil:
		p.Type, p.PrincipalARN = iampolicy.AssumedRole, role.ARN
	case s.Kind == credential.FederatedUser && s.User.ID != "":
		p.Type, p.PrincipalARN, p.UniqueID = iampolicy.FederatedUser, s.User.ARN, s.User.ID
	case s.User.ID != "":
		p.Type, p.UniqueID, p.Username = iampolicy.User, s.User.ID, lastOf(s.User.ARN)
	case s.Kind == credential.FederatedUser: // the root made it: its session policies are all that it may do
		maker := credential.Session{Account: s.Account}
		p.Type, p.PrincipalARN, p.UniqueID = iampolicy.FederatedUser, maker.ARN(nil), maker.UserID()
	}
	return p
}

// lastOf is the name at the end of an IAM ARN, behind its path.
func lastOf(arn name.ARN) string {
	return arn.Resource()[strings.LastIndexByte(arn.Resource(), '/')+1:]
}

// refuse is the decision when the rules themselves are missing or unreadable.
func refuse(in iampolicy.Input, why string) reason.Decision {
	return reason.Decision{
		Question: reason.Question{Principal: in.Principal.String(), Action: in.Action, Resource: in.Resource},
		Hint:     why,
	}
}
