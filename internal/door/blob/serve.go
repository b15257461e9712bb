package blob

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// oldestVersion is the first x-ms-version that takes bearer tokens.
const oldestVersion = "2017-11-09"

// call is one request: what it names, who asks, and what was found.
type call struct {
	r         *http.Request
	v         *view.View
	event     *web.Event
	op        operation
	target    target
	account   *view.Resource
	principal *view.Principal      // who asks, or whose key signed
	sas       *azwire.SharedAccess // nil for a bearer token
	container *view.Container      // nil at the account's level, and before it is made
	decision  reason.Decision
	recorded  bool // a change is in the ledger

	mayNotReplace error // the refusal of a caller who may make new blobs only, where there is one; nil if it may
}

// serve is the way of every request: what is asked, who asks, may they, then do it.
func (d Door) serve(w http.ResponseWriter, r *http.Request) error {
	c := &call{r: r, v: d.View(), event: web.EventOf(r.Context())}
	echo(w.Header(), r.Header)
	t, err := parseTarget(r, c.v.Installation().URLs["storage"])
	if err != nil {
		return err
	}
	c.target = t
	op, unknown := t.operation(d.table, r)
	c.op = op
	c.event.Route = op.name // for the record of a stranger too; whether there is such an operation is said later
	version, err := d.caller(c)
	if err != nil {
		return err
	}
	w.Header().Set("x-ms-version", version)
	if unknown != nil {
		return unknown
	}
	if err := op.checkHeaders(r.Header); err != nil {
		return err
	}
	if err := d.permit(c); err != nil {
		return err
	}
	if err := c.find(); err != nil {
		return err
	}
	if err := op.do(d, c, w); err != nil {
		return err
	}
	if !c.recorded {
		d.Audit.Access(c.record(audit.Allowed))
	}
	return nil
}

// echo gives a client its own id of the request back: at most 1,024 visible ASCII characters (Microsoft, "Status and error
// codes", x-ms-client-request-id).
func echo(to, from http.Header) {
	const header, most = "x-ms-client-request-id", 1024
	id := from.Get(header)
	if id != "" && len(id) <= most && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) {
		to.Set(header, id)
	}
}

// base is the account's address as the caller spells it: the account in the host, or at the beginning of the path.
func (c *call) base() string {
	urls := c.v.Installation().URLs
	if _, ok := accountIn(c.r.Host, urls["storage"]); ok {
		return "https://" + strings.ToLower(c.r.Host)
	}
	return urls["blob"] + "/" + c.target.account
}

// find looks for the container, once the caller may know whether it is there.
func (c *call) find() error {
	if c.target.container == "" || c.op.name == "CreateContainer" {
		return nil
	}
	found, ok := c.v.Container(c.account, c.target.container)
	if !ok {
		return containerNotFound()
	}
	c.container = found
	return nil
}

func containerNotFound() error {
	return fault.New(fault.NotFound, directory.ContainerNotFound, "The specified container does not exist.")
}

// record is what is kept of the request.
func (c *call) record(outcome audit.Outcome) audit.Record {
	rec := c.event.Draft()
	rec.Operation, rec.Outcome, rec.Decision, rec.Rev = c.event.Route, outcome, &c.decision, c.v.Rev()
	return rec
}

func (c *call) context() context.Context { return c.r.Context() }

// isVersion tells whether an x-ms-version is one that takes bearer tokens.
func isVersion(version string) bool {
	_, err := time.Parse(time.DateOnly, version)
	return err == nil && version >= oldestVersion
}
