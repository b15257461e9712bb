package mint

import "github.com/lanyard-id/lanyard/internal/fault"

// Why no credential was made.
const (
	// NoIdentity means that the resource has no managed identity at all.
	NoIdentity fault.Reason = "mint.no_identity"
	// IdentityAmbiguous means that the resource has several user-assigned identities and the request names none.
	IdentityAmbiguous fault.Reason = "mint.identity_ambiguous"
	// IdentityNotFound means that the identity which the request names is not assigned to the resource, or was deleted.
	IdentityNotFound fault.Reason = "mint.identity_not_found"
	// AudienceUnregistered means that no application of the tenant is registered under the resource that was asked for.
	AudienceUnregistered fault.Reason = "mint.audience_unregistered"
	// AudienceDisabled means that the application which is registered under the resource is disabled.
	AudienceDisabled fault.Reason = "mint.audience_disabled"
	// AWSClaimsUnfit means that the audience's tokens tell AWS something of the identity that it does not have, or that AWS
	// would not take.
	AWSClaimsUnfit fault.Reason = "mint.aws_claims_unfit"
	// Held means that the store was restored from a backup and no operator has confirmed it yet.
	Held fault.Reason = "mint.held"
	// NoSigner means that the keyring has no key for the algorithm of the audience: a defect.
	NoSigner fault.Reason = "mint.no_signer"
	// DelegationLife means that a user delegation key was asked for a time that is over, too long or too far ahead.
	DelegationLife fault.Reason = "mint.delegation_life"
	// DurationTooLong means that the session was asked for longer than the role allows.
	DurationTooLong fault.Reason = "sts.duration"
)
