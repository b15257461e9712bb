package saml

import "github.com/lanyard-id/lanyard/internal/fault"

// Why metadata or a response is not accepted.
const (
	// MetadataInvalid means that a document is no metadata of one identity provider that can be used.
	MetadataInvalid fault.Reason = "saml.metadata_invalid"
	// MetadataOver means that the provider's metadata says of itself that it is no longer valid.
	MetadataOver fault.Reason = "saml.metadata_over"
	// Malformed means that a response is not the strict XML of one SAML response with one assertion.
	Malformed fault.Reason = "saml.malformed"
	// Encrypted means that a response has encrypted parts, which are not offered.
	Encrypted fault.Reason = "saml.encrypted"
	// Unsigned means that neither the response nor its assertion is signed.
	Unsigned fault.Reason = "saml.unsigned"
	// BadSignature means that no certificate of the provider's metadata made the signature over what it names.
	BadSignature fault.Reason = "saml.bad_signature"
	// AlgorithmRefused means that the signature names an algorithm or a transform that is not allowed.
	AlgorithmRefused fault.Reason = "saml.algorithm_refused"
	// NoSuccess means that the identity provider says that it did not sign anybody in.
	NoSuccess fault.Reason = "saml.no_success"
	// IssuerMismatch means that somebody else than the provider says to have made the assertion.
	IssuerMismatch fault.Reason = "saml.issuer_mismatch"
	// AudienceMismatch means that the assertion is meant for somebody else.
	AudienceMismatch fault.Reason = "saml.audience_mismatch"
	// RecipientMismatch means that the assertion was to be delivered elsewhere.
	RecipientMismatch fault.Reason = "saml.recipient_mismatch"
	// Unconfirmed means that the assertion does not have exactly one bearer confirmation of its subject.
	Unconfirmed fault.Reason = "saml.subject_unconfirmed"
	// NotYet means that the assertion is not valid yet.
	NotYet fault.Reason = "saml.not_yet"
	// Expired means that the assertion was good and is over.
	Expired fault.Reason = "saml.expired"
	// Stale means that the assertion was made longer ago than it may be used.
	Stale fault.Reason = "saml.stale"
	// AttributeInvalid means that an attribute for AWS is missing, stands twice or has another form.
	AttributeInvalid fault.Reason = "saml.attribute_invalid"
)

func malformed(format string, args ...any) error {
	return fault.New(fault.Invalid, Malformed, "The SAML response is not well formed: "+format+".", args...)
}

func untrusted(why fault.Reason, format string, args ...any) error {
	return fault.New(fault.Unauthenticated, why, format, args...)
}
