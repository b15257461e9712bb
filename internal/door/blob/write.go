package blob

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// putBlob stores a block blob in one request. The blob is there whole and durable when the answer goes out.
func (d Door) putBlob(c *call, w http.ResponseWriter) error {
	up, err := c.upload()
	if err != nil {
		return err
	}
	info, err := d.Objects.Put(c.context(), up)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("ETag", `"`+info.ETag+`"`)
	h.Set("Last-Modified", info.LastModified.UTC().Format(http.TimeFormat))
	h.Set("Content-MD5", contentMD5(info.ETag))
	h.Set("x-ms-request-server-encrypted", "false")
	h.Set("Content-Length", "0")
	w.WriteHeader(http.StatusCreated)
	return nil
}

// upload reads the headers of Put Blob. What it does not understand and would change what is stored is refused.
func (c *call) upload() (objects.Upload, error) {
	h := c.r.Header
	bad := func(format string, args ...any) (objects.Upload, error) {
		return objects.Upload{}, fault.New(fault.Invalid, BadHeader, format, args...)
	}
	if kind := h.Get("x-ms-blob-type"); kind != "BlockBlob" {
		return bad("The header x-ms-blob-type must be BlockBlob; other types are not offered.")
	}
	if c.r.ContentLength < 0 {
		return bad("The header Content-Length is needed.")
	}
	meta, err := metaOf(h)
	if err != nil {
		return objects.Upload{}, err
	}
	up := objects.Upload{Space: c.container.UID, Key: c.target.blob, Body: c.r.Body, Size: c.r.ContentLength, Meta: meta}
	switch match := h.Values("If-None-Match"); {
	case len(match) == 1 && match[0] == "*":
		up.IfNoneMatchAny = true
	case len(match) > 0 || h.Get("If-Match") != "":
		return objects.Upload{}, fault.New(fault.Unsupported, OtherOperation, "Put Blob is offered with the condition If-None-Match: * only.")
	}
	digest := first(h, "Content-MD5", "x-ms-blob-content-md5")
	if digest == "" {
		return up, nil
	}
	md5, err := base64.StdEncoding.DecodeString(digest)
	if err != nil || len(md5) != 16 {
		return bad("The header Content-MD5 is not a digest.")
	}
	up.MD5 = hex.EncodeToString(md5)
	return up, nil
}

func metaOf(h http.Header) (objects.Meta, error) {
	meta := objects.Meta{
		ContentType:        first(h, "x-ms-blob-content-type", "Content-Type"),
		ContentEncoding:    first(h, "x-ms-blob-content-encoding", "Content-Encoding"),
		ContentLanguage:    first(h, "x-ms-blob-content-language", "Content-Language"),
		ContentDisposition: h.Get("x-ms-blob-content-disposition"),
		CacheControl:       first(h, "x-ms-blob-cache-control", "Cache-Control"),
	}
	for name, values := range h {
		key, ok := strings.CutPrefix(strings.ToLower(name), metaPrefix)
		if !ok {
			continue
		}
		if !metaNameFits(key) {
			return meta, fault.New(fault.Invalid, BadMetadata, "The metadata name %.64q is not a C# identifier.", key)
		}
		if meta.User == nil {
			meta.User = make(map[string]string)
		}
		meta.User[key] = values[0] // no header stands twice
	}
	return meta, nil
}

// first is the value of the first header that is there.
func first(h http.Header, names ...string) string {
	for _, n := range names {
		if v := h.Get(n); v != "" {
			return v
		}
	}
	return ""
}

// deleteBlob removes a blob for good.
func (d Door) deleteBlob(c *call, w http.ResponseWriter) error {
	if which := c.r.Header.Get("x-ms-delete-snapshots"); which != "" && which != "include" {
		return fault.New(fault.Unsupported, OtherOperation, "There are no snapshots: x-ms-delete-snapshots may only be include.")
	}
	if err := d.Objects.Delete(c.context(), c.container.UID, c.target.blob); err != nil {
		return err
	}
	w.Header().Set("x-ms-delete-type-permanent", "true")
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusAccepted)
	return nil
}
