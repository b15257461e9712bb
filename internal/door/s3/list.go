package s3

import (
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/door/s3/body"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// maxKeys bounds one page of objects, common prefixes counted (S3 API Reference, ListObjectsV2).
const maxKeys = 1000

// listing is one page of a bucket: what was asked and what was found.
type listing struct {
	query  objects.Query
	page   objects.Page
	limit  int
	encode func(string) string // of keys and prefixes
	owner  bool                // tell the owner of each object
}

// listObjectsV2 lists one page; a continuation token wins over start-after, as on S3.
func (d Door) listObjectsV2(c *call, w http.ResponseWriter) error {
	after, err := c.token("continuation-token")
	if err != nil {
		return err
	}
	startAfter, started := c.param("start-after")
	if after == "" {
		after = startAfter
	}
	l, err := d.list(c, after)
	if err != nil {
		return err
	}
	fetch, _ := c.param("fetch-owner")
	l.owner = fetch == "true"
	x := awswire.NewDocument("ListBucketResult", awswire.S3Namespace)
	l.writeHead(c, x)
	x.Int("KeyCount", int64(len(l.page.Objects)+len(l.page.Prefixes)))
	if token, sent := c.param("continuation-token"); sent {
		x.Text("ContinuationToken", token)
	}
	if l.page.Next != "" {
		x.Text("NextContinuationToken", tokenOf(l.page.Next))
	}
	if started {
		x.Text("StartAfter", l.encode(startAfter))
	}
	l.writeEntries(c, x, "Contents")
	return writeXML(w, x)
}

// listObjects lists one page in the older form, which goes on by names. S3 tells the next marker only where there is a
// delimiter; without one it is the last key.
func (d Door) listObjects(c *call, w http.ResponseWriter) error {
	marker, _ := c.param("marker")
	l, err := d.list(c, marker)
	if err != nil {
		return err
	}
	l.owner = true
	x := awswire.NewDocument("ListBucketResult", awswire.S3Namespace)
	l.writeHead(c, x)
	x.Text("Marker", l.encode(marker))
	if l.page.Next != "" && l.query.Delimiter != "" {
		x.Text("NextMarker", l.encode(l.page.Next))
	}
	l.writeEntries(c, x, "Contents")
	return writeXML(w, x)
}

// list reads what both forms have in common and fetches the page.
func (d Door) list(c *call, after string) (listing, error) {
	var l listing
	if err := l.readNames(c); err != nil {
		return l, err
	}
	l.query.After = after
	var err error
	if l.limit, err = c.number("max-keys", maxKeys); err != nil || l.limit == 0 {
		return l, err // none were asked for: the store would take 0 for no bound
	}
	l.query.Max = l.limit
	l.page, err = d.Objects.List(c.context(), c.bucket.UID, l.query)
	return l, err
}

// readNames reads which names are wanted and how they are written.
func (l *listing) readNames(c *call) error {
	l.query.Prefix, _ = c.param("prefix")
	l.query.Delimiter, _ = c.param("delimiter")
	switch encoding, _ := c.param("encoding-type"); encoding {
	case "":
		l.encode = func(s string) string { return s }
	case "url":
		l.encode = func(s string) string { return strings.ReplaceAll(awswire.URIEncode(s), "%2F", "/") }
	default:
		return badArgument("Invalid Encoding Method specified in Request")
	}
	return nil
}

func (l listing) writeHead(c *call, x *awswire.XML) {
	x.Text("Name", c.bucket.Name)
	l.writeQuery(c, x)
	x.Int("MaxKeys", int64(l.limit))
	x.Bool("IsTruncated", l.page.Next != "")
}

// writeQuery repeats which names are wanted.
func (l listing) writeQuery(c *call, x *awswire.XML) {
	x.Text("Prefix", l.encode(l.query.Prefix))
	if l.query.Delimiter != "" {
		x.Text("Delimiter", l.encode(l.query.Delimiter))
	}
	if encoding, _ := c.param("encoding-type"); encoding != "" {
		x.Text("EncodingType", encoding)
	}
}

// writeEntries writes the objects, each as an element of this name, and the common prefixes.
func (l listing) writeEntries(c *call, x *awswire.XML, element string) {
	for _, o := range l.page.Objects {
		x.Begin(element)
		x.Text("Key", l.encode(o.Key))
		if element == "Version" { // there is one of each object
			x.Text("VersionId", "null")
			x.Bool("IsLatest", true)
		}
		x.Text("LastModified", stamp(o.LastModified))
		x.Text("ETag", `"`+o.ETag+`"`)
		if o.Checksum != nil {
			x.Text("ChecksumAlgorithm", strings.ToUpper(o.Checksum.Algorithm))
			x.Text("ChecksumType", body.TypeOf(o.Checksum))
		}
		x.Int("Size", o.Size)
		x.Text("StorageClass", "STANDARD")
		if l.owner {
			c.writeOwner(x, c.bucket.Account)
		}
		x.End()
	}
	l.writePrefixes(x, l.page.Prefixes)
}

func (l listing) writePrefixes(x *awswire.XML, prefixes []string) {
	for _, p := range prefixes {
		x.Begin("CommonPrefixes")
		x.Text("Prefix", l.encode(p))
		x.End()
	}
}

// listVersions lists one page of objects as what they are where nobody keeps versions: each with its only one, "null".
func (d Door) listVersions(c *call, w http.ResponseWriter) error {
	marker, _ := c.param("key-marker")
	l, err := d.list(c, marker)
	if err != nil {
		return err
	}
	l.owner = true
	x := awswire.NewDocument("ListVersionsResult", awswire.S3Namespace)
	l.writeHead(c, x)
	x.Text("KeyMarker", l.encode(marker))
	x.Text("VersionIdMarker", "")
	if l.page.Next != "" {
		x.Text("NextKeyMarker", l.encode(l.page.Next))
		x.Text("NextVersionIdMarker", "null")
	}
	l.writeEntries(c, x, "Version")
	return writeXML(w, x)
}
