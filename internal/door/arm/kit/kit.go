package kit

import (
	"context"
	"crypto/rand"
	"net/http"
	"sync"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/name"
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

// Room tells how full the disk is: Check for what takes space, Last for what may give some back.
type Room interface {
	Check() error
	Last() error
}

// Kit is what the operations share. Make it with New.
type Kit struct {
	View      func() *view.View
	Authn     Authenticator
	Directory Directory
	Ledger    Ledger
	Room      Room
	Now       func() time.Time

	seal  [32]byte   // signs page tokens and the handles of long operations; of this process alone
	pages *sync.Pool // of *pageText
}

// New gives the kit a key of its own.
func New(k Kit) *Kit {
	_, _ = rand.Read(k.seal[:]) // never fails since Go 1.24: the process ends instead
	k.pages = new(sync.Pool)
	return &k
}

// Audiences are those that clients ask for tokens of the Resource Manager under: Azure's own two names, and the address
// that it has here.
func Audiences(inst *view.Installation) []string {
	return []string{"https://management.azure.com", "https://management.core.windows.net", inst.URLs["arm"]}
}

// Operation is one line of the door's table; see the package comment.
type Operation struct {
	Method  string
	Pattern string // see web.Route; literals are matched ignoring case
	Name    string // the event's and the record's label
	Doc     string // one line for people
	// Action is what the caller must be allowed at Scope before Do runs. "{type}" stands for the type of the resource that
	// Scope has found. An operation without one decides by itself who sees what, and says in Asks by what.
	Action string
	Asks   string
	// Late leaves it to Do to ask for Action, with AllowHaving: where conditions may read what the request is about.
	Late     bool
	Scope    func(*Call) (name.Scope, error) // nil is the tenant
	Versions Versions
	MaxBody  int64 // as in web.Route
	Do       func(*Call) (Answer, error)
}

// Routes makes the lines of the web's table.
func (k *Kit) Routes(ops []Operation) []web.Route {
	routes := make([]web.Route, 0, len(ops))
	for _, op := range ops {
		permission := op.Action
		if permission == "" {
			permission = op.Asks
		}
		routes = append(routes, web.Route{
			Method: op.Method, Pattern: op.Pattern, Name: op.Name, Doc: op.Doc, Permission: permission,
			Fold: true, Slash: true, MaxBody: op.MaxBody, Handler: k.handler(op),
		})
	}
	return routes
}

// handler is the way of every request.
func (k *Kit) handler(op Operation) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c := &Call{kit: k, op: &op, r: r, event: web.EventOf(r.Context()), View: k.View()}
		correlate(w.Header(), r.Header)
		if err := c.authenticate(); err != nil {
			return err
		}
		if err := c.readQuery(); err != nil {
			return err
		}
		if err := c.place(); err != nil {
			return err
		}
		if err := op.Versions.check(c); err != nil {
			return err
		}
		if op.Action != "" && !op.Late {
			if err := c.Allow(c.action(op.Action), c.Scope); err != nil {
				return err
			}
		}
		out, err := op.Do(c)
		if err != nil {
			return err
		}
		c.seen()
		if err := out.write(w, r); err != nil {
			return err // the connection may hold the answer still: it is nobody else's
		}
		k.giveBack(out)
		return nil
	}
}
