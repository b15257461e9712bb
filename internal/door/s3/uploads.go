package s3

import (
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/door/s3/body"
	"github.com/lanyard-id/lanyard/internal/door/s3/parts"
	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// listParts tells the parts of an upload, a page at a time.
func (d Door) listParts(c *call, w http.ResponseWriter) error {
	p, all, n, err := d.pending(c)
	if err != nil {
		return err
	}
	limit, err := c.number("max-parts", maxKeys)
	if err != nil {
		return err
	}
	marker, err := c.number("part-number-marker", wire.MaxParts)
	if err != nil {
		return err
	}
	if text, _ := c.param("part-number-marker"); text == "" {
		marker = 0
	}
	for len(all) > 0 && all[0].ID <= parts.ID(marker) {
		all = all[1:]
	}
	more := len(all) > limit
	all = all[:min(limit, len(all))]
	x := awswire.NewDocument("ListPartsResult", awswire.S3Namespace)
	x.Text("Bucket", c.bucket.Name)
	x.Text("Key", p.Key)
	x.Text("UploadId", p.ID)
	c.writeNote(x, n)
	x.Int("PartNumberMarker", int64(marker))
	if len(all) > 0 {
		x.Int("NextPartNumberMarker", parts.Number(all[len(all)-1]))
	}
	x.Int("MaxParts", int64(limit))
	x.Bool("IsTruncated", more)
	for _, part := range all {
		x.Begin("Part")
		x.Int("PartNumber", parts.Number(part))
		x.Text("LastModified", stamp(part.Staged))
		x.Text("ETag", `"`+part.MD5+`"`)
		x.Int("Size", part.Size)
		if part.Checksum != nil {
			x.Text(body.ElementOf(part.Checksum.Algorithm), part.Checksum.Value)
		}
		x.End()
	}
	return writeXML(w, x)
}

// writeNote tells who began an upload, whose it is, and what checksums its parts have.
func (c *call) writeNote(x *awswire.XML, n parts.Note) {
	x.Begin("Initiator")
	x.Text("ID", n.Initiator)
	x.Text("DisplayName", n.UserID)
	x.End()
	c.writeOwner(x, c.bucket.Account)
	x.Text("StorageClass", "STANDARD")
	if n.Algorithm != "" {
		x.Text("ChecksumAlgorithm", strings.ToUpper(n.Algorithm))
		x.Text("ChecksumType", body.TypeOf(&objects.Checksum{Composite: n.Composite}))
	}
}

// listUploads tells the uploads under way in a bucket, in the order of their keys and then of their age, a page at a time.
func (d Door) listUploads(c *call, w http.ResponseWriter) error {
	limit, err := c.number("max-uploads", maxKeys)
	if err != nil {
		return err
	}
	l := listing{limit: limit}
	if err := l.readNames(c); err != nil {
		return err
	}
	all, err := d.Objects.AllPending(c.context(), c.bucket.UID)
	if err != nil {
		return err
	}
	key, _ := c.param("key-marker")
	id, _ := c.param("upload-id-marker")
	l.query.Max = limit
	page := parts.Cut(parts.Behind(all, key, id), l.query)
	x := awswire.NewDocument("ListMultipartUploadsResult", awswire.S3Namespace)
	x.Text("Bucket", c.bucket.Name)
	x.Text("KeyMarker", l.encode(key))
	x.Text("UploadIdMarker", id)
	if page.More {
		x.Text("NextKeyMarker", l.encode(page.Key))
		x.Text("NextUploadIdMarker", page.ID)
	}
	l.writeQuery(c, x)
	x.Int("MaxUploads", int64(limit))
	x.Bool("IsTruncated", page.More)
	for _, p := range page.Uploads {
		n, err := parts.NoteOf(p)
		if err != nil {
			return err
		}
		x.Begin("Upload")
		x.Text("Key", l.encode(p.Key))
		x.Text("UploadId", p.ID)
		c.writeNote(x, n)
		x.Text("Initiated", stamp(p.Opened))
		x.End()
	}
	l.writePrefixes(x, page.Prefixes)
	return writeXML(w, x)
}
