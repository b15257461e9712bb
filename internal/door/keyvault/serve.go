package keyvault

import (
	"net/http"

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

// Why a caller whose token holds is refused before its rights are looked at, or a change is answered with an error although
// it was made.
const (
	// ForeignTenant means that the token was issued by another tenant than the one that the vault belongs to. The caller is
	// told that there is no such vault.
	ForeignTenant fault.Reason = "keyvault.foreign_tenant"
)

// call is one request: what it names, who asks, and what was found.
type call struct {
	r        *http.Request
	v        *view.View
	event    *web.Event
	target   target
	vault    *view.Resource
	token    *credential.Token
	op       operation
	decision reason.Decision
}

// serve is the way of every request: what is asked, who asks, may they, then do it.
func (d Door) serve(w http.ResponseWriter, r *http.Request) error {
	c := &call{r: r, v: d.Directory.View(), event: web.EventOf(r.Context())}
	t, err := parseTarget(c.v, r)
	if err != nil {
		return err
	}
	op, unknown := t.operation(r.Method)
	c.target, c.event.Route = t, op.name // for the record of a stranger too; whether there is such an operation is said later
	token, err := d.caller(c)
	if err != nil {
		return err
	}
	if unknown != nil {
		return unknown
	}
	c.token, c.op = token, op
	if err := c.permit(token, op); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return op.do(d, c, w)
}

// caller says who asks. A token of another tenant is recorded where it was tried, with the tenant that it came from, and is
// answered like one for a vault that does not exist (threats F11, P15).
func (d Door) caller(c *call) (*credential.Token, error) {
	token, err := d.Authn.Bearer(c.v, c.r.Header.Values("Authorization"), view.VaultAudience, c.v.Installation().URLs["keyvault"])
	if err != nil {
		return nil, err
	}
	c.event.Caller(mint.PrincipalOf(token.Owner))
	vault, ok := c.v.Vault(c.target.vault)
	if !ok {
		return nil, fault.New(fault.NotFound, VaultNotFound, "There is no vault of this name.")
	}
	tenant, _ := c.v.TenantOf(vault.ID.Scope())
	c.event.Record.Tenant = tenant
	if tenant != token.Tenant {
		c.event.Record.Input = map[string]string{"caller_tenant": token.Tenant.String()}
		return nil, fault.New(fault.Denied, ForeignTenant, "")
	}
	c.vault = vault
	return token, nil
}

// permit asks for the operation's right, and keeps the answer for the record. It is asked before a secret is looked for, so
// that nobody learns which there are.
func (c *call) permit(token *credential.Token, op operation) error {
	scope := c.vault.ID.Scope()
	if c.target.name != "" {
		var err error
		if scope, err = view.SecretScope(c.vault.ID, c.target.name); err != nil {
			return fault.New(fault.Invalid, BadPath, "The request URI contains an invalid name.")
		}
	}
	c.event.Record.Resource = scope.String()
	p := token.Owner.Principal()
	c.decision = access.Azure(c.v, access.AzureRequest{Principal: p, Action: op.action, Data: true, Scope: scope})
	return access.Refusal(c.decision, refusalText(p, op.action, scope, c.vault))
}

// refusalText is what Key Vault says to a caller without the right: who it is, what it wanted, and where.
func refusalText(p *view.Principal, action string, scope name.Scope, vault *view.Resource) string {
	return "Caller is not authorized to perform action on resource.\r\n" +
		"If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\n" +
		"Caller: appid=" + p.ClientID.String() + ";oid=" + p.ObjectID.String() + "\r\n" +
		"Action: '" + action + "'\r\nResource: '" + scope.String() + "'\r\n" +
		"Assignment: (not found)\r\nVault: " + vault.ID.Name() + "\r\n"
}

// place is the secret that the request names.
func (c *call) place() directory.SecretPlace {
	return directory.SecretPlace{Vault: c.vault, Name: c.target.name}
}

// find gives the secret that the request names, deleted or not as is wanted.
func (c *call) find(d Door, deleted bool) (*view.Secret, error) {
	s, ok := c.v.Secret(c.vault, c.target.name)
	switch {
	case !ok || s.IsDeleted() != deleted:
	case deleted && !s.Purge.After(d.Now()): // the sweep has not come by yet
	default:
		return s, nil
	}
	text := "A secret with (name/id) %s was not found in this key vault. " +
		"If you recently deleted this secret you may be able to recover it using the correct recovery command."
	if deleted {
		text = "Deleted Secret not found: %s"
	}
	return nil, fault.New(fault.NotFound, directory.SecretNotFound, text, c.target.name)
}

// current gives the newest version of a secret.
func (c *call) current(s *view.Secret) (*view.SecretVersion, error) { return c.versionOf(s, s.Current) }

// versionOf gives a version of a secret.
func (c *call) versionOf(s *view.Secret, id string) (*view.SecretVersion, error) {
	if v, ok := c.v.SecretVersion(s, id); ok {
		return v, nil
	}
	return nil, fault.New(fault.NotFound, directory.SecretNotFound,
		"A secret with (name/id) %s/%s was not found in this key vault.", s.Name, id)
}

// again asks once more by the View that a command changes: a right, a caller or a vault that is lost in between is not used.
func (c *call) again(v *view.View) error {
	now, ok := v.Vault(c.target.vault)
	if !ok || now.UID != c.vault.UID {
		return fault.New(fault.NotFound, VaultNotFound, "There is no vault of this name.")
	}
	if err := c.token.Counts(v); err != nil {
		return err
	}
	c.v, c.vault = v, now
	return c.permit(c.token, c.op)
}

// change runs a command that is written together with its record, after asking once more. While the
// ledger takes no records nothing is changed.
func (d Door) change(c *call, room func() error, command directory.Command) error {
	for _, ready := range []func() error{d.Audit.Health, room} {
		if err := ready(); err != nil {
			return err
		}
	}
	v, err := d.Directory.Do(c.r.Context(), directory.Command(func(e *directory.Edit) error {
		if err := c.again(e.View()); err != nil {
			return err
		}
		return command(e)
	}).Recorded(func() audit.Record { return c.record(audit.Changed) }))
	if err != nil {
		return err
	}
	c.v = v
	return nil
}

// allowed counts what was let through.
func (d Door) allowed(c *call) { d.Audit.Access(c.record(audit.Allowed)) }

func (c *call) record(outcome audit.Outcome) audit.Record {
	rec := c.event.Draft()
	rec.Operation, rec.Outcome, rec.Decision, rec.Rev = c.event.Route, outcome, &c.decision, c.v.Rev()
	return rec
}
