package blob

import (
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Why a caller whose proof holds is refused before its rights are looked at, or finds nothing.
const (
	// ForeignTenant means that the token was issued by another tenant than the one that the storage account belongs to.
	ForeignTenant fault.Reason = "authn.foreign_tenant"
	// AccountNotFound means that there is no storage account of that name.
	AccountNotFound fault.Reason = "blob.account_not_found"
)

// caller says who asks, and in which version of the protocol. The account's tenant says which proofs count; that the
// account exists is no secret, its name is an address. A proof of another tenant is recorded where it was tried, with the
// tenant that it came from (threat F11).
func (d Door) caller(c *call) (version string, err error) {
	version = c.r.Header.Get("x-ms-version")
	if _, signed := c.target.query.Get("sig"); signed {
		return d.signer(c, version)
	}
	if scheme, _, _ := strings.Cut(c.r.Header.Get("Authorization"), " "); strings.HasPrefix(strings.ToLower(scheme), "sharedkey") {
		return "", fault.New(fault.Denied, azwire.ReasonSASKind, "Key based authentication is not permitted on this storage account.")
	}
	if !isVersion(version) {
		return "", fault.New(fault.Unauthenticated, BadVersion, "The header x-ms-version must name %s or later.", oldestVersion)
	}
	token, err := d.Authn.Bearer(c.v, c.r.Header.Values("Authorization"), c.v.Installation().StorageAudiences(c.target.account)...)
	if err != nil {
		return "", err
	}
	c.event.Caller(mint.PrincipalOf(token.Owner))
	if err := c.findAccount(token.Tenant); err != nil {
		return "", err
	}
	c.principal = token.Owner.Principal()
	return version, nil
}

// findAccount looks for the account, whose tenant must be the caller's.
func (c *call) findAccount(callers name.GUID) error {
	found, ok := c.v.StorageAccount(c.target.account)
	if !ok {
		return fault.New(fault.NotFound, AccountNotFound, "The specified account does not exist.")
	}
	tenant, _ := c.v.TenantOf(found.ID.Scope())
	c.event.Record.Tenant = tenant
	if tenant != callers {
		c.event.Record.Input = map[string]string{"caller_tenant": callers.String()}
		return fault.New(fault.Unauthenticated, ForeignTenant, "Issuer validation failed. Issuer did not match.")
	}
	c.account = found
	return nil
}

// signer finds out whose user delegation key signed the request's address.
func (d Door) signer(c *call, version string) (string, error) {
	sas, err := azwire.ParseSharedAccess(c.target.query.Get)
	if err != nil {
		return "", err
	}
	if len(c.r.Header.Values("Authorization")) > 0 {
		return "", fault.New(fault.Invalid, awswire.ReasonSeveralCredentials, "The request carries a signature and an Authorization header.")
	}
	if version == "" {
		version = sas.Version // what a browser sends has no header of the protocol
	} else if !isVersion(version) {
		return "", fault.New(fault.Unauthenticated, BadVersion, "The header x-ms-version must name %s or later.", oldestVersion)
	}
	owner, account, err := d.verify(c.v, sas, c.target, c.r)
	if err != nil {
		return "", err
	}
	c.event.Caller(mint.PrincipalOf(owner))
	if err := c.findAccount(owner.Principal().Tenant); err != nil {
		return "", err
	}
	c.account, c.principal, c.sas = account, owner.Principal(), sas
	return version, c.within(sas, c.target)
}

// verify checks a signature for what a target names.
func (d Door) verify(v *view.View, sas *azwire.SharedAccess, t target, r *http.Request) (view.Owner, *view.Resource, error) {
	refused := fault.New(fault.Unauthenticated, SignatureScope, "The signature is not for the resource that the request names.")
	account, ok := v.StorageAccount(t.account)
	if !ok { // whoever signs for nothing learns nothing
		return view.Owner{}, nil, fault.New(fault.Unauthenticated, authn.SASSignature, "Signature did not match.")
	}
	below, ok := signedPath(sas, t)
	if !ok {
		return view.Owner{}, nil, refused
	}
	// azblob takes the first label of the host for the account's name, whatever the path says. The key itself is one of this
	// account, so that the spelling gives nothing away.
	label, _, _ := strings.Cut(r.Host, ".")
	owner, err := d.Authn.Delegated(v, sas, account,
		"/blob/"+account.ID.Name()+"/"+below, "/blob/"+t.account+"/"+below, "/blob/"+label+"/"+below)
	return owner, account, err
}
