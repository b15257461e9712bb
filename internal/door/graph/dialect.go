package graph

import (
	"net/http"
	"strconv"
	"time"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
)

// Why a request is refused that only this door knows.
const (
	// NotFound means that the caller's tenant has no such object.
	NotFound fault.Reason = "graph.not_found"
	// ForeignTenant means that another tenant has the object. The caller is told that there is none.
	ForeignTenant fault.Reason = "graph.foreign_tenant"
	// BadVersion means that the path names neither v1.0 nor beta.
	BadVersion fault.Reason = "graph.bad_version"
	// BadBody means that the body is not the JSON that is expected, or has a property that is not offered.
	BadBody fault.Reason = "graph.bad_body"
	// UnsupportedQuery means that a query parameter is not offered here.
	UnsupportedQuery fault.Reason = "graph.unsupported_query"
	// BadPageToken means that a page token is none, or of another query.
	BadPageToken fault.Reason = "graph.bad_page_token"
	// AssignmentNotFound means that the service principal has no app role assignment of this id.
	AssignmentNotFound fault.Reason = "graph.assignment_not_found"
	// CredentialExists means that the application has a federated credential of this name.
	CredentialExists fault.Reason = "graph.credential_exists"
	// NotOffered means that the operation needs a signed-in user, which there are none of, or is not offered.
	NotOffered fault.Reason = "graph.not_offered"
)

// dialect writes Graph's error body.
type dialect struct {
	errors *azwire.ErrorTable
	now    func() time.Time
}

// WriteError answers a refusal; the body is always JSON, because clients read nothing else.
func (d dialect) WriteError(w http.ResponseWriter, r *http.Request, f *fault.Fault, requestID string) {
	failure := d.errors.Failure(f)
	at := azwire.Trace{RequestID: requestID, CorrelationID: requestID, At: d.now()}
	if id, err := name.ParseGUID(r.Header.Get("client-request-id")); err == nil {
		at.CorrelationID = id.String()
	}
	body := azwire.AppendGraphError(nil, at, failure)
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if failure.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm=""`)
	}
	w.WriteHeader(failure.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a caller who has gone reads nothing
	}
}

// Code is the error code for the record.
func (d dialect) Code(f *fault.Fault) string { return d.errors.Failure(f).Code }

func rows() map[fault.Reason]azwire.Row {
	return map[fault.Reason]azwire.Row{
		ForeignTenant: {Status: http.StatusNotFound, Code: "Request_ResourceNotFound"},
		NotOffered:    {Status: http.StatusBadRequest, Code: "Request_BadRequest"},
		BadVersion:    {Status: http.StatusBadRequest, Code: "BadRequest"},
	}
}

func notFound(id string) error { return fault.New(fault.NotFound, NotFound, "%s", missing(id)) }

// missing is Graph's sentence for what is not there.
func missing(id string) string {
	if len(id) > 80 {
		id = id[:80] + "..."
	}
	return "Resource '" + id + "' does not exist or one of its queried reference-property objects are not present."
}

func badBody(format string, args ...any) error {
	return fault.New(fault.Invalid, BadBody, format, args...)
}
