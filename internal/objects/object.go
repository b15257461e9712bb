package objects

import (
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// Limits of one object. The clouds allow keys of 1,024 bytes (S3, which its door sees to) or characters (Blob); the sizes
// are S3's for one PUT and Blob's for metadata.
const (
	MaxKey  = 4096    // bytes of a key
	MaxMeta = 8 << 10 // bytes of all metadata, names and values
	MaxTags = 8 << 10 // bytes of all tags, names and values
	MaxSize = 5 << 30 // bytes of one upload: an object that is put at once, or one part

	MaxParts  = 50000 // parts of an object: Blob's bound, S3's is smaller
	MaxPartID = 128   // bytes of a part's name within its upload
)

// Meta is what the writer says about an object; it is stored and given back untouched.
type Meta struct {
	ContentType        string            `json:"contentType,omitempty"`
	ContentEncoding    string            `json:"contentEncoding,omitempty"`
	ContentLanguage    string            `json:"contentLanguage,omitempty"`
	ContentDisposition string            `json:"contentDisposition,omitempty"`
	CacheControl       string            `json:"cacheControl,omitempty"`
	ContentMD5         string            `json:"contentMd5,omitempty"` // base64; what the owner says of the content, not what was found
	User               map[string]string `json:"user,omitempty"`       // x-amz-meta-*, x-ms-meta-*, without the prefix
	Tags               map[string]string `json:"tags,omitempty"`       // what policies may ask about
}

// Checksum is a checksum that the door has compared, or made, of a content. It is kept and given back untouched.
type Checksum struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"value"`
	Composite bool   `json:"composite,omitempty"` // of the checksums of the parts
}

// Info is what is known of a stored object. Its maps and pointers are shared: read only.
type Info struct {
	Key          string    `json:"key"`
	Size         int64     `json:"size"`             // bytes
	ETag         string    `json:"etag"`             // hex MD5 of the content, without quotes; of parts see Assemble
	SHA256       string    `json:"sha256,omitempty"` // hex, of the content; empty if it was assembled
	Checksum     *Checksum `json:"checksum,omitempty"`
	LastModified time.Time `json:"lastModified"`     // when content or description were written last, UTC
	Created      time.Time `json:"created"`          // when an object of this key came to be; overwriting keeps it
	Version      int64     `json:"version"`          // rises with every write of the content or the description, but for a lease
	Content      int64     `json:"content"`          // the Version that these bytes came with
	Parts        int       `json:"parts,omitempty"`  // how many parts it was assembled from; 0 is none, it was put at once
	Ended        string    `json:"ended,omitempty"`  // the open upload that this content ended
	Lease        *Lease    `json:"lease,omitempty"`  // nil if it was never leased
	Tagged       bool      `json:"tagged,omitempty"` // the tags were changed since the content was written
	Meta
}

// Lease is what is kept of a lease. What it means is the door's: it is carried over when the content is replaced.
type Lease struct {
	ID      string        `json:"id,omitempty"`
	Length  time.Duration `json:"length,omitempty"` // 0 is for ever
	Expires time.Time     `json:"expires,omitzero"` // of one that is not for ever
	Broken  time.Time     `json:"broken,omitzero"`  // when it is, or was, broken
}

// Check is a condition on an object as it is, nil if there is none of the key. It is asked in one step with the write that
// depends on it. It must neither wait nor change anything.
type Check func(current *Info) error

func (c Check) holds(current *Info) error {
	if c == nil {
		return nil
	}
	return c(current)
}

// Object is an open object. It reads the generation that was current when it was opened, whatever happens to the key
// afterwards. It is an io.ReadSeekCloser and io.ReaderAt, fit for http.ServeContent.
type Object struct {
	Info
	content *io.SectionReader
	close   func() error
}

// Read reads on; io.Reader.
func (o *Object) Read(p []byte) (int, error) { return o.content.Read(p) }

// ReadAt reads at a place of the content; io.ReaderAt.
func (o *Object) ReadAt(p []byte, off int64) (int, error) { return o.content.ReadAt(p, off) }

// Seek moves within the content; io.Seeker.
func (o *Object) Seek(offset int64, whence int) (int64, error) { return o.content.Seek(offset, whence) }

// Close gives the files back.
func (o *Object) Close() error { return o.close() }

// checkKey accepts any UTF-8 of 1 to MaxKey bytes: slashes, dots and control characters mean nothing here.
func checkKey(key string) error {
	switch {
	case key == "" || len(key) > MaxKey:
		return fault.New(fault.Invalid, KeyInvalid, "an object's key has 1 to %d bytes, this has %d", MaxKey, len(key))
	case !utf8.ValidString(key):
		return fault.New(fault.Invalid, KeyInvalid, "an object's key must be UTF-8")
	}
	return nil
}

func checkMeta(m Meta) error {
	total := 0
	check := func(what, s string) error {
		if total += len(s); total > MaxMeta {
			return fault.New(fault.Invalid, MetaInvalid, "the metadata is longer than %d bytes", MaxMeta)
		}
		if !utf8.ValidString(s) {
			return fault.New(fault.Invalid, MetaInvalid, "the %s must be UTF-8", what)
		}
		return nil
	}
	for _, field := range []struct{ what, value string }{
		{"content type", m.ContentType},
		{"content encoding", m.ContentEncoding},
		{"content language", m.ContentLanguage},
		{"content disposition", m.ContentDisposition},
		{"cache control", m.CacheControl},
		{"content's MD5", m.ContentMD5},
	} {
		if err := check(field.what, field.value); err != nil {
			return err
		}
	}
	for k, v := range m.User {
		if err := check("metadata's name", k); err != nil {
			return err
		}
		if err := check(fmt.Sprintf("metadata %q", k), v); err != nil {
			return err
		}
	}
	return checkTags(m.Tags)
}

func checkTags(tags map[string]string) error {
	total := 0
	for k, v := range tags {
		if total += len(k) + len(v); total > MaxTags || !utf8.ValidString(k+v) {
			return fault.New(fault.Invalid, MetaInvalid, "the tags are longer than %d bytes or not UTF-8", MaxTags)
		}
	}
	return nil
}
