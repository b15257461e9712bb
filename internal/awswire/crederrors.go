package awswire

import (
	"encoding/json"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// CredentialErrors is the table of the endpoints where workloads get their role's credentials: the container endpoint and
// the instance metadata. more adds rows of the door's own. A refusal is always 4xx, because clients repeat after 5xx and
// 429.
func CredentialErrors(more ...map[fault.Reason]Entry) *ErrorTable {
	const (
		request  = "InvalidRequest"
		unproved = "Unauthorized"
		missing  = "NotFound"
	)
	kinds := [fault.Kinds]Entry{
		fault.Internal:        {500, "InternalFailure", textInternal, true},
		fault.Invalid:         {400, request, "The request is not valid.", false},
		fault.Unauthenticated: {401, unproved, "The caller did not prove what it is.", false},
		fault.Denied:          {403, "AccessDenied", textDenied, false},
		fault.NotFound:        {404, missing, "There is nothing under this path.", false},
		fault.Conflict:        {400, request, "The request does not fit the present state.", false},
		fault.Precondition:    {400, request, "A condition of the request does not hold.", false},
		fault.Gone:            {404, missing, "What the request names was deleted.", false},
		fault.Expired:         {401, unproved, "The presented proof has expired.", false},
		fault.Throttled:       {429, "Throttling", "Rate exceeded", false},
		fault.Unsupported:     {400, request, "The request is not supported.", false},
		fault.Unavailable:     {503, "ServiceUnavailable", "The request cannot be answered at present.", false},
	}
	own := map[fault.Reason]Entry{
		"web.no_route":           {404, missing, "", false},
		"web.method_not_allowed": {405, "MethodNotAllowed", "", false},
		"metadata.forwarded":     {403, "AccessDenied", "", false},
		"disk.full":              {503, "ServiceUnavailable", textDiskFull, true},
	}
	return newTable(kinds, append([]map[fault.Reason]Entry{own}, more...)...)
}

// CredentialError writes the refusal of a container endpoint: code and message, which clients show.
func CredentialError(requestID string, f Failure) []byte {
	b, _ := json.Marshal(struct { // texts always have a JSON form
		Code    string `json:"code"`
		Message string `json:"message"`
	}{f.Code, f.Message + " (request id " + requestID + ")"})
	return b
}
