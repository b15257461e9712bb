package blob

import (
	"bytes"
	"crypto/md5" //nolint:gosec // a transport check of the protocol, not a security measure
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/door/blob/lease"
	"github.com/lanyard-id/lanyard/internal/door/blob/wire"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/web"
)

// maxHashedRange is the longest range whose digest is computed (Get Blob, x-ms-range-get-content-md5).
const maxHashedRange = 4 << 20

// getBlob sends a blob, or the range of it that x-ms-range or Range asks for.
func (d Door) getBlob(c *call, w http.ResponseWriter) error {
	o, err := d.Objects.Get(c.context(), c.container.UID, c.target.blob)
	if err != nil {
		return err
	}
	defer o.Close() //nolint:errcheck // it was only read
	wanted, err := c.rangeHeader()
	if err != nil {
		return err
	}
	p, err := d.prepare(c, w, o.Info, wanted)
	if err != nil || p.notModified {
		return err
	}
	if _, err := o.Seek(p.start, io.SeekStart); err != nil {
		return err
	}
	if !p.partial {
		w.WriteHeader(http.StatusOK)
		_, err = io.CopyN(w, o, p.length)
		return err
	}
	content, err := c.hashRange(w.Header(), o, p)
	if err != nil {
		return err
	}
	if md5 := w.Header().Get("Content-MD5"); md5 != "" && c.r.Header.Get("x-ms-range-get-content-md5") == "" {
		w.Header().Del("Content-MD5") // it would be the range's
	}
	if o.ContentMD5 != "" {
		w.Header().Set("x-ms-blob-content-md5", o.ContentMD5)
	}
	w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", p.start, p.start+p.length-1, o.Size))
	w.WriteHeader(http.StatusPartialContent)
	_, err = io.CopyN(w, content, p.length)
	return err
}

// rangeHeader gives the range that is wanted; x-ms-range wins. Several ranges are refused, not answered with all of it.
func (c *call) rangeHeader() (string, error) {
	wanted := c.r.Header.Get("x-ms-range")
	if wanted == "" && c.r.Header.Get("If-Range") == "" { // all of it is always a right answer to If-Range
		wanted = c.r.Header.Get("Range")
	}
	if strings.Contains(wanted, ",") {
		return "", badHeader("Only one range can be asked for.")
	}
	for _, header := range []string{"x-ms-range-get-content-md5", "x-ms-range-get-content-crc64"} {
		if strings.EqualFold(c.r.Header.Get(header), "true") && wanted == "" {
			return "", badHeader("The header %s needs a range.", header)
		}
	}
	return wanted, nil
}

// hashRange sets the digests of the range that are asked for, and gives the content to be sent.
func (c *call) hashRange(h http.Header, o io.Reader, p part) (io.Reader, error) {
	withMD5 := strings.EqualFold(c.r.Header.Get("x-ms-range-get-content-md5"), "true")
	withCRC := strings.EqualFold(c.r.Header.Get("x-ms-range-get-content-crc64"), "true")
	if !withMD5 && !withCRC {
		return o, nil
	}
	if p.length > maxHashedRange {
		return nil, badHeader("The digest of at most %d bytes can be asked for.", maxHashedRange)
	}
	content := make([]byte, p.length)
	if _, err := io.ReadFull(o, content); err != nil {
		return nil, err
	}
	if withMD5 {
		sum := md5.Sum(content) //nolint:gosec // see the import
		h.Set("Content-MD5", base64.StdEncoding.EncodeToString(sum[:]))
	}
	if withCRC {
		h.Set("x-ms-content-crc64", wire.CRCText(wire.CRCOf(content)))
	}
	return bytes.NewReader(content), nil
}

// headBlob tells what is known of a blob.
func (d Door) headBlob(c *call, w http.ResponseWriter) error {
	info, err := d.Objects.Head(c.context(), c.container.UID, c.target.blob)
	if err != nil {
		return err
	}
	p, err := d.prepare(c, w, info, "") // a range means nothing here
	if err != nil || p.notModified {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// blobMetadata tells a blob's metadata only.
func (d Door) blobMetadata(c *call, w http.ResponseWriter) error {
	info, err := d.Objects.Head(c.context(), c.container.UID, c.target.blob)
	if err != nil {
		return err
	}
	same, err := d.readable(c, w, info)
	if err != nil || same {
		return err
	}
	writeValidators(w.Header(), info)
	writeMetadata(w.Header(), info.User)
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
	return nil
}

// readable holds the conditions of a read, and answers 304 itself.
func (d Door) readable(c *call, w http.ResponseWriter, info objects.Info) (notModified bool, err error) {
	k, err := conditionsOf(c.r.Header, "")
	if err != nil {
		return false, err
	}
	same, err := k.forRead(info, d.Now())
	if err == nil && same {
		writeValidators(w.Header(), info)
		w.Header().Set("x-ms-error-code", "ConditionNotMet")
		w.WriteHeader(http.StatusNotModified)
	}
	return same, err
}

// part is the bytes that are to be sent.
type part struct {
	start, length int64
	partial       bool
	notModified   bool // it is answered already
}

// prepare sets the headers of a read after its conditions held, and says which bytes are wanted.
func (d Door) prepare(c *call, w http.ResponseWriter, info objects.Info, wanted string) (p part, err error) {
	if p.notModified, err = d.readable(c, w, info); err != nil || p.notModified {
		return p, err
	}
	if p.start, p.length, p.partial, err = web.ParseRange(wanted, info.Size); err != nil {
		return p, err
	}
	h := w.Header()
	writeValidators(h, info)
	writeInfo(h, info)
	writeLease(h, info, d.Now())
	for header, value := range response(c.sas) {
		if value != "" {
			h.Set(header, value)
		}
	}
	h.Set("Content-Length", strconv.FormatInt(p.length, 10))
	return p, nil
}

// writeValidators sets what a client compares to know whether a blob has changed.
func writeValidators(h http.Header, info objects.Info) {
	h.Set("ETag", `"`+etagOf(info)+`"`)
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
		"Content-Disposition": info.ContentDisposition, "Cache-Control": info.CacheControl, "Content-MD5": info.ContentMD5,
	} {
		if value != "" {
			h.Set(header, value)
		}
	}
	writeMetadata(h, info.User)
	h.Set("Accept-Ranges", "bytes")
	h.Set("x-ms-creation-time", info.Created.UTC().Format(http.TimeFormat))
	h.Set("x-ms-blob-type", "BlockBlob")
	h.Set("x-ms-server-encrypted", "false")
}

// writeMetadata keeps the names in lower case, as Azure sends them: its SDK for Python finds no others.
func writeMetadata(h http.Header, user map[string]string) {
	for k, v := range user {
		h[metaPrefix+k] = []string{v}
	}
}

// writeLease sets what anybody who may read may know of the lease.
func writeLease(h http.Header, info objects.Info, now time.Time) {
	state, status, duration := leaseOf(info, now)
	h.Set("x-ms-lease-state", state)
	h.Set("x-ms-lease-status", status)
	if duration != "" {
		h.Set("x-ms-lease-duration", duration)
	}
}

func leaseOf(info objects.Info, now time.Time) (state, status, duration string) {
	s := lease.Of(info, now)
	status = "unlocked"
	if s.Locked() {
		status = "locked"
	}
	if s == lease.StateLeased {
		duration = "fixed"
		if info.Lease.Length == 0 {
			duration = "infinite"
		}
	}
	return string(s), status, duration
}
