package blob

import (
	"context"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Authenticator says who presents a bearer token, or whose key signed.
type Authenticator interface {
	Bearer(v *view.View, authorization []string, audiences ...string) (*credential.Token, error)
	Delegated(v *view.View, sas *azwire.SharedAccess, account *view.Resource, resources ...string) (view.Owner, error)
}

// Store keeps the bytes.
type Store interface {
	Reader
	Writer
	Parts
}

// Reader reads what is stored.
type Reader interface {
	Get(ctx context.Context, space name.GUID, key string) (*objects.Object, error)
	Head(ctx context.Context, space name.GUID, key string) (objects.Info, error)
	List(ctx context.Context, space name.GUID, q objects.Query) (objects.Page, error)
}

// Writer changes it.
type Writer interface {
	Put(ctx context.Context, up objects.Upload) (objects.Info, error)
	DeleteIf(ctx context.Context, space name.GUID, key string, check objects.Check) error
	SetMeta(ctx context.Context, space name.GUID, key string, change func(objects.Info) (objects.Meta, error)) (objects.Info, error)
	SetLease(ctx context.Context, space name.GUID, key string, change func(objects.Info) (*objects.Lease, error)) (objects.Info, error)
	RemoveSpace(ctx context.Context, space name.GUID) error
}

// Parts makes blobs of blocks.
type Parts interface {
	Stage(ctx context.Context, up objects.PartUpload) (objects.Part, error)
	Assemble(ctx context.Context, a objects.Assembly) (objects.Info, error)
	Parts(ctx context.Context, space name.GUID, key string) (info *objects.Info, assembled, waiting []objects.Part, err error)
}

// Directory changes containers.
type Directory interface {
	Do(ctx context.Context, command directory.Command) (*view.View, error)
}

// Delegator gives user delegation keys out.
type Delegator interface {
	DelegationKey(ctx context.Context, v *view.View, d credential.Delegation, rec audit.Record) (secret.Text, error)
}

// Audit counts what was let through. The records of changes of containers are written with them.
type Audit interface {
	Access(r audit.Record)
	// Health says why no record can be taken at the moment; nil when one can.
	Health() error
}

// Door is what the Blob door needs.
type Door struct {
	View      func() *view.View
	Directory Directory
	Authn     Authenticator
	Mint      Delegator
	Objects   Store
	Audit     Audit
	// Room says why no container is made or changed while the disk is nearly full; Last, why not even deletions are tried.
	Room func() error
	Last func() error
	Now  func() time.Time

	table []operation // Mount's
}

// Mount makes the door. cfg brings the house's part: ids, clock, log, witness.
func (d Door) Mount(cfg web.Config) (*web.Door, error) {
	cfg.Name, cfg.Dialect = "blob", dialect{errors: azwire.BlobErrors(rows()), now: d.Now, view: d.View}
	cfg.IDHeaders = []string{"x-ms-request-id"}
	cfg.MaxBody = web.Unlimited
	d.table = operations()
	var table []web.Route
	for _, op := range d.table {
		table = append(table, web.Route{Method: op.method, Pattern: op.at.pattern(), Name: op.name, Doc: op.doc, Permission: op.action})
	}
	return web.NewRaw(cfg, table, d.serve)
}

func (l level) pattern() string {
	return [...]string{"/{account}", "/{account}/{container}", "/{account}/{container}/{blob...}"}[l]
}
