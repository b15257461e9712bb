package sts

import (
	"maps"
	"net/http"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/mint"
)

// rows are the refusals that only this door knows. A web identity token that does not hold is InvalidIdentityToken,
// whatever is wrong with it but its age (AWS STS, AssumeRoleWithWebIdentity).
func rows() map[fault.Reason]awswire.Entry {
	token := awswire.Entry{Status: http.StatusBadRequest, Code: "InvalidIdentityToken", Message: "The identity token is not valid."}
	table := map[fault.Reason]awswire.Entry{
		federation.Malformed:        token,
		federation.BadSignature:     token,
		federation.NotYet:           token,
		federation.Revoked:          token,
		federation.AudienceMismatch: token,
		federation.KeyUnknown:       token,
		federation.ClaimMissing:     token,
		federation.Lifetime:         token,
		federation.Replayed:         token,
		federation.IssuerDisabled:   token,
		federation.IssuerUnknown: {
			Status: token.Status, Code: token.Code, Message: "No OpenIDConnect provider found in your account for the issuer", Fixed: false,
		},
		mint.DurationTooLong:    {Status: http.StatusBadRequest, Code: "ValidationError"},
		mint.OutlivesSession:    {Status: http.StatusForbidden, Code: "SessionDurationEscalationException"},
		mint.PayloadTooLarge:    {Status: http.StatusBadRequest, Code: "JWTPayloadSizeExceededException"},
		OutboundDisabled:        {Status: http.StatusForbidden, Code: "OutboundWebIdentityFederationDisabledException"},
		credential.BadReference: {Status: http.StatusBadRequest, Code: "InvalidAuthorizationMessageException"},
	}
	maps.Copy(table, samlRows(token))
	for _, why := range federation.FetchReasons() { // AWS says so when it cannot ask the provider
		table[why] = awswire.Entry{Status: http.StatusBadRequest, Code: "IDPCommunicationError"}
	}
	return table
}
