// Package entra is the authority: discovery documents, signing keys, and the token endpoint for clients that bring an
// assertion of an issuer which the application or identity trusts, or the legacy way a secret or a certificate's signature.
//
// It owns the paths of the tenant form and of the /adfs form and Entra's answers. It never says whether an assertion
// or a secret holds (federation and authn do) and never makes a token (mint does). It is the only door that a verifier anywhere needs.
package entra
