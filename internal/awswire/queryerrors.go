package awswire

import "github.com/lanyard-id/lanyard/internal/fault"

// QueryErrors is the table of the Query services (STS and IAM). more adds rows of the door's own.
func QueryErrors(more ...map[fault.Reason]Entry) *ErrorTable {
	kinds := [fault.Kinds]Entry{
		fault.Internal:        {500, "InternalFailure", textInternal, true},
		fault.Invalid:         {400, "ValidationError", "The request is not valid.", false},
		fault.Unauthenticated: {403, "InvalidClientTokenId", textToken, false},
		fault.Denied:          {403, "AccessDenied", textDenied, false},
		fault.NotFound:        {404, "NoSuchEntity", "The request names something that does not exist.", false},
		fault.Conflict:        {409, "EntityAlreadyExists", "The request names something that exists already.", false},
		fault.Precondition:    {409, "ConcurrentModification", "Somebody else changed it in the meantime.", false},
		fault.Gone:            {404, "NoSuchEntity", "The request names something that was deleted.", false},
		fault.Expired:         {400, "ExpiredTokenException", "The presented token has expired.", false},
		fault.Throttled:       {400, "Throttling", "Rate exceeded", false},
		fault.Unsupported:     {501, "NotImplemented", "The operation is not offered.", false},
		fault.Unavailable:     {503, "ServiceUnavailable", "The request cannot be answered at present.", false},
	}
	return newTable(kinds, append([]map[fault.Reason]Entry{queryProofRows(), queryRows()}, more...)...)
}

// queryProofRows tell failures of the signature and of the session that signed.
func queryProofRows() map[fault.Reason]Entry {
	const (
		mismatch = "SignatureDoesNotMatch"
		unknown  = "InvalidClientTokenId"
	)
	return map[fault.Reason]Entry{
		ReasonNoCredentials:          {403, "MissingAuthenticationToken", "Request is missing Authentication Token", false},
		ReasonSeveralCredentials:     {400, "IncompleteSignature", "", false},
		ReasonMalformedAuthorization: {400, "IncompleteSignature", "", false},
		ReasonMalformedPresign:       {400, "IncompleteSignature", "", false},
		ReasonSignatureV2:            {400, "IncompleteSignature", "", false},
		ReasonSignatureV4A:           {400, "IncompleteSignature", "", false},
		ReasonWrongScope:             {403, mismatch, "", false},
		ReasonHeadersNotSigned:       {403, mismatch, "", false},
		ReasonBadSignature:           {403, mismatch, "", false},
		ReasonClockSkew:              {403, mismatch, "", false},
		ReasonPresignExpired:         {403, mismatch, "", false},
		ReasonBodyMismatch:           {403, mismatch, "", false},
		ReasonTokenMismatch:          {403, unknown, textToken, false},
		"authn.unknown_key":          {403, unknown, textToken, true},
		"authn.key_inactive":         {403, unknown, textToken, true},
		"authn.key_expired":          {403, unknown, textToken, true},
		"authn.session_revoked":      {403, unknown, textToken, false},
		"authn.session_expired":      {403, "ExpiredToken", "The security token included in the request is expired", false},
	}
}

// queryRows tell failures of the operations.
func queryRows() map[fault.Reason]Entry {
	return map[fault.Reason]Entry{
		ReasonMalformedURI:              {400, "MalformedQueryString", "", false},
		ReasonMalformedForm:             {400, "MalformedQueryString", "", false},
		ReasonRepeatedParameter:         {400, "MalformedQueryString", "", false},
		ReasonFormTooLarge:              {400, "MalformedQueryString", "", false},
		ReasonBadList:                   {400, "ValidationError", "", false},
		"query.invalid_action":          {400, "InvalidAction", "The action is not one of this version.", false},
		"query.validation":              {400, "ValidationError", "", false},
		"sts.invalid_identity_token":    {400, "InvalidIdentityToken", "The identity token is not valid.", false},
		"sts.packed_policy_too_large":   {400, "PackedPolicyTooLarge", "The packed policy is too large.", false},
		"federation.expired":            {400, "ExpiredTokenException", "Token is expired", false},
		"federation.issuer_unreachable": {400, "IDPCommunicationError", "The identity provider cannot be reached.", false},
		"policy.malformed":              {400, "MalformedPolicyDocument", "The policy is not well formed.", false},
		"access.denied":                 {403, "AccessDenied", textDenied, false},
		"disk.full":                     {503, "ServiceUnavailable", textDiskFull, true},
	}
}
