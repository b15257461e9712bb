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
