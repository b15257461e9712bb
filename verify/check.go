package verify

import (
	"slices"
	"time"
)

// CheckTimes checks when the claims hold, by RFC 7519 sections 4.1.4 to 4.1.6: before exp, from nbf on, and not issued
// in the future; leeway is forgiven on each side. With a maxLifetime above zero, exp must not be further than that from
// iat, or from now when the token has no iat. The errors' reasons are Expired, NotYet, IssuedInFuture and Lifetime.
func CheckTimes(c *Claims, now time.Time, leeway, maxLifetime time.Duration) error {
	switch latest := now.Add(leeway); {
	case !now.Before(c.expires.Add(leeway)):
		return &Error{Reason: Expired, Claim: "exp", Detail: "the token has expired"}
	case c.before.After(latest):
		return &Error{Reason: NotYet, Claim: "nbf", Detail: "the token is not valid yet"}
	case c.issued.After(latest):
		return &Error{Reason: IssuedInFuture, Claim: "iat", Detail: "the token was issued in the future"}
	}
	start := c.issued
	if start.IsZero() {
		start = now
	}
	if maxLifetime > 0 && c.expires.After(start.Add(maxLifetime)) {
		return &Error{Reason: Lifetime, Claim: "exp", Detail: "the token lives longer than " + maxLifetime.String()}
	}
	return nil
}

// CheckAudience checks that one of the token's audiences is exactly one of those accepted (RFC 7519 section 4.1.3):
// byte for byte, no prefix, no trailing slash added or taken away. A token for several audiences is accepted by each of
// them; one with an empty audience among them by nobody. The errors' reasons are Missing and Audience.
func CheckAudience(c *Claims, accepted ...string) error {
	switch {
	case !c.Has("aud"):
		return &Error{Reason: Missing, Claim: "aud", Detail: "the token has no aud"}
	case slices.Contains(c.audience, ""):
		return &Error{Reason: Audience, Claim: "aud", Detail: "the token has an empty audience"}
	}
	isAccepted := func(audience string) bool { return slices.Contains(accepted, audience) }
	if !slices.ContainsFunc(c.audience, isAccepted) {
		return &Error{Reason: Audience, Claim: "aud", Detail: "the token is meant for another audience"}
	}
	return nil
}

// CheckIssuer checks that iss is exactly the issuer (RFC 7519 section 4.1.1), byte for byte. The errors' reasons are
// Missing and Issuer.
func CheckIssuer(c *Claims, issuer string) error {
	switch {
	case c.issuer == "":
		return &Error{Reason: Missing, Claim: "iss", Detail: "the token has no iss"}
	case c.issuer != issuer:
		return &Error{Reason: Issuer, Claim: "iss", Detail: "the token comes from another issuer"}
	}
	return nil
}
