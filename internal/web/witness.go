package web

import (
	"context"
	"net/netip"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/requestid"
)

// Witness keeps the record of every request that failed, so that it can be explained by its request id; the audit.
type Witness interface {
	// Ledger returns when the record is durable.
	Ledger(ctx context.Context, r audit.Record) error
	// Refuse takes the refusal of a stranger; it never blocks and may fold repeats.
	Refuse(r audit.Record)
	// Access counts what needs no durable record.
	Access(r audit.Record)
}

// Coder is a Dialect that can tell the error code it will write, for the record.
type Coder interface {
	Code(f *fault.Fault) string
}

// Caller enters who the request comes from, once authn has said so.
func (e *Event) Caller(p audit.Principal) {
	e.Principal = p.ID
	e.Record.Principal = p
}

// Remote is where the request came from; zero if unknown.
func (e *Event) Remote() netip.Addr { return e.remote }

// Draft gives the record that this request will leave, with what the kit knows of it: id, door, operation and peer.
func (e *Event) Draft() audit.Record {
	rec := e.Record
	rec.Door = e.Door
	if rec.Operation == "" {
		rec.Operation = e.Route
	}
	rec.Remote = e.remote
	if id, err := requestid.Parse(e.ID); err == nil {
		rec.ID = id
	}
	return rec
}

// witness records the refusal f before it is answered. A caller who is known gets a refusal only after it is durable:
// if the ledger cannot take it, the answer is that fault instead.
func (x *exchange) witness(f *fault.Fault) *fault.Fault {
	w := x.door.witness
	if w == nil || f.Reason == ClientGone || f.Reason == audit.Unavailable {
		return f
	}
	rec := x.event.Draft()
	rec.Outcome, rec.Reason, rec.Decision = audit.Refused, f.Reason, f.Decision
	if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		rec.Outcome = audit.Failed
	}
	if c, ok := x.door.dialect.(Coder); ok {
		rec.Wire = c.Code(f)
	}
	switch {
	case rec.Principal.ID == "":
		w.Refuse(rec)
	case worthLedger(f.Kind):
		untold, ok := x.door.refusals.take(rec.Principal.ID, x.door.now())
		if !ok {
			f = fault.New(fault.Throttled, TooManyRefusals, "Too many refused requests. Slow down.").Because(f)
			rec.Reason = f.Reason
			x.answer.Header().Set("Retry-After", "1")
			w.Access(rec)
			return f
		}
		rec.Dropped = untold
		if err := w.Ledger(context.WithoutCancel(x), rec); err != nil {
			return fault.From(err)
		}
	default:
		w.Access(rec)
	}
	return f
}

// RecordRefusal records that a part of a request is refused which goes on with the rest: as if all of it were. The caller
// may be told of the refusal if it gets f back; else what it gets is the answer to the whole.
func RecordRefusal(ctx context.Context, f *fault.Fault) *fault.Fault {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok {
		return x.witness(f)
	}
	return f
}

// worthLedger tells refusals of rights, and defects, from the everyday misses of a data door.
func worthLedger(k fault.Kind) bool {
	switch k {
	case fault.Invalid, fault.NotFound, fault.Conflict, fault.Precondition, fault.Gone, fault.Throttled, fault.Unsupported:
		return false
	case fault.Internal, fault.Unauthenticated, fault.Denied, fault.Expired, fault.Unavailable:
	}
	return true
}
