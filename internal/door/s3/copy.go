package s3

import (
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/s3/body"
	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/web"
)

// CopyToItself means that an object would be copied to itself with nothing changed.
const CopyToItself fault.Reason = "s3.copy_to_itself"

// copySource is an open source of a copy, and the call of a GetObject on it.
type copySource struct {
	*objects.Object
	call *call
}

// openSource opens the object that is to be copied: by the right to read it, which is asked as if it were read (threat A15),
// and under the conditions that the request has on it.
func (d Door) openSource(c *call) (copySource, error) {
	bucket, key, err := wire.ParseCopySource(c.header.Get("x-amz-copy-source"))
	if err != nil {
		return copySource{}, err
	}
	s := *c
	s.target.bucket, s.target.key, s.seen, s.tags = bucket, key, nil, nil
	s.op.action, s.op.makes = actionGet, false
	found, ok := c.v.Bucket(bucket)
	if !ok {
		return copySource{}, fault.New(fault.NotFound, directory.BucketNotFound, "The specified bucket does not exist")
	}
	if owner := c.header.Get("x-amz-source-expected-bucket-owner"); owner != "" && owner != found.Account.String() {
		return copySource{}, fault.New(fault.Denied, OtherOwner, "The bucket does not belong to the expected account.")
	}
	s.bucket = found
	s.facts = d.factsOf(&s)
	if err := s.permit(actionGet, s.resource()); err != nil {
		return copySource{}, err
	}
	o, err := d.Objects.Get(c.context(), found.UID, key)
	if err != nil {
		return copySource{}, s.missing(err)
	}
	src := copySource{o, &s}
	if err := src.mayCopy(d); err != nil {
		_ = o.Close() // it was only read
		return copySource{}, err
	}
	return src, nil
}

// mayCopy looks at the object itself: is it the one that was decided about, and the one that the conditions name? A
// condition that does not hold is a 412 in each case (S3 API Reference, CopyObject).
func (s copySource) mayCopy(d Door) error {
	if err := d.stillPermitted(s.call, actionGet, s.Info); err != nil {
		return err
	}
	h := http.Header{}
	for _, header := range []string{"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"} {
		if value := s.call.header.Get("x-amz-copy-source-" + header); value != "" {
			h.Set(header, value)
		}
	}
	same, err := web.CheckConditions(h, s.ETag, s.LastModified)
	if err == nil && same {
		err = notMet()
	}
	return err
}

// copyObject stores a copy of an object.
func (d Door) copyObject(c *call, w http.ResponseWriter) error {
	if err := c.keyFits(); err != nil {
		return err
	}
	check, err := d.check(c)
	if err != nil {
		return err
	}
	src, err := d.openSource(c)
	if err != nil {
		return err
	}
	defer src.Close() //nolint:errcheck // it was only read
	if src.Size > objects.MaxSize {
		return fault.New(fault.Invalid, objects.TooLarge, "The specified copy source is larger than the maximum allowable size for a copy source: %d", int64(objects.MaxSize))
	}
	meta, err := c.copiedMeta(src)
	if err != nil {
		return err
	}
	algorithm := strings.ToLower(c.header.Get("x-amz-checksum-algorithm"))
	switch {
	case algorithm != "" && !body.Offered(algorithm):
		return unsupported("The checksum algorithm %.32q is not offered.", algorithm)
	case algorithm == "" && src.Checksum != nil:
		algorithm = src.Checksum.Algorithm // of the copy as a whole, whatever the source was made of
	}
	from, sum := body.Summing(src, algorithm)
	info, err := d.Objects.Put(c.context(), objects.Upload{
		Space: c.bucket.UID, Key: c.target.key, Meta: meta, Body: from, Size: src.Size, Check: check, Checksum: sum,
	})
	if err != nil {
		return c.missing(err)
	}
	x := awswire.NewDocument("CopyObjectResult", awswire.S3Namespace)
	x.Text("LastModified", stamp(info.LastModified))
	x.Text("ETag", `"`+info.ETag+`"`)
	writeSum(x, info.Checksum)
	return writeXML(w, x)
}

// copiedMeta is what is said of the copy: what is said of the source, or what the request says instead.
func (c *call) copiedMeta(src copySource) (objects.Meta, error) {
	meta := src.Meta
	replace, err := c.directive("x-amz-metadata-directive")
	if err != nil {
		return meta, err
	}
	if err := wire.CheckOptions(c.header); err != nil {
		return meta, err
	}
	if replace {
		meta = wire.MetaOf(c.header)
		meta.ContentEncoding = c.header.Get("Content-Encoding")
	} else if src.call.bucket.UID == c.bucket.UID && src.Key == c.target.key {
		return meta, fault.New(fault.Invalid, CopyToItself, "This copy request is illegal because it is trying to copy an object to itself "+
			"without changing the object's metadata, storage class, website redirect location or encryption attributes.")
	}
	replace, err = c.directive("x-amz-tagging-directive")
	switch {
	case err != nil:
		return meta, err
	case replace:
		meta.Tags = c.tags
	case len(c.tags) > 0:
		return meta, badArgument("The header x-amz-tagging goes with x-amz-tagging-directive: REPLACE only.")
	case len(src.Tags) > 0: // what the tags are is for who may read them
		if err := src.call.permit(actionGetTags, src.call.resource()); err != nil {
			return meta, err
		}
	}
	return meta, c.permitTags(meta.Tags)
}

// directive reads whether something is copied, as it is by default, or replaced.
func (c *call) directive(header string) (replace bool, err error) {
	switch value := c.header.Get(header); value {
	case "", "COPY":
		return false, nil
	case "REPLACE":
		return true, nil
	default:
		return false, badArgument("The header %s must be COPY or REPLACE.", header)
	}
}
