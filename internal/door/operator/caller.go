package operator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Who may not operate.
const (
	// ForeignUID means that the process at the other end of the operator's socket runs as a user who is not an operator.
	ForeignUID fault.Reason = "operator.foreign_uid"
	// PeerUnknown means that the kernel does not say who is at the other end of the operator's socket.
	PeerUnknown fault.Reason = "operator.peer_unknown"
	// NotSetUp means that the installation has no operator principal yet: its first start has not finished.
	NotSetUp fault.Reason = "operator.not_set_up"
)

// connKey finds the connection in a request's context.
type connKey struct{}

// ConnContext keeps the connection for the requests that come over it; it is for the http.Server of this door.
func ConnContext(ctx context.Context, c net.Conn) context.Context {
	if bound, ok := c.(interface{ NetConn() net.Conn }); ok {
		c = bound.NetConn()
	}
	if c, ok := c.(*net.UnixConn); ok {
		return context.WithValue(ctx, connKey{}, c)
	}
	return ctx
}

// call is one request of an operator. It sees one View; after a change, the one that shows it.
type call struct {
	r        *http.Request
	v        *view.View
	event    *web.Event
	uid      int
	operator *view.Operator // of the default tenant: who the records name
	recorded bool           // the ledger knows of it
}

func (c *call) ctx() context.Context { return c.r.Context() }

// by is how records name the person.
func (c *call) by() string { return fmt.Sprintf("uid %d", c.uid) }

// admit makes a handler of a function that only operators reach. What it answered without a record of its own is counted.
func (d Door) admit(do func(*call, http.ResponseWriter) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c := &call{r: r, v: d.Directory.View(), event: web.EventOf(r.Context())}
		if err := d.identify(c); err != nil {
			return err
		}
		w.Header().Set("Cache-Control", "no-store")
		if err := do(c, w); err != nil {
			return err
		}
		if !c.recorded {
			rec := c.event.Draft()
			rec.Outcome, rec.Rev = audit.Allowed, c.v.Rev()
			d.Ledger.Access(rec)
		}
		return nil
	}
}

// identify says who is at the other end of the socket: the uid that the kernel froze when it connected.
func (d Door) identify(c *call) (err error) {
	conn, ok := c.ctx().Value(connKey{}).(*net.UnixConn)
	if !ok {
		return fault.New(fault.Unauthenticated, PeerUnknown, "The operator's door is a unix socket.").
			Because(errors.New("the request came over no unix connection"))
	}
	if c.uid, err = d.Peer(conn); err != nil {
		return fault.New(fault.Unauthenticated, PeerUnknown, "The kernel does not say which user is calling.").Because(err)
	}
	c.event.Record.Principal.Display = c.by() // without an id: a stranger
	if !slices.Contains(d.UIDs, c.uid) {
		return fault.New(fault.Denied, ForeignUID,
			"The user with the uid %d does not operate this server. It is run by the uid %d.", c.uid, d.UIDs[0])
	}
	if inst := c.v.Installation(); inst != nil {
		c.operator, _ = c.v.OperatorOf(inst.Tenant)
	}
	if c.operator == nil {
		return fault.New(fault.Unavailable, NotSetUp, "The installation is not set up yet.")
	}
	c.event.Caller(audit.Principal{Kind: "operator", ID: c.operator.ObjectID.String(), Display: c.by()})
	return nil
}
