package guard

import (
	"errors"
	"net/http"

	"github.com/lanyard-id/lanyard/verify"
)

// The reasons for which a Guard refuses, beside those of package verify.
const (
	NoToken      verify.Reason = "no_token"         // the request brings no bearer token, or several
	UnknownKey   verify.Reason = "unknown_key"      // the issuer has no key of the token's id
	KeysMissing  verify.Reason = "keys_missing"     // the issuer's keys could not be fetched, or not for a day
	Tenant       verify.Reason = "tenant"           // the token comes from another tenant
	Version      verify.Reason = "version"          // ver does not fit the issuer
	Role         verify.Reason = "role"             // the token does not carry a role that is wanted
	Deleted      verify.Reason = "deleted"          // the identity was deleted after the token was issued
	Revoked      verify.Reason = "revoked"          // the identity's tokens were revoked after this one was issued
	Restored     verify.Reason = "restored"         // the issuer was restored from a backup after the token was issued
	FeedSilent   verify.Reason = "feed_silent"      // the feed was silent for too long: nobody knows what ended
	FeedRefused  verify.Reason = "feed_refused"     // the feed does not answer this service; Error.Err says why
	BadAnswer    verify.Reason = "bad_answer"       // the issuer answered something that cannot be believed
	NotReachable verify.Reason = "issuer_unreached" // the issuer did not answer
)

func refuse(why verify.Reason, claim, detail string) *verify.Error {
	return &verify.Error{Reason: why, Claim: claim, Detail: detail}
}

// Status is the HTTP status that a refusal is answered with: 403 for a caller that is known and lacks a role, 503 when the
// service cannot know, else 401.
func Status(err error) int {
	switch verify.ReasonOf(err) {
	case Role:
		return http.StatusForbidden
	case FeedSilent, FeedRefused, KeysMissing, BadAnswer, NotReachable:
		return http.StatusServiceUnavailable
	case "":
		return http.StatusInternalServerError
	}
	return http.StatusUnauthorized
}

// detailOf is what a caller is told: never the cause, which names the issuer's answers.
func detailOf(err error) string {
	if e, ok := errors.AsType[*verify.Error](err); ok {
		return e.Detail
	}
	return "the request cannot be checked"
}
