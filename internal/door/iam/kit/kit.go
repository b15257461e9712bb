package kit

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// Authenticator says who signed a request.
type Authenticator interface {
	Signed(v *view.View, req awswire.Request, rule awswire.Rule) (*authn.Session, error)
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

// Room tells whether there is room on the disk: Check for what takes some, Last for what frees some.
type Room interface {
	Check() error
	Last() error
}

// Kit is what all operations share.
type Kit struct {
	Authn     Authenticator
	Directory Directory
	Ledger    Ledger
	Room      Room
	Now       func() time.Time

	seal [32]byte // signs markers
}

// New makes a kit whose markers nobody else can make.
func New(k Kit) *Kit {
	_, _ = rand.Read(k.seal[:])
	return &k
}

// Result writes what an operation answers; nil for one that answers nothing.
type Result = func(*awswire.XML)

// Operation is one line of a room's table.
type Operation struct {
	Name   string
	Doc    string   // one line for people
	Also   string   // what the caller needs beside the right of the operation's own name
	Params []string // every parameter that is known
	Do     func(*Call) (Result, error)
}

// Call is one request to one operation.
type Call struct {
	*query.Call
	Session *authn.Session

	kit      *Kit
	op       *Operation
	decision *reason.Decision // of the first right that was asked for
	recorded bool
}

// Actions makes the lines of the service's table.
func (k *Kit) Actions(rooms ...[]Operation) (lines []query.Action) {
	for _, room := range rooms {
		for i := range room {
			op := &room[i]
			permission := "iam:" + op.Name
			if op.Also != "" {
				permission += ", " + op.Also
			}
			lines = append(lines, query.Action{Name: op.Name, Doc: op.Doc, Permission: permission, Params: op.Params, Do: k.handler(op)})
		}
	}
	return lines
}

// handler is the way of every request: who signed it, then the operation, which asks whether it may.
func (k *Kit) handler(op *Operation) func(*query.Call) (func(*awswire.XML), error) {
	return func(q *query.Call) (func(*awswire.XML), error) {
		c := &Call{Call: q, kit: k, op: op}
		if err := c.authenticate(); err != nil {
			return nil, err
		}
		result, err := op.Do(c)
		if err != nil {
			return nil, err
		}
		if !c.recorded {
			rec := c.Event.Draft()
			rec.Outcome, rec.Decision, rec.Rev = audit.Allowed, c.decision, c.View.Rev()
			k.Ledger.Access(rec)
		}
		return result, nil
	}
}

// authenticate finds the session that signed the request, and enters it into the event.
func (c *Call) authenticate() error {
	s, err := c.kit.Authn.Signed(c.View, c.Proof(), awswire.QueryRule("iam"))
	if err != nil {
		return err
	}
	c.Session = s
	c.Event.Record.Account = s.Account
	c.Event.Caller(s.Principal())
	if s.Kind == credential.FederatedUser || s.Kind == credential.SessionToken { // AWS STS, "Comparing the AWS STS API operations"
		return fault.New(fault.Denied, access.Denied, "Sessions of GetFederationToken and GetSessionToken may not call IAM.")
	}
	return nil
}

// Account is the account that the caller acts in. Nothing outside of it is ever found.
func (c *Call) Account() name.AccountID { return c.Session.Account }

// ARN names something of the caller's account: "role/x".
func (c *Call) ARN(resource string) string {
	return "arn:aws:iam::" + c.Account().String() + ":" + resource
}

// Note puts a word of the request into its record. Never a document.
func (c *Call) Note(called, value string) {
	if c.Event.Record.Input == nil {
		c.Event.Record.Input = map[string]string{}
	}
	c.Event.Record.Input[called] = query.Bounded(value)
}
