package lambda

import (
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/workload"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// call is one request. It sees one View; after a change, the one that shows it.
type call struct {
	d       Door
	action  string
	r       *http.Request
	v       *view.View
	event   *web.Event
	body    []byte
	session *authn.Session
	arn     name.ARN          // of the function
	w       *view.AWSResource // the function
}

// serve makes the handler of an operation: who asks, about which function, may they, does it exist.
func (d Door) serve(action string, do func(*call) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) (err error) {
		c := &call{d: d, action: action, r: r, v: d.Directory.View(), event: web.EventOf(r.Context())}
		if c.body, err = web.ReadBody(r); err != nil {
			return err
		}
		if err := c.authenticate(); err != nil {
			return err
		}
		if c.arn, err = c.function(); err != nil {
			return err
		}
		c.event.Record.Resource = c.arn.String()
		if err := c.permit(); err != nil {
			return err
		}
		var ok bool
		if c.w, ok = c.v.AWSResource(c.arn); !ok {
			return fault.New(fault.NotFound, directory.AWSResourceNotFound, "Function not found: %s", c.arn)
		}
		if err := do(c); err != nil {
			return err
		}
		return web.WriteJSON(w, http.StatusOK, c.configuration())
	}
}

// authenticate says who asks. Nothing of the request is looked at before.
func (c *call) authenticate() error {
	s, err := c.d.Authn.Signed(c.v, awswire.Request{
		Method: c.r.Method, Path: web.RawPath(c.r), RawQuery: c.r.URL.RawQuery, Host: c.r.Host, Header: c.r.Header,
		Body: c.body, Secure: c.r.TLS != nil,
	}, awswire.QueryRule("lambda"))
	if err != nil {
		return err
	}
	c.session = s
	c.event.Record.Account = s.Account
	c.event.Caller(s.Principal())
	return nil
}

// function reads which function the path names: a name of the caller's account, ACCOUNT:function:NAME, or an ARN
// (Lambda API, FunctionName). Versions and aliases do not exist here.
func (c *call) function() (name.ARN, error) {
	said := web.Param(c.r, "function")
	bad := fault.New(fault.Invalid, BadFunction, "The function name must be NAME, ACCOUNT:function:NAME or an ARN, without a version.")
	if len(said) > name.MaxARN || c.r.URL.RawQuery != "" {
		return name.ARN{}, bad
	}
	if strings.HasPrefix(said, "arn:") {
		arn, err := name.ParseARN(said)
		if err != nil || arn.Service() != "lambda" {
			return name.ARN{}, bad
		}
		return arn, nil
	}
	account := c.session.Account
	if of, called, ok := strings.Cut(said, ":function:"); ok {
		id, err := name.ParseAccountID(of)
		if err != nil {
			return name.ARN{}, bad
		}
		account, said = id, called
	}
	arn, err := workload.ARN("lambda:function", c.v.Installation().Region, account, said)
	if err != nil {
		return name.ARN{}, bad
	}
	return arn, nil
}

// facts are what policies may ask about the request.
func (c *call) facts() *cond.Facts {
	f := access.Facts(access.Network{
		Now: c.d.Now(), Remote: c.event.Remote(), Secure: c.r.TLS != nil, UserAgent: c.r.UserAgent(),
	})
	access.AddSession(f, c.v, c.session.Session, c.session.Role)
	return f
}

// permit asks for the operation's right at the function, whether or not it exists.
func (c *call) permit() error {
	facts := c.facts()
	if w, ok := c.v.AWSResource(c.arn); ok {
		for k, tag := range w.Tags {
			facts.Set("aws:ResourceTag/"+k, tag)
		}
	}
	decision := access.AWS(c.v, access.AWSRequest{
		Session: c.session.Session, Role: c.session.Role, Action: c.action, Resource: c.arn.String(), Owner: c.arn.Account(), Context: facts,
	})
	c.event.Record.Decision = &decision
	return c.refusal(c.action, c.arn.String(), decision)
}

// pass asks whether the caller may give the role to the function, and finds it then.
func (c *call) pass(wanted name.ARN) (*view.Role, error) {
	decision := access.PassRole(c.v, access.PassRequest{
		Session: c.session.Session, Caller: c.session.Role, Pass: wanted, To: c.arn, Service: c.w.Service(), Context: c.facts(),
	})
	c.event.Record.Decision = &decision
	if err := c.refusal("iam:PassRole", wanted.String(), decision); err != nil {
		return nil, err
	}
	role, ok := c.v.Role(wanted)
	if !ok {
		return nil, fault.New(fault.Invalid, RoleMissing, "The role %s does not exist.", wanted)
	}
	return role, nil
}

// again sees another View, the one that a command changes, and asks by it: a right that is lost in between is not used.
func (c *call) again(v *view.View) (err error) {
	if c.session.Role, err = c.session.Live(v, c.d.Now()); err != nil {
		return err
	}
	c.v = v
	return c.permit()
}

// refusal tells the caller what it may not do, and which sort of policy is in the way.
func (c *call) refusal(action, resource string, d reason.Decision) error {
	return access.Refusal(d, access.Denial(c.session.ARN(c.session.Role).String(), action, resource, d))
}

// configuration is what is known of the function.
func (c *call) configuration() map[string]string {
	out := map[string]string{"FunctionName": c.w.Name(), "FunctionArn": c.w.ARN.String(), "Version": "$LATEST"}
	if role, ok := c.v.BoundRole(c.w); ok {
		out["Role"] = role.ARN.String()
	}
	return out
}

// read answers with the configuration.
func read(c *call) error {
	if len(c.body) > 0 {
		return badRequest("Nothing is read from the body here.")
	}
	rec := c.event.Draft()
	rec.Outcome, rec.Rev = audit.Allowed, c.v.Rev()
	c.d.Audit.Access(rec)
	return nil
}

// bind gives the function another role: one that the caller may pass, and that lets Lambda in.
func bind(c *call) error {
	wanted, err := c.wanted()
	if err != nil {
		return err
	}
	c.event.Record.Input = map[string]string{"role": wanted.String()}
	if _, err := c.pass(wanted); err != nil {
		return err
	}
	for _, ready := range []func() error{c.d.Audit.Health, c.d.Room} {
		if err := ready(); err != nil {
			return err
		}
	}
	v, err := c.d.Directory.Do(c.r.Context(), func(e *directory.Edit) error {
		if err := c.again(e.View()); err != nil {
			return err
		}
		role, err := c.pass(wanted)
		if err != nil {
			return err
		}
		if err := workload.Bind(e, c.w.UID, role.UniqueID); err != nil {
			return err
		}
		rec := c.event.Draft()
		rec.Outcome = audit.Changed
		e.Record(rec)
		return nil
	})
	if err != nil {
		return err
	}
	c.v = v
	if now, ok := v.AWSWorkload(c.w.UID); ok {
		c.w = now
	}
	return nil
}

// wanted reads the role that the body names.
func (c *call) wanted() (name.ARN, error) {
	const want = `The body must be {"Role": ARN}; no other part of a function's configuration is offered.`
	object, err := strictjson.Parse(c.body, strictjson.Limits{})
	if err != nil {
		return name.ARN{}, badRequest(want)
	}
	var arn name.ARN
	for member, v := range object.All() {
		text, isText := v.Text()
		if member != "Role" || !isText {
			return name.ARN{}, badRequest(want)
		}
		if arn, err = name.ParseARN(text); err != nil || arn.Service() != "iam" || !strings.HasPrefix(arn.Resource(), "role/") {
			return name.ARN{}, badRequest("Role must be the ARN of a role.")
		}
	}
	if arn.IsZero() {
		return name.ARN{}, badRequest(want)
	}
	return arn, nil
}

func badRequest(text string) error { return fault.New(fault.Invalid, BadRequest, "%s", text) }
