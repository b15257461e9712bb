package query

import (
	"net/http"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Invalid is the refusal of a parameter.
func Invalid(format string, args ...any) error {
	return fault.New(fault.Invalid, Validation, format, args...)
}

// Constraint is AWS's text for a parameter that breaks its constraint.
func Constraint(value, at, must string) error {
	return Invalid("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must %s",
		Bounded(value), at, must)
}

// Bounded keeps what a stranger wrote short enough for an error.
func Bounded(s string) string {
	if len(s) > 64 {
		return s[:64] + "..."
	}
	return s
}

// dialect writes the Query protocol's error envelope.
type dialect struct {
	first      string            // the service that answers for requests of none
	namespaces map[string]string // by service
	errors     *awswire.ErrorTable
}

// WriteError answers a refusal in the namespace of the service that the request belongs to.
func (d dialect) WriteError(w http.ResponseWriter, r *http.Request, f *fault.Fault, requestID string) {
	namespace, ok := d.namespaces[web.EventOf(r.Context()).Door]
	if !ok {
		namespace = d.namespaces[d.first]
	}
	failure := d.errors.Failure(f)
	if speaksJSON(r) {
		w.Header().Set("Content-Type", r.Header.Get("Content-Type")) //nolint:gosec // one of the two of speaksJSON
		// The answer has a JSON form, so the one error left is a caller who has gone.
		_ = web.WriteJSON(w, failure.Status, map[string]string{"__type": failure.Code, "message": failure.Message + " (request id " + requestID + ")"})
		return
	}
	w.Header().Set("Content-Type", awswire.QueryContentType)
	w.WriteHeader(failure.Status)
	_, _ = w.Write(awswire.QueryError(namespace, requestID, failure)) // a caller who has gone reads nothing
}

// speaksJSON tells a request of AWS's JSON protocols, which no service behind these doors has. Its client reads nothing but
// JSON, errors too.
func speaksJSON(r *http.Request) bool {
	kind := r.Header.Get("Content-Type")
	return kind == "application/x-amz-json-1.0" || kind == "application/x-amz-json-1.1"
}

// Code is the error code for the record.
func (d dialect) Code(f *fault.Fault) string { return d.errors.Failure(f).Code }
