package admin

import (
	"errors"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/web"
)

// NotReady means that the server is alive and issues nothing at the moment; the message says why.
const NotReady fault.Reason = "admin.not_ready"

// Door is what the admin door needs.
type Door struct {
	Ready   func() error        // why nothing is issued at the moment; nil when something is. Its text is public
	Metrics prometheus.Gatherer // the server's own registry
}

// Mount makes the door. cfg brings the house's part: ids, clock, log, witness.
func (d Door) Mount(cfg web.Config) (*web.Door, error) {
	if d.Ready == nil || d.Metrics == nil {
		return nil, errors.New("door admin: ready and metrics must be given")
	}
	cfg.Name, cfg.Dialect = "admin", web.Plain{}
	return web.New(cfg, d.routes())
}

func (d Door) routes() []web.Route {
	return []web.Route{
		{
			Method: http.MethodGet, Pattern: "/livez", Name: "livez", Permission: "none", Handler: livez,
			Doc: "200 as long as the process answers",
		},
		{
			Method: http.MethodGet, Pattern: "/readyz", Name: "readyz", Permission: "none", Handler: d.readyz,
			Doc: "200 when credentials are issued, else 503 with the reason",
		},
		{
			Method: http.MethodGet, Pattern: "/metrics", Name: "metrics", Permission: "none", Handler: d.metrics(),
			Doc: "figures in Prometheus's text format",
		},
	}
}

// ok is the whole answer of a probe that finds nothing wrong.
type ok struct {
	Status string `json:"status"`
}

func livez(w http.ResponseWriter, _ *http.Request) error {
	return web.WriteJSON(w, http.StatusOK, ok{"alive"})
}

// readyz writes its 503 itself: that the server is not ready is the answer to the question and no refusal of the asker,
// so no record is kept of it.
func (d Door) readyz(w http.ResponseWriter, r *http.Request) error {
	why := d.Ready()
	if why == nil {
		return web.WriteJSON(w, http.StatusOK, ok{"ready"})
	}
	f := fault.New(fault.Unavailable, NotReady, "%s", why)
	web.Plain{}.WriteError(w, r, f, web.EventOf(r.Context()).ID)
	return nil
}

// metrics serves the registry. A figure that cannot be read fails the whole answer: half a page looks like zeros.
func (d Door) metrics() web.Handler {
	h := promhttp.HandlerFor(d.Metrics, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError})
	return func(w http.ResponseWriter, r *http.Request) error {
		h.ServeHTTP(w, r)
		return nil
	}
}
