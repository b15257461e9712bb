package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// DefaultMaxBody is the largest body of a door that sets no limit, in bytes: no control-plane document is longer.
const DefaultMaxBody = 64 << 10

// Unlimited as a body limit lets a data door stream any length.
const Unlimited = -1

// Config is what a door needs from the house. Name, Dialect, IDs, Now and Log are required.
type Config struct {
	Name      string           // the door's name in events, metrics and the surface page, e.g. "arm"
	Dialect   Dialect          // writes every fault of this door
	IDs       func() string    // makes a request id
	Now       func() time.Time // the clock of events
	Log       *slog.Logger     // where events go
	Observer  Observer         // counts finished requests; nil for none
	Witness   Witness          // keeps the records of failed requests; nil for none
	Proxies   []netip.Prefix   // whose X-Forwarded-For says where a request came from; see ClientIP
	IDHeaders []string         // answer headers that carry the request id, e.g. "x-ms-request-id"

	// WithID puts the request id where services look for it; nil leaves the context as it is.
	WithID func(ctx context.Context, id string) context.Context

	// Own tells a request that this door refuses where no door of its listener has the path, by what it says of itself: nothing
	// of it is proved. Nil is none.
	Own func(r *http.Request) bool

	MaxBody int64 // largest body in bytes; 0 is DefaultMaxBody, Unlimited is none
	// Patience gives the time until which a peer of a door with an Unlimited body may send nothing, or take nothing; it is
	// asked again with each read and write. Sockets know the system's clock only, whatever Now says. Nil is for ever.
	Patience func() time.Time

	MaxInFlight int64 // requests served at once before the door answers Overloaded; 0 is no limit
}

// Door serves one protocol over a table of routes, or over a handler of its own for a raw door.
type Door struct {
	name      string
	dialect   Dialect
	ids       func() string
	now       func() time.Time
	log       *slog.Logger
	observer  Observer
	witness   Witness
	proxies   []netip.Prefix
	idHeaders []string
	withID    func(context.Context, string) context.Context
	own       func(*http.Request) bool

	maxBody     int64
	patience    func() time.Time
	maxInFlight int64
	inFlight    atomic.Int64
	refusals    quota

	router *router // nil for a raw door
	raw    *Route  // nil for a door with a router
	table  []Route
	names  map[string]bool // of the table's routes
}

// New makes a door over a table. It refuses a table with a line that is incomplete, ambiguous or out of reach.
func New(cfg Config, routes []Route) (*Door, error) {
	d, err := newDoor(cfg)
	if err != nil {
		return nil, err
	}
	if d.router, err = newRouter(routes); err != nil {
		return nil, fmt.Errorf("door %s: %w", cfg.Name, err)
	}
	d.document(routes)
	return d, nil
}

// NewRaw makes a door that gets every request as it came, for protocols whose signature covers the path's bytes or
// whose action stands in the body (S3, Blob, Query). h sets the event's route itself; a name that is not in the table
// does not become a label, so that a caller cannot make one up.
func NewRaw(cfg Config, table []Route, h Handler) (*Door, error) {
	d, err := newDoor(cfg)
	if err != nil {
		return nil, err
	}
	if h == nil {
		return nil, fmt.Errorf("door %s: no handler", cfg.Name)
	}
	for i := range table {
		if err := table[i].complete(); err != nil {
			return nil, fmt.Errorf("door %s: route %q: %w", cfg.Name, table[i].Name, err)
		}
	}
	d.raw = &Route{Handler: h}
	d.document(table)
	return d, nil
}

// document keeps the table and the names that events may have.
func (d *Door) document(table []Route) {
	d.table, d.names = slices.Clone(table), map[string]bool{}
	for _, r := range table {
		d.names[r.Name] = true
	}
}

// newDoor checks and takes over the configuration.
func newDoor(cfg Config) (*Door, error) {
	if cfg.Name == "" || cfg.Dialect == nil || cfg.IDs == nil || cfg.Now == nil || cfg.Log == nil {
		return nil, fmt.Errorf("door %q: %w", cfg.Name, errors.New("name, dialect, ids, now and log must all be given"))
	}
	d := &Door{
		name: cfg.Name, dialect: cfg.Dialect, ids: cfg.IDs, now: cfg.Now, log: cfg.Log, observer: cfg.Observer, witness: cfg.Witness,
		proxies: cfg.Proxies, withID: cfg.WithID, own: cfg.Own, maxBody: cfg.MaxBody, maxInFlight: cfg.MaxInFlight, patience: cfg.Patience,
	}
	if d.maxBody == 0 {
		d.maxBody = DefaultMaxBody
	}
	for _, h := range cfg.IDHeaders {
		d.idHeaders = append(d.idHeaders, http.CanonicalHeaderKey(h))
	}
	return d, nil
}

// Name is the door's name.
func (d *Door) Name() string { return d.name }

// Routes gives the door's table, for the surface page.
func (d *Door) Routes() []Route { return slices.Clone(d.table) }

// ServeHTTP serves one request.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := d.open(w, r)
	if d.raw != nil {
		d.serve(x, r, nil)
		return
	}
	d.serve(x, r, d.router.find(r.URL.EscapedPath(), &x.params))
}

// open starts the exchange of one request.
func (d *Door) open(w http.ResponseWriter, r *http.Request) *exchange {
	x := &exchange{Context: r.Context(), door: d}
	x.answer.ResponseWriter = w
	if d.maxBody < 0 && d.patience != nil {
		x.answer.patience = patience{http.NewResponseController(w), d.patience}
		x.answer.patience.forBody()
	}
	x.event = Event{ID: d.ids(), Door: d.name, Method: knownMethod(r.Method), Start: d.now(), remote: ClientIP(r, d.proxies)}
	return x
}

// serve finds the handler for the matched pattern, runs it within the limits and closes the event.
func (d *Door) serve(x *exchange, r *http.Request, p *pattern) {
	defer d.finish(x)
	for _, h := range d.idHeaders {
		x.answer.Header()[h] = []string{x.event.ID}
	}
	var ctx context.Context = x
	if d.withID != nil {
		ctx = d.withID(ctx, x.event.ID)
	}
	r = r.WithContext(ctx)
	if n := d.inFlight.Add(1); d.maxInFlight > 0 && n > d.maxInFlight {
		x.answer.Header().Set("Retry-After", "1")
		x.fail(r, fault.New(fault.Throttled, Overloaded, "The server is busy. Try again."))
		return
	}
	x.run(r, d.choose(x, r, p))
}

// choose gives the handler of a request: its route's under the body limit, or one that says what is missing.
func (d *Door) choose(x *exchange, r *http.Request, p *pattern) Handler {
	if strings.ContainsFunc(r.Host, endsHost) {
		return refuse(fault.New(fault.Invalid, BadHost, "The host of the request is not valid."))
	}
	route := d.raw
	if route == nil {
		if p == nil {
			return refuse(fault.New(fault.NotFound, NoRoute, "There is nothing under this path."))
		}
		if route = p.route(r.Method); route == nil {
			x.answer.Header().Set("Allow", p.allow())
			return refuse(fault.New(fault.Unsupported, MethodNotAllowed, "This path does not have that method."))
		}
		x.event.Route = route.Name
	}
	limit := d.maxBody
	if route.MaxBody != 0 {
		limit = route.MaxBody
	}
	if limit >= 0 && r.ContentLength > limit {
		return refuse(bodyTooLarge(limit))
	}
	if r.ContentLength != 0 {
		if limit >= 0 {
			r.Body = http.MaxBytesReader(x.answer.ResponseWriter, r.Body, limit)
		}
		r.Body = &countedBody{r.Body, &x.event, x.answer.patience}
	}
	return route.Handler
}

// endsHost tells of characters that no host has (RFC 3986 section 3.2.2). net/http looks for them in HTTP/1 only: in an
// ":authority" of HTTP/2 they would reach whoever takes the host apart.
func endsHost(c rune) bool {
	return c <= ' ' || c >= 0x7f || strings.ContainsRune(`/\?#@"<>^{|}`+"`", c)
}

// refuse is the handler that only fails.
func refuse(f *fault.Fault) Handler {
	return func(http.ResponseWriter, *http.Request) error { return f }
}

// finish closes the event: it is logged and counted whatever happened.
func (d *Door) finish(x *exchange) {
	d.inFlight.Add(-1)
	e := &x.event
	e.Status, e.Sent, e.Duration = x.answer.status, x.answer.sent, d.now().Sub(e.Start)
	if e.Status == 0 && e.Fault == nil {
		e.Status = http.StatusOK // net/http writes it for a handler that wrote nothing
	}
	if !d.names[e.Route] {
		e.Route = ""
	}
	e.log(x, d.log)
	if d.observer != nil {
		d.observer.Observe(e.labels(), Figures{Status: e.Status, Received: e.Received, Sent: e.Sent, Duration: e.Duration})
	}
}

// knownMethod keeps free text out of the log.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions:
		return method
	}
	return "other"
}

// Join serves several doors on one listener: the first that has a pattern for the path takes the request. For a path that
// none has, the first whose own request it is refuses it, or else the first of all. Raw doors cannot be joined, since they would take everything.
func Join(doors ...*Door) (http.Handler, error) {
	if len(doors) == 0 {
		return nil, errors.New("join: no doors")
	}
	for _, d := range doors {
		if d.raw != nil {
			return nil, fmt.Errorf("join: door %s is raw", d.name)
		}
	}
	doors = slices.Clone(doors)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.EscapedPath()
		for _, d := range doors {
			var ps params
			if p := d.router.find(path, &ps); p != nil {
				x := d.open(w, r)
				x.params = ps
				d.serve(x, r, p)
				return
			}
		}
		d := doors[max(0, slices.IndexFunc(doors, func(d *Door) bool { return d.own != nil && d.own(r) }))]
		d.serve(d.open(w, r), r, nil)
	}), nil
}

// Surface writes a door's table as Markdown, for the page that lists every route.
func Surface(door string, routes []Route) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n| method | path | name | needs | what |\n| --- | --- | --- | --- | --- |\n", door)
	for _, r := range routes {
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s |\n", r.Method, r.Pattern, r.Name, r.Permission, r.Doc)
	}
	return b.String()
}
