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

// PodAssumes asks whether a role may be assumed for a pod.
type PodAssumes struct {
	Cluster *view.Cluster
	Role    *view.Role // nil if it was deleted
	Name    string     // of the session
	Tags    map[string]string
}

// PodAssume decides whether EKS may assume a role for a pod, by the role's trust policy as it is now: it must let the service
// tag the session too, where there is anything to tell (Amazon EKS, "IAM role trust policy" of Pod Identity).
func PodAssume(v *view.View, req PodAssumes, now time.Time) reason.Decision {
	facts := Facts(Network{Now: now, Secure: true}) // the service is in this process: nobody between
	facts.Set("aws:SourceArn", req.Cluster.ARN.String())
	facts.Set("aws:SourceAccount", req.Cluster.ARN.Account().String())
	AddAssuming(facts, Assuming{Name: req.Name, Tags: req.Tags})
	AddRole(facts, req.Role, nil)
	ask := AssumeRequest{
		Role: req.Role, Action: "sts:AssumeRole", Context: facts,
		Caller: iampolicy.Principal{Type: iampolicy.Service, Service: view.PodsService},
	}
	if req.Role != nil {
		ask.RoleARN = req.Role.ARN
	}
	if len(req.Tags) > 0 {
		ask.Also = []string{TagSession}
	}
	return Assume(v, ask)
}

// PassRequest asks whether a caller may bind a role to a workload, or to the pods of a cluster.
type PassRequest struct {
	Session *credential.Session
	Caller  *view.Role // of the session; nil for the root of its account
	Pass    name.ARN   // the role to be bound, whether or not there is one: nobody learns which exist
	To      name.ARN   // what it is bound to: a workload, a cluster
	Service string     // that runs it
	Context *cond.Facts
}

// PassRole decides whether the caller may give a role to a workload: who may not act as a role must not reach it through
// a workload either. No role is passed into another account, whatever policies say (IAM User Guide, "Grant a user
// permissions to pass a role to an AWS service").
func PassRole(v *view.View, req PassRequest) reason.Decision {
	ask := AWSRequest{
		Session: req.Session, Role: req.Caller, Action: "iam:PassRole", Resource: req.Pass.String(), Owner: req.Pass.Account(),
		Context: req.Context,
	}
	if req.Pass.Account() != req.To.Account() {
		return reason.Decision{
			Question: reason.Question{Principal: PrincipalOf(req.Session, req.Caller).ARN.String(), Action: ask.Action, Resource: ask.Resource},
			Hint:     "a role is passed within its own account only",
		}
	}
	req.Context.Set("iam:PassedToService", req.Service)
	req.Context.Set("iam:AssociatedResourceArn", req.To.String())
	return AWS(v, ask)
}
