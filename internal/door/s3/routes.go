package s3

import (
	"context"
	"net/http"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Authenticator says who signed a request.
type Authenticator interface {
	Signed(v *view.View, req awswire.Request, rule awswire.Rule) (*authn.Session, error)
}

// Store keeps the bytes.
type Store interface {
	Reader
	Writer
	Uploads
	Spaces
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
	SetTags(ctx context.Context, space name.GUID, key string, change func(objects.Info) (map[string]string, error)) error
	Stage(ctx context.Context, up objects.PartUpload) (objects.Part, error)
	Assemble(ctx context.Context, a objects.Assembly) (objects.Info, error)
}

// Uploads are the multipart uploads under way.
type Uploads interface {
	Begin(ctx context.Context, space name.GUID, p objects.Pending) (string, error)
	Pending(ctx context.Context, space name.GUID, key, upload string) (objects.Pending, []objects.Part, error)
	AllPending(ctx context.Context, space name.GUID) ([]objects.Pending, error)
	Abandon(ctx context.Context, space name.GUID, key, upload string) error
}

// Spaces end with their buckets.
type Spaces interface {
	CloseEmpty(ctx context.Context, space name.GUID) error
	RemoveSpace(ctx context.Context, space name.GUID) error
}

// Directory changes buckets.
type Directory interface {
	Do(ctx context.Context, command directory.Command) (*view.View, error)
}

// Audit counts what was let through. The records of changes of buckets are written with them.
type Audit interface {
	Access(r audit.Record)
	// Health says why no record can be taken at the moment; nil when one can.
	Health() error
}

// Door is what the S3 door needs.
type Door struct {
	View      func() *view.View
	Directory Directory
	Authn     Authenticator
	Objects   Store
	Audit     Audit
	// Room says why no bucket is made or changed while the disk is nearly full; Last, why not even deletions are tried.
	Room func() error
	Last func() error
	Now  func() time.Time

	table []operation // Mount's
}

// level is how much a path names.
type level uint8

const (
	atService level = iota
	atBucket
	atObject
)

// anyValue stands for whatever value a parameter has.
const anyValue = "*"

// operation is one line of the table: which requests are it, what it understands, what right it needs, and who does it.
type operation struct {
	name    string
	doc     string
	method  string
	at      level             // what the path names
	needs   map[string]string // query parameters that make a request this operation, with their values or anyValue
	with    string            // a header that does so
	takes   []string          // other query parameters that it understands
	headers []string          // x-amz headers that it understands beside those of every operation; "-" at the end is a prefix
	body    bool              // the request has a body
	makes   bool              // the bucket need not be there
	each    bool              // what the right is needed on, the operation finds itself
	action  string
	// before reads what the right depends on, where that stands in the body or in a document.
	before func(*call) error
	do     func(Door, *call, http.ResponseWriter) error
}

// Mount makes the door. cfg brings the house's part: ids, clock, log, witness.
func (d Door) Mount(cfg web.Config) (*web.Door, error) {
	cfg.Name, cfg.Dialect = "s3", dialect{errors: awswire.S3Errors(rows())}
	cfg.IDHeaders = []string{"x-amz-request-id", "x-amz-id-2"}
	cfg.MaxBody = web.Unlimited
	d.table = operations()
	var table []web.Route
	for _, op := range d.table {
		table = append(table, web.Route{Method: op.method, Pattern: op.at.pattern(), Name: op.name, Doc: op.doc, Permission: op.action})
	}
	return web.NewRaw(cfg, table, d.serve)
}

func (l level) pattern() string {
	return [...]string{"/", "/{bucket}", "/{bucket}/{key...}"}[l]
}
