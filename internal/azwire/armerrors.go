package azwire

import "github.com/lanyard-id/lanyard/internal/fault"

// ARMErrors is the table of the Resource Manager door; more adds rows of the door's own. Codes are those that Azure's
// clients look at ("Common API request and response patterns", and the codes that the command line and the SDKs compare).
func ARMErrors(more ...map[fault.Reason]Row) *ErrorTable {
	const (
		badToken = "The access token is invalid."
		expired  = "The access token expiry UTC time is earlier than current UTC time."
		missing  = "The resource was not found."
	)
	kinds := [fault.Kinds]Row{
		fault.Internal:        fixed(500, "InternalServerError", "Encountered an internal server error."),
		fault.Invalid:         row(400, "BadRequest", "The request is not valid."),
		fault.Unauthenticated: row(401, "InvalidAuthenticationToken", badToken),
		fault.Denied:          row(403, "AuthorizationFailed", "The client does not have authorization to perform this action."),
		fault.NotFound:        row(404, "ResourceNotFound", missing),
		fault.Conflict:        row(409, "Conflict", "The request does not fit the present state."),
		fault.Precondition:    row(412, "PreconditionFailed", "A condition of the request does not hold."),
		fault.Gone:            row(404, "ResourceNotFound", missing),
		fault.Expired:         row(401, "ExpiredAuthenticationToken", expired),
		fault.Throttled:       row(429, "TooManyRequests", "There are too many requests. Slow down."),
		fault.Unsupported:     row(400, "NotSupported", "The request is not supported."),
		fault.Unavailable:     row(503, "ServiceUnavailable", "The request cannot be answered at present."),
	}
	own := []map[fault.Reason]Row{armRequestRows(), armStateRows()}
	return newTable(kinds, append(own, more...)...)
}

// armRequestRows tell what is wrong with the request itself, or with who sent it.
func armRequestRows() map[fault.Reason]Row {
	return map[fault.Reason]Row{
		"authn.no_credentials":        row(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."),
		"authn.unsupported_scheme":    row(401, "AuthenticationFailedInvalidHeader", ""),
		"authn.wrong_audience":        row(401, "InvalidAuthenticationTokenAudience", ""),
		"token.issuer_unknown":        row(401, "InvalidAuthenticationTokenTenant", ""),
		"web.no_route":                row(404, "NotFound", "There is nothing under this path."),
		"web.method_not_allowed":      row(405, "HttpMethodNotAllowed", ""),
		"web.body_too_large":          row(413, "RequestContentTooLarge", ""),
		"web.body_unreadable":         row(400, "InvalidRequestContent", ""),
		"web.bad_query":               row(400, "InvalidQueryString", ""),
		"web.repeated_parameter":      row(400, "InvalidQueryString", ""),
		"web.condition_not_met":       row(412, "PreconditionFailed", ""),
		"arm.subscription_unknown":    row(404, "SubscriptionNotFound", ""),
		"arm.foreign_tenant":          row(404, "SubscriptionNotFound", ""),
		"arm.bad_subscription":        row(400, "InvalidSubscriptionId", ""),
		"arm.bad_body":                row(400, "InvalidRequestContent", ""),
		"arm.bad_parameter":           row(400, "InvalidParameter", ""),
		"arm.bad_filter":              row(400, "InvalidFilterInQueryString", ""),
		"arm.bad_page_token":          row(400, "InvalidSkipToken", ""),
		"arm.missing_api_version":     row(400, "MissingApiVersionParameter", ""),
		"arm.bad_api_version":         row(400, "InvalidApiVersionParameter", ""),
		"arm.unsupported_api_version": row(400, "NoRegisteredProviderFound", ""),
		"arm.namespace_unknown":       row(404, "InvalidResourceNamespace", ""),
		"arm.linked_denied":           row(403, "LinkedAuthorizationFailed", ""),
		"arm.bad_identity":            row(400, "InvalidIdentityValues", ""),
		"arm.operation_unknown":       row(404, "NotFound", ""),
		"arm.location_fixed":          row(409, "InvalidResourceLocation", ""),
		"arm.group_location_fixed":    row(409, "InvalidResourceGroupLocation", ""),
	}
}

// armStateRows tell what the directory has against it.
func armStateRows() map[fault.Reason]Row {
	return map[fault.Reason]Row{
		"directory.subscription_not_found": row(404, "SubscriptionNotFound", ""),
		"directory.group_not_found":        row(404, "ResourceGroupNotFound", ""),
		"directory.container_not_found":    row(404, "ContainerNotFound", ""),
		"directory.fenced":                 row(409, "ResourceGroupBeingDeleted", ""),
		"directory.in_use":                 row(409, "Conflict", ""),
		"directory.invalid_name":           row(400, "InvalidResourceName", ""),
		"directory.invalid_value":          row(400, "InvalidRequestContent", ""),
		"directory.limit_exceeded":         row(400, "LimitExceeded", ""),
		"directory.reference_missing":      row(400, "LinkedInvalidPropertyId", ""),
		"disk.full":                        fixed(507, "InsufficientStorage", "The server is out of disk space and takes no changes until some is freed."),
	}
}

// AppendARMError writes a refusal of the Resource Manager onto dst (Azure REST guidelines, "ErrorResponse"). The request
// id ends the message: the command line and the SDKs print that for every status, and additional information for some only.
func AppendARMError(dst []byte, requestID string, f Failure) []byte {
	o := newObject(append(dst, `{"error":`...))
	o.text("code", f.Code)
	o.text("message", f.Message+" (request id "+requestID+")")
	return append(o.end(), '}')
}

// ARMChallenge is the WWW-Authenticate header of a 401 of the Resource Manager. authority is scheme, host and port.
func ARMChallenge(authority, tenant, message string) string {
	quoted := make([]byte, 0, len(message))
	for i := range len(message) { // a quoted-string of RFC 9110 section 5.6.4, of printable ASCII
		if c := message[i]; c >= ' ' && c <= '~' && c != '"' && c != '\\' {
			quoted = append(quoted, c)
		}
	}
	return `Bearer authorization_uri="` + authority + "/" + tenant + `", error="invalid_token", error_description="` + string(quoted) + `"`
}
