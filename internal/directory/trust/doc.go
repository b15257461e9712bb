// Package trust is the rules for whom outside of the house one may trust: the registrations of outside issuers, and what a
// federated credential or a trust policy must limit where everybody can get a token of an issuer.
//
// It owns the reasons for which such a trust is refused when it is written. It reads a View and never writes: the
// directory does; and it never verifies a token or asks an issuer.
package trust
