package credential

import "github.com/lanyard-id/lanyard/internal/fault"

// Why a presented credential of our own does not hold.
const (
	// TokenMalformed means that the text is not a token: wrong parts, encoding, JSON or claims.
	TokenMalformed fault.Reason = "token.malformed"
	// TokenAlgorithm means that the token names an algorithm that is not allowed, such as "none".
	TokenAlgorithm fault.Reason = "token.algorithm"
	// TokenIssuer means that the token does not come from a tenant of this installation.
	TokenIssuer fault.Reason = "token.issuer_unknown"
	// TokenSignature means that no key of ours made this signature: the token was changed or forged.
	TokenSignature fault.Reason = "token.bad_signature"
	// TokenExpired means that the token was good and is over.
	TokenExpired fault.Reason = "token.expired"
	// TokenNotYet means that the token is not valid yet.
	TokenNotYet fault.Reason = "token.not_yet"
	// TokenIncarnation means that the token was issued before a restore or by another installation.
	TokenIncarnation fault.Reason = "token.other_incarnation"
	// TokenPrincipalGone means that the identity which the token is about was deleted.
	TokenPrincipalGone fault.Reason = "token.principal_deleted"
	// TokenRevoked means that the identity's tokens were revoked after this one was issued.
	TokenRevoked fault.Reason = "token.revoked"
	// ViewBehind means that this server has not yet seen the revision that the credential was issued at.
	ViewBehind fault.Reason = "token.view_behind"
	// SessionExpired means that the session was good and is over.
	SessionExpired fault.Reason = "authn.session_expired"
	// SessionRevoked means that the role, the account or the identity behind the session was deleted or revoked.
	SessionRevoked fault.Reason = "authn.session_revoked"
	// SessionTooLarge means that tags and policies do not fit into a session token of 4 KiB.
	SessionTooLarge fault.Reason = "sts.packed_policy_too_large"
)
