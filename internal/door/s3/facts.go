package s3

import (
	"crypto/tls"
	"maps"
	"slices"
	"strconv"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/glob"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// factsOf gives the condition keys of the request. A key that was not sent is absent (Service Authorization Reference,
// "Condition keys for Amazon S3").
func (d Door) factsOf(c *call) *cond.Facts {
	f := access.Facts(access.Network{
		Now: d.Now(), Remote: c.event.Remote(), Secure: c.r.TLS != nil, UserAgent: c.r.UserAgent(),
	})
	access.AddSession(f, c.v, c.session.Session, c.session.Role)
	f.Set("s3:signatureversion", "AWS4-HMAC-SHA256")
	f.Set("s3:authType", "REST-HEADER")
	if proof := c.session.Proof; proof.Presigned {
		f.Set("s3:authType", "REST-QUERY-STRING")
		f.Set("s3:signatureAge", strconv.FormatInt(d.Now().Sub(proof.SignedAt).Milliseconds(), 10))
	}
	if c.r.TLS != nil && c.r.TLS.Version >= tls.VersionTLS12 {
		f.Set("s3:TlsVersion", "1."+strconv.Itoa(int(c.r.TLS.Version-tls.VersionTLS12)+2))
	}
	f.Set("s3:x-amz-content-sha256", c.session.Proof.Payload.String())
	if c.bucket != nil {
		f.Set("s3:ResourceAccount", c.bucket.Account.String())
	}
	if c.op.action == actionListBucket || c.op.action == "s3:ListBucketVersions" {
		for _, p := range []string{"prefix", "delimiter", "max-keys"} {
			if value, sent := c.param(p); sent {
				f.Set("s3:"+p, value)
			}
		}
	}
	c.addHeaders(f)
	d.addTags(c, f)
	return f
}

// addHeaders puts in the headers that policies may ask about.
func (c *call) addHeaders(f *cond.Facts) {
	for header, key := range map[string]string{
		"X-Amz-Acl": "s3:x-amz-acl", "X-Amz-Metadata-Directive": "s3:x-amz-metadata-directive",
		"X-Amz-Storage-Class": "s3:x-amz-storage-class", "If-Match": "s3:if-match", "If-None-Match": "s3:if-none-match",
	} {
		if values := c.header[header]; len(values) > 0 {
			f.Set(key, values...)
		}
	}
	if source := c.header.Get("X-Amz-Copy-Source"); source != "" {
		if bucket, key, err := wire.ParseCopySource(source); err == nil {
			source = bucket + "/" + key
		}
		f.Set("s3:x-amz-copy-source", source)
	}
}

// addTags puts in the tags that the request sets, and those that the object has. These are looked up when a policy asks.
func (d Door) addTags(c *call, f *cond.Facts) {
	if len(c.tags) > 0 {
		f.Set("s3:RequestObjectTagKeys", slices.Sorted(maps.Keys(c.tags))...)
		for k, value := range c.tags {
			f.Set("s3:RequestObjectTag/"+k, value)
		}
	}
	switch c.op.action {
	case actionGet, actionGetTags, actionPutTags, "s3:DeleteObjectTagging":
		f.SetUnder("s3:existingobjecttag/", func(tag string) ([]string, bool) { return d.existingTag(c, tag) })
	}
}

// existingTag gives a tag of the object by its key in lower case; tags differ in more than case. What the decision has seen
// is kept: the object may be another one by the time that it is read.
func (d Door) existingTag(c *call, tag string) ([]string, bool) {
	if c.seen == nil {
		info, err := d.Objects.Head(c.context(), c.bucket.UID, c.target.key)
		if err != nil && !fault.Is(err, objects.NotFound) {
			c.blind = err
		}
		c.seen = &info
	}
	for k, value := range c.seen.Tags {
		if glob.Lower(k) == tag {
			return []string{value}, true
		}
	}
	return nil, false
}

// stillPermitted decides again if the object is not the one whose tags the decision has seen.
func (d Door) stillPermitted(c *call, action string, now objects.Info) error {
	if c.seen == nil || maps.Equal(c.seen.Tags, now.Tags) {
		return nil
	}
	c.seen = &now
	return c.permit(action, c.resource())
}
