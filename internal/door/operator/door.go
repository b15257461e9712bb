package operator

import (
	"context"
	"errors"
	"io"
	"iter"
	"net"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/requestid"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Directory holds the state and changes it.
type Directory interface {
	View() *view.View
	Do(ctx context.Context, command directory.Command) (*view.View, error)
}

// Minter makes credentials and records them.
type Minter interface {
	Token(ctx context.Context, v *view.View, req mint.TokenRequest) (mint.Token, error)
	Session(ctx context.Context, v *view.View, req mint.SessionRequest) (mint.IssuedSession, error)
}

// Ledger keeps what was changed and handed out.
type Ledger interface {
	// Ledger returns when the record is durable; an error means that nothing may be released.
	Ledger(ctx context.Context, r audit.Record) error
	// Access counts what needs no durable record.
	Access(r audit.Record)
	// Health says why no record can be taken at the moment; nil when one can.
	Health() error
}

// Trail reads what was recorded.
type Trail interface {
	Find(ctx context.Context, id requestid.ID) (audit.Record, error)
	Query(ctx context.Context, f audit.Filter) iter.Seq2[audit.Record, error]
	Verify(ctx context.Context, noted ...audit.Head) (audit.Verdict, error)
}

// Keys lists and turns over the signing keys.
type Keys interface {
	List(ctx context.Context) ([]opwire.Key, error)
	Rotate(ctx context.Context, atOnce bool) error
}

// Objects keeps the bytes of buckets and containers.
type Objects interface {
	List(ctx context.Context, space name.GUID, q objects.Query) (objects.Page, error)
	RemoveSpace(ctx context.Context, space name.GUID) error
}

// Door is what the operator door needs; all of it.
type Door struct {
	Directory Directory
	Mint      Minter
	Ledger    Ledger
	Trail     Trail
	Keys      Keys
	Objects   Objects

	Backup func(ctx context.Context, w io.Writer) error
	Doctor func(ctx context.Context) []opwire.Finding
	// Room says why no manifest is applied while the disk is nearly full. Deletions, revocations and launches do not ask:
	// they write little, and must work. Last says why not even those are tried, when the store itself would fail.
	Room   func() error
	Last   func() error
	Status func() opwire.Status

	Now  func() time.Time
	UIDs []int                            // who may operate: the server's own uid and those that the configuration lists
	Peer func(*net.UnixConn) (int, error) // who is at the other end of a connection: authn.PeerUID
}

// Mount makes the door. cfg brings the house's part: ids, clock, log, witness. The door's server needs ConnContext and no
// bound on the time of an exchange, because a backup is as long as it is.
func (d Door) Mount(cfg web.Config) (*web.Door, error) {
	if d.Directory == nil || d.Mint == nil || d.Ledger == nil || d.Trail == nil || d.Keys == nil || d.Objects == nil ||
		d.Backup == nil || d.Doctor == nil || d.Room == nil || d.Last == nil || d.Status == nil || d.Now == nil || d.Peer == nil || len(d.UIDs) == 0 {
		return nil, errors.New("door operator: every part of it must be given")
	}
	cfg.Name, cfg.Dialect = "operator", dialect{}
	return web.New(cfg, d.routes())
}
