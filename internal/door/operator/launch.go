package operator

import (
	"crypto/rand"
	"encoding/base64"
	"time"

	"github.com/lanyard-id/lanyard/internal/attest/resolve"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// launchLife is how long a launch lives without being renewed.
const launchLife = time.Hour

// launch makes a workload rule for a process that is about to be started, and gives the secret that proves the process
// to the metadata door: the one time that anybody sees it, the rule keeps its hash.
func launch(d Door, c *call) (any, error) {
	var req opwire.LaunchRequest
	if err := c.body(&req); err != nil {
		return nil, err
	}
	t, err := findAs(c.v, req.As)
	if err != nil {
		return nil, err
	}
	c.event.Record.Resource = t.full
	out := opwire.Launch{As: t.full, Expires: d.Now().UTC().Truncate(time.Second).Add(launchLife)}
	switch {
	case t.resource != nil:
		err = fillResource(c.v, t.resource, &out)
	case t.aws != nil:
		if role, ok := c.v.BoundRole(t.aws); ok {
			out.Role = role.ARN.String()
		}
	case t.operator != nil:
		out.Client, out.Tenant = t.operator.ClientID.String(), t.operator.Tenant.String()
	}
	if err != nil {
		return nil, err
	}
	if t.account != nil {
		if err := d.addSession(c, t, &out); err != nil {
			return nil, err
		}
	}
	if t.resource == nil && t.aws == nil && t.operator == nil { // nothing to prove to the metadata door
		return out, nil
	}
	return out, d.addRule(c, t, &out)
}

// addSession gives an operator's launch AWS credentials. One whose role does not let the operator in is told so, and
// still has its side in the tenant.
func (d Door) addSession(c *call, t target, out *opwire.Launch) error {
	session, err := d.session(c, t)
	if fault.IsKind(err, fault.Denied) && t.operator != nil {
		f := fault.From(err)
		rec := c.event.Draft()
		rec.Operation, rec.Outcome, rec.Reason, rec.Decision = opSessionOperator, audit.Refused, f.Reason, f.Decision
		out.SessionRefused = f.Public
		return d.Ledger.Ledger(c.ctx(), rec)
	}
	if err != nil {
		return err
	}
	out.Session = session
	return nil
}

// addRule makes the rule and its secret.
func (d Door) addRule(c *call, t target, out *opwire.Launch) error {
	secret := newSecret()
	spec := directory.RuleSpec{SecretHash: resolve.HashSecret(secret.Reveal()), Launcher: c.by()}
	switch {
	case t.resource != nil:
		spec.Resource = t.resource.ID
	case t.aws != nil:
		spec.ARN = t.aws.ARN
	default:
		spec.Operator = t.operator.ObjectID
	}
	var id name.GUID
	err := d.write(c, audit.Issued, func(e *directory.Edit) (err error) {
		out.Expires = e.Now().Add(launchLife)
		spec.Expires = out.Expires
		id, err = e.CreateRule(spec)
		c.event.Record.TokenID = id.String()
		return err
	})
	if err != nil {
		return err
	}
	out.ID, out.Secret = id.String(), secret.Reveal()
	return nil
}

// newSecret makes a launch secret: 256 random bits.
func newSecret() secret.Text {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24: the process ends instead
	return secret.Text(base64.RawURLEncoding.EncodeToString(b[:]))
}

// fillResource adds what a process of this resource is told beside its secret.
func fillResource(v *view.View, r *view.Resource, out *opwire.Launch) (err error) {
	if tenant, ok := v.TenantOf(r.ID.Scope()); ok {
		out.Tenant = tenant.String()
	}
	var own []name.GUID
	if r.System != nil {
		own = append(own, r.System.ClientID)
	}
	for _, i := range attached(v, r) {
		own = append(own, i.Principal.ClientID)
	}
	if len(own) == 1 {
		out.Client = own[0].String()
	}
	out.Env, err = settingsOf(r)
	return err
}

// renewLaunch lets a launch live for another hour.
func renewLaunch(d Door, c *call) (any, error) {
	id, err := c.launchID()
	if err != nil {
		return nil, err
	}
	var expires time.Time
	err = d.change(c, func(e *directory.Edit) error {
		expires = e.Now().Add(launchLife)
		return e.RenewRule(id, expires)
	})
	if err != nil {
		return nil, err
	}
	return opwire.Launch{ID: id.String(), As: asOfRule(c.v, id), Expires: expires}, nil
}

// endLaunch ends a launch: its secret proves nothing any more.
func endLaunch(d Door, c *call) (any, error) {
	id, err := c.launchID()
	if err != nil {
		return nil, err
	}
	c.event.Record.Resource = asOfRule(c.v, id)
	return nil, d.change(c, func(e *directory.Edit) error { return e.DeleteRule(id) })
}

// launchID reads the id in the path and enters it into the record.
func (c *call) launchID() (name.GUID, error) {
	if err := c.noBody(); err != nil {
		return name.GUID{}, err
	}
	id, err := name.ParseGUID(web.Param(c.r, "id"))
	if err != nil {
		return id, badRequest("The launch's id is a GUID.")
	}
	c.event.Record.TokenID = id.String()
	return id, nil
}

// asOfRule is the full name of who a rule is for; empty if there is no such rule.
func asOfRule(v *view.View, id name.GUID) string {
	r, ok := v.Rule(id)
	switch {
	case !ok:
		return ""
	case !r.Resource.IsZero():
		return r.Resource.String()
	case !r.ARN.IsZero():
		return r.ARN.String()
	}
	owner, _ := v.PrincipalByObject(r.Operator)
	if owner.Operator == nil {
		return "operator"
	}
	return "operator@" + owner.Operator.Tenant.String()
}
