package main

import (
	"context"
	"fmt"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// sessionName is how the program is called in AWS's own logs.
const sessionName = "two-clouds"

// tokenTime bounds the request for the token that is exchanged.
const tokenTime = 20 * time.Second

// bucket is an S3 bucket, opened by a role that the identity assumes.
type bucket struct {
	name, role string
	client     *s3.Client
	sessions   aws.CredentialsProvider
	tokens     *observed
}

// openBucket makes the client of the bucket. Its credentials are a session of the role, got by AssumeRoleWithWebIdentity
// with a token of the identity; the SDK renews both.
func openBucket(ctx context.Context, s settings, identity azcore.TokenCredential) (*bucket, error) {
	cfg, err := awsConfig(ctx)
	if err != nil {
		return nil, err
	}
	b := &bucket{name: s.bucket, role: s.roleARN, tokens: &observed{TokenCredential: identity}}
	b.sessions = aws.NewCredentialsCache(webIdentity(cfg, s.roleARN, entraToken{b.tokens, s.audience}))
	cfg.Credentials = b.sessions
	b.client = s3.NewFromConfig(cfg)
	return b, nil
}

// awsConfig reads region and endpoints from the environment. Credentials that happen to lie around are not looked for.
func awsConfig(ctx context.Context) (aws.Config, error) {
	return config.LoadDefaultConfig(ctx, config.WithCredentialsProvider(aws.AnonymousCredentials{}))
}

// webIdentity assumes a role with the token that the retriever gives.
func webIdentity(cfg aws.Config, role string, token stscreds.IdentityTokenRetriever) *stscreds.WebIdentityRoleProvider {
	return stscreds.NewWebIdentityRoleProvider(sts.NewFromConfig(cfg), role, token,
		func(o *stscreds.WebIdentityRoleOptions) { o.RoleSessionName = sessionName })
}

// entraToken gives AWS a token of the managed identity: the one place where the two clouds meet.
type entraToken struct {
	identity azcore.TokenCredential
	audience string
}

// GetIdentityToken implements stscreds.IdentityTokenRetriever.
func (t entraToken) GetIdentityToken() ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), tokenTime) // the interface brings no context
	defer cancel()
	token, err := t.identity.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{t.audience + "/.default"}})
	if err != nil {
		return nil, fmt.Errorf("no token for %s: %w", t.audience, err)
	}
	return []byte(token.Token), nil
}

// list reads the bucket page by page.
func (b *bucket) list(ctx context.Context) Listing {
	l := Listing{Store: "aws", Container: b.name, Where: "arn:aws:s3:::" + b.name, Objects: []Object{}}
	pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: &b.name})
	for pages.HasMorePages() && !l.Truncated {
		page, err := pages.NextPage(ctx)
		if err != nil {
			l.Refusal = refusalOf(err)
			return l
		}
		for _, item := range page.Contents {
			l.add(Object{Name: *item.Key, Size: *item.Size, LastModified: *item.LastModified})
		}
	}
	session, err := b.sessions.Retrieve(ctx) // from the cache: the listing just used it
	if err != nil {
		l.Refusal = refusalOf(err)
		return l
	}
	l.Proof = &Proof{
		Kind: "AWS session by web identity", Token: b.tokens.seen(),
		Role: b.role, SessionName: sessionName, AccessKeyID: session.AccessKeyID, SessionExpires: session.Expires,
	}
	return l
}
