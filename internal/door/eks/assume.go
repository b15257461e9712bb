package eks

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Why a pod gets no credentials.
const (
	// NotAPod means that the token is good and says of no pod that it is the pod's: it is for somebody else than EKS, or its
	// claims name no pod, or not the one that its subject names.
	NotAPod fault.Reason = "eks.not_a_pod"
	// NoAssociation means that the cluster is not there, that the token is not one of its pods, or that the pod's service
	// account has no role in it. The caller is told what it is told of a role that does not trust EKS.
	NoAssociation fault.Reason = "eks.no_association"
)

// audience is whom a service account's token must be for, and for nobody else (Amazon EKS, "EKS Pod Identity").
const audience = view.PodsService

// Verifier says who a token is about.
type Verifier interface {
	Verify(ctx context.Context, v *view.View, token string) (federation.Assertion, error)
}

// Minter makes sessions.
type Minter interface {
	Session(ctx context.Context, v *view.View, req mint.SessionRequest) (mint.IssuedSession, error)
}

// Pods gives pods the credentials of their role.
type Pods struct {
	Verifier Verifier
	Mint     Minter
	Now      func() time.Time
}

// granted is what a pod got.
type granted struct {
	subject     string
	association *view.PodAssociation
	role        *view.Role
	session     mint.IssuedSession
}

// assume is the one way to the credentials: is the token good and a pod's, is it of this cluster, has its service account a role
// there, does the role let EKS in, then the session. A nil cluster is one that is not there. The caller is told no more of the
// last three than that they do not lead to a role.
func (p Pods) assume(r *http.Request, v *view.View, cluster *view.Cluster, token string) (granted, error) {
	event := web.EventOf(r.Context())
	assertion, err := p.Verifier.Verify(r.Context(), v, token)
	if err != nil {
		return granted{}, err
	}
	who, err := readPod(assertion)
	if err != nil {
		return granted{}, err
	}
	record := &event.Record
	record.Input = map[string]string{
		"issuer": assertion.Issuer, "namespace": who.namespace, "serviceAccount": who.account, "pod": who.name, "podUid": who.uid,
	}
	if cluster == nil || assertion.Outside == nil || assertion.Outside.Shared || assertion.Issuer != cluster.Issuer.String() {
		return granted{}, refused()
	}
	record.Input["cluster"] = cluster.ARN.String()
	record.Account = cluster.ARN.Account()
	if record.Principal.Kind == "" { // else it is whoever signed the request
		event.Caller(audit.Principal{Kind: "serviceAccount", ID: assertion.Issuer + "#" + assertion.Subject, Display: assertion.Subject})
	}
	a, ok := v.PodAssociationAt(cluster, who.namespace, who.account)
	if !ok {
		return granted{}, refused()
	}
	role, exists := v.RoleByID(a.Role)
	if exists {
		record.Resource = role.ARN.String()
	}
	tags := who.tags(cluster)
	if a.NoTags {
		tags = nil
	}
	session := who.session(cluster)
	decision := access.PodAssume(v, access.PodAssumes{Cluster: cluster, Role: role, Name: session, Tags: tags}, p.Now())
	record.Decision = &decision
	if err := access.Refusal(decision, noRole); err != nil {
		return granted{}, err
	}
	req := mint.SessionRequest{
		Role: role, Name: session, Origin: a.UID, Tags: tags, Transitive: slices.Sorted(maps.Keys(tags)), Record: event.Draft(),
	}
	issued, err := p.Mint.Session(r.Context(), v, req)
	return granted{assertion.Subject, a, role, issued}, err
}

// noRole is what the caller is told, whatever keeps the pod from a role.
const noRole = "EKS does not have permissions to assume a role for this service account: there is none that it may have."

func refused() error { return fault.New(fault.Denied, NoAssociation, noRole) }

// pod is what a service account's token says of the pod that it was made for (Kubernetes, "Bound service account tokens").
type pod struct{ namespace, account, name, uid string }

// readPod reads the pod out of a token that is for EKS and nobody else: one that others take as well is theirs to pass on.
func readPod(a federation.Assertion) (pod, error) {
	bad := func(why string) error {
		return fault.New(fault.Invalid, NotAPod, "The token is no service account's token of a pod: %s.", why)
	}
	if len(a.Audience) != 1 || a.Audience[0] != audience {
		return pod{}, bad("its audience is not " + audience + " alone")
	}
	about, ok := a.Claims.Value("kubernetes.io").Object()
	if !ok {
		return pod{}, bad("it has no claim kubernetes.io")
	}
	text := func(group, member string) string {
		in := about
		if group != "" {
			v, _ := about.Get(group)
			if in, ok = v.Object(); !ok {
				return ""
			}
		}
		v, _ := in.Get(member)
		s, _ := v.Text()
		return s
	}
	p := pod{namespace: text("", "namespace"), account: text("serviceaccount", "name"), name: text("pod", "name"), uid: text("pod", "uid")}
	if p.namespace == "" || p.account == "" || p.name == "" || p.uid == "" {
		return pod{}, bad("it does not name its namespace, service account and pod")
	}
	if a.Subject != "system:serviceaccount:"+p.namespace+":"+p.account {
		return pod{}, bad("its subject is another one")
	}
	for _, part := range []string{p.namespace, p.account, p.name, p.uid} {
		if len(part) > 253 || strings.Trim(strings.ToLower(part), "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
			return pod{}, bad("a name in it is none of Kubernetes")
		}
	}
	return p, nil
}

// tags are the session tags that say which pod it is (Amazon EKS, "List of session tags added by EKS Pod Identity").
func (p pod) tags(c *view.Cluster) map[string]string {
	return map[string]string{
		"eks-cluster-arn": c.ARN.String(), "eks-cluster-name": c.Name(), "kubernetes-namespace": p.namespace,
		"kubernetes-service-account": p.account, "kubernetes-pod-name": p.name, "kubernetes-pod-uid": p.uid,
	}
}

// session names the pod's session: the beginnings of the cluster's and the pod's names, and the pod's uid.
func (p pod) session(c *view.Cluster) string {
	short := func(s string, most int) string { return s[:min(len(s), most)] }
	return "eks-" + short(c.Name(), 10) + "-" + short(p.name, 12) + "-" + short(p.uid, 36)
}
