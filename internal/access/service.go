package access

import (
	"time"

	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

// ServiceAssume decides whether the service that a workload belongs to may assume a role for it. The role's trust policy
// as it is now decides, and nothing else: an account as principal lets no service in. It may ask for whom the service
// acts, so that one workload cannot be used to reach the role of another (IAM User Guide, "The confused deputy problem").
func ServiceAssume(v *view.View, w *view.AWSResource, role *view.Role, now time.Time) reason.Decision {
	facts := Facts(Network{Now: now, Secure: true}) // the service is in this process: nobody between
	facts.Set("aws:SourceArn", w.ARN.String())
	facts.Set("aws:SourceAccount", w.ARN.Account().String())
	facts.Set("sts:RoleSessionName", w.Name())
	return Assume(v, AssumeRequest{
		Role: role, RoleARN: role.ARN, Action: "sts:AssumeRole", Context: facts,
		Caller: iampolicy.Principal{Type: iampolicy.Service, Service: w.Service()},
	})
}

// PassRequest asks whether a caller may bind a role to a workload.
type PassRequest struct {
	Session  *credential.Session
	Caller   *view.Role // of the session; nil for the root of its account
	Pass     name.ARN   // the role to be bound, whether or not there is one: nobody learns which exist
	Workload *view.AWSResource
	Context  *cond.Facts
}

// PassRole decides whether the caller may give a role to a workload: who may not act as a role must not reach it through
// a workload either. No role is passed into another account, whatever policies say (IAM User Guide, "Grant a user
// permissions to pass a role to an AWS service").
func PassRole(v *view.View, req PassRequest) reason.Decision {
	ask := AWSRequest{
		Session: req.Session, Role: req.Caller, Action: "iam:PassRole", Resource: req.Pass.String(), Owner: req.Pass.Account(),
		Context: req.Context,
	}
	if req.Pass.Account() != req.Workload.ARN.Account() {
		return reason.Decision{
			Question: reason.Question{Principal: PrincipalOf(req.Session, req.Caller).ARN.String(), Action: ask.Action, Resource: ask.Resource},
			Hint:     "a role is passed within its own account only",
		}
	}
	req.Context.Set("iam:PassedToService", req.Workload.Service())
	req.Context.Set("iam:AssociatedResourceArn", req.Workload.ARN.String())
	return AWS(v, ask)
}
