package web

import (
	"net/http"

	"github.com/lanyard-id/lanyard/internal/fault"
)

const (
	// NoRoute means that the door has nothing under this path, or that the path could be read in two ways.
	NoRoute fault.Reason = "web.no_route"
	// MethodNotAllowed means that the path exists and the method does not; the Allow header lists those that do.
	MethodNotAllowed fault.Reason = "web.method_not_allowed"
	// BodyTooLarge means that the request's body is longer than the route accepts.
	BodyTooLarge fault.Reason = "web.body_too_large"
	// BodyUnreadable means that the request's body ended early or was framed wrongly.
	BodyUnreadable fault.Reason = "web.body_unreadable"
	// Overloaded means that the door serves as many requests as it may at once; trying again soon will do.
	Overloaded fault.Reason = "web.overloaded"
	// TooManyRefusals means that a known caller was refused so often that it must slow down before it is answered again.
	TooManyRefusals fault.Reason = "web.too_many_refusals"
	// ClientGone means that the caller closed the connection before the answer was ready. Nobody reads this answer.
	ClientGone fault.Reason = "web.client_gone"
	// Panicked means that a defect stopped the handler; the log has the stack under the request id.
	Panicked fault.Reason = "web.panicked"
	// BadHost means that the host of the request is none: it has a slash or another character that ends a host.
	BadHost fault.Reason = "web.bad_host"
	// BadQuery means that a query string or form is not well formed: a bad escape, a semicolon, bad UTF-8, a NUL.
	BadQuery fault.Reason = "web.bad_query"
	// QueryTooLarge means that a query string or form has too many bytes or too many parameters.
	QueryTooLarge fault.Reason = "web.query_too_large"
	// RepeatedParameter means that a parameter which may stand once stands twice.
	RepeatedParameter fault.Reason = "web.repeated_parameter"
)

// Status gives the plain HTTP status of a fault: what a dialect uses where its cloud has no opinion of its own.
func Status(f *fault.Fault) int {
	switch f.Reason {
	case MethodNotAllowed:
		return http.StatusMethodNotAllowed
	case BodyTooLarge:
		return http.StatusRequestEntityTooLarge
	case RangeNotSatisfiable:
		return http.StatusRequestedRangeNotSatisfiable
	}
	switch f.Kind {
	case fault.Invalid:
		return http.StatusBadRequest
	case fault.Unauthenticated, fault.Expired:
		return http.StatusUnauthorized
	case fault.Denied:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Precondition:
		return http.StatusPreconditionFailed
	case fault.Gone:
		return http.StatusGone
	case fault.Throttled:
		return http.StatusTooManyRequests
	case fault.Unsupported:
		return http.StatusNotImplemented
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Internal:
		return http.StatusInternalServerError
	}
	return http.StatusInternalServerError
}
