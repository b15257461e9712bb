package operator

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/web"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// Why a request is refused, or a change is answered with an error, before or after it was made.
const (
	// BadRequest means that a body or a parameter is not what the route reads.
	BadRequest fault.Reason = "operator.bad_request"
	// Unrecorded means that signing keys were made and the ledger did not take the record of it.
	Unrecorded fault.Reason = "operator.unrecorded"
)

// json makes a handler of an action that answers with JSON; nil is an empty answer.
func (d Door) json(do func(Door, *call) (any, error)) web.Handler {
	return d.admit(func(c *call, w http.ResponseWriter) error {
		out, err := do(d, c)
		if err != nil {
			return err
		}
		if out == nil {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		return web.WriteJSON(w, http.StatusOK, out)
	})
}

// stream makes a handler of an action that writes its answer itself.
func (d Door) stream(do func(Door, *call, http.ResponseWriter) error) web.Handler {
	return d.admit(func(c *call, w http.ResponseWriter) error { return do(d, c, w) })
}

// body reads the request's JSON strictly: one value, no unknown and no repeated name.
func (c *call) body(into any) error {
	b, err := web.ReadBody(c.r)
	if err != nil {
		return err
	}
	if err := strictjson.Decode(b, strictjson.Limits{Bytes: maxApply}, into); err != nil {
		return badRequest("The body is not the JSON that is expected here: %s.", err)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return badRequest("The body is not the JSON that is expected here: %s.", err)
	}
	return nil
}

// noBody refuses a body where none is read: whoever sends one means something that would be passed over.
func (c *call) noBody() error {
	b, err := web.ReadBody(c.r)
	if err != nil {
		return err
	}
	if s := string(bytes.TrimSpace(b)); s != "" && s != "{}" {
		return badRequest("Nothing is read from the body here.")
	}
	return nil
}

func badRequest(format string, args ...any) error {
	return fault.New(fault.Invalid, BadRequest, format, args...)
}

// change runs a command that changes something.
func (d Door) change(c *call, command directory.Command) error {
	return d.write(c, audit.Changed, command)
}

// write runs a command that is written together with its record. While the ledger takes no records nothing is changed.
func (d Door) write(c *call, outcome audit.Outcome, command directory.Command) error {
	if err := d.Ledger.Health(); err != nil {
		return err
	}
	if err := d.Last(); err != nil {
		return err
	}
	v, err := d.Directory.Do(c.ctx(), func(e *directory.Edit) error {
		if err := command(e); err != nil {
			return err
		}
		rec := c.event.Draft()
		rec.Outcome = outcome
		e.Record(rec)
		return nil
	})
	if err != nil {
		return err
	}
	c.v, c.recorded = v, true
	return nil
}

// record writes what the event knows of the request to the ledger. It ends only when the record is durable, also if the
// caller has gone: what happened has happened.
func (d Door) record(c *call, outcome audit.Outcome) error {
	rec := c.event.Draft()
	rec.Outcome, rec.Rev = outcome, c.v.Rev()
	if err := d.Ledger.Ledger(context.WithoutCancel(c.ctx()), rec); err != nil {
		return err
	}
	c.recorded = true
	return nil
}
