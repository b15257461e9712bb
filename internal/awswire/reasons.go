package awswire

import "github.com/lanyard-id/lanyard/internal/fault"

// What can be wrong with a signed request. The words begin with "authn" because a caller meets them there.
const (
	// ReasonNoCredentials: the request carries neither an Authorization header nor a presigned query.
	ReasonNoCredentials fault.Reason = "authn.no_credentials"
	// ReasonSeveralCredentials: the request carries proof twice, so that two readers could take different ones.
	ReasonSeveralCredentials fault.Reason = "authn.several_credentials"
	// ReasonMalformedAuthorization: the Authorization header or a header that it needs is not well formed.
	ReasonMalformedAuthorization fault.Reason = "authn.malformed_authorization"
	// ReasonMalformedPresign: a parameter of a presigned URL is missing, repeated or not well formed.
	ReasonMalformedPresign fault.Reason = "authn.malformed_presign"
	// ReasonSignatureV2: the request is signed with Signature Version 2, which is not offered.
	ReasonSignatureV2 fault.Reason = "authn.signature_v2"
	// ReasonSignatureV4A: the request is signed with the asymmetric variant of Signature Version 4, not offered.
	ReasonSignatureV4A fault.Reason = "authn.signature_v4a"
	// ReasonWrongScope: the credential scope names another service, or another day than the signing time.
	ReasonWrongScope fault.Reason = "authn.wrong_scope"
	// ReasonHeadersNotSigned: a header that must be signed is present and not signed.
	ReasonHeadersNotSigned fault.Reason = "authn.headers_not_signed"
	// ReasonBadSignature: the signature does not match the request and the key.
	ReasonBadSignature fault.Reason = "authn.bad_signature"
	// ReasonClockSkew: the signing time is too far from the server's clock.
	ReasonClockSkew fault.Reason = "authn.clock_skew"
	// ReasonPresignExpired: the presigned URL was good and its time is over.
	ReasonPresignExpired fault.Reason = "authn.presign_expired"
	// ReasonTokenMismatch: the session token is missing, superfluous, or not the one of the access key.
	ReasonTokenMismatch fault.Reason = "authn.token_mismatch"
	// ReasonBadPayloadHash: x-amz-content-sha256 is missing or is none of the known forms.
	ReasonBadPayloadHash fault.Reason = "authn.bad_payload_hash"
	// ReasonUnsignedPayload: a body without a signed hash was announced where only a signed one is accepted.
	ReasonUnsignedPayload fault.Reason = "authn.unsigned_payload"
	// ReasonBodyMismatch: the body does not have the hash that the request announced.
	ReasonBodyMismatch fault.Reason = "authn.body_mismatch"
	// ReasonMalformedURI: the path or the query is not well formed percent-encoding.
	ReasonMalformedURI fault.Reason = "authn.malformed_uri"
)

// What can be wrong with a Query protocol form.
const (
	// ReasonMalformedForm: the form is not well formed: bad percent-encoding, bad UTF-8 or an empty parameter name.
	ReasonMalformedForm fault.Reason = "query.malformed_form"
	// ReasonRepeatedParameter: a parameter is given twice.
	ReasonRepeatedParameter fault.Reason = "query.repeated_parameter"
	// ReasonFormTooLarge: the form has more bytes or more parameters than the door takes.
	ReasonFormTooLarge fault.Reason = "query.form_too_large"
	// ReasonBadList: a list parameter has gaps, too many members or members of the wrong form.
	ReasonBadList fault.Reason = "query.bad_list"
)
