package main

import (
	"context"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// listTime bounds one listing, with all tokens, sessions and retries that it takes.
const listTime = 30 * time.Second

// maxObjects bounds what is listed of each store; a listing says so if there is more.
const maxObjects = 1000

// Listing is what one store showed, or why it did not.
type Listing struct {
	Store     string   `json:"store"`     // azure or aws
	Container string   `json:"container"` // the container's or bucket's name
	Where     string   `json:"where"`     // its URL or ARN
	Objects   []Object `json:"objects"`
	Truncated bool     `json:"truncated,omitempty"` // there are more objects
	Proof     *Proof   `json:"proof,omitempty"`     // what opened it; nil for a refusal
	Refusal   *Refusal `json:"refusal,omitempty"`   // why it stayed shut; nil if it did not
}

// Object is one blob or S3 object.
type Object struct {
	Name         string    `json:"name"`
	Size         int64     `json:"size"` // bytes
	LastModified time.Time `json:"lastModified"`
}

// clouds are the two stores, opened by one identity.
type clouds struct {
	azure *blobs
	aws   *bucket
}

// connect makes the clients. Nothing is asked of anybody yet.
func connect(ctx context.Context, s settings) (*clouds, error) {
	identity, err := managedIdentity(s.clientID)
	if err != nil {
		return nil, err
	}
	azure, err := openBlobs(s, identity)
	if err != nil {
		return nil, err
	}
	aws, err := openBucket(ctx, s, identity)
	if err != nil {
		return nil, err
	}
	return &clouds{azure, aws}, nil
}

// managedIdentity is the credential of the resource that the program runs as. An empty id leaves the choice to the
// platform: the system-assigned identity, or the only user-assigned one. There is no chain behind it: if this identity is
// refused, so is the program.
func managedIdentity(clientID string) (*azidentity.ManagedIdentityCredential, error) {
	var opt azidentity.ManagedIdentityCredentialOptions
	if clientID != "" {
		opt.ID = azidentity.ClientID(clientID)
	}
	return azidentity.NewManagedIdentityCredential(&opt)
}

// list asks both stores at once.
func (c *clouds) list(ctx context.Context) []Listing {
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	listings := make([]Listing, 2)
	var both sync.WaitGroup
	both.Go(func() { listings[0] = c.azure.list(ctx) })
	both.Go(func() { listings[1] = c.aws.list(ctx) })
	both.Wait()
	return listings
}
