package kit

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Call is one request on its way: who asks, where, and the state that it is answered from.
type Call struct {
	View  *view.View // one for the whole request; after Change, the one that shows the change
	Token *credential.Token
	Scope name.Scope      // what Operation.Scope has found
	ID    name.ResourceID // the resource of the path, where Scope is one
	Type  string          // its type, or the type that is listed

	kit      *Kit
	op       *Operation
	r        *http.Request
	event    *web.Event
	query    web.Query
	decision *reason.Decision // of the operation's own action
	recorded bool
}

// correlate gives a client its correlation id back (ARM RPC, "Common API details"); without a good one, the request id
// that the kit of all doors has set stays.
func correlate(to, from http.Header) {
	if id, err := name.ParseGUID(from.Get("x-ms-correlation-request-id")); err == nil {
		to.Set("x-ms-correlation-request-id", id.String())
	}
	if id, err := name.ParseGUID(from.Get("x-ms-client-request-id")); err == nil && strings.EqualFold(from.Get("x-ms-return-client-request-id"), "true") {
		to.Set("x-ms-client-request-id", id.String())
	}
	to.Set("Cache-Control", "no-cache")
	to.Set("X-Content-Type-Options", "nosniff")
}

// authenticate finds the caller, or refuses.
func (c *Call) authenticate() error {
	token, err := c.kit.Authn.Bearer(c.View, c.r.Header.Values("Authorization"), Audiences(c.View.Installation())...)
	if err != nil {
		return err
	}
	c.Token = token
	c.event.Caller(mint.PrincipalOf(token.Owner))
	c.event.Record.Tenant = token.Tenant
	return nil
}

// readQuery reads the parameters strictly; their names are matched ignoring case, as ARM does.
func (c *Call) readQuery() (err error) {
	c.query, err = web.ParseQuery(c.r.URL.RawQuery, web.QueryRules{Fold: true})
	return err
}

// place finds the scope and looks whether the caller's tenant holds it.
func (c *Call) place() (err error) {
	c.Scope = name.Root()
	if c.op.Scope != nil {
		if c.Scope, err = c.op.Scope(c); err != nil {
			return err
		}
	}
	c.event.Record.Resource = c.Scope.String()
	if c.op.Action != "" {
		c.event.Record.Operation = c.action(c.op.Action)
	}
	return c.ownTenant()
}

// ownTenant refuses a subscription that another tenant holds in the very words of one that does not exist. It is a
// refusal of rights in the record, under the tenant where it was tried (threat F11).
func (c *Call) ownTenant() error {
	id, ok := c.Scope.Subscription()
	if !ok {
		return nil
	}
	why := SubscriptionUnknown
	if sub, ok := c.View.Subscription(id); ok {
		if sub.Tenant == c.Token.Tenant {
			return nil
		}
		why = ForeignTenant
		c.Foreign(sub.Tenant)
	}
	return fault.New(fault.Denied, why, "The subscription '%s' could not be found.", id)
}

// Foreign notes that what the request names is another tenant's: the refusal is recorded where it was tried, with the tenant
// that the caller came from.
func (c *Call) Foreign(tenant name.GUID) {
	c.event.Record.Tenant = tenant
	c.Note("caller_tenant", c.Token.Tenant.String())
}

// action fills in the resource's type.
func (c *Call) action(text string) string { return strings.ReplaceAll(text, "{type}", c.Type) }

// Param gives a parameter of the operation's pattern.
func (c *Call) Param(called string) string { return web.Param(c.r, called) }

// Query gives a parameter of the query string, and whether it is there.
func (c *Call) Query(called string) (string, bool) { return c.query.Get(called) }

// Principal is the service principal that asks.
func (c *Call) Principal() *view.Principal { return c.Token.Owner.Principal() }

// Context is the request's.
func (c *Call) Context() context.Context { return c.r.Context() }

// Header gives a header of the request.
func (c *Call) Header() http.Header { return c.r.Header }

// Kit is what the operations share.
func (c *Call) Kit() *Kit { return c.kit }

// Allow refuses unless the caller may do the action at the scope, by the View of the request.
func (c *Call) Allow(action string, scope name.Scope) error {
	d := c.Decide(c.View, action, scope)
	if c.decision == nil && d.Allowed() {
		c.decision = &d
	}
	return access.Refusal(d, c.deniedText(action, scope))
}

// AllowOn is Allow by a View that a command sees.
func (c *Call) AllowOn(v *view.View, action string, scope name.Scope) error {
	return access.Refusal(c.Decide(v, action, scope), c.deniedText(action, scope))
}

// AllowLinked refuses unless the caller may do the action on another thing that the request names, as Azure words it.
func (c *Call) AllowLinked(v *view.View, action string, scope name.Scope) error {
	d := c.Decide(v, action, scope)
	if d.Allowed() {
		return nil
	}
	if tenant, ok := v.TenantOf(scope); ok && tenant != c.Token.Tenant {
		c.Foreign(tenant)
	}
	return fault.New(fault.Denied, LinkedDenied, "The client '%s' with object id '%s' has permission to perform action '%s' on "+
		"scope '%s'; however, it does not have permission to perform action(s) '%s' on the linked scope(s) '%s' or the linked "+
		"scope(s) are invalid.", c.Principal().ClientID, c.Principal().ObjectID, c.action(c.op.Action), c.Scope, action, scope).Explained(d)
}

// Sees tells whether an entry of a list is shown to the caller. It is asked for each entry, for something below the list's
// scope may be forbidden or granted by itself.
func (c *Call) Sees(action string, at name.Scope) bool { return c.Decide(c.View, action, at).Allowed() }

// AllowHaving asks for the operation's own action, by a View and with what conditions may read of the request.
func (c *Call) AllowHaving(v *view.View, have rbac.Attributes) error {
	d := access.Azure(v, access.AzureRequest{
		Principal: c.Principal(), Action: c.Action(), Scope: c.Scope, Now: c.kit.Now(), Attributes: have,
	})
	if d.Allowed() {
		c.decision = &d
	}
	return access.Refusal(d, c.deniedText(c.Action(), c.Scope))
}

// Action is the operation's own, in full.
func (c *Call) Action() string { return c.action(c.op.Action) }

// Decide asks the engine. No condition may read what the request is about, but for the time.
func (c *Call) Decide(v *view.View, action string, scope name.Scope) reason.Decision {
	return access.Azure(v, access.AzureRequest{Principal: c.Principal(), Action: action, Scope: scope, Now: c.kit.Now()})
}

// deniedText is Azure's sentence: who, what and where.
func (c *Call) deniedText(action string, scope name.Scope) string {
	return "The client '" + c.Principal().ClientID.String() + "' with object id '" + c.Principal().ObjectID.String() +
		"' does not have authorization to perform action '" + action + "' over scope '" + scope.String() +
		"' or the scope is invalid. If access was recently granted, please refresh your credentials."
}

// again asks once more by the View that a command changes: a right or a caller that is lost in between is not used. Operations
// that ask by themselves do so in their commands.
func (c *Call) again(v *view.View) error {
	if err := c.Token.Counts(v); err != nil {
		return err
	}
	if c.op.Action == "" || c.op.Late {
		return nil
	}
	d := c.Decide(v, c.Action(), c.Scope)
	c.decision = &d
	return access.Refusal(d, c.deniedText(c.Action(), c.Scope))
}

// Change runs a command that is written together with its record, after asking once more. Nothing is changed while the disk has no room or the ledger
// takes no records. A deletion is let through for longer than what takes space.
func (c *Call) Change(command directory.Command) error {
	room := c.kit.Room.Check
	if c.op.Method == http.MethodDelete {
		room = c.kit.Room.Last
	}
	if err := errors.Join(c.kit.Ledger.Health(), room()); err != nil {
		return err
	}
	v, err := c.kit.Directory.Do(c.Context(), directory.Command(func(e *directory.Edit) error {
		if err := c.again(e.View()); err != nil {
			return err
		}
		return command(e)
	}).Recorded(func() audit.Record { return c.draft(audit.Changed) }))
	if err != nil {
		return err
	}
	c.View, c.recorded = v, true
	return nil
}

// seen counts what was let through and changed nothing.
func (c *Call) seen() {
	if !c.recorded {
		c.kit.Ledger.Access(c.draft(audit.Allowed))
	}
}

func (c *Call) draft(outcome audit.Outcome) audit.Record {
	rec := c.event.Draft()
	rec.Outcome, rec.Decision, rec.Rev = outcome, c.decision, c.View.Rev()
	return rec
}

// Note puts a word of the request into its record. Never a credential, and nothing longer than a name.
func (c *Call) Note(called, value string) {
	if c.event.Record.Input == nil {
		c.event.Record.Input = map[string]string{}
	}
	c.event.Record.Input[called] = Shown(value)
}
