package blob

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/view"
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
	Name blobName `xml:"Name"`
}

type blobItem struct {
	Name       blobName       `xml:"Name"`
	Properties blobProperties `xml:"Properties"`
	Metadata   metadata       `xml:"Metadata,omitempty"`
}

// blobName is a name in a listing. One with characters that XML does not know is percent-encoded and says so (List Blobs,
// version 2021-02-12 and later).
type blobName struct {
	Encoded bool   `xml:"Encoded,attr,omitempty"`
	Text    string `xml:",chardata"`
}

func nameOf(key string) blobName {
	known := func(r rune) bool {
		return r == '\t' || r >= 0x20 && r != 0xfffe && r != 0xffff // XML 1.0 section 2.2; line ends would be normalised
	}
	if strings.ContainsFunc(key, func(r rune) bool { return !known(r) }) {
		return blobName{Encoded: true, Text: url.PathEscape(key)}
	}
	return blobName{Text: key}
}

// metadata is written as one element for each name; Put Blob has seen to it that they can be elements.
type metadata map[string]string

// MarshalXML writes the elements in order.
func (m metadata) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	if err := e.EncodeToken(start); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if err := e.EncodeElement(m[name], xml.StartElement{Name: xml.Name{Local: name}}); err != nil {
			return err
		}
	}
	return e.EncodeToken(start.End())
}

// blobProperties are what a listing says of a blob. The ETag has no quotes here, unlike in the header.
type blobProperties struct {
	Created      string `xml:"Creation-Time"`
	LastModified string `xml:"Last-Modified"`
	ETag         string `xml:"Etag"`
	Length       int64  `xml:"Content-Length"`
	Type         string `xml:"Content-Type"`
	MD5          string `xml:"Content-MD5"`
	BlobType     string `xml:"BlobType"`
	LeaseStatus  string `xml:"LeaseStatus"`
	LeaseState   string `xml:"LeaseState"`
	Encrypted    bool   `xml:"ServerEncrypted"`
}

// listBlobs lists one page of a container in the order of names.
func (d Door) listBlobs(c *call, w http.ResponseWriter) error {
	q, limit, err := c.page()
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
		out.NextMarker = base64.RawURLEncoding.EncodeToString([]byte(page.Next))
	}
	for _, o := range page.Objects {
		item := blobItem{Name: nameOf(o.Key), Properties: propertiesOf(o)}
		if include, _ := c.target.query.Get("include"); include == "metadata" {
			item.Metadata = o.User
		}
		out.Blobs.Blob = append(out.Blobs.Blob, item)
	}
	for _, p := range page.Prefixes {
		out.Blobs.Prefix = append(out.Blobs.Prefix, blobPrefix{nameOf(p)})
	}
	return writeXML(w, out)
}

// page reads which part of the listing is wanted. A marker is opaque to clients: the text behind which to go on.
func (c *call) page() (q objects.Query, limit int, err error) {
	q.Prefix, _ = c.target.query.Get("prefix")
	q.Delimiter, _ = c.target.query.Get("delimiter")
	bad := func(p string) error {
		return fault.New(fault.Invalid, web.BadQuery, "The value of the query parameter %s is not valid.", p)
	}
	if text, _ := c.target.query.Get("maxresults"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 {
			return q, 0, bad("maxresults")
		}
		q.Max = min(limit, objects.MaxPage)
	}
	marker, _ := c.target.query.Get("marker")
	after, err := base64.RawURLEncoding.DecodeString(marker)
	if err != nil {
		return q, 0, bad("marker")
	}
	q.After = string(after)
	if include, _ := c.target.query.Get("include"); include != "" && include != "metadata" {
		return q, 0, fault.New(fault.Unsupported, OtherOperation, "Listing with include=%s is not offered.", include)
	}
	return q, limit, nil
}

func propertiesOf(o objects.Info) blobProperties {
	return blobProperties{
		Created: o.Created.UTC().Format(http.TimeFormat), LastModified: o.LastModified.UTC().Format(http.TimeFormat),
		ETag: o.ETag, Length: o.Size, Type: o.ContentType, MD5: contentMD5(o.ETag),
		BlobType: "BlockBlob", LeaseStatus: "unlocked", LeaseState: "available",
	}
}

// contentMD5 writes the digest that is also the ETag the way that Content-MD5 is written.
func contentMD5(etag string) string {
	b, _ := hex.DecodeString(etag) // the store made it
	return base64.StdEncoding.EncodeToString(b)
}

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
	q, _, err := c.page()
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
			out.NextMarker = base64.RawURLEncoding.EncodeToString([]byte(last))
			break
		}
		out.Containers = append(out.Containers, containerItem{Name: found.Name, Properties: containerProperties{
			LastModified: found.Created.UTC().Format(http.TimeFormat), ETag: containerETag(found),
			LeaseStatus: "unlocked", LeaseState: "available",
		}})
	}
	return writeXML(w, out)
}

// containerProperties tells whether a container is there.
func (d Door) containerProperties(c *call, w http.ResponseWriter) error {
	h := w.Header()
	h.Set("ETag", `"`+containerETag(c.container)+`"`)
	h.Set("Last-Modified", c.container.Created.UTC().Format(http.TimeFormat))
	h.Set("x-ms-lease-status", "unlocked")
	h.Set("x-ms-lease-state", "available")
	h.Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
	return nil
}

func containerETag(c *view.Container) string {
	return "0x" + strconv.FormatInt(c.Rev, 16)
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
