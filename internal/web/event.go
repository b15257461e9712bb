package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/fault"
)

// Event is what one request was. It is filled along the way by the goroutine that serves the request, and logged and
// counted once, when the answer is written. Nothing in it may come from a query string, a header or a body unless the
// code that sets it has parsed it into an identifier.
type Event struct {
	ID        string        // request id, as the caller got it
	Door      string        // the door's name
	Route     string        // the route's name; "" when no route was found or the table does not have the name
	Method    string        // the HTTP method; "other" for one that no door has
	Status    int           // HTTP status that was written; 0 when the caller was gone first
	Fault     *fault.Fault  // why it failed, or nil
	Principal string        // stable id of the authenticated caller; "" for nobody
	Received  int64         // bytes of body that the handler read
	Sent      int64         // bytes of body that were written
	Start     time.Time     // when the headers had been read
	Duration  time.Duration // until the handler returned
	Record    audit.Record  // what the handler knows of the request, for the audit: operation, resource, input, ...

	remote netip.Addr
	attrs  []slog.Attr
}

// Add puts more attributes into the request's one log line. Never a credential, a header, a query or a body.
func (e *Event) Add(attrs ...slog.Attr) { e.attrs = append(e.attrs, attrs...) }

// EventOf gives the event of the request that ctx belongs to. Outside a request (a typed handler under test) it gives
// a fresh event that nobody reads, so that callers never test for nil.
func EventOf(ctx context.Context) *Event {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok {
		return &x.event
	}
	return new(Event)
}

// Param gives the decoded value of a parameter of the route's pattern; "" when the pattern has no such parameter.
func Param(r *http.Request, name string) string {
	if x, ok := r.Context().Value(exchangeKey{}).(*exchange); ok {
		return x.params.get(name)
	}
	return ""
}

// Observer counts finished requests. It gets labels from closed sets only, so that no caller can make a new series
// (threat L06). It is called from many goroutines.
type Observer interface {
	Observe(Labels, Figures)
}

// Labels name one series. Door and Route come from the tables, Kind and Reason from constants.
type Labels struct {
	Door   string
	Route  string // "" when no route was found
	Kind   string // the fault's kind, or "ok"
	Reason string // the fault's reason, or ""
}

// Figures are what is measured of one request.
type Figures struct {
	Status   int
	Received int64 // bytes
	Sent     int64 // bytes
	Duration time.Duration
}

// labels gives the event's series.
func (e *Event) labels() Labels {
	l := Labels{Door: e.Door, Route: e.Route, Kind: "ok"}
	if e.Fault != nil {
		l.Kind, l.Reason = e.Fault.Kind.String(), string(e.Fault.Reason)
	}
	return l
}

// log writes the event's one line: an error when the house is at fault, information otherwise.
func (e *Event) log(ctx context.Context, log *slog.Logger) {
	level := slog.LevelInfo
	if f := e.Fault; f != nil && f.Reason != ClientGone && (f.Kind == fault.Internal || f.Kind == fault.Unavailable) {
		level = slog.LevelError
	}
	if !log.Enabled(ctx, level) {
		return
	}
	attrs := make([]slog.Attr, 0, 13+len(e.attrs))
	attrs = append(attrs,
		slog.String("request_id", e.ID), slog.String("door", e.Door), slog.String("route", e.Route),
		slog.String("method", e.Method), slog.Int("status", e.Status), slog.String("principal", e.Principal),
		slog.Int64("received", e.Received), slog.Int64("sent", e.Sent), slog.Duration("duration", e.Duration))
	if f := e.Fault; f != nil {
		attrs = append(attrs, slog.String("kind", f.Kind.String()), slog.String("reason", string(f.Reason)))
		if f.Err != nil {
			attrs = append(attrs, slog.String("cause", f.Err.Error()))
		}
	}
	log.LogAttrs(ctx, level, "request", append(attrs, e.attrs...)...)
}
