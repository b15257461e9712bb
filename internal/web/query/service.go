package query

import (
	"fmt"
	"net/http"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Why a request is refused before anybody is asked.
const (
	// InvalidAction means that the request names no action of this version that is offered here.
	InvalidAction fault.Reason = "query.invalid_action"
	// Validation means that a parameter is missing, unknown or breaks its constraint.
	Validation fault.Reason = "query.validation"
)

// Service is one version of one service's protocol.
type Service struct {
	Name      string // in events, records and metrics: "sts"
	Version   string // "2011-06-15"
	Namespace string // of its XML
	MaxForm   int    // bytes of a request's form
	Actions   []Action
	Errors    map[fault.Reason]awswire.Entry // refusals that only this service knows
	// Lacks is the refusal of an action that AWS has and the service does not; nil for one that nobody has. It may be nil.
	Lacks func(action string) error
}

// Action is one line of a service's table: what the operation reads and who answers it.
type Action struct {
	Name       string
	Doc        string
	Permission string   // what the caller needs, for the surface page
	Params     []string // every parameter that is known, lists by their pattern; another one is refused
	// Do gives what writes the result; nil for an operation that answers without one.
	Do func(*Call) (result func(*awswire.XML), err error)
}

// Call is one request to one action.
type Call struct {
	Request *http.Request
	View    *view.View // the one that the request sees
	Form    awswire.Form
	Event   *web.Event
	body    string
}

// Proof is the request as its signature covers it.
func (c *Call) Proof() awswire.Request {
	return awswire.Request{
		Method: c.Request.Method, Path: web.RawPath(c.Request), RawQuery: c.Request.URL.RawQuery, Host: c.Request.Host,
		Header: c.Request.Header, Body: []byte(c.body), Secure: c.Request.TLS != nil,
	}
}

// Listener serves one or more services. The first answers requests that belong to none.
type Listener struct {
	View     func() *view.View
	Services []Service
}

// Mount makes the door. cfg brings the house's part: ids, clock, log, witness.
func (l Listener) Mount(cfg web.Config) (*web.Door, error) {
	h := handler{view: l.View, dialect: dialect{namespaces: map[string]string{}}, actions: map[operation]*line{}, services: map[string]*Service{}}
	var table []web.Route
	var errors []map[fault.Reason]awswire.Entry
	for i := range l.Services {
		s := &l.Services[i]
		h.dialect.namespaces[s.Name], h.services[s.Version] = s.Namespace, s
		h.maxForm = max(h.maxForm, s.MaxForm)
		errors = append(errors, s.Errors)
		for j := range s.Actions {
			a := &s.Actions[j]
			if h.actions[operation{a.Name, s.Version}] != nil {
				return nil, fmt.Errorf("query: %s of %s is there twice", a.Name, s.Version)
			}
			h.actions[operation{a.Name, s.Version}] = newLine(s, a)
			for _, method := range []string{http.MethodPost, http.MethodGet} {
				table = append(table, web.Route{Method: method, Pattern: "/", Name: a.Name, Doc: a.Doc, Permission: a.Permission})
			}
		}
	}
	h.dialect.first, h.dialect.errors = l.Services[0].Name, awswire.QueryErrors(errors...)
	cfg.Name, cfg.Dialect = h.dialect.first, h.dialect
	cfg.IDHeaders = []string{"x-amzn-RequestId"}
	cfg.MaxBody = int64(h.maxForm)
	return web.NewRaw(cfg, table, h.serve)
}
