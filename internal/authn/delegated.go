package authn

import (
	"iter"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Why a shared access signature is not accepted, beside its form.
const (
	// SASSignature means that no key of the principal that it names signed it for this resource: it is forged, changed or meant
	// for another one, or the principal was deleted or its tokens revoked, or the store restored, since the key was given out.
	SASSignature fault.Reason = "authn.sas_signature"
	// SASTime means that the signature, or the key that signed it, is not valid yet or not any more.
	SASTime fault.Reason = "authn.sas_time"
)

// Keys open sessions and derive keys again; the keyring.
type Keys interface {
	credential.Opener
	// Derived yields what may have been derived for this purpose and context.
	Derived(purpose string, context []byte) iter.Seq[[]byte]
}

// Delegated finds the identity whose user delegation key signed for one of the spellings of a resource in the account.
func (a *Authenticator) Delegated(v *view.View, sas *azwire.SharedAccess, account *view.Resource, resources ...string) (view.Owner, error) {
	refused := fault.New(fault.Unauthenticated, SASSignature, "Signature did not match.")
	owner, ok := v.PrincipalByObject(sas.KeyObject)
	if !ok || owner.Principal().Tenant != sas.KeyTenant {
		return view.Owner{}, refused
	}
	d := credential.Delegation{
		Principal: owner.Principal(), AccountUID: account.UID, Start: sas.KeyStart, Expiry: sas.KeyExpiry, Version: sas.KeyVersion,
	}
	if !a.signed(v, d, sas, resources) {
		return view.Owner{}, refused
	}
	now := a.now()
	if now.Before(sas.Start) || now.Before(sas.KeyStart) || !now.Before(sas.Expiry) || !now.Before(sas.KeyExpiry) ||
		sas.KeyExpiry.Sub(sas.KeyStart) > credential.MaxDelegation {
		return view.Owner{}, fault.New(fault.Expired, SASTime, "Signature not valid in the specified time frame.")
	}
	return owner, nil
}

// signed tries each key that may have been given out.
func (a *Authenticator) signed(v *view.View, d credential.Delegation, sas *azwire.SharedAccess, resources []string) bool {
	for key := range a.delegation.Derived(credential.DelegationPurpose, d.Context(v)) {
		for _, resource := range resources {
			if sas.Signed(key, resource) {
				return true
			}
		}
	}
	return false
}
