package blob

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/door/blob/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/web"
)

// blobList is the answer to List Blobs.
type blobList struct {
	XMLName    xml.Name `xml:"EnumerationResults"`
	Endpoint   string   `xml:"ServiceEndpoint,attr"`
	Container  string   `xml:"ContainerName,attr"`
	Prefix     string   `xml:"Prefix,omitempty"`
	Marker     string   `xml:"Marker,omitempty"`
	MaxResults int      `xml:"MaxResults,omitempty"`
	Delimiter  string   `xml:"Delimiter,omitempty"`
	Blobs      blobs    `xml:"Blobs"`
	NextMarker string   `xml:"NextMarker"`
}

type blobs struct {
	Blob   []blobItem   `xml:"Blob"`
	Prefix []blobPrefix `xml:"BlobPrefix"`
}

type blobPrefix struct {
	Name wire.Name `xml:"Name"`
}

type blobItem struct {
	Name       wire.Name      `xml:"Name"`
	Properties blobProperties `xml:"Properties"`
	Metadata   wire.Metadata  `xml:"Metadata,omitempty"`
}

// blobProperties are what a listing says of a blob. The ETag has no quotes here, unlike in the header.
type blobProperties struct {
	Created      string `xml:"Creation-Time"`
	LastModified string `xml:"Last-Modified"`
	ETag         string `xml:"Etag"`
	Length       int64  `xml:"Content-Length"`
	Type         string `xml:"Content-Type"`
	Encoding     string `xml:"Content-Encoding,omitempty"`
	Language     string `xml:"Content-Language,omitempty"`
	Disposition  string `xml:"Content-Disposition,omitempty"`
	MD5          string `xml:"Content-MD5,omitempty"`
	Cache        string `xml:"Cache-Control,omitempty"`
	BlobType     string `xml:"BlobType"`
	LeaseStatus  string `xml:"LeaseStatus"`
	LeaseState   string `xml:"LeaseState"`
	Duration     string `xml:"LeaseDuration,omitempty"`
	Encrypted    bool   `xml:"ServerEncrypted"`
}

// listBlobs lists one page of a container in the order of names.
func (d Door) listBlobs(c *call, w http.ResponseWriter) error {
	in := c.container.UID.String()
	q, limit, err := c.page(in)
	if err != nil {
		return err
	}
	page, err := d.Objects.List(c.context(), c.container.UID, q)
	if err != nil {
		return err
	}
	marker, _ := c.target.query.Get("marker")
	out := blobList{
		Endpoint: c.base() + "/", Container: c.container.Name,
		Prefix: q.Prefix, Marker: marker, MaxResults: limit, Delimiter: q.Delimiter,
	}
	if page.Next != "" {
		out.NextMarker = markerOf(in, q, page.Next)
	}
	for _, o := range page.Objects {
		item := blobItem{Name: wire.NameOf(o.Key), Properties: propertiesOf(o, d.Now())}
		if c.includes("metadata") {
			item.Metadata = o.User
		}
		out.Blobs.Blob = append(out.Blobs.Blob, item)
	}
	for _, p := range page.Prefixes {
		out.Blobs.Prefix = append(out.Blobs.Prefix, blobPrefix{wire.NameOf(p)})
	}
	return writeXML(w, out)
}

// page reads which part of the listing of a container or an account is wanted.
func (c *call) page(in string) (q objects.Query, limit int, err error) {
	q.Prefix, _ = c.target.query.Get("prefix")
	q.Delimiter, _ = c.target.query.Get("delimiter")
	if text, _ := c.target.query.Get("maxresults"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 {
			return q, 0, badParameter("maxresults")
		}
		q.Max = min(limit, objects.MaxPage)
	}
	if marker, _ := c.target.query.Get("marker"); marker != "" {
		if q.After, err = parseMarker(in, q, marker); err != nil {
			return q, 0, err
		}
	}
	include, _ := c.target.query.Get("include")
	for part := range strings.SplitSeq(include, ",") {
		if part != "" && part != "metadata" {
			return q, 0, fault.New(fault.Unsupported, OtherOperation, "Listing with include=%.64q is not offered.", part)
		}
	}
	return q, limit, nil
}

// includes tells whether the listing is to include a part.
func (c *call) includes(part string) bool {
	include, _ := c.target.query.Get("include")
	return slices.Contains(strings.Split(include, ","), part)
}

func badParameter(p string) error {
	return fault.New(fault.Invalid, web.BadQuery, "The value of the query parameter %s is not valid.", p)
}

// markerSum is the length in bytes of what binds a marker to its listing.
const markerSum = 8

// markerOf writes a marker, which is opaque to clients: the text behind which to go on, bound to what was listed. It gives
// no right: whoever brings it must have that of the listing.
func markerOf(in string, q objects.Query, after string) string {
	sum := sha256.Sum256([]byte(in + "\x00" + q.Prefix + "\x00" + q.Delimiter))
	return base64.RawURLEncoding.EncodeToString(append(sum[:markerSum:markerSum], after...))
}

// parseMarker reads a marker that the same listing gave.
func parseMarker(in string, q objects.Query, marker string) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(marker)
	if err != nil || len(raw) < markerSum || markerOf(in, q, string(raw[markerSum:])) != marker {
		return "", fault.New(fault.Invalid, BadMarker, "The marker is not one that this listing gave.")
	}
	return string(raw[markerSum:]), nil
}

func propertiesOf(o objects.Info, now time.Time) blobProperties {
	state, status, duration := leaseOf(o, now)
	contentType := o.ContentType
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	return blobProperties{
		Created: o.Created.UTC().Format(http.TimeFormat), LastModified: o.LastModified.UTC().Format(http.TimeFormat),
		ETag: etagOf(o), Length: o.Size, Type: contentType, MD5: o.ContentMD5, Encoding: o.ContentEncoding,
		Language: o.ContentLanguage, Disposition: o.ContentDisposition, Cache: o.CacheControl,
		BlobType: "BlockBlob", LeaseStatus: status, LeaseState: state, Duration: duration,
	}
}

func length(n int64) string { return strconv.FormatInt(n, 10) }

// containerList is the answer to List Containers.
type containerList struct {
	XMLName    xml.Name        `xml:"EnumerationResults"`
	Endpoint   string          `xml:"ServiceEndpoint,attr"`
	Prefix     string          `xml:"Prefix,omitempty"`
	Containers []containerItem `xml:"Containers>Container"`
	NextMarker string          `xml:"NextMarker"`
}

type containerItem struct {
	Name       string              `xml:"Name"`
	Properties containerProperties `xml:"Properties"`
	Metadata   wire.Metadata       `xml:"Metadata,omitempty"`
}

type containerProperties struct {
	LastModified string `xml:"Last-Modified"`
	ETag         string `xml:"Etag"`
	LeaseStatus  string `xml:"LeaseStatus"`
	LeaseState   string `xml:"LeaseState"`
	Immutability bool   `xml:"HasImmutabilityPolicy"`
	LegalHold    bool   `xml:"HasLegalHold"`
}

// listContainers lists all containers of the account in one page.
func (d Door) listContainers(c *call, w http.ResponseWriter) error {
	in := c.account.UID.String()
	q, _, err := c.page(in)
	if err != nil {
		return err
	}
	out := containerList{Endpoint: c.base() + "/", Prefix: q.Prefix}
	for found := range c.v.Containers(c.account) {
		if !strings.HasPrefix(found.Name, q.Prefix) || found.Name <= q.After {
			continue
		}
		if q.Max > 0 && len(out.Containers) == q.Max {
			last := out.Containers[len(out.Containers)-1].Name
			out.NextMarker = markerOf(in, q, last)
			break
		}
		item := containerItem{Name: found.Name, Properties: containerProperties{
			LastModified: lastModified(found).Format(http.TimeFormat), ETag: containerETag(found),
			LeaseStatus: "unlocked", LeaseState: "available",
		}}
		if c.includes("metadata") {
			item.Metadata = found.Metadata
		}
		out.Containers = append(out.Containers, item)
	}
	return writeXML(w, out)
}

func writeXML(w http.ResponseWriter, v any) error {
	b, err := xml.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("Content-Length", strconv.Itoa(len(xml.Header)+len(b)))
	_, err = w.Write(append([]byte(xml.Header), b...))
	return err
}
