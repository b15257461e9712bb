package view

import (
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view/stored"
)

// ClientSecret is a secret that an application may sign in with, the legacy way. The secret itself is a long random text
// that was shown once; only its hash is kept.
type ClientSecret struct {
	ID      name.GUID `json:"id"` // keyId
	Display string    `json:"displayName,omitempty"`
	Hint    string    `json:"hint"` // its first three characters
	Hash    string    `json:"hash"` // hex SHA-256
	Start   time.Time `json:"start"`
	End     time.Time `json:"end"`
}

// ClientCertificate is a certificate whose key an application may sign its assertions with.
type ClientCertificate struct {
	ID      name.GUID `json:"id"` // keyId
	Display string    `json:"displayName,omitempty"`
	DER     []byte    `json:"der"` // the certificate; never a private key
	Start   time.Time `json:"start"`
	End     time.Time `json:"end"` // never after that of the certificate
}

// AWSClaims say what the tokens for an application tell AWS of whom they are about, in claims under names of AWS's. Operators
// write them, and who asks for a token has no part in them.
type AWSClaims struct {
	Tags       []AWSTag `json:"tags,omitempty"`           // session tags, in the order of their keys
	Transitive []string `json:"transitive,omitempty"`     // keys of Tags that sessions hand on
	SourceID   string   `json:"sourceIdentity,omitempty"` // a fact
	Roles      []string `json:"roles,omitempty"`          // ARNs of the only roles that the tokens may assume; none is no bound
}

// AWSTag is one session tag and the fact of the identity that is its value.
type AWSTag struct {
	Key  string `json:"key"`
	Fact string `json:"fact"`
}

// The facts about an identity that claims may be made of. All but the identity's own tags are fixed when it is made.
const (
	FactName          = "name"          // of the identity, or of the resource that it belongs to
	FactResourceGroup = "resourceGroup" // that it lies in
	FactSubscription  = "subscription"  // that it lies in
	FactObjectID      = "objectId"
	FactClientID      = "clientId"
	FactTag           = "tag:" // and the key of a tag: what its tag says now
)

// HasService tells whether the application has a service principal: without one nobody signs in as it, and it is no
// audience.
func (a *Application) HasService() bool { return !a.Principal.ObjectID.IsZero() }

// DirectoryGroup is a group of principals of one tenant, so that roles can be assigned to all of them at once.
type DirectoryGroup struct {
	ObjectID    name.GUID   `json:"objectId"`
	Tenant      name.GUID   `json:"tenant"`
	Display     string      `json:"displayName"`
	Description string      `json:"description,omitempty"`
	Nickname    string      `json:"mailNickname,omitempty"`
	Members     []name.GUID `json:"members,omitempty"` // object ids of principals and of other groups
	Created     time.Time   `json:"created"`
	Rev         int64       `json:"-"`
}

// StoreKey implements Record.
func (g *DirectoryGroup) StoreKey() string {
	return stored.Key(kindDirectoryGroup, g.ObjectID.String())
}
