// Package samlproviders is IAM's actions on SAML providers.
//
// It owns their parameters and their XML. What a provider's metadata must be is saml's to say, who may change one is asked in
// the kit, and it never reads a response.
package samlproviders
