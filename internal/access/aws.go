package access

import (
	"cmp"

	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

// AssumeRequest asks whether a caller may assume a role.
type AssumeRequest struct {
	Role    *view.Role // nil if there is none of that name: refused like any other, so that nobody learns which exist
	RoleARN name.ARN   // as asked for
	Caller  iampolicy.Principal
	Action  string // sts:AssumeRoleWithWebIdentity, sts:AssumeRole
	Context cond.Context
}

// Assume decides by the role's trust policy: who may assume a role is written there and nowhere else.
func Assume(_ *view.View, req AssumeRequest) reason.Decision {
	in := iampolicy.Input{
		Request: iampolicy.Request{
			Principal: req.Caller, Action: req.Action, Resource: req.RoleARN.String(),
			ResourceAccount: req.RoleARN.Account(), Context: req.Context,
		},
		TrustPolicy: true,
	}
	if req.Role == nil {
		return refuse(in, "there is no such role")
	}
	trust, err := req.Role.TrustPolicy()
	if err != nil {
		return refuse(in, "the role's trust policy cannot be read: "+err.Error())
	}
	in.ResourcePolicy = &trust
	return iampolicy.Decide(in)
}

// AWSRequest asks whether a session may do an action on a resource.
type AWSRequest struct {
	Session  *credential.Session
	Role     *view.Role // of the session, as it is now; nil for the root of the account
	Action   string     // s3:GetObject
	Resource string     // ARN
	Bucket   *view.Bucket
	Owner    name.AccountID // who owns a resource that is no bucket; zero is the caller's own account
	Context  cond.Context
}

// AWS decides by the role's policies as they are now, by what the session itself was restricted to, and by the policy of
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
	return iampolicy.Decide(in)
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
	if req.Role == nil {
		in.Identity, err = rootPolicies()
		return err
	}
	if in.Identity, err = req.Role.Policies(v); err != nil {
		return err
	}
	if in.Boundary, err = req.Role.BoundaryPolicy(v); err != nil {
		return err
	}
	for _, text := range req.Session.Policies {
		p, err := iampolicy.Parse([]byte(text), iampolicy.Session)
		if err != nil {
			return err
		}
		in.Session = append(in.Session, iampolicy.Named{ID: "session policy", Policy: p})
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
	if role != nil {
		p.Type, p.PrincipalARN = iampolicy.AssumedRole, role.ARN
	}
	return p
}

// refuse is the decision when the rules themselves are missing or unreadable.
func refuse(in iampolicy.Input, why string) reason.Decision {
	return reason.Decision{
		Question: reason.Question{Principal: in.Principal.String(), Action: in.Action, Resource: in.Resource},
		Hint:     why,
	}
}
