// Package federation answers which issuer signed a token and whether it is who it claims to be, and whether somebody
// trusts that issuer for what the token says.
//
// It owns the verification of assertions and their matching with federated credentials and OIDC providers. It never
// makes a credential and never says what the subject may do.
package federation
