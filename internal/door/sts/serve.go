package sts

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// maxForm bounds a request body: a web identity token of 20,000 characters, a session policy and room for escapes.
const maxForm = 128 << 10

// call is one request to one action.
type call struct {
	r     *http.Request
	v     *view.View
	form  awswire.Form
	body  string
	event *web.Event
}

// serve finds the action of a request, checks that every parameter is known and writes the answer.
func (d Door) serve(w http.ResponseWriter, r *http.Request) error {
	c := &call{r: r, v: d.View(), event: web.EventOf(r.Context())}
	if err := c.read(); err != nil {
		return err
	}
	a, err := c.action()
	if err != nil {
		return err
	}
	c.event.Route = a.name
	if unknown := c.form.Unknown(append([]string{"Action", "Version"}, a.params...)...); len(unknown) > 0 {
		return invalid("The parameter %s is not known to the action %s.", unknown[0], a.name)
	}
	result, err := a.do(d, c)
	if err != nil {
		return err
	}
	b := awswire.QueryResponse(awswire.STSNamespace, a.name, c.event.ID, result)
	w.Header().Set("Content-Type", awswire.QueryContentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	_, err = w.Write(b)
	return err
}

// read decodes the form, from the body of a POST or the query of a GET.
func (c *call) read() (err error) {
	limits := awswire.QueryLimits()
	limits.Bytes = maxForm
	switch {
	case web.RawPath(c.r) != "/":
		return fault.New(fault.NotFound, InvalidAction, "There is nothing under this path.")
	case c.r.Method == http.MethodGet:
		c.form, err = awswire.DecodeQueryURL(c.r.URL.RawQuery, limits)
		return err
	case c.r.Method != http.MethodPost:
		return fault.New(fault.Unsupported, InvalidAction, "Only GET and POST are answered.")
	}
	if c.r.URL.RawQuery != "" {
		return invalid("The parameters of a POST belong into its form.")
	}
	if kind, _, _ := strings.Cut(c.r.Header.Get("Content-Type"), ";"); !strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded") {
		return fault.New(fault.Invalid, Validation, "The content type must be application/x-www-form-urlencoded.")
	}
	if c.body, err = web.ReadText(c.r); err != nil {
		return err
	}
	c.form, err = awswire.DecodeQuery(c.body, limits)
	return err
}

// action finds the line of the table that the request names.
func (c *call) action() (action, error) {
	name, v := c.form.Value("Action"), c.form.Value("Version")
	for _, a := range actions() {
		if a.name == name && v == version {
			return a, nil
		}
	}
	return action{}, fault.New(fault.Invalid, InvalidAction, "Could not find operation %s for version %s.", bounded(name), bounded(v))
}

// bounded keeps what a stranger wrote short enough for an error.
func bounded(s string) string {
	if len(s) > 64 {
		return s[:64] + "..."
	}
	return s
}

func invalid(format string, args ...any) error {
	return fault.New(fault.Invalid, Validation, format, args...)
}

// dialect writes the Query protocol's error envelope.
type dialect struct{ errors *awswire.ErrorTable }

// WriteError answers a refusal.
func (d dialect) WriteError(w http.ResponseWriter, _ *http.Request, f *fault.Fault, requestID string) {
	failure := d.errors.Failure(f)
	w.Header().Set("Content-Type", awswire.QueryContentType)
	w.WriteHeader(failure.Status)
	_, _ = w.Write(awswire.QueryError(awswire.STSNamespace, requestID, failure)) // a caller who has gone reads nothing
}

// Code is the error code for the record.
func (d dialect) Code(f *fault.Fault) string { return d.errors.Failure(f).Code }
