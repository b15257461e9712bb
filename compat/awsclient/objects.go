package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	managed "github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

const part = 5 << 20

// keys are what clients and servers spell differently when they get it wrong.
func keys() []string { return []string{"k", "a b+c/é~*key", "a//b/../c"} }

// store is one bucket.
type store struct {
	*s3.Client
	bucket *string
}

// objects plays with the objects of a bucket.
func objects(ctx context.Context, bucket string) error {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRetryMaxAttempts(1))
	if err != nil {
		return err
	}
	s := store{s3.NewFromConfig(cfg), &bucket}
	return steps(ctx, []step{
		{"objects", s.objects}, {"streams", s.streams}, {"multipart", s.multipart}, {"lists", s.lists}, {"conditions", s.conditions},
		{"presigned", s.presigned}, {"batch", s.batch}, {"refused", s.refused},
	})
}

func (s store) put(ctx context.Context, key string, body io.Reader) error {
	_, err := s.PutObject(ctx, &s3.PutObjectInput{Bucket: s.bucket, Key: &key, Body: body})
	return err
}

func (s store) get(ctx context.Context, key string) ([]byte, error) {
	got, err := s.GetObject(ctx, &s3.GetObjectInput{Bucket: s.bucket, Key: &key})
	if err != nil {
		return nil, err
	}
	defer got.Body.Close()
	return io.ReadAll(got.Body)
}

// holds wants an object to be what was sent.
func (s store) holds(ctx context.Context, key string, sent []byte) error {
	got, err := s.get(ctx, key)
	if err == nil && !bytes.Equal(got, sent) {
		err = fmt.Errorf("%s: %d bytes came back of %d, or other ones", key, len(got), len(sent))
	}
	return err
}

func (s store) objects(ctx context.Context) error {
	for _, key := range keys() {
		if err := errors.Join(s.put(ctx, key, strings.NewReader(key)), s.holds(ctx, key, []byte(key))); err != nil {
			return err
		}
	}
	for _, algorithm := range types.ChecksumAlgorithm("").Values() {
		if !slices.Contains([]types.ChecksumAlgorithm{"CRC32", "CRC32C", "SHA1", "SHA256", "CRC64NVME"}, algorithm) {
			continue // newer ones, which nothing uses unless it is told to
		}
		if _, err := s.PutObject(ctx, &s3.PutObjectInput{
			Bucket: s.bucket, Key: aws.String("k"), Body: strings.NewReader("x"), ChecksumAlgorithm: algorithm,
		}); err != nil {
			return fmt.Errorf("%s: %w", algorithm, err)
		}
		if err := s.holds(ctx, "k", []byte("x")); err != nil {
			return err
		}
	}
	return nil
}

// streams sends what has a length and cannot be read twice, as a pipe.
func (s store) streams(ctx context.Context) error {
	sent := make([]byte, 100_000)
	_, _ = rand.Read(sent)
	_, err := s.PutObject(ctx, &s3.PutObjectInput{
		Bucket: s.bucket, Key: aws.String("streamed"), Body: io.MultiReader(bytes.NewReader(sent)), ContentLength: aws.Int64(int64(len(sent))),
	})
	return errors.Join(err, s.holds(ctx, "streamed", sent))
}

// multipart sends and reads by the transfer manager, from a stream whose length nobody knows.
func (s store) multipart(ctx context.Context) error {
	sent := make([]byte, 2*part+7)
	_, _ = rand.Read(sent)
	manager := transfermanager.New(s.Client, func(o *transfermanager.Options) {
		o.PartSizeBytes, o.MultipartUploadThreshold = part, part
		o.GetObjectType = managed.GetObjectRanges // by the numbers of parts, which is its other way, it is refused
	})
	if _, err := manager.UploadObject(ctx, &transfermanager.UploadObjectInput{
		Bucket: s.bucket, Key: aws.String("large"), Body: io.MultiReader(bytes.NewReader(sent)),
	}); err != nil {
		return err
	}
	head, err := s.HeadObject(ctx, &s3.HeadObjectInput{Bucket: s.bucket, Key: aws.String("large")})
	if err != nil {
		return err
	}
	if !strings.HasSuffix(*head.ETag, `-3"`) {
		return fmt.Errorf("the tag %s is not of three parts", *head.ETag)
	}
	got, err := manager.GetObject(ctx, &transfermanager.GetObjectInput{Bucket: s.bucket, Key: aws.String("large")})
	if err != nil {
		return err
	}
	back, err := io.ReadAll(got.Body)
	if err == nil && !bytes.Equal(back, sent) {
		err = errors.New("other bytes came back")
	}
	return err
}

func (s store) lists(ctx context.Context) error {
	var found []string
	for pages := s3.NewListObjectsV2Paginator(s.Client, &s3.ListObjectsV2Input{Bucket: s.bucket, MaxKeys: aws.Int32(2)}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, o := range page.Contents {
			found = append(found, *o.Key)
		}
	}
	return same(strings.Join(found, " | "), "a b+c/é~*key | a//b/../c | k | large | streamed")
}

func (s store) conditions(ctx context.Context) error {
	tagged := func(match, none *string) error {
		_, err := s.PutObject(ctx, &s3.PutObjectInput{
			Bucket: s.bucket, Key: aws.String("k"), Body: strings.NewReader("y"), IfMatch: match, IfNoneMatch: none,
		})
		return err
	}
	head, err := s.HeadObject(ctx, &s3.HeadObjectInput{Bucket: s.bucket, Key: aws.String("k")})
	if err != nil {
		return err
	}
	if err := errors.Join(refused("PreconditionFailed", tagged(nil, aws.String("*"))), tagged(head.ETag, nil)); err != nil {
		return err
	}
	return refused("PreconditionFailed", tagged(head.ETag, nil))
}

// presigned puts and gets by addresses alone, with a client that knows nothing of AWS.
func (s store) presigned(ctx context.Context) error {
	ca, err := os.ReadFile(os.Getenv("AWS_CA_BUNDLE"))
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
	ask := func(signed *v4.PresignedHTTPRequest, err error, body string) (string, error) {
		if err != nil {
			return "", err
		}
		req, err := http.NewRequestWithContext(ctx, signed.Method, signed.URL, strings.NewReader(body))
		if err != nil {
			return "", err
		}
		req.Header = signed.SignedHeader
		res, err := client.Do(req)
		if err != nil {
			return "", err
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if res.StatusCode != http.StatusOK {
			err = fmt.Errorf("%s %s", res.Status, text)
		}
		return string(text), err
	}
	sign, key := s3.NewPresignClient(s.Client), aws.String("sig ned+")
	put, err := sign.PresignPutObject(ctx, &s3.PutObjectInput{Bucket: s.bucket, Key: key, ContentLength: aws.Int64(6)})
	if _, err = ask(put, err, "by url"); err != nil {
		return err
	}
	get, err := sign.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: s.bucket, Key: key})
	text, err := ask(get, err, "")
	if err != nil {
		return err
	}
	get.URL = strings.Replace(get.URL, "sig%20ned", "sig%20med", 1)
	if _, err := ask(get, nil, ""); err == nil || !strings.Contains(err.Error(), "SignatureDoesNotMatch") {
		return fmt.Errorf("the address of another key: %w", orNothing(err))
	}
	return same(text, "by url")
}

func (s store) batch(ctx context.Context) error {
	got, err := s.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: s.bucket, Delete: &types.Delete{
		Objects: []types.ObjectIdentifier{{Key: aws.String("sig ned+")}, {Key: aws.String("secret/x")}},
	}})
	if err != nil {
		return err
	}
	if len(got.Deleted) != 1 || len(got.Errors) != 1 {
		return fmt.Errorf("%d deleted, %d refused", len(got.Deleted), len(got.Errors))
	}
	return same(*got.Deleted[0].Key+" "+*got.Errors[0].Code, "sig ned+ AccessDenied")
}

func (s store) refused(ctx context.Context) error {
	_, read := s.get(ctx, "secret/x")
	_, none := s.get(ctx, "none")
	_, parts := s.ListParts(ctx, &s3.ListPartsInput{Bucket: s.bucket, Key: aws.String("k"), UploadId: aws.String("none")})
	return errors.Join(
		refused("AccessDenied", s.put(ctx, "secret/x", strings.NewReader("x"))), refused("AccessDenied", read),
		refused("NoSuchKey", none), refused("NoSuchUpload", parts))
}
