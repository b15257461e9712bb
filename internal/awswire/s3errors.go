package awswire

import "github.com/lanyard-id/lanyard/internal/fault"

const (
	codeTimeTooSkewed = "RequestTimeTooSkewed"
	codeUnknownKey    = "InvalidAccessKeyId"
	textUnknownKey    = "The AWS Access Key Id you provided does not exist in our records."
)

// S3Errors is the table of the S3 door. more adds rows of the door's own.
func S3Errors(more ...map[fault.Reason]Entry) *ErrorTable {
	kinds := [fault.Kinds]Entry{
		fault.Internal:        {500, "InternalError", textInternal, true},
		fault.Invalid:         {400, "InvalidRequest", "The request is not valid.", false},
		fault.Unauthenticated: {403, "AccessDenied", textDenied, false},
		fault.Denied:          {403, "AccessDenied", textDenied, false},
		fault.NotFound:        {404, "NoSuchKey", "The specified key does not exist.", false},
		fault.Conflict:        {409, "OperationAborted", "A conflicting operation is in progress.", false},
		fault.Precondition:    {412, "PreconditionFailed", "At least one of the preconditions did not hold.", false},
		fault.Gone:            {404, "NoSuchKey", "The specified key does not exist.", false},
		fault.Expired:         {400, "ExpiredToken", "The provided token has expired.", false},
		fault.Throttled:       {503, "SlowDown", "Please reduce your request rate.", false},
		fault.Unsupported:     {501, "NotImplemented", "The request needs something that is not offered.", false},
		fault.Unavailable:     {503, "ServiceUnavailable", "The request cannot be answered at present.", false},
	}
	return newTable(kinds, append([]map[fault.Reason]Entry{s3ProofRows(), s3Rows()}, more...)...)
}

// s3ProofRows tell failures of the signature and of the session that signed.
func s3ProofRows() map[fault.Reason]Entry {
	return map[fault.Reason]Entry{
		ReasonNoCredentials:          {403, "AccessDenied", textDenied, false},
		ReasonSeveralCredentials:     {400, "InvalidArgument", "", false},
		ReasonMalformedAuthorization: {400, "AuthorizationHeaderMalformed", "", false},
		ReasonMalformedPresign:       {400, "AuthorizationQueryParametersError", "", false},
		ReasonSignatureV2:            {400, "InvalidRequest", "", false},
		ReasonSignatureV4A:           {501, "NotImplemented", "", false},
		ReasonWrongScope:             {400, "AuthorizationHeaderMalformed", "", false},
		ReasonHeadersNotSigned:       {403, "AccessDenied", "", false},
		ReasonBadSignature:           {403, "SignatureDoesNotMatch", "", false},
		ReasonClockSkew:              {403, codeTimeTooSkewed, "", false},
		ReasonPresignExpired:         {403, "AccessDenied", "Request has expired", false},
		ReasonTokenMismatch:          {400, "InvalidToken", textToken, false},
		ReasonBadPayloadHash:         {400, "InvalidArgument", "", false},
		ReasonUnsignedPayload:        {400, "InvalidRequest", "", false},
		ReasonBodyMismatch:           {400, "XAmzContentSHA256Mismatch", "", false},
		"authn.unknown_key":          {403, codeUnknownKey, textUnknownKey, true},
		"authn.key_inactive":         {403, codeUnknownKey, textUnknownKey, true},
		"authn.key_expired":          {403, codeUnknownKey, textUnknownKey, true},
		"authn.session_revoked":      {400, "InvalidToken", "The provided token is no longer valid.", false},
		"authn.session_expired":      {400, "ExpiredToken", "The provided token has expired.", false},
	}
}

// s3Rows tell failures of the operations.
func s3Rows() map[fault.Reason]Entry {
	return map[fault.Reason]Entry{
		ReasonMalformedURI:           {400, "InvalidURI", "", false},
		ReasonRepeatedParameter:      {400, "InvalidArgument", "", false},
		"access.denied":              {403, "AccessDenied", textDenied, false},
		"objects.not_found":          {404, "NoSuchKey", "The specified key does not exist.", false},
		"objects.exists":             {412, "PreconditionFailed", "The key exists already.", false},
		"objects.digest_mismatch":    {400, "BadDigest", "The body does not have the announced checksum.", false},
		"directory.bucket_not_found": {404, "NoSuchBucket", "The specified bucket does not exist", false},
		"directory.bucket_exists":    {409, "BucketAlreadyExists", "The requested bucket name is taken.", false},
		"policy.malformed":           {400, "MalformedPolicy", "The policy is not well formed.", false},
		"disk.full":                  {503, "ServiceUnavailable", textDiskFull, true},
	}
}
