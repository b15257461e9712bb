package blob

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Why a caller whose token holds is refused before its rights are looked at, or finds nothing.
const (
	// ForeignTenant means that the token was issued by another tenant than the one that the storage account belongs to.
	ForeignTenant fault.Reason = "authn.foreign_tenant"
	// AccountNotFound means that there is no storage account of that name.
	AccountNotFound fault.Reason = "blob.account_not_found"
)

// StorageAudience is the audience that every Azure SDK asks a token for, whatever the account.
const StorageAudience = "https://storage.azure.com"

// oldestVersion is the first x-ms-version that takes bearer tokens.
const oldestVersion = "2017-11-09"

// call is one request: what it names, who asks, and what was found.
type call struct {
	r         *http.Request
	v         *view.View
	event     *web.Event
	target    target
	account   *view.Resource
	container *view.Container // nil at the account's level
	decision  reason.Decision
}

// serve is the way of every request: what is asked, who asks, may they, then do it.
func (d Door) serve(w http.ResponseWriter, r *http.Request) error {
	c := &call{r: r, v: d.View(), event: web.EventOf(r.Context())}
	t, err := parseTarget(r, c.v.Installation().URLs["storage"])
	if err != nil {
		return err
	}
	c.target = t
	op, unknown := t.operation(r.Method)
	c.event.Route = op.name // for the record of a stranger too; whether there is such an operation is said later
	token, err := d.caller(c)
	if err != nil {
		return err
	}
	w.Header().Set("x-ms-version", r.Header.Get("x-ms-version"))
	if unknown != nil {
		return unknown
	}
	if err := op.checkHeaders(r.Header); err != nil {
		return err
	}
	if err := c.permit(token, op); err != nil {
		return err
	}
	if err := c.find(); err != nil {
		return err
	}
	if err := op.do(d, c, w); err != nil {
		return err
	}
	d.allowed(c)
	return nil
}

// caller says who asks. The account's tenant says which tokens count; that the account exists is no secret, its name is
// an address. A token of another tenant is recorded where it was tried, with the tenant that it came from (threat F11).
func (d Door) caller(c *call) (*credential.Token, error) {
	if _, signed := c.target.query.Get("sig"); signed {
		return nil, fault.New(fault.Unauthenticated, SignatureUnsupported, "Shared access signatures are not accepted.")
	}
	version := c.r.Header.Get("x-ms-version")
	if _, err := time.Parse(time.DateOnly, version); err != nil || version < oldestVersion {
		return nil, fault.New(fault.Unauthenticated, BadVersion, "The header x-ms-version must name %s or later.", oldestVersion)
	}
	token, err := d.Authn.Bearer(c.v, c.r.Header.Values("Authorization"), StorageAudience, c.base())
	if err != nil {
		return nil, err
	}
	c.event.Caller(mint.PrincipalOf(token.Owner))
	found, ok := c.v.StorageAccount(c.target.account)
	if !ok {
		return nil, fault.New(fault.NotFound, AccountNotFound, "The specified account does not exist.")
	}
	tenant, _ := c.v.TenantOf(found.ID.Scope())
	c.event.Record.Tenant = tenant
	if tenant != token.Tenant {
		c.event.Record.Input = map[string]string{"caller_tenant": token.Tenant.String()}
		return nil, fault.New(fault.Unauthenticated, ForeignTenant, "Issuer validation failed. Issuer did not match.")
	}
	c.account = found
	return token, nil
}

// base is the account's address as the caller spells it: the account in the host, or at the beginning of the path.
func (c *call) base() string {
	urls := c.v.Installation().URLs
	if _, ok := accountIn(c.r.Host, urls["storage"]); ok {
		return "https://" + strings.ToLower(c.r.Host)
	}
	return urls["blob"] + "/" + c.target.account
}

// permit asks for the operation's right, and keeps the answer for the record.
func (c *call) permit(token *credential.Token, op operation) error {
	scope, err := c.scope()
	if err != nil {
		return err
	}
	c.event.Record.Resource = scope.String()
	c.decision = access.Azure(c.v, access.AzureRequest{
		Principal: token.Owner.Principal(), Action: op.action, Data: op.data, Scope: scope,
	})
	return access.Refusal(c.decision, "This request is not authorized to perform this operation using this permission.")
}

// scope is where the right is needed: the container, whether it exists or not, so that nobody learns that without it.
func (c *call) scope() (name.Scope, error) {
	if c.target.container == "" {
		return c.account.ID.Scope(), nil
	}
	s, err := c.account.ID.Scope().Join("blobServices", "default", "containers", c.target.container)
	if err != nil {
		return s, fault.New(fault.Invalid, BadPath, "The container's name is not valid.").Because(err)
	}
	return s, nil
}

// find looks for the container, once the caller may know whether it is there.
func (c *call) find() error {
	if c.target.container == "" {
		return nil
	}
	found, ok := c.v.Container(c.account, c.target.container)
	if !ok {
		return fault.New(fault.NotFound, directory.ContainerNotFound, "The specified container does not exist.")
	}
	c.container = found
	return nil
}

// allowed counts what was let through.
func (d Door) allowed(c *call) {
	rec := c.event.Draft()
	rec.Operation, rec.Outcome, rec.Decision, rec.Rev = c.event.Route, audit.Allowed, &c.decision, c.v.Rev()
	d.Audit.Access(rec)
}

func (c *call) context() context.Context { return c.r.Context() }
