package blob

import (
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/web"
)

// getBlob sends a blob, or the range of it that x-ms-range or Range asks for.
func (d Door) getBlob(c *call, w http.ResponseWriter) error {
	o, err := d.Objects.Get(c.context(), c.container.UID, c.target.blob)
	if err != nil {
		return err
	}
	defer o.Close() //nolint:errcheck // it was only read
	wanted := c.r.Header.Get("x-ms-range")
	if wanted == "" && c.r.Header.Get("If-Range") == "" { // all of it is always a right answer to If-Range
		wanted = c.r.Header.Get("Range")
	}
	start, length, partial, err := c.prepare(w, o.Info, wanted)
	if err != nil || length < 0 {
		return err
	}
	status := http.StatusOK
	if partial {
		status = http.StatusPartialContent
		w.Header().Set("x-ms-blob-content-md5", contentMD5(o.ETag)) // Content-MD5 would be the range's
		w.Header().Del("Content-MD5")
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", start, start+length-1, o.Size))
	}
	w.WriteHeader(status)
	if _, err := o.Seek(start, io.SeekStart); err != nil {
		return err
	}
	_, err = io.CopyN(w, o, length)
	return err
}

// headBlob tells what is known of a blob.
func (d Door) headBlob(c *call, w http.ResponseWriter) error {
	info, err := d.Objects.Head(c.context(), c.container.UID, c.target.blob)
	if err != nil {
		return err
	}
	_, length, _, err := c.prepare(w, info, "") // a range means nothing here
	if err != nil || length < 0 {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// notModified is the length that prepare gives when it has answered 304 itself.
const notModified = -1

// prepare sets the headers of a read after its conditions held, and says which bytes are wanted.
func (c *call) prepare(w http.ResponseWriter, info objects.Info, wanted string) (start, length int64, partial bool, err error) {
	same, err := web.CheckConditions(c.r.Header, info.ETag, info.LastModified)
	if err != nil {
		return 0, 0, false, err
	}
	if same {
		writeValidators(w.Header(), info)
		w.WriteHeader(http.StatusNotModified)
		return 0, notModified, false, nil
	}
	if start, length, partial, err = web.ParseRange(wanted, info.Size); err != nil {
		return 0, 0, false, err
	}
	writeValidators(w.Header(), info)
	writeInfo(w.Header(), info)
	w.Header().Set("Content-Length", strconv.FormatInt(length, 10))
	return start, length, partial, nil
}

// writeValidators sets what a client compares to know whether a blob has changed.
func writeValidators(h http.Header, info objects.Info) {
	h.Set("ETag", `"`+info.ETag+`"`)
	h.Set("Last-Modified", info.LastModified.UTC().Format(http.TimeFormat))
}

// writeInfo sets the headers that describe a blob.
func writeInfo(h http.Header, info objects.Info) {
	contentType := info.ContentType
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	h.Set("Content-Type", contentType)
	for header, value := range map[string]string{
		"Content-Encoding": info.ContentEncoding, "Content-Language": info.ContentLanguage,
		"Content-Disposition": info.ContentDisposition, "Cache-Control": info.CacheControl,
	} {
		if value != "" {
			h.Set(header, value)
		}
	}
	for k, v := range info.User {
		h.Set(metaPrefix+k, v)
	}
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-MD5", contentMD5(info.ETag))
	h.Set("x-ms-creation-time", info.Created.UTC().Format(http.TimeFormat))
	h.Set("x-ms-blob-type", "BlockBlob")
	h.Set("x-ms-lease-status", "unlocked")
	h.Set("x-ms-lease-state", "available")
	h.Set("x-ms-server-encrypted", "false")
}
