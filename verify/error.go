package verify

import "errors"

// Reason is a stable word for why a token is refused.
type Reason string

// The reasons.
const (
	Malformed      Reason = "malformed"        // not a JWS of the one form that is accepted, or not a JWT inside
	Algorithm      Reason = "algorithm"        // the algorithm is unknown, or not one that the caller allows
	Key            Reason = "key"              // the key does not fit the algorithm, or is weak
	Signature      Reason = "signature"        // the signature does not hold
	Missing        Reason = "missing"          // a claim that is required is absent; Error.Claim names it
	Expired        Reason = "expired"          // exp is now or in the past
	NotYet         Reason = "not_yet"          // nbf is in the future
	IssuedInFuture Reason = "issued_in_future" // iat is in the future
	Lifetime       Reason = "lifetime"         // exp is further from iat than the caller allows
	Audience       Reason = "audience"         // the token is meant for somebody else
	Issuer         Reason = "issuer"           // the token comes from somebody else
)

// The reasons for which a key set is refused.
const (
	KeySetMalformed Reason = "key_set_malformed" // not strict JSON, too large, or a key is not written as RFC 7517 says
	KeySetPrivate   Reason = "key_set_private"   // it contains a private or symmetric key
	KeySetAmbiguous Reason = "key_set_ambiguous" // two different keys have the same kid
	KeySetTooMany   Reason = "key_set_too_many"  // more than 100 keys of one type
	KeySetEmpty     Reason = "key_set_empty"     // no key can verify a token
)

// Error is every error of this package. Detail never repeats the token; the cause may quote one name from it, cut short.
type Error struct {
	Reason Reason
	Claim  string // the claim or header parameter at fault, if it is one
	Detail string // for people
	Err    error  // the cause, if there is one
}

// Error gives the detail and the cause.
func (e *Error) Error() string {
	text := "token refused (" + string(e.Reason) + "): " + e.Detail
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// ReasonOf gives the reason for which err refuses a token, or "" when err comes from somewhere else.
func ReasonOf(err error) Reason {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	return ""
}
