package metadata

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/attest/resolve"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Why a workload gets no credentials of a role.
const (
	// NoRole means that the caller is a workload to which no role is bound, or one that has identities and no role.
	NoRole fault.Reason = "metadata.no_role"
	// RoleDeleted means that the role which is bound to the workload was deleted. One that was made again under its name
	// is another one, and has to be bound.
	RoleDeleted fault.Reason = "metadata.role_deleted"
	// NotAnInstance means that a workload which is no EC2 instance asked for instance metadata.
	NotAnInstance fault.Reason = "metadata.not_an_instance"
	// NoHostToken means that a read of instance metadata came without the token of version 2, with one of another
	// workload, or with one that is over. Version 1 is not answered.
	NoHostToken fault.Reason = "metadata.no_host_token"
	// HostTokenLife means that a token for instance metadata was asked for without a life, or for one out of bounds.
	HostTokenLife fault.Reason = "metadata.host_token_life"
)

// RoleMinter makes credentials for workloads that have a role, and the tokens by which they read instance metadata.
type RoleMinter interface {
	Role(ctx context.Context, v *view.View, req mint.RoleRequest) (mint.IssuedSession, error)
	HostToken(v *view.View, proof string, life time.Duration) (secret.Text, error)
	HostTokenHolds(v *view.View, proof, token string) bool
}

// AWS is the part of the door that AWS's clients ask: the container credentials and the instance metadata (IMDSv2).
type AWS struct {
	View func() *view.View
	Mint RoleMinter
	Now  func() time.Time
}

// Mount makes the door. cfg brings the house's part: ids, clock, log, witness.
func (d AWS) Mount(cfg web.Config) (*web.Door, error) {
	cfg.Name, cfg.Dialect = "metadata-aws", awsDialect{awswire.CredentialErrors(awsRows())}
	cfg.IDHeaders = []string{"x-amzn-RequestId"}
	return web.New(cfg, d.routes())
}

// host is one request of a workload. It sees one View.
type host struct {
	d        AWS
	r        *http.Request
	v        *view.View
	event    *web.Event
	proof    string // what says which workload calls
	workload view.Workload
}

// admit makes a handler of a function that only workloads reach. secretOf says where the flavour has its proof.
func (d AWS) admit(secretOf func(*http.Request) string, do func(*host, http.ResponseWriter) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) (err error) {
		c := &host{d: d, r: r, v: d.View(), event: web.EventOf(r.Context()), proof: secretOf(r)}
		if header := web.Forwarded(r); header != "" {
			return fault.New(fault.Denied, azwire.ReasonMetadataForwarded, "Forwarded requests are not answered: the header %.64s is there.", header)
		}
		if c.workload, err = resolve.Workload(c.v, d.Now(), resolve.Facts{LaunchSecret: c.proof}); err != nil {
			return err
		}
		c.event.Caller(callerOf(c.workload))
		w.Header().Set("Cache-Control", "no-store")
		return do(c, w)
	}
}

// inHeader finds the proof where the container endpoint has it. Two headers are none: readers could take different ones.
func inHeader(r *http.Request) string {
	if all := r.Header.Values("Authorization"); len(all) == 1 {
		return strings.TrimSpace(all[0])
	}
	return ""
}

// inPath finds the proof in the endpoint's path, which the launcher gives to a client that has no header for it.
func inPath(r *http.Request) string { return web.Param(r, "secret") }

// bound gives the role that is bound to the calling workload.
func (c *host) bound() (*view.Role, error) {
	w := c.workload.AWS
	if w == nil || w.Role == "" {
		return nil, fault.New(fault.NotFound, NoRole, "No role is bound to %s.", c.workload.Name())
	}
	role, ok := c.v.BoundRole(w)
	if !ok {
		return nil, fault.New(fault.NotFound, RoleDeleted, "The role that was bound to %s was deleted.", w.ARN)
	}
	return role, nil
}

// credentials has the workload's credentials made, if the role's trust policy lets its service in now.
func (c *host) credentials(role *view.Role) (mint.IssuedSession, error) {
	w := c.workload.AWS
	decision := access.ServiceAssume(c.v, w, role, c.d.Now())
	record := &c.event.Record
	record.Account, record.Resource, record.Decision = role.ARN.Account(), role.ARN.String(), &decision
	public := w.Service() + " is not authorized to perform: sts:AssumeRole on resource: " + role.ARN.String()
	if err := access.Refusal(decision, public); err != nil {
		return mint.IssuedSession{}, err
	}
	record.Input = map[string]string{"session": w.Name()}
	return c.d.Mint.Role(c.r.Context(), c.v, mint.RoleRequest{Workload: w, Role: role, Record: c.event.Draft()})
}
