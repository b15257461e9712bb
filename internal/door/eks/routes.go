package eks

import (
	"context"
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Why a request is refused before anybody is asked.
const (
	// BadRequest means that the path, the query or the body is not what the operation reads.
	BadRequest fault.Reason = "eks.bad_request"
	// NotOffered means that the request asks for a part of an association that is not offered.
	NotOffered fault.Reason = "eks.not_offered"
	// RoleMissing means that the role that the caller may pass does not exist.
	RoleMissing fault.Reason = "eks.role_missing"
)

// Directory holds the state and changes it.
type Directory interface {
	View() *view.View
	Do(ctx context.Context, command directory.Command) (*view.View, error)
}

// Authenticator says who signed a request.
type Authenticator interface {
	Signed(v *view.View, req awswire.Request, rule awswire.Rule) (*authn.Session, error)
}

// Audit counts what was let through. The records of changes are written with them.
type Audit interface {
	Access(r audit.Record)
	// Health says why no record can be taken at the moment; nil when one can.
	Health() error
}

// Door is what the EKS door needs.
type Door struct {
	Pods
	Directory Directory
	Authn     Authenticator
	Audit     Audit
	Room      func() error // says why nothing new is written while the disk is nearly full
	Last      func() error // the same for what frees room
}

// Mount makes the door. cfg brings the house's part: ids, clock, log, witness.
func (d Door) Mount(cfg web.Config) (*web.Door, error) {
	cfg.Name, cfg.Dialect = "eks", newDialect()
	cfg.IDHeaders = []string{"x-amzn-RequestId"}
	cfg.Own = func(r *http.Request) bool {
		service := awswire.SignedFor(r.Header)
		return service == "eks" || service == "eks-auth"
	}
	const list = "/clusters/{cluster}/pod-identity-associations"
	line := func(method, pattern, name, doc string, do func(*call) (any, error)) web.Route {
		return web.Route{
			Method: method, Pattern: pattern, Permission: "eks:" + name, Name: name, Doc: doc,
			Handler: d.serve(call{action: "eks:" + name, service: "eks"}, do),
		}
	}
	create := line(http.MethodPost, list, "CreatePodIdentityAssociation", "give the pods of a service account a role", create)
	update := line(http.MethodPost, list+"/{id}", "UpdatePodIdentityAssociation", "give them another role, or tell AWS no more of the pod", update)
	create.Permission += ", and iam:PassRole at the role"
	update.Permission += ", and iam:PassRole at another role"
	return web.New(cfg, []web.Route{
		create,
		line(http.MethodGet, list, "ListPodIdentityAssociations", "the associations of a cluster, by namespace and service account", listAll),
		line(http.MethodGet, list+"/{id}", "DescribePodIdentityAssociation", "an association", describe),
		update,
		line(http.MethodDelete, list+"/{id}", "DeletePodIdentityAssociation", "take the role away from them", remove),
		{
			Method: http.MethodPost, Pattern: "/clusters/{cluster}" + authTail, Name: "AssumeRoleForPodIdentity",
			Permission: assumeAction + ", and a service account's token of the cluster",
			Doc:        "credentials of a pod's role, as an agent on the pod's machine asks for them (EKS Auth)",
			Handler:    d.serve(call{action: assumeAction, service: "eks-auth"}, assumeRole),
		},
	})
}

const (
	assumeAction = "eks-auth:AssumeRoleForPodIdentity"
	authTail     = "/assume-role-for-pod-identity"
)

// isAuth tells whether a request is one of EKS Auth.
func isAuth(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, authTail) }
