package keyvault

import (
	"context"
	"net/http"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Authenticator says who presents a bearer token.
type Authenticator interface {
	Bearer(v *view.View, authorization []string, audiences ...string) (*credential.Token, error)
}

// Directory holds the state and changes it.
type Directory interface {
	View() *view.View
	Do(ctx context.Context, command directory.Command) (*view.View, error)
}

// Values seals secrets' values and opens them.
type Values interface {
	Seal(vault *view.Resource, secretName, version string, value secret.Text) ([]byte, error)
	Open(v *view.SecretVersion) (secret.Text, error)
}

// Audit counts what was let through. The records of changes are written with them.
type Audit interface {
	Access(r audit.Record)
	// Health says why no record can be taken at the moment; nil when one can.
	Health() error
}

// Door is what the Key Vault door needs.
type Door struct {
	Directory Directory
	Authn     Authenticator
	Values    Values
	Audit     Audit
	// Room says why nothing new is written while the disk is nearly full; Last, why not even deletions are tried.
	Room func() error
	Last func() error
	Now  func() time.Time
}

// secretType begins the operations' actions.
const secretType = "Microsoft.KeyVault/vaults/secrets/"

// The actions that several operations need.
const (
	readMetadata = secretType + "readMetadata/action"
	getSecret    = secretType + "getSecret/action"
)

// operation is one line of the table: which requests are it, what right it needs, and who does it. The right is needed at
// the secret's scope, or at the vault's where the pattern names no secret.
type operation struct {
	name    string
	doc     string
	method  string
	pattern string   // below the vault; {name} is a secret's, {version} a version's
	takes   []string // query parameters that it understands, beside api-version
	action  string
	do      func(Door, *call, http.ResponseWriter) error
}

// operations is the table of the door.
func operations() []operation {
	page := []string{"maxresults", "$skiptoken"}
	return []operation{
		{
			name: "GetSecrets", doc: "the secrets of a vault, without values", method: http.MethodGet, pattern: "/secrets",
			takes: page, action: readMetadata, do: Door.listSecrets,
		},
		{
			name: "GetSecretVersions", doc: "the versions of a secret, without values", method: http.MethodGet,
			pattern: "/secrets/{name}/versions", takes: page, action: readMetadata, do: Door.listVersions,
		},
		{
			name: "GetSecret", doc: "the newest value of a secret", method: http.MethodGet, pattern: "/secrets/{name}",
			action: getSecret, do: Door.getSecret,
		},
		{
			name: "GetSecretVersion", doc: "one value of a secret", method: http.MethodGet, pattern: "/secrets/{name}/{version}",
			action: getSecret, do: Door.getSecret,
		},
		{
			name: "SetSecret", doc: "give a secret a new value", method: http.MethodPut, pattern: "/secrets/{name}",
			action: secretType + "setSecret/action", do: Door.setSecret,
		},
		{
			name: "UpdateSecret", doc: "change what is known of the newest version", method: http.MethodPatch, pattern: "/secrets/{name}",
			action: secretType + "update/action", do: Door.updateSecret,
		},
		{
			name: "UpdateSecretVersion", doc: "change what is known of a version", method: http.MethodPatch,
			pattern: "/secrets/{name}/{version}", action: secretType + "update/action", do: Door.updateSecret,
		},
		{
			name: "DeleteSecret", doc: "delete a secret so that it can be recovered", method: http.MethodDelete, pattern: "/secrets/{name}",
			action: secretType + "delete", do: Door.deleteSecret,
		},
		{
			name: "GetDeletedSecrets", doc: "the deleted secrets of a vault", method: http.MethodGet, pattern: "/deletedsecrets",
			takes: page, action: readMetadata, do: Door.listDeleted,
		},
		{
			name: "GetDeletedSecret", doc: "what is known of a deleted secret", method: http.MethodGet, pattern: "/deletedsecrets/{name}",
			action: readMetadata, do: Door.getDeleted,
		},
		{
			name: "RecoverDeletedSecret", doc: "take a deletion back", method: http.MethodPost, pattern: "/deletedsecrets/{name}/recover",
			action: secretType + "recover/action", do: Door.recoverSecret,
		},
		{
			name: "PurgeDeletedSecret", doc: "remove a deleted secret for good", method: http.MethodDelete, pattern: "/deletedsecrets/{name}",
			action: secretType + "purge/action", do: Door.purgeSecret,
		},
	}
}

// maxBody bounds a request in bytes: the longest value with every character escaped, and room for tags.
const maxBody = 256 << 10

// Mount makes the door. cfg brings the house's part: ids, clock, log, witness.
func (d Door) Mount(cfg web.Config) (*web.Door, error) {
	cfg.Name, cfg.Dialect = "keyvault", dialect{errors: azwire.VaultErrors(rows()), view: d.Directory.View}
	cfg.IDHeaders = []string{"x-ms-request-id"}
	cfg.MaxBody = maxBody
	var table []web.Route
	for _, op := range operations() {
		table = append(table, web.Route{Method: op.method, Pattern: op.pattern, Name: op.name, Doc: op.doc, Permission: op.action})
	}
	return web.NewRaw(cfg, table, d.serve)
}
