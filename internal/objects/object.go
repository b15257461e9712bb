package objects

import (
	"fmt"
	"io"
	"os"
	"time"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// Limits of one object. Both doors' clouds allow keys of 1,024 bytes (S3) or characters (Blob); the sizes are S3's for
// one PUT and Blob's for metadata.
const (
	MaxKey  = 1024    // bytes of a key
	MaxMeta = 8 << 10 // bytes of all metadata, names and values
	MaxSize = 5 << 30 // bytes of an object
)

// Meta is what the writer says about an object; it is stored and given back untouched.
type Meta struct {
	ContentType        string            `json:"contentType,omitempty"`
	ContentEncoding    string            `json:"contentEncoding,omitempty"`
	ContentLanguage    string            `json:"contentLanguage,omitempty"`
	ContentDisposition string            `json:"contentDisposition,omitempty"`
	CacheControl       string            `json:"cacheControl,omitempty"`
	User               map[string]string `json:"user,omitempty"` // x-amz-meta-*, x-ms-meta-*, without the prefix
}

// Info is what is known of a stored object. Its map is shared: read only.
type Info struct {
	Key          string    `json:"key"`
	Size         int64     `json:"size"`         // bytes
	ETag         string    `json:"etag"`         // hex MD5 of the content, without quotes
	SHA256       string    `json:"sha256"`       // hex, of the content
	LastModified time.Time `json:"lastModified"` // when these bytes were written, UTC
	Created      time.Time `json:"created"`      // when an object of this key came to be; overwriting keeps it
	Meta
}

// Object is an open object. It reads the generation that was current when it was opened, whatever happens to the key
// afterwards. It is an io.ReadSeekCloser and io.ReaderAt, fit for http.ServeContent.
type Object struct {
	Info
	content *io.SectionReader
	file    *os.File
}

// Read reads on; io.Reader.
func (o *Object) Read(p []byte) (int, error) { return o.content.Read(p) }

// ReadAt reads at a place of the content; io.ReaderAt.
func (o *Object) ReadAt(p []byte, off int64) (int, error) { return o.content.ReadAt(p, off) }

// Seek moves within the content; io.Seeker.
func (o *Object) Seek(offset int64, whence int) (int64, error) { return o.content.Seek(offset, whence) }

// Close gives the file back.
func (o *Object) Close() error { return o.file.Close() }

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
	return nil
}
