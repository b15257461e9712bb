package kit

import (
	"errors"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Widens means that the caller would get hold of a right that it does not have itself.
const Widens fault.Reason = "iam.widens_own_rights"

// Ask is a right that the caller needs.
type Ask struct {
	Action   string              // empty: the one of the operation's own name
	Resource string              // ARN, or "*" for an action that is about none
	Keys     map[string][]string // condition keys of the request and the resource
}

// Asks gives the rights that an operation needs, by a View: what a condition reads of a thing must be what it is when the
// operation is done.
type Asks func(v *view.View) []Ask

// Only is the asking for one right that depends on nothing in the View.
func Only(ask Ask) Asks { return func(*view.View) []Ask { return []Ask{ask} } }

// OnLabelled asks for the right on something that a request names by its ARN, whether it exists or not. tags gives its labels, none
// where it does not exist; more adds keys that the request brings, nil for none.
func OnLabelled(arn string, tags func(*view.View) view.Tags, more func(keys map[string][]string)) Asks {
	return func(v *view.View) []Ask {
		ask := Ask{Resource: arn, Keys: Having(tags(v))}
		if more != nil {
			more(ask.Keys)
		}
		return []Ask{ask}
	}
}

// Allow refuses unless the caller has all rights that are asked for, by the View of the request.
func (c *Call) Allow(asks Asks) error { return c.allowBy(c.View, c.Session.Role, asks) }

// allowBy refuses by a View and the caller's role as it is there.
func (c *Call) allowBy(v *view.View, role *view.Role, asks Asks) error {
	for i, ask := range asks(v) {
		if ask.Action == "" {
			ask.Action = "iam:" + c.op.Name
		}
		if i == 0 {
			c.Event.Record.Resource = ask.Resource
		}
		d := c.decide(v, role, ask)
		if i == 0 {
			c.decision = &d
		}
		if err := access.Refusal(d, access.Denial(c.Session.ARN(role).String(), ask.Action, ask.Resource, d)); err != nil {
			return err
		}
	}
	return nil
}

// decide asks the engine.
func (c *Call) decide(v *view.View, role *view.Role, ask Ask) reason.Decision {
	f := access.Facts(access.Network{
		Now: c.kit.Now(), Remote: c.Event.Remote(), Secure: c.Request.TLS != nil, UserAgent: c.Request.UserAgent(),
	})
	access.AddSession(f, v, c.Session.Session, role)
	for key, values := range ask.Keys {
		f.Set(key, values...)
	}
	return access.AWS(v, access.AWSRequest{
		Session: c.Session.Session, Role: role, Action: ask.Action, Resource: ask.Resource, Context: f,
	})
}

// Change runs a command for which the caller needs rights. They are asked for twice: before, and in the writer's own loop
// by the state that the command changes, so that nothing that is lost in between is used. Nothing is changed while the
// disk has no room or the ledger takes no records.
func (c *Call) Change(asks Asks, command directory.Command) error {
	return c.change(c.kit.Room.Check, asks, command)
}

// Delete is Change for what frees room: it is let through for longer.
func (c *Call) Delete(asks Asks, command directory.Command) error {
	return c.change(c.kit.Room.Last, asks, command)
}

func (c *Call) change(room func() error, asks Asks, command directory.Command) error {
	if err := c.Allow(asks); err != nil {
		return err
	}
	if err := errors.Join(c.kit.Ledger.Health(), room()); err != nil {
		return err
	}
	v, err := c.kit.Directory.Do(c.Request.Context(), directory.Command(func(e *directory.Edit) error {
		before := e.View()
		role, err := c.Session.Live(before, c.kit.Now())
		if err != nil {
			return err
		}
		if err := c.allowBy(before, role, asks); err != nil {
			return err
		}
		if err := command(e); err != nil {
			return err
		}
		return c.notWider(before, e.View(), role)
	}).Recorded(func() audit.Record {
		rec := c.Event.Draft()
		rec.Outcome, rec.Decision = audit.Changed, c.decision
		return rec
	}))
	if err != nil {
		return err
	}
	c.View, c.recorded = v, true
	return nil
}

// notWider refuses a change by which the caller gets hold of a right that it does not have.
func (c *Call) notWider(before, after *view.View, role *view.Role) error {
	gain := access.IAMGain(before, after, c.Session.Session, role)
	if gain == "" {
		return nil
	}
	d := reason.Decision{
		Question: reason.Question{Principal: c.Session.ARN(role).String(), Action: "iam:" + c.op.Name, Resource: c.Event.Record.Resource},
		Hint:     gain,
	}
	return fault.New(fault.Denied, Widens, "User: %s is not authorized to perform: iam:%s: who has not every right of IAM gives "+
		"nobody a right that it does not plainly have itself.", c.Session.ARN(role), c.op.Name).Explained(d)
}
