package graph

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"regexp"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Authenticator says who presents a bearer token.
type Authenticator interface {
	Bearer(v *view.View, authorization []string, audiences ...string) (*credential.Token, error)
}

// Directory runs commands.
type Directory interface {
	Do(ctx context.Context, command directory.Command) (*view.View, error)
}

// Ledger counts what was read. The records of changes are written with them.
type Ledger interface {
	// Health says why no record can be taken at the moment; nil when one can.
	Health() error
	Access(r audit.Record)
}

// Room tells whether there is room on the disk for changes.
type Room interface{ Check() error }

// Door is what the Graph door needs.
type Door struct {
	View      func() *view.View
	Authn     Authenticator
	Directory Directory
	Ledger    Ledger
	Room      Room
	Now       func() time.Time
}

// call is one request: who asks, and the state that it is answered from.
type call struct {
	Door
	r        *http.Request
	v        *view.View
	event    *web.Event
	token    *credential.Token
	query    web.Query
	decision *reason.Decision
	changed  bool
}

// answer is what an operation says; a nil body is none.
type answer struct {
	status int
	body   any
}

// on is the way of every request: who asks, then the operation, which asks whether they may.
func (d Door) on(operation func(*call) (answer, error)) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c := &call{Door: d, r: r, v: d.View(), event: web.EventOf(r.Context())}
		w.Header().Set("Cache-Control", "no-store") // an answer may have a secret in it
		token, err := d.Authn.Bearer(c.v, r.Header.Values("Authorization"), audiences(c.v.Installation())...)
		if err != nil {
			return err
		}
		c.token = token
		c.event.Caller(mint.PrincipalOf(token.Owner))
		c.event.Record.Tenant = token.Tenant
		if v := web.Param(r, "version"); v != "v1.0" && v != "beta" {
			return fault.New(fault.Invalid, BadVersion, "Invalid version: want v1.0 or beta.")
		}
		if c.query, err = web.ParseQuery(r.URL.RawQuery, web.QueryRules{}); err != nil {
			return err
		}
		a, err := operation(c)
		if err != nil {
			return err
		}
		if !c.changed {
			rec := c.event.Draft()
			rec.Outcome, rec.Decision, rec.Rev = audit.Allowed, c.decision, c.v.Rev()
			d.Ledger.Access(rec)
		}
		if a.body == nil {
			w.WriteHeader(a.status)
			return nil
		}
		return web.WriteJSON(w, a.status, a.body)
	}
}

// audiences are the names under which clients ask for tokens of Graph.
func audiences(inst *view.Installation) []string {
	return []string{azwire.GraphAudience, base(inst), azwire.GraphID}
}

// base is where Graph is, without the version.
func base(inst *view.Installation) string {
	return cmp.Or(inst.URLs["graph"], inst.URLs["entra"]+"/graph")
}

func (c *call) principal() *view.Principal { return c.token.Owner.Principal() }

// context is the @odata.context of an answer.
func (c *call) context(set string) string {
	return base(c.v.Installation()) + "/" + web.Param(c.r, "version") + "/$metadata#" + set
}

// permit asks whether the caller may, and keeps the answer for the record.
func (c *call) permit(ask access.DirectoryRequest) error {
	ask.Principal = c.principal()
	c.event.Record.Resource = ask.Target
	d := access.Directory(c.v, ask)
	c.decision = &d
	return access.DirectoryRefusal(d)
}

// permitted asks whether the caller may, by a View that a command sees.
func (c *call) permitted(v *view.View, ask access.DirectoryRequest) error {
	ask.Principal = c.principal()
	return access.DirectoryRefusal(access.Directory(v, ask))
}

// change runs a command for which the caller needs a right. It is asked for twice: before, and in the writer's own loop,
// so that nothing that is lost in between is used.
func (c *call) change(ask access.DirectoryRequest, command directory.Command) error {
	if err := c.permit(ask); err != nil {
		return err
	}
	if err := errors.Join(c.Ledger.Health(), c.Room.Check()); err != nil {
		return err
	}
	ask.Principal = c.principal()
	v, err := c.Directory.Do(c.r.Context(), func(e *directory.Edit) error {
		now := ask
		if owner, ok := e.View().PrincipalByObject(ask.Principal.ObjectID); !ok || owner.Principal().RevokedAt != ask.Principal.RevokedAt {
			return fault.New(fault.Denied, access.Denied, "Insufficient privileges to complete the operation.")
		}
		if ask.Application != nil {
			found, ok := e.View().Application(ask.Application.ObjectID)
			if !ok {
				return notFound(ask.Target)
			}
			now.Application = found
		}
		if ask.Group != nil {
			found, ok := e.View().DirectoryGroup(ask.Group.ObjectID)
			if !ok {
				return notFound(ask.Target)
			}
			now.Group = found
		}
		decided := access.Directory(e.View(), now)
		c.decision = &decided // the record says what decided in the end
		if err := access.DirectoryRefusal(decided); err != nil {
			return err
		}
		if err := command(e); err != nil {
			return err
		}
		rec := c.event.Draft()
		rec.Outcome, rec.Decision = audit.Changed, c.decision
		e.Record(rec)
		return nil
	})
	if err != nil {
		return err
	}
	c.v, c.changed = v, true
	return nil
}

// keyed is a path segment that names an object by its client id.
var keyed = regexp.MustCompile(`^(applications|servicePrincipals)\(appId='([0-9a-fA-F-]{36})'\)$`)

// named finds whom the path means: {id} is an object id, {key} a set and a client id. set is which set it must be of.
func (c *call) named(set string) (object, client name.GUID, text string, err error) {
	if text = web.Param(c.r, "id"); text != "" {
		object, err = name.ParseGUID(text)
	} else {
		text = web.Param(c.r, "key")
		m := keyed.FindStringSubmatch(text)
		if m == nil || m[1] != set {
			return object, client, text, fault.New(fault.NotFound, web.NoRoute, "Resource not found for the segment.")
		}
		client, err = name.ParseGUID(m[2])
	}
	if err != nil {
		err = notFound(text)
	}
	return object, client, text, err
}

// ours refuses what another tenant has, in the very words of what is not there. It is a refusal of rights in the record,
// under the tenant where it was tried, with the one that the caller came from (threat F11).
func (c *call) ours(tenant name.GUID, id string) error {
	if tenant == c.token.Tenant {
		return nil
	}
	c.event.Record.Tenant, c.event.Record.Input = tenant, map[string]string{"caller_tenant": c.token.Tenant.String()}
	return fault.New(fault.Denied, ForeignTenant, "%s", missing(id))
}

// application finds the application of the path. The house's own are no objects of the tenant.
func (c *call) application() (*view.Application, error) {
	object, client, text, err := c.named("applications")
	if err != nil {
		return nil, err
	}
	c.event.Record.Resource = text
	a, ok := c.v.Application(object)
	if !client.IsZero() {
		owner, found := c.v.PrincipalByClient(client)
		a, ok = owner.Application, found && owner.Application != nil
	}
	if !ok || a.House {
		return nil, notFound(text)
	}
	if err := c.ours(a.Principal.Tenant, text); err != nil {
		return nil, err
	}
	return a, nil
}

// service finds the service principal of the path.
func (c *call) service() (view.Owner, error) {
	object, client, text, err := c.named("servicePrincipals")
	if err != nil {
		return view.Owner{}, err
	}
	c.event.Record.Resource = text
	o, ok := c.v.PrincipalByObject(object)
	if !client.IsZero() {
		o, ok = c.v.PrincipalByClient(client)
		if house, found := c.v.Audience(c.token.Tenant, client.String()); !ok && found && house.House {
			o, ok = view.Owner{Application: house}, true
		}
	}
	if !ok || o.Principal().ObjectID.IsZero() {
		return view.Owner{}, notFound(text)
	}
	if err := c.ours(o.Principal().Tenant, text); err != nil {
		return view.Owner{}, err
	}
	return o, nil
}
