package fetch

import "github.com/lanyard-id/lanyard/internal/fault"

// Why an issuer's keys could not be got; the text says at which step.
const (
	// Unreachable: the issuer's server cannot be reached, does not present a certificate that is trusted, answers too
	// slowly, or answers with another status than 200.
	Unreachable fault.Reason = "federation.issuer_unreachable"
	// AddressRefused: the name of the issuer's server, or of that of its keys, leads to an address that is not public, and
	// the issuer is not registered as private; or to one that is never asked, such as a metadata service.
	AddressRefused fault.Reason = "federation.issuer_address_refused"
	// Redirected: the issuer's server answers with a redirection, which is not followed.
	Redirected fault.Reason = "federation.issuer_redirected"
	// TooLarge: the answer is larger than 1 MiB.
	TooLarge fault.Reason = "federation.issuer_answer_too_large"
	// DiscoveryMalformed: the discovery document is not strict JSON, or has no good jwks_uri.
	DiscoveryMalformed fault.Reason = "federation.discovery_malformed"
	// DiscoveryMismatch: the discovery document names another issuer than the one it was asked of.
	DiscoveryMismatch fault.Reason = "federation.discovery_mismatch"
	// KeysRefused: the key set is not strict JSON, or has no key that is good, or one that must not be used.
	KeysRefused fault.Reason = "federation.issuer_keys_refused"
)

// Reasons lists them all, for the doors' tables.
func Reasons() []fault.Reason {
	return []fault.Reason{Unreachable, AddressRefused, Redirected, TooLarge, DiscoveryMalformed, DiscoveryMismatch, KeysRefused}
}

func refused(why fault.Reason, format string, args ...any) *fault.Fault {
	return fault.New(fault.Unavailable, why, format, args...)
}
