package azwire

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// MetadataErrors is the table of the managed-identity endpoints; more adds rows of the door's own. What the caller did
// wrong is 400, also an identity that does not exist or is not the caller's: clients repeat a request for a long time
// after 404, 410, 429 and 5xx.
func MetadataErrors(more ...map[fault.Reason]Row) *ErrorTable {
	const (
		request     = "invalid_request"
		unproved    = "unauthorized"
		unavailable = "temporarily_unavailable"
		notFound    = "Identity not found"
	)
	kinds := [fault.Kinds]Row{
		fault.Internal:        fixed(500, "server_error", "The token could not be made because of an internal error."),
		fault.Invalid:         row(400, request, "The request is not valid."),
		fault.Unauthenticated: row(401, unproved, "The caller did not prove what it is."),
		fault.Denied:          row(403, "unauthorized_client", "The caller may not have this token."),
		fault.NotFound:        row(400, request, notFound),
		fault.Conflict:        row(400, request, "The request does not fit the present state."),
		fault.Precondition:    row(400, request, "A condition of the request does not hold."),
		fault.Gone:            row(400, request, notFound),
		fault.Expired:         row(401, unproved, "The presented proof has expired."),
		fault.Throttled:       row(429, "too_many_requests", "Too many requests. Try again later."),
		fault.Unsupported:     row(400, "unsupported_request", "The request is not supported."),
		fault.Unavailable:     row(503, unavailable, "The token cannot be made at present."),
	}
	own := map[fault.Reason]Row{
		ReasonMetadataMethod:         row(405, request, ""),
		"mint.audience_unregistered": row(400, "invalid_resource", ""),
		"mint.aws_claims_unfit":      row(400, "invalid_resource", ""),
		"disk.full":                  fixed(503, unavailable, textDiskFullToken),
	}
	return newTable(kinds, append([]map[fault.Reason]Row{own}, more...)...)
}

const textDiskFullToken = "The server is out of disk space and cannot record the issue of a token."

// AppendMetadataError writes a refusal onto dst in the shape of the flavour. requestID is told in the text too, because
// the text is what clients show to people.
func AppendMetadataError(dst []byte, flavour Flavour, requestID string, f Failure) []byte {
	// Go and JS clients that find "unreachable" in a refusal take it that there is no endpoint here at all.
	text := strings.ReplaceAll(f.Message, "unreachable", "not reachable") + " (request id " + requestID + ")"
	o := newObject(dst)
	switch flavour {
	case ServiceFabric: // its clients read error.code and error.message
		inner := newObject(nil)
		inner.text("code", f.Code)
		inner.text("message", text)
		o.raw("error", inner.end())
		return o.end()
	case AppService, AppServiceLegacy, Automation:
		o.number("statusCode", int64(f.Status))
		o.text("message", text)
		return o.end()
	case IMDS, CloudShell:
	}
	o.text("error", f.Code)
	o.text("error_description", text)
	return o.end()
}
