package awswire

import "github.com/lanyard-id/lanyard/internal/fault"

// EKSErrors is the table of Amazon EKS. more adds rows of the door's own.
func EKSErrors(more ...map[fault.Reason]Entry) *ErrorTable {
	return eksTable(Entry{403, "AccessDeniedException", textDenied, false}, Entry{500, "ServerException", textInternal, true}, more)
}

// EKSAuthErrors is the table of EKS Auth, whose refusal for lack of a right is 400 (EKS Auth API, AssumeRoleForPodIdentity).
func EKSAuthErrors(more ...map[fault.Reason]Entry) *ErrorTable {
	return eksTable(Entry{400, "AccessDeniedException", textDenied, false}, Entry{500, "InternalServerException", textInternal, true}, more)
}

func eksTable(denied, internal Entry, more []map[fault.Reason]Entry) *ErrorTable {
	const (
		parameter   = "InvalidParameterException"
		request     = "InvalidRequestException"
		missing     = "ResourceNotFoundException"
		unavailable = "ServiceUnavailableException"
		signature   = "InvalidSignatureException"
	)
	kinds := [fault.Kinds]Entry{
		fault.Internal:        internal,
		fault.Invalid:         {400, parameter, "The request is not valid.", false},
		fault.Unauthenticated: {403, "UnrecognizedClientException", textToken, false},
		fault.Denied:          denied,
		fault.NotFound:        {404, missing, "The request names something that does not exist.", false},
		fault.Conflict:        {409, "ResourceInUseException", "The request does not fit the present state.", false},
		fault.Precondition:    {409, "ResourceInUseException", "Somebody else changed it in the meantime.", false},
		fault.Gone:            {404, missing, "The request names something that was deleted.", false},
		fault.Expired:         {403, "ExpiredTokenException", "The security token included in the request is expired", false},
		fault.Throttled:       {429, "ThrottlingException", "Rate exceeded", false},
		fault.Unsupported:     {400, request, "The operation is not offered.", false},
		fault.Unavailable:     {503, unavailable, "The request cannot be answered at present.", false},
	}
	own := map[fault.Reason]Entry{
		"authn.unknown_key":           {403, "UnrecognizedClientException", textToken, true},
		"authn.key_inactive":          {403, "UnrecognizedClientException", textToken, true},
		"authn.key_expired":           {403, "UnrecognizedClientException", textToken, true},
		ReasonNoCredentials:           {403, "MissingAuthenticationTokenException", "Missing Authentication Token", false},
		ReasonBadSignature:            {403, signature, "", false},
		ReasonWrongScope:              {403, signature, "", false},
		ReasonHeadersNotSigned:        {403, signature, "", false},
		ReasonClockSkew:               {403, signature, "", false},
		ReasonBodyMismatch:            {403, signature, "", false},
		"web.method_not_allowed":      {405, request, "", false},
		"web.no_route":                {404, "UnknownOperationException", "Not offered here. Of EKS there are pod identity associations, and AssumeRoleForPodIdentity.", true},
		"directory.associations_full": {400, "ResourceLimitExceededException", "", false},
		"disk.full":                   {503, unavailable, textDiskFull, true},
	}
	return newTable(kinds, append([]map[fault.Reason]Entry{own}, more...)...)
}
