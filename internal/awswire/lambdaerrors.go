package awswire

import "github.com/lanyard-id/lanyard/internal/fault"

// LambdaErrors is the table of AWS Lambda. more adds rows of the door's own.
func LambdaErrors(more ...map[fault.Reason]Entry) *ErrorTable {
	const (
		parameter = "InvalidParameterValueException"
		missing   = "ResourceNotFoundException"
		conflict  = "ResourceConflictException"
		service   = "ServiceException"
	)
	kinds := [fault.Kinds]Entry{
		fault.Internal:        {500, service, textInternal, true},
		fault.Invalid:         {400, parameter, "The request is not valid.", false},
		fault.Unauthenticated: {403, "UnrecognizedClientException", textToken, false},
		fault.Denied:          {403, "AccessDeniedException", textDenied, false},
		fault.NotFound:        {404, missing, "The request names something that does not exist.", false},
		fault.Conflict:        {409, conflict, "The request does not fit the present state.", false},
		fault.Precondition:    {409, conflict, "Somebody else changed it in the meantime.", false},
		fault.Gone:            {404, missing, "The request names something that was deleted.", false},
		fault.Expired:         {403, "ExpiredTokenException", "The security token included in the request is expired", false},
		fault.Throttled:       {429, "TooManyRequestsException", "Rate exceeded", false},
		fault.Unsupported:     {400, parameter, "The operation is not offered.", false},
		fault.Unavailable:     {503, service, "The request cannot be answered at present.", false},
	}
	own := map[fault.Reason]Entry{
		"authn.unknown_key":      {403, "UnrecognizedClientException", textToken, true},
		"authn.key_inactive":     {403, "UnrecognizedClientException", textToken, true},
		"authn.key_expired":      {403, "UnrecognizedClientException", textToken, true},
		ReasonNoCredentials:      {403, "MissingAuthenticationTokenException", "Request is missing Authentication Token", false},
		ReasonBadSignature:       {403, "InvalidSignatureException", "", false},
		ReasonWrongScope:         {403, "InvalidSignatureException", "", false},
		ReasonHeadersNotSigned:   {403, "InvalidSignatureException", "", false},
		ReasonClockSkew:          {403, "InvalidSignatureException", "", false},
		ReasonBodyMismatch:       {403, "InvalidSignatureException", "", false},
		"web.method_not_allowed": {405, parameter, "", false},
		"web.no_route":           {404, "UnknownOperationException", "Not offered here. Of Lambda there are GetFunctionConfiguration and UpdateFunctionConfiguration.", true},
		"disk.full":              {503, service, textDiskFull, true},
	}
	return newTable(kinds, append([]map[fault.Reason]Entry{own}, more...)...)
}
