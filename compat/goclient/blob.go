package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/lease"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"
)

// blobPlay is a workload that uses Blob Storage: uploads in blocks, conditions, leases, copies, metadata, lists and signatures
// of a user delegation key, each with the refusals that belong to it.
type blobPlay struct {
	service *service.Client
	files   *container.Client // the identity may read and write here
	others  *container.Client // and nothing here
}

func blobs() []operation {
	return []operation{{"play-blob", 1, func(ctx context.Context, args []string) (any, error) {
		cred, err := credential()
		if err != nil {
			return nil, err
		}
		client, err := service.NewClient(strings.TrimSuffix(args[0], "/"), cred, &service.ClientOptions{ClientOptions: once()})
		if err != nil {
			return nil, err
		}
		p := blobPlay{service: client, files: client.NewContainerClient("files"), others: client.NewContainerClient("others")}
		var all []step
		for _, s := range []struct {
			name string
			do   func(context.Context) error
		}{
			{"large", p.large}, {"blocks", p.blocks}, {"conditions", p.conditions}, {"leases", p.leases}, {"metadata", p.metadata},
			{"copy", p.copy}, {"names", p.names}, {"list", p.list}, {"signature", p.signature}, {"containers", p.containers}, {"refused", p.refused},
		} {
			all = append(all, step{s.name, func() error { return s.do(ctx) }})
		}
		return nil, steps(all)
	}}}
}

func content(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

func body(b []byte) io.ReadSeekCloser { return streaming.NopCloser(bytes.NewReader(b)) }

// small stores a blob in one request.
func (p blobPlay) small(ctx context.Context, name, text string) (*blockblob.Client, error) {
	b := p.files.NewBlockBlobClient(name)
	_, err := b.Upload(ctx, body([]byte(text)), nil)
	return b, err
}

func read(ctx context.Context, b *blob.Client) (string, error) {
	got, err := b.DownloadStream(ctx, nil)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(got.Body)
	return string(text), err
}

// large sends 64 MiB in blocks, several at once, and reads them back in ranges.
func (p blobPlay) large(ctx context.Context) error {
	b, sent := p.files.NewBlockBlobClient("large"), content(64<<20)
	if _, err := b.UploadBuffer(ctx, sent[:1<<20], nil); err != nil { // in one request
		return err
	}
	if _, err := b.UploadStream(ctx, bytes.NewReader(sent), &blockblob.UploadStreamOptions{
		BlockSize: 4 << 20, Concurrency: 4, TransactionalValidation: blob.TransferValidationTypeComputeCRC64(),
	}); err != nil {
		return err
	}
	got := make([]byte, len(sent))
	if _, err := b.DownloadBuffer(ctx, got, &blob.DownloadBufferOptions{BlockSize: 5 << 20, Concurrency: 4}); err != nil {
		return err
	}
	if !bytes.Equal(got, sent) {
		return errors.New("what came back is not what was sent")
	}
	list, err := b.GetBlockList(ctx, blockblob.BlockListTypeAll, nil)
	if err == nil && (len(list.CommittedBlocks) != 16 || len(list.UncommittedBlocks) != 0) {
		err = fmt.Errorf("%d and %d blocks", len(list.CommittedBlocks), len(list.UncommittedBlocks))
	}
	return err
}

// blocks puts blocks by hand, uses some again and names one that is not there.
func (p blobPlay) blocks(ctx context.Context) error {
	b := p.files.NewBlockBlobClient("blocks")
	id := func(n int) string { return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%03d", n)) }
	for n := range 3 {
		if _, err := b.StageBlock(ctx, id(n), body(fmt.Appendf(nil, "<%d>", n)), nil); err != nil {
			return err
		}
	}
	_, err := read(ctx, b.BlobClient())
	if err := want(err, bloberror.BlobNotFound); err != nil {
		return err
	}
	_, err = b.CommitBlockList(ctx, []string{id(2), id(7)}, nil)
	if err := want(err, bloberror.InvalidBlockList); err != nil {
		return err
	}
	if _, err := b.CommitBlockList(ctx, []string{id(2), id(0)}, nil); err != nil {
		return err
	}
	if _, err := b.StageBlock(ctx, "AAAAAAAA", body([]byte("x")), nil); err != nil {
		return err
	}
	_, err = b.StageBlock(ctx, id(1), body([]byte("x")), nil)
	if err := want(err, bloberror.InvalidBlobOrBlock); err != nil {
		return err
	}
	text, err := read(ctx, b.BlobClient())
	if err == nil && text != "<2><0>" {
		err = errors.New(text)
	}
	return err
}

func (p blobPlay) conditions(ctx context.Context) error {
	b, err := p.small(ctx, "conditions", "one")
	if err != nil {
		return err
	}
	props, err := b.GetProperties(ctx, nil)
	if err != nil {
		return err
	}
	under := func(m *blob.ModifiedAccessConditions) *blob.AccessConditions {
		return &blob.AccessConditions{ModifiedAccessConditions: m}
	}
	old, star, past := props.ETag, azcore.ETagAny, time.Now().Add(-time.Hour)
	same := under(&blob.ModifiedAccessConditions{IfMatch: old})
	if _, err := b.Upload(ctx, body([]byte("two")), &blockblob.UploadOptions{AccessConditions: same}); err != nil {
		return err
	}
	_, err = b.Upload(ctx, body([]byte("three")), &blockblob.UploadOptions{AccessConditions: same})
	first := want(err, bloberror.ConditionNotMet)
	_, err = b.Upload(ctx, body([]byte("three")), &blockblob.UploadOptions{AccessConditions: under(&blob.ModifiedAccessConditions{IfNoneMatch: &star})})
	second := want(err, bloberror.BlobAlreadyExists)
	_, err = b.Delete(ctx, &blob.DeleteOptions{AccessConditions: same})
	third := want(err, bloberror.ConditionNotMet)
	_, err = b.SetMetadata(ctx, nil, &blob.SetMetadataOptions{AccessConditions: under(&blob.ModifiedAccessConditions{IfUnmodifiedSince: &past})})
	return errors.Join(first, second, third, want(err, bloberror.ConditionNotMet))
}

func (p blobPlay) leases(ctx context.Context) error {
	b, err := p.small(ctx, "leases", "one")
	if err != nil {
		return err
	}
	mine, err := lease.NewBlobClient(b, nil)
	if err != nil {
		return err
	}
	got, err := mine.AcquireLease(ctx, 15, nil)
	if err != nil {
		return err
	}
	theirs, err := lease.NewBlobClient(b, nil)
	if err != nil {
		return err
	}
	_, held := theirs.AcquireLease(ctx, -1, nil)
	_, missing := b.Upload(ctx, body([]byte("two")), nil)
	with := func(id *string) *blockblob.UploadOptions {
		return &blockblob.UploadOptions{AccessConditions: &blob.AccessConditions{LeaseAccessConditions: &blob.LeaseAccessConditions{LeaseID: id}}}
	}
	_, wrong := b.Upload(ctx, body([]byte("two")), with(theirs.LeaseID()))
	_, mineErr := b.Upload(ctx, body([]byte("two")), with(got.LeaseID))
	_, renewed := mine.RenewLease(ctx, nil)
	_, changed := mine.ChangeLease(ctx, "11111111-2222-4333-8444-555555555555", nil)
	props, err := b.GetProperties(ctx, nil)
	if err == nil && (*props.LeaseState != lease.StateTypeLeased || *props.LeaseDuration != lease.DurationTypeFixed) {
		err = fmt.Errorf("state %v, duration %v", *props.LeaseState, *props.LeaseDuration)
	}
	_, broken := theirs.BreakLease(ctx, &lease.BlobBreakOptions{BreakPeriod: to.Ptr(int32(0))})
	_, late := mine.RenewLease(ctx, nil)
	_, released := mine.ReleaseLease(ctx, nil)
	_, free := b.Delete(ctx, nil)
	return errors.Join(want(held, bloberror.LeaseAlreadyPresent), want(missing, bloberror.LeaseIDMissing),
		want(wrong, bloberror.LeaseIDMismatchWithBlobOperation), mineErr, renewed, changed, err, broken,
		want(late, bloberror.LeaseIsBrokenAndCannotBeRenewed), released, free)
}

func (p blobPlay) metadata(ctx context.Context) error {
	b, err := p.small(ctx, "metadata", "text")
	if err != nil {
		return err
	}
	_, set := b.SetMetadata(ctx, map[string]*string{"Camera": to.Ptr("Box")}, nil)
	_, headers := b.SetHTTPHeaders(ctx, blob.HTTPHeaders{BlobContentType: to.Ptr("text/x"), BlobCacheControl: to.Ptr("no-store")}, nil)
	_, bad := b.SetMetadata(ctx, map[string]*string{"a-b": to.Ptr("x")}, nil)
	props, err := b.GetProperties(ctx, nil)
	if err == nil {
		camera := ""
		for k, v := range props.Metadata {
			if strings.EqualFold(k, "camera") {
				camera = *v
			}
		}
		if camera != "Box" || *props.ContentType != "text/x" || *props.CacheControl != "no-store" {
			err = fmt.Errorf("%q, %q", camera, *props.ContentType)
		}
	}
	return errors.Join(set, headers, want(bad, bloberror.InvalidMetadata), err)
}

// copy copies within the account. What the identity may not read cannot be copied, whether it is there or not.
func (p blobPlay) copy(ctx context.Context) error {
	from, err := p.small(ctx, "copy from", "the original")
	if err != nil {
		return err
	}
	b := p.files.NewBlockBlobClient("copy/to")
	_, started := b.StartCopyFromURL(ctx, from.URL(), nil)
	_, synced := b.CopyFromURL(ctx, from.URL(), nil)
	text, err := read(ctx, b.BlobClient())
	if err == nil && text != "the original" {
		err = errors.New(text)
	}
	_, denied := b.StartCopyFromURL(ctx, p.others.NewBlobClient("theirs").URL(), nil)
	_, missing := b.StartCopyFromURL(ctx, p.others.NewBlobClient("nothing").URL(), nil)
	_, elsewhere := b.StartCopyFromURL(ctx, "https://192.0.2.1/files/x", nil)
	return errors.Join(started, synced, err, want(denied, bloberror.CannotVerifyCopySource), want(missing, bloberror.CannotVerifyCopySource),
		want(elsewhere, bloberror.InvalidHeaderValue))
}

func oddNames() []string {
	return []string{
		"env:prod", "a//b", "a/../b", "..", "dots...", "slash/", "per%2Fcent", "per%cent", "plus+space and more", "ünïcödé/名前", "a?b#c",
		strings.Repeat("n", 1024), strings.Repeat("名", 1024),
	}
}

func (p blobPlay) names(ctx context.Context) error {
	for _, name := range oddNames() {
		b, err := p.small(ctx, "names/"+name, name)
		if len([]rune(name)) == 1024 {
			if err == nil {
				return errors.New("a name that is too long is taken")
			}
			b, err = p.small(ctx, string([]rune(name)[6:])+"names/", name)
		}
		if err != nil {
			return fmt.Errorf("%.40q: %w", name, err)
		}
		text, err := read(ctx, b.BlobClient())
		if err != nil || text != name {
			return fmt.Errorf("%.40q: %.40q %w", name, text, err)
		}
	}
	return nil
}

func (p blobPlay) list(ctx context.Context) error {
	for _, name := range []string{"list/a", "list/b/1", "list/b/2", "list/c"} {
		if _, err := p.small(ctx, name, name); err != nil {
			return err
		}
	}
	var got []string
	pages := p.files.NewListBlobsHierarchyPager("/", &container.ListBlobsHierarchyOptions{
		Prefix: to.Ptr("list/"), MaxResults: to.Ptr(int32(2)), Include: container.ListBlobsInclude{Metadata: true},
	})
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, b := range page.Segment.BlobItems {
			got = append(got, *b.Name)
		}
		for _, b := range page.Segment.BlobPrefixes {
			got = append(got, *b.Name)
		}
	}
	if !slices.Equal(got, []string{"list/a", "list/b/", "list/c"}) {
		return fmt.Errorf("%q", got)
	}
	_, err := p.files.NewListBlobsFlatPager(&container.ListBlobsFlatOptions{Include: container.ListBlobsInclude{Snapshots: true}}).NextPage(ctx)
	if err := want(err, "NotImplemented"); err != nil {
		return err
	}
	_, err = p.files.NewListBlobsFlatPager(&container.ListBlobsFlatOptions{Marker: to.Ptr("AAAA")}).NextPage(ctx)
	return want(err, bloberror.InvalidQueryParameterValue)
}

// signature gives a blob to somebody without an identity, for reading only.
func (p blobPlay) signature(ctx context.Context) error {
	if _, err := p.small(ctx, "signed", "for you"); err != nil {
		return err
	}
	now := time.Now().UTC()
	key, err := p.service.GetUserDelegationCredential(ctx, service.KeyInfo{
		Start: to.Ptr(now.Add(-time.Minute).Format(sas.TimeFormat)), Expiry: to.Ptr(now.Add(time.Hour).Format(sas.TimeFormat)),
	}, nil)
	if err != nil {
		return err
	}
	sign := func(v sas.BlobSignatureValues) string {
		v.Protocol, v.ExpiryTime, v.ContainerName = sas.ProtocolHTTPS, now.Add(30*time.Minute), "files"
		q, signErr := v.SignWithUserDelegation(key)
		err = errors.Join(err, signErr)
		return q.Encode()
	}
	open := func(name, query string) *blockblob.Client {
		c, openErr := blockblob.NewClientWithNoCredential(p.files.NewBlobClient(name).URL()+"?"+query, &blockblob.ClientOptions{ClientOptions: once()})
		err = errors.Join(err, openErr)
		return c
	}
	one := sign(sas.BlobSignatureValues{BlobName: "signed", Permissions: "r"})
	whole := sign(sas.BlobSignatureValues{Permissions: "cl"})
	if err != nil {
		return err
	}
	text, err := read(ctx, open("signed", one).BlobClient())
	if err == nil && text != "for you" {
		err = errors.New(text)
	}
	_, write := open("signed", one).Upload(ctx, body([]byte("x")), nil)
	_, other := read(ctx, open("large", one).BlobClient())
	_, changed := read(ctx, open("signed", strings.Replace(one, "sp=r", "sp=rw", 1)).BlobClient())
	_, made := open("made", whole).Upload(ctx, body([]byte("x")), nil)
	_, over := open("made", whole).Upload(ctx, body([]byte("y")), nil)
	_, long := p.service.GetUserDelegationCredential(ctx, service.KeyInfo{
		Start: to.Ptr(now.Format(sas.TimeFormat)), Expiry: to.Ptr(now.Add(8 * 24 * time.Hour).Format(sas.TimeFormat)),
	}, nil)
	return errors.Join(err, want(write, bloberror.AuthorizationPermissionMismatch), want(other, bloberror.AuthenticationFailed),
		want(changed, bloberror.AuthenticationFailed), made, want(over, bloberror.AuthorizationPermissionMismatch), want(long, bloberror.InvalidXMLNodeValue))
}

// containers makes and deletes a container, which the role on one container does not allow.
func (p blobPlay) containers(ctx context.Context) error {
	_, err := p.service.NewContainerClient("made").Create(ctx, nil)
	denied := want(err, bloberror.AuthorizationPermissionMismatch)
	_, again := p.files.Create(ctx, nil)
	_, set := p.files.SetMetadata(ctx, &container.SetMetadataOptions{Metadata: map[string]*string{"owner": to.Ptr("me")}})
	props, err := p.files.GetProperties(ctx, nil)
	if err == nil && len(props.Metadata) != 1 {
		err = fmt.Errorf("%v", props.Metadata)
	}
	return errors.Join(denied, want(again, bloberror.ContainerAlreadyExists), set, err)
}

func (p blobPlay) refused(ctx context.Context) error {
	_, list := p.others.NewListBlobsFlatPager(nil).NextPage(ctx)
	_, get := read(ctx, p.others.NewBlobClient("theirs"))
	_, put := p.others.NewBlockBlobClient("mine").Upload(ctx, body([]byte("x")), nil)
	_, tags := p.files.NewBlobClient("signed").GetTags(ctx, nil)
	_, snapshot := p.files.NewBlobClient("signed").CreateSnapshot(ctx, nil)
	_, tier := p.files.NewBlobClient("signed").SetTier(ctx, blob.AccessTierCool, nil)
	mismatch := bloberror.AuthorizationPermissionMismatch
	return errors.Join(want(list, mismatch), want(get, mismatch), want(put, mismatch),
		want(tags, "NotImplemented"), want(snapshot, "NotImplemented"), want(tier, "NotImplemented"))
}
