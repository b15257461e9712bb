package eks

import (
	"net/http"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/pods"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// call is one request. It sees one View; after a change, the one that shows it.
type call struct {
	action, service string
	d               Door
	r               *http.Request
	v               *view.View
	event           *web.Event
	body            []byte
	session         *authn.Session
	arn             name.ARN      // of the cluster that the path names, in the caller's account
	cluster         *view.Cluster // nil if there is none
}

// serve makes the handler of an operation: who asks, about which cluster, then the operation asks whether it may.
func (d Door) serve(kind call, do func(*call) (any, error)) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) (err error) {
		c := kind
		c.d, c.r, c.v, c.event = d, r, d.Directory.View(), web.EventOf(r.Context())
		if c.body, err = web.ReadBody(r); err != nil {
			return err
		}
		if err := c.authenticate(); err != nil {
			return err
		}
		if c.arn, err = pods.ClusterARN(c.v, c.session.Account, web.Param(r, "cluster")); err != nil {
			return badRequest("The path names no cluster.")
		}
		c.cluster, _ = c.v.Cluster(c.arn)
		answer, err := do(&c)
		if err != nil {
			return err
		}
		return web.WriteJSON(w, http.StatusOK, answer)
	}
}

// authenticate says who asks. Nothing of the request is looked at before.
func (c *call) authenticate() error {
	s, err := c.d.Authn.Signed(c.v, awswire.Request{
		Method: c.r.Method, Path: web.RawPath(c.r), RawQuery: c.r.URL.RawQuery, Host: c.r.Host, Header: c.r.Header,
		Body: c.body, Secure: c.r.TLS != nil,
	}, awswire.QueryRule(c.service))
	if err != nil {
		return err
	}
	c.session = s
	c.event.Record.Account = s.Account
	c.event.Caller(s.Principal())
	return nil
}

// facts are what policies may ask about the request.
func (c *call) facts() *cond.Facts {
	f := access.Facts(access.Network{
		Now: c.d.Now(), Remote: c.event.Remote(), Secure: c.r.TLS != nil, UserAgent: c.r.UserAgent(),
	})
	access.AddSession(f, c.v, c.session.Session, c.session.Role)
	return f
}

// permit asks for the operation's right at a cluster or an association, whether or not it exists.
func (c *call) permit(at name.ARN, tags, wanted view.Tags) error {
	c.event.Record.Resource = at.String()
	facts := c.facts()
	for k, tag := range tags {
		facts.Set("aws:ResourceTag/"+k, tag)
	}
	access.AddRequestTags(facts, wanted)
	decision := access.AWS(c.v, access.AWSRequest{
		Session: c.session.Session, Role: c.session.Role, Action: c.action, Resource: at.String(), Owner: at.Account(), Context: facts,
	})
	c.event.Record.Decision = &decision
	return c.refusal(c.action, at.String(), decision)
}

// permitCluster asks for the right at the cluster, and then for the cluster.
func (c *call) permitCluster(wanted view.Tags) error {
	var tags view.Tags
	if c.cluster != nil {
		tags = c.cluster.Tags
	}
	if err := c.permit(c.arn, tags, wanted); err != nil {
		return err
	}
	if c.cluster == nil {
		return fault.New(fault.NotFound, pods.ClusterNotFound, "No cluster found for name: %s.", web.Param(c.r, "cluster"))
	}
	return nil
}

// pass asks whether the caller may give the role to pods of the cluster, and finds it then.
func (c *call) pass(wanted name.ARN) (*view.Role, error) {
	decision := access.PassRole(c.v, access.PassRequest{
		Session: c.session.Session, Caller: c.session.Role, Pass: wanted, To: c.arn, Service: view.PodsService, Context: c.facts(),
	})
	c.event.Record.Decision = &decision
	if err := c.refusal("iam:PassRole", wanted.String(), decision); err != nil {
		return nil, err
	}
	role, ok := c.v.Role(wanted)
	if !ok {
		return nil, fault.New(fault.Invalid, RoleMissing, "Role provided in the request does not exist.")
	}
	return role, nil
}

// refusal tells the caller what it may not do, and which sort of policy is in the way.
func (c *call) refusal(action, resource string, d reason.Decision) error {
	return access.Refusal(d, access.Denial(c.session.ARN(c.session.Role).String(), action, resource, d))
}

// again sees another View, the one that a command changes: what is asked for afterwards is asked for by that, and a right that
// is lost in between is not used.
func (c *call) again(v *view.View) (err error) {
	if c.session.Role, err = c.session.Live(v, c.d.Now()); err != nil {
		return err
	}
	c.v = v
	c.cluster, _ = v.Cluster(c.arn)
	return nil
}

// change runs a command, with its record. The command asks for the caller's rights again.
func (c *call) change(room func() error, command directory.Command) error {
	for _, ready := range []func() error{c.d.Audit.Health, room} {
		if err := ready(); err != nil {
			return err
		}
	}
	v, err := c.d.Directory.Do(c.r.Context(), func(e *directory.Edit) error {
		if err := c.again(e.View()); err != nil {
			return err
		}
		if err := command(e); err != nil {
			return err
		}
		rec := c.event.Draft()
		rec.Outcome = audit.Changed
		e.Record(rec)
		return nil
	})
	if err == nil {
		c.v = v
	}
	return err
}

// allowed counts what was let through and changed nothing.
func (c *call) allowed() {
	rec := c.event.Draft()
	rec.Outcome, rec.Rev = audit.Allowed, c.v.Rev()
	c.d.Audit.Access(rec)
}

func badRequest(text string) error { return fault.New(fault.Invalid, BadRequest, "%s", text) }
