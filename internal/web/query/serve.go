package query

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// handler answers for all services of a listener.
type handler struct {
	view     func() *view.View
	maxForm  int
	actions  map[operation]*line
	services map[string]*Service // by version
	dialect  dialect
}

// operation is what a request names.
type operation struct{ action, version string }

// line is an action with its service and all parameters that it knows.
type line struct {
	*Action
	service *Service
	known   []string
}

func newLine(s *Service, a *Action) *line {
	return &line{Action: a, service: s, known: append([]string{"Action", "Version"}, a.Params...)}
}

// serve finds the action of a request, checks that every parameter is known and writes the answer.
func (h handler) serve(w http.ResponseWriter, r *http.Request) error {
	c := &Call{Request: r, View: h.view(), Event: web.EventOf(r.Context())}
	if err := h.read(c); err != nil {
		return err
	}
	a, err := h.action(c)
	if err != nil {
		return err
	}
	c.Event.Door, c.Event.Route = a.service.Name, a.Name
	if unknown := c.Form.Unknown(a.known...); len(unknown) > 0 {
		return Invalid("The parameter %s is not known to the action %s.", Bounded(unknown[0]), a.Name)
	}
	result, err := a.Do(c)
	if err != nil {
		return err
	}
	b := awswire.QueryResponse(a.service.Namespace, a.Name, c.Event.ID, result)
	w.Header().Set("Content-Type", awswire.QueryContentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	_, err = w.Write(b)
	return err
}

// read decodes the form, from the body of a POST or the query of a GET.
func (h handler) read(c *Call) (err error) {
	limits := awswire.QueryLimits()
	limits.Bytes = h.maxForm
	r := c.Request
	switch {
	case web.RawPath(r) != "/":
		return fault.New(fault.NotFound, InvalidAction, "There is nothing under this path.")
	case r.Method == http.MethodGet:
		c.Form, err = awswire.DecodeQueryURL(r.URL.RawQuery, limits)
		return err
	case r.Method != http.MethodPost:
		return fault.New(fault.Unsupported, InvalidAction, "Only GET and POST are answered.")
	}
	if r.URL.RawQuery != "" {
		return Invalid("The parameters of a POST belong into its form.")
	}
	if speaksJSON(r) { // clients are led here for every service of AWS that has no door
		return fault.New(fault.NotFound, InvalidAction, "The service %q is not offered here.", Bounded(awswire.SignedFor(r.Header)))
	}
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); !strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded") {
		return fault.New(fault.Invalid, Validation, "The content type must be application/x-www-form-urlencoded.")
	}
	if c.body, err = web.ReadText(r); err != nil {
		return err
	}
	c.Form, err = awswire.DecodeQuery(c.body, limits)
	return err
}

// action finds the line of the table that the request names. A form that is longer than the action's service takes is
// refused by that service's bound, whatever its neighbours take.
func (h handler) action(c *Call) (*line, error) {
	name, version := c.Form.Value("Action"), c.Form.Value("Version")
	a := h.actions[operation{name, version}]
	if s := h.services[version]; a == nil && s != nil && s.Lacks != nil {
		c.Event.Door = s.Name
		if err := s.Lacks(name); err != nil {
			return nil, err
		}
	}
	if a == nil {
		return nil, fault.New(fault.Invalid, InvalidAction, "Could not find operation %s for version %s.", Bounded(name), Bounded(version))
	}
	if size := max(len(c.body), len(c.Request.URL.RawQuery)); size > a.service.MaxForm {
		return nil, fault.New(fault.Invalid, awswire.ReasonFormTooLarge, "the request has more than %d bytes", a.service.MaxForm)
	}
	return a, nil
}
