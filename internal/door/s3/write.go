package s3

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/door/s3/body"
	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/web"
)

// putObject stores an object in one request. The object is there whole and durable when the answer goes out.
func (d Door) putObject(c *call, w http.ResponseWriter) error {
	if err := c.keyFits(); err != nil {
		return err
	}
	meta, err := c.metadata()
	if err != nil {
		return err
	}
	check, err := d.check(c)
	if err != nil {
		return err
	}
	b, err := body.Open(c.source())
	if err != nil {
		return err
	}
	if meta.Tags, err = c.tags, c.permitTags(c.tags); err != nil {
		return err
	}
	if meta.ContentEncoding = b.Encoding; b.Size > objects.MaxSize {
		return fault.New(fault.Invalid, objects.TooLarge, "Your proposed upload exceeds the maximum allowed size")
	}
	info, err := d.Objects.Put(c.context(), objects.Upload{
		Space: c.bucket.UID, Key: c.target.key, Meta: meta, Body: b, Size: b.Size, Check: check,
		MD5: b.MD5, SHA256: b.SHA256, Checksum: b.Checksum,
	})
	if err != nil {
		return b.Blame(c.missing(err))
	}
	writeStored(w.Header(), info.ETag, info.Checksum)
	w.WriteHeader(http.StatusOK)
	return nil
}

// source is the body of the request, for who reads it.
func (c *call) source() body.Source {
	return body.Source{
		Header: c.header, Stream: c.r.Body, Length: c.r.ContentLength, Payload: c.session.Proof.Payload, Chunks: c.session.Chunks,
	}
}

// writeStored tells what was stored, and that it has the checksum which was announced.
func writeStored(h http.Header, etag string, sum *objects.Checksum) {
	h.Set("ETag", `"`+etag+`"`)
	writeChecksum(h, sum)
	h.Set("Content-Length", "0")
}

func writeChecksum(h http.Header, sum *objects.Checksum) {
	if sum == nil {
		return
	}
	h.Set(body.Prefix+sum.Algorithm, sum.Value)
	h.Set("x-amz-checksum-type", body.TypeOf(sum))
}

// maxKey is the longest key in bytes of UTF-8 (Creating object key names).
const maxKey = 1024

func (c *call) keyFits() error {
	if len(c.target.key) > maxKey {
		return fault.New(fault.Invalid, objects.KeyInvalid, "Your key is too long")
	}
	return nil
}

// metadata reads what the headers say about an object to be. What would change what is stored and is not offered is
// refused.
func (c *call) metadata() (objects.Meta, error) {
	return wire.MetaOf(c.header), wire.CheckOptions(c.header)
}

// check is the condition that a write depends on, asked in one step with it (S3 User Guide, "Conditional writes").
func (d Door) check(c *call) (objects.Check, error) {
	for _, header := range []string{"If-Modified-Since", "If-Unmodified-Since"} {
		if c.header.Get(header) != "" {
			return nil, unsupported("%s with the header %s is not offered.", c.op.name, header)
		}
	}
	match, none := c.header.Values("If-Match"), c.header.Values("If-None-Match")
	switch {
	case len(match) == 0 && len(none) == 0:
		return nil, nil
	case len(match) > 1 || len(none) > 1 || len(match) == len(none) || len(none) == 1 && none[0] != "*":
		return nil, unsupported("%s is offered with one If-Match, or with If-None-Match: *.", c.op.name)
	case len(none) == 1:
		return func(current *objects.Info) error {
			if current != nil {
				return notMet()
			}
			return nil
		}, nil
	}
	// What the object is like is for who may read it.
	read, err := d.mayRead(c)
	if err != nil {
		return nil, err
	}
	want := strings.Trim(match[0], `"`)
	return func(current *objects.Info) error {
		switch {
		case current == nil:
			return fault.New(fault.NotFound, objects.NotFound, "The specified key does not exist.")
		case want != "*" && want != current.ETag:
			return cmp.Or(d.stillPermitted(read, actionGet, *current), notMet())
		}
		return d.stillPermitted(read, actionGet, *current)
	}, nil
}

// mayRead asks for the right to read the object, as if it were read: by the tags that it has too. It gives the call of that.
func (d Door) mayRead(c *call) (*call, error) {
	read := *c
	read.op.action, read.seen, read.tags = actionGet, nil, nil
	read.facts = d.factsOf(&read)
	return &read, read.permit(actionGet, read.resource())
}

func notMet() error {
	return fault.New(fault.Precondition, web.ConditionNotMet, "At least one of the pre-conditions you specified did not hold")
}

// deleteObject removes an object for good. That it was not there is no failure (S3 API Reference, DeleteObject), unless
// there is a condition on it.
func (d Door) deleteObject(c *call, w http.ResponseWriter) error {
	check, err := d.check(c)
	if err != nil {
		return err
	}
	if err := d.Objects.DeleteIf(c.context(), c.bucket.UID, c.target.key, check); err != nil {
		if check != nil || !fault.Is(err, objects.NotFound) {
			return c.missing(err)
		}
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
