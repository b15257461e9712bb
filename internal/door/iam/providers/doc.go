// Package providers is the part of the IAM door that is about OIDC providers: which outside issuers an account knows, for
// which audiences, and how they are labelled.
//
// It owns the parameters and the XML of these actions. It never asks an issuer, and no thumbprint makes one believed.
package providers
