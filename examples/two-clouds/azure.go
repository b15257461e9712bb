package main

import (
	"context"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
)

// blobs is a container of a storage account, opened by the identity itself.
type blobs struct {
	name, where string
	client      *container.Client
	tokens      *observed
}

// openBlobs makes the client of the container. azblob asks the identity for a token for https://storage.azure.com.
func openBlobs(s settings, identity azcore.TokenCredential) (*blobs, error) {
	where := strings.TrimSuffix(s.accountURL, "/") + "/" + s.container
	tokens := &observed{TokenCredential: identity}
	client, err := container.NewClient(where, tokens, nil)
	if err != nil {
		return nil, err
	}
	return &blobs{s.container, where, client, tokens}, nil
}

// list reads the container page by page.
func (b *blobs) list(ctx context.Context) Listing {
	l := Listing{Store: "azure", Container: b.name, Where: b.where, Objects: []Object{}}
	pages := b.client.NewListBlobsFlatPager(nil)
	for pages.More() && !l.Truncated {
		page, err := pages.NextPage(ctx)
		if err != nil {
			l.Refusal = refusalOf(err)
			return l
		}
		for _, item := range page.Segment.BlobItems {
			l.add(Object{Name: *item.Name, Size: *item.Properties.ContentLength, LastModified: *item.Properties.LastModified})
		}
	}
	l.Proof = &Proof{Kind: "Entra access token", Token: b.tokens.seen()}
	return l
}

// add takes one object, up to the bound.
func (l *Listing) add(o Object) {
	if len(l.Objects) == maxObjects {
		l.Truncated = true
		return
	}
	l.Objects = append(l.Objects, o)
}
