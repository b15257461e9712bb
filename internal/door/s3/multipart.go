package s3

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/door/s3/body"
	"github.com/lanyard-id/lanyard/internal/door/s3/parts"
	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// maxComplete bounds the list of parts in bytes: 10,000 with their checksums.
const maxComplete = 4 << 20

// createUpload begins a multipart upload.
func (d Door) createUpload(c *call, w http.ResponseWriter) error {
	if err := c.keyFits(); err != nil {
		return err
	}
	meta, err := c.metadata()
	if err != nil {
		return err
	}
	if meta.Tags, err = c.tags, c.permitTags(c.tags); err != nil {
		return err
	}
	if meta.ContentEncoding, err = body.Encoding(c.source()); err != nil {
		return err
	}
	n := parts.Note{Initiator: c.session.ARN(c.session.Role).String(), UserID: c.session.UserID(), Account: c.session.Account}
	if n.Algorithm = strings.ToLower(c.header.Get("x-amz-checksum-algorithm")); n.Algorithm != "" {
		if !body.Offered(n.Algorithm) {
			return unsupported("The checksum algorithm %.32q is not offered.", n.Algorithm)
		}
		if n.Composite, err = body.Composite(n.Algorithm, c.header.Get("x-amz-checksum-type")); err != nil {
			return err
		}
	} else if c.header.Get("x-amz-checksum-type") != "" {
		return badArgument("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
	}
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	id, err := d.Objects.Begin(c.context(), c.bucket.UID, objects.Pending{Key: c.target.key, Meta: meta, Note: string(text)})
	if err != nil {
		return err
	}
	if n.Algorithm != "" {
		w.Header().Set("x-amz-checksum-algorithm", strings.ToUpper(n.Algorithm))
		w.Header().Set("x-amz-checksum-type", body.TypeOf(&objects.Checksum{Composite: n.Composite}))
	}
	x := awswire.NewDocument("InitiateMultipartUploadResult", awswire.S3Namespace)
	x.Text("Bucket", c.bucket.Name)
	x.Text("Key", c.target.key)
	x.Text("UploadId", id)
	return writeXML(w, x)
}

// pending finds the upload that the request names.
func (d Door) pending(c *call) (objects.Pending, []objects.Part, parts.Note, error) {
	id, _ := c.param("uploadId")
	p, all, err := d.Objects.Pending(c.context(), c.bucket.UID, c.target.key, id)
	if err != nil {
		return p, nil, parts.Note{}, err
	}
	n, err := parts.NoteOf(p)
	return p, all, n, err
}

// partNumber reads the number of a part.
func (c *call) partNumber() (string, error) {
	text, _ := c.param("partNumber")
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n < 1 || n > wire.MaxParts {
		return "", badArgument("Part number must be an integer between 1 and %d, inclusive", wire.MaxParts)
	}
	return parts.ID(int(n)), nil
}

// uploadPart stores a part. It is durable when the answer goes out, and shows nowhere until its upload is complete.
func (d Door) uploadPart(c *call, w http.ResponseWriter) error {
	b, err := body.Open(c.source())
	if err != nil {
		return err
	}
	up := objects.PartUpload{Upload: objects.Upload{Body: b, Size: b.Size, MD5: b.MD5, SHA256: b.SHA256, Checksum: b.Checksum}}
	part, err := d.stage(c, up, b.Algorithm())
	if err != nil {
		return b.Blame(err)
	}
	writeStored(w.Header(), part.MD5, part.Checksum)
	w.WriteHeader(http.StatusOK)
	return nil
}

// stage stores a part of the upload that the request names; algorithm is that of its checksum.
func (d Door) stage(c *call, up objects.PartUpload, algorithm string) (objects.Part, error) {
	number, err := c.partNumber()
	if err != nil {
		return objects.Part{}, err
	}
	if up.Size > objects.MaxSize {
		return objects.Part{}, fault.New(fault.Invalid, objects.TooLarge, "Your proposed upload exceeds the maximum allowed size")
	}
	p, _, n, err := d.pending(c)
	if err != nil {
		return objects.Part{}, err
	}
	if n.Algorithm != "" && n.Algorithm != algorithm {
		return objects.Part{}, fault.New(fault.Invalid, parts.ChecksumType,
			"Checksum Type mismatch occurred, expected checksum Type: %s, actual checksum Type: %s", n.Algorithm, cmp.Or(algorithm, "null"))
	}
	up.Space, up.Key, up.Own, up.ID = c.bucket.UID, p.Key, p.ID, number
	return d.Objects.Stage(c.context(), up)
}

// completeUpload makes the object of its parts in one step; their bytes are not touched.
func (d Door) completeUpload(c *call, w http.ResponseWriter) error {
	check, err := d.check(c)
	if err != nil {
		return err
	}
	// The checksums in the headers are the object's, not the list's.
	src := c.source()
	src.Header = body.WithoutChecksums(c.header)
	text, err := body.Document(src, maxComplete)
	if err != nil {
		return err
	}
	chosen, err := wire.ParseComplete(text)
	if err != nil {
		return err
	}
	if err := parts.Ordered(chosen); err != nil {
		return err
	}
	p, _, n, err := d.pending(c)
	if err != nil {
		return err
	}
	a := objects.Assembly{Space: c.bucket.UID, Key: p.Key, Meta: p.Meta, Own: p.ID, Check: check}
	for _, part := range chosen {
		a.Parts = append(a.Parts, objects.Choice{ID: parts.ID(part.Number), From: objects.Waiting})
	}
	a.Judge = func(all []objects.Part) (*objects.Checksum, error) { return parts.Judge(c.header, n, chosen, all) }
	info, err := d.Objects.Assemble(c.context(), a)
	if err != nil {
		return c.missing(err)
	}
	x := awswire.NewDocument("CompleteMultipartUploadResult", awswire.S3Namespace)
	x.Text("Location", "https://"+c.r.Host+c.r.URL.EscapedPath())
	x.Text("Bucket", c.bucket.Name)
	x.Text("Key", info.Key)
	x.Text("ETag", `"`+info.ETag+`"`)
	writeSum(x, info.Checksum)
	return writeXML(w, x)
}

// writeSum writes a checksum and its type, if there is one.
func writeSum(x *awswire.XML, sum *objects.Checksum) {
	if sum != nil {
		x.Text(body.ElementOf(sum.Algorithm), sum.Value)
		x.Text("ChecksumType", body.TypeOf(sum))
	}
}

// abortUpload gives an upload up; its parts are gone.
func (d Door) abortUpload(c *call, w http.ResponseWriter) error {
	id, _ := c.param("uploadId")
	if err := d.Objects.Abandon(c.context(), c.bucket.UID, c.target.key, id); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// copyPart stores a part that is copied from an object, or from a range of it.
func (d Door) copyPart(c *call, w http.ResponseWriter) error {
	src, err := d.openSource(c)
	if err != nil {
		return err
	}
	defer src.Close() //nolint:errcheck // it was only read
	length := src.Size
	var from io.Reader = src
	if text := c.header.Get("x-amz-copy-source-range"); text != "" {
		var start int64
		if start, length, err = wire.ParseCopyRange(text, src.Size); err != nil {
			return err
		}
		from = io.NewSectionReader(src, start, length)
	}
	_, _, n, err := d.pending(c)
	if err != nil {
		return err
	}
	from, sum := body.Summing(from, n.Algorithm)
	part, err := d.stage(c, objects.PartUpload{Upload: objects.Upload{Body: from, Size: length, Checksum: sum}}, n.Algorithm)
	if err != nil {
		return err
	}
	x := awswire.NewDocument("CopyPartResult", awswire.S3Namespace)
	x.Text("LastModified", stamp(part.Staged))
	x.Text("ETag", `"`+part.MD5+`"`)
	if part.Checksum != nil {
		x.Text(body.ElementOf(part.Checksum.Algorithm), part.Checksum.Value)
	}
	return writeXML(w, x)
}
