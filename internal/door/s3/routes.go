package s3

import (
	"context"
	"net/http"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
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
	Get(ctx context.Context, space name.GUID, key string) (*objects.Object, error)
	Head(ctx context.Context, space name.GUID, key string) (objects.Info, error)
	List(ctx context.Context, space name.GUID, q objects.Query) (objects.Page, error)
	Put(ctx context.Context, up objects.Upload) (objects.Info, error)
	DeleteIf(ctx context.Context, space name.GUID, key string, check objects.Check) error
}

// Accesses counts what was let through.
type Accesses interface {
	Access(r audit.Record)
}

// Door is what the S3 door needs.
type Door struct {
	View    func() *view.View
	Authn   Authenticator
	Objects Store
	Audit   Accesses
	Now     func() time.Time
}

// level is how much a path names.
type level uint8

const (
	atService level = iota
	atBucket
	atObject
)

// operation is one line of the table: which requests are it, what it understands, what right it needs, and who does it.
type operation struct {
	name    string
	doc     string
	method  string
	at      level             // what the path names
	needs   map[string]string // query parameters that make a request this operation
	takes   []string          // other query parameters that it understands
	headers []string          // x-amz headers that it understands beside those of every operation; "-" at the end is a prefix
	body    bool              // the request has a body
	action  string
	do      func(Door, *call, http.ResponseWriter) error
}

// The actions that the door asks about.
const (
	actionListBuckets = "s3:ListAllMyBuckets"
	actionListBucket  = "s3:ListBucket"
	actionLocation    = "s3:GetBucketLocation"
	actionGet         = "s3:GetObject"
	actionPut         = "s3:PutObject"
	actionDelete      = "s3:DeleteObject"
)

// operations is the table of the door. Of two lines that fit a request, the first is meant.
func operations() []operation {
	read := []string{
		"response-cache-control", "response-content-disposition", "response-content-encoding", "response-content-language",
		"response-content-type", "response-expires",
	}
	write := []string{
		"x-amz-acl", "x-amz-checksum-", "x-amz-decoded-content-length", "x-amz-meta-", "x-amz-sdk-checksum-algorithm",
		"x-amz-storage-class", "x-amz-trailer",
	}
	return []operation{
		{
			name: "ListBuckets", doc: "the buckets of the caller's account", method: http.MethodGet, at: atService,
			takes: []string{"prefix", "max-buckets", "continuation-token"}, action: actionListBuckets, do: Door.listBuckets,
		},
		{
			name: "HeadBucket", doc: "whether a bucket is there", method: http.MethodHead, at: atBucket,
			action: actionListBucket, do: Door.headBucket,
		},
		{
			name: "GetBucketLocation", doc: "the region of a bucket", method: http.MethodGet, at: atBucket,
			needs: map[string]string{"location": ""}, action: actionLocation, do: Door.bucketLocation,
		},
		{
			name: "ListObjectsV2", doc: "the objects of a bucket", method: http.MethodGet, at: atBucket,
			needs:  map[string]string{"list-type": "2"},
			takes:  []string{"prefix", "delimiter", "max-keys", "encoding-type", "continuation-token", "start-after", "fetch-owner"},
			action: actionListBucket, do: Door.listObjectsV2,
		},
		{
			name: "ListObjects", doc: "the objects of a bucket, in the older form", method: http.MethodGet, at: atBucket,
			takes:  []string{"prefix", "delimiter", "max-keys", "encoding-type", "marker"},
			action: actionListBucket, do: Door.listObjects,
		},
		{
			name: "GetObject", doc: "an object or a range of it", method: http.MethodGet, at: atObject,
			takes: read, headers: []string{"x-amz-checksum-mode"}, action: actionGet, do: Door.getObject,
		},
		{
			name: "HeadObject", doc: "what is known of an object", method: http.MethodHead, at: atObject,
			takes: read, headers: []string{"x-amz-checksum-mode"}, action: actionGet, do: Door.headObject,
		},
		{
			name: "PutObject", doc: "store an object in one request", method: http.MethodPut, at: atObject,
			headers: write, body: true, action: actionPut, do: Door.putObject,
		},
		{
			name: "DeleteObject", doc: "remove an object for good", method: http.MethodDelete, at: atObject,
			action: actionDelete, do: Door.deleteObject,
		},
	}
}

// Mount makes the door. cfg brings the house's part: ids, clock, log, witness.
func (d Door) Mount(cfg web.Config) (*web.Door, error) {
	cfg.Name, cfg.Dialect = "s3", dialect{errors: awswire.S3Errors(rows())}
	cfg.IDHeaders = []string{"x-amz-request-id", "x-amz-id-2"}
	cfg.MaxBody = web.Unlimited
	var table []web.Route
	for _, op := range operations() {
		table = append(table, web.Route{Method: op.method, Pattern: op.at.pattern(), Name: op.name, Doc: op.doc, Permission: op.action})
	}
	return web.NewRaw(cfg, table, d.serve)
}

func (l level) pattern() string {
	return [...]string{"/", "/{bucket}", "/{bucket}/{key...}"}[l]
}
