package azwire

import (
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

const graphBadRequest = "Request_BadRequest"

// GraphErrors is the table of the Graph door; more adds rows of the door's own (Microsoft Graph, "Error responses and
// resource types").
func GraphErrors(more ...map[fault.Reason]Row) *ErrorTable {
	const (
		badToken = "Access token validation failure."
		missing  = "Resource does not exist or one of its queried reference-property objects are not present."
	)
	kinds := [fault.Kinds]Row{
		fault.Internal:        fixed(500, "InternalServerError", "An unexpected error occurred."),
		fault.Invalid:         row(400, graphBadRequest, "The request is not valid."),
		fault.Unauthenticated: row(401, "InvalidAuthenticationToken", badToken),
		fault.Denied:          row(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
		fault.NotFound:        row(404, "Request_ResourceNotFound", missing),
		fault.Conflict:        row(409, "Request_MultipleObjectsWithSameKeyValue", "The request does not fit the present state."),
		fault.Precondition:    row(412, "PreconditionFailed", "A condition of the request does not hold."),
		fault.Gone:            row(404, "Request_ResourceNotFound", missing),
		fault.Expired:         row(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."),
		fault.Throttled:       row(429, "TooManyRequests", "There are too many requests. Slow down."),
		fault.Unsupported:     row(400, "Request_UnsupportedQuery", "The request is not supported."),
		fault.Unavailable:     row(503, "ServiceUnavailable", "The request cannot be answered at present."),
	}
	own := map[fault.Reason]Row{
		"web.no_route":                   row(404, "ResourceNotFound", "Resource not found for the segment."),
		"web.method_not_allowed":         row(405, graphBadRequest, "Specified HTTP method is not allowed for the request target."),
		"web.body_too_large":             row(413, "RequestBodyTooLarge", ""),
		"directory.house_owned":          row(403, "Authorization_RequestDenied", ""),
		"directory.registration_full":    row(400, "Directory_QuotaExceeded", ""),
		"directory.limit_exceeded":       row(400, "Directory_QuotaExceeded", ""),
		"directory.app_role_held":        row(400, "CannotDeleteOrUpdateEnabledEntitlement", ""),
		"directory.exists":               row(400, "Request_MultipleObjectsWithSameKeyValue", ""),
		"directory.credential_not_found": row(404, "Request_ResourceNotFound", ""),
		"directory.principal_unknown":    row(400, graphBadRequest, ""),
		"directory.proof_not_found":      row(400, graphBadRequest, "No password credential found with keyId."),
		"directory.app_role_not_found":   row(400, graphBadRequest, "Permission being assigned was not found on application."),
		"graph.bad_page_token":           row(400, "Directory_ExpiredPageToken", ""),
		"graph.credential_exists":        row(409, "Request_MultipleObjectsWithSameKeyValue", ""),
		"graph.assignment_not_found":     row(404, "Request_ResourceNotFound", ""),
		"graph.unsupported_query":        row(400, "Request_UnsupportedQuery", ""),
		"disk.full":                      fixed(507, "InsufficientStorage", textDiskFullToken),
	}
	return newTable(kinds, append([]map[fault.Reason]Row{own}, more...)...)
}

// AppendGraphError writes a refusal of Microsoft Graph onto dst. The request id also ends the message, which is all that the
// command line prints.
func AppendGraphError(dst []byte, at Trace, f Failure) []byte {
	o := newObject(append(dst, `{"error":`...))
	o.text("code", f.Code)
	o.text("message", f.Message+" (request id "+at.RequestID+")")
	o.name("innerError")
	inner := newObject(o.b)
	inner.text("date", at.At.UTC().Format(time.RFC3339))
	inner.text("request-id", at.RequestID)
	inner.text("client-request-id", at.CorrelationID)
	o.b = inner.end()
	return append(o.end(), '}')
}
