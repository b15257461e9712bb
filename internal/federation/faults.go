package federation

import "github.com/lanyard-id/lanyard/internal/fault"

// Why an assertion is not accepted.
const (
	// Malformed means that the assertion is not a token.
	Malformed fault.Reason = "federation.malformed"
	// BadSignature means that the assertion was changed or forged, or names an algorithm that is not allowed.
	BadSignature fault.Reason = "federation.bad_signature"
	// Expired means that the assertion was good and is over.
	Expired fault.Reason = "federation.expired"
	// NotYet means that the assertion is not valid yet.
	NotYet fault.Reason = "federation.not_yet"
	// Revoked means that the identity which the assertion is about was deleted or revoked.
	Revoked fault.Reason = "federation.subject_revoked"
	// IssuerUnknown means that nobody here trusts the assertion's issuer.
	IssuerUnknown fault.Reason = "federation.issuer_unknown"
	// SubjectMismatch means that the issuer is trusted, but not for this subject.
	SubjectMismatch fault.Reason = "federation.subject_mismatch"
	// ExpressionMismatch means that the issuer is trusted, but the trust's expressions do not fit this token.
	ExpressionMismatch fault.Reason = "federation.expression_mismatch"
	// NoCredential means that the client trusts no issuer at all.
	NoCredential fault.Reason = "federation.no_credential"
	// AudienceMismatch means that the assertion is meant for somebody else.
	AudienceMismatch fault.Reason = "federation.audience_mismatch"
	// IssuerDisabled means that the assertion's issuer is registered and disabled.
	IssuerDisabled fault.Reason = "federation.issuer_disabled"
	// IssuerBusy means that too many assertions of the issuer wait at the same time.
	IssuerBusy fault.Reason = "federation.issuer_busy"
	// KeyUnknown means that the issuer does not publish the key that the assertion names.
	KeyUnknown fault.Reason = "federation.key_unknown"
	// ClaimMissing means that the assertion lacks a claim that every assertion needs.
	ClaimMissing fault.Reason = "federation.claim_missing"
	// Lifetime means that the assertion lives longer than a day.
	Lifetime fault.Reason = "federation.lifetime"
	// Replayed means that the assertion was used before, or may have been, and may be used once.
	Replayed fault.Reason = "federation.replayed"
	// TrustOpen means that the role trusts everybody who can get a token of a shared issuer, which is nobody's intent.
	TrustOpen fault.Reason = "federation.trust_open"
	// OwnToken means that a token of this installation was presented to an application that does not trust it.
	OwnToken fault.Reason = "federation.own_token"
)
