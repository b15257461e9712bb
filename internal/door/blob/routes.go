package blob

import (
	"context"
	"net/http"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Authenticator says who presents a bearer token.
type Authenticator interface {
	Bearer(v *view.View, authorization []string, audiences ...string) (*credential.Token, error)
}

// Store keeps the bytes.
type Store interface {
	Get(ctx context.Context, space name.GUID, key string) (*objects.Object, error)
	Head(ctx context.Context, space name.GUID, key string) (objects.Info, error)
	List(ctx context.Context, space name.GUID, q objects.Query) (objects.Page, error)
	Put(ctx context.Context, up objects.Upload) (objects.Info, error)
	Delete(ctx context.Context, space name.GUID, key string) error
}

// Accesses counts what was let through.
type Accesses interface {
	Access(r audit.Record)
}

// Door is what the Blob door needs.
type Door struct {
	View    func() *view.View
	Authn   Authenticator
	Objects Store
	Audit   Accesses
	Now     func() time.Time
}

// The operations' actions, below Microsoft.Storage/storageAccounts.
const (
	containersRead = "Microsoft.Storage/storageAccounts/blobServices/containers/read"
	blobsRead      = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
	blobsWrite     = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write"
	blobsDelete    = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete"
)

// operation is one line of the table: which requests are it, what right it needs, and who does it.
type operation struct {
	name    string
	doc     string
	method  string
	at      level             // what the path names
	query   map[string]string // restype and comp, exactly these
	takes   []string          // other query parameters that it understands, beside timeout
	headers []string          // x-ms headers that it understands beside those of every operation; "-" at the end is a prefix
	without []string          // conditional headers that it cannot hold
	action  string
	data    bool
	do      func(Door, *call, http.ResponseWriter) error
}

// level is how much a path names.
type level uint8

const (
	atAccount level = iota
	atContainer
	atBlob
)

// operations is the table of the door.
func operations() []operation {
	container := map[string]string{"restype": "container"}
	page := []string{"prefix", "marker", "maxresults", "include"}
	return []operation{
		{
			name: "ListContainers", doc: "the containers of an account", method: http.MethodGet, at: atAccount,
			query: map[string]string{"comp": "list"}, takes: page, action: containersRead, do: Door.listContainers,
		},
		{
			name: "GetContainerProperties", doc: "whether a container is there", method: http.MethodGet, at: atContainer,
			query: container, action: containersRead, do: Door.containerProperties,
		},
		{
			name: "GetContainerProperties", doc: "whether a container is there", method: http.MethodHead, at: atContainer,
			query: container, action: containersRead, do: Door.containerProperties,
		},
		{
			name: "ListBlobs", doc: "the blobs of a container", method: http.MethodGet, at: atContainer,
			query: map[string]string{"restype": "container", "comp": "list"}, takes: append(page, "delimiter"),
			action: blobsRead, data: true, do: Door.listBlobs,
		},
		{
			name: "GetBlob", doc: "a blob or a range of it", method: http.MethodGet, at: atBlob,
			headers: []string{"x-ms-range"}, action: blobsRead, data: true, do: Door.getBlob,
		},
		{
			name: "GetBlobProperties", doc: "what is known of a blob", method: http.MethodHead, at: atBlob,
			action: blobsRead, data: true, do: Door.headBlob,
		},
		{
			name: "PutBlob", doc: "store a block blob in one request", method: http.MethodPut, at: atBlob,
			headers: writeHeaders(), without: preconditions()[2:], action: blobsWrite, data: true, do: Door.putBlob,
		},
		{
			name: "DeleteBlob", doc: "remove a blob for good", method: http.MethodDelete, at: atBlob,
			headers: []string{"x-ms-delete-snapshots"}, without: preconditions(), action: blobsDelete, data: true, do: Door.deleteBlob,
		},
	}
}

// Mount makes the door. cfg brings the house's part: ids, clock, log, witness.
func (d Door) Mount(cfg web.Config) (*web.Door, error) {
	cfg.Name, cfg.Dialect = "blob", dialect{errors: azwire.BlobErrors(rows()), now: d.Now, view: d.View}
	cfg.IDHeaders = []string{"x-ms-request-id"}
	cfg.MaxBody = web.Unlimited
	var table []web.Route
	for _, op := range operations() {
		table = append(table, web.Route{Method: op.method, Pattern: op.at.pattern(), Name: op.name, Doc: op.doc, Permission: op.action})
	}
	return web.NewRaw(cfg, table, d.serve)
}

func (l level) pattern() string {
	return [...]string{"/{account}", "/{account}/{container}", "/{account}/{container}/{blob...}"}[l]
}
