package s3

import (
	"net/http"

	"github.com/lanyard-id/lanyard/internal/door/s3/body"
	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// maxTagging bounds the document of a set of tags: 50 of the longest, each character escaped.
const maxTagging = 256 << 10

// readTagHeader reads the tags that an object is to have, before rights are asked that depend on them. Setting tags needs a
// right of its own.
func (c *call) readTagHeader() (err error) {
	if text := c.header.Get("x-amz-tagging"); text != "" {
		c.tags, err = wire.ParseTagHeader(text)
	}
	return err
}

// permitTags asks for the right to set the tags that come with an object (S3 API Reference, PutObject, "Permissions").
func (c *call) permitTags(tags map[string]string) error {
	if len(tags) == 0 {
		return nil
	}
	return c.permit(actionPutTags, c.resource())
}

// readTags reads the document of PutObjectTagging.
func (c *call) readTags() error {
	text, err := body.Document(c.source(), maxTagging)
	if err != nil {
		return err
	}
	c.tags, err = wire.ParseTagging(text, wire.MaxObjectTags)
	return err
}

// objectTags tells the tags of an object.
func (d Door) objectTags(c *call, w http.ResponseWriter) error {
	info, err := d.Objects.Head(c.context(), c.bucket.UID, c.target.key)
	if err != nil {
		return c.missing(err)
	}
	if err := d.stillPermitted(c, c.op.action, info); err != nil {
		return err
	}
	return writeXML(w, wire.Tagging(info.Tags))
}

// tagObject replaces an object's tags, by none for DeleteObjectTagging.
func (d Door) tagObject(c *call, w http.ResponseWriter) error {
	err := d.Objects.SetTags(c.context(), c.bucket.UID, c.target.key, func(now objects.Info) (map[string]string, error) {
		return c.tags, d.stillPermitted(c, c.op.action, now)
	})
	if err != nil {
		return c.missing(err)
	}
	if c.r.Method == http.MethodDelete {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
	return nil
}
