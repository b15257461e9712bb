package s3

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/web"
)

// getObject sends an object, or the range of it that is asked for.
func (d Door) getObject(c *call, w http.ResponseWriter) error {
	o, err := d.Objects.Get(c.context(), c.bucket.UID, c.target.key)
	if err != nil {
		return c.missing(err)
	}
	defer o.Close() //nolint:errcheck // it was only read
	if err := d.stillPermitted(c, actionGet, o.Info); err != nil {
		return err
	}
	wanted := c.header.Get("Range")
	if c.header.Get("If-Range") != "" {
		wanted = "" // all of it is always a right answer to a range with a condition (RFC 9110 section 13.1.5)
	}
	p, err := c.prepare(w, o.Info, wanted)
	if err != nil || p.done {
		return err
	}
	if _, err := o.Seek(p.start, io.SeekStart); err != nil {
		return err
	}
	_, err = io.CopyN(w, o, p.length)
	return err
}

// headObject tells what is known of an object. A range means nothing here (RFC 9110 section 14.2).
func (d Door) headObject(c *call, w http.ResponseWriter) error {
	info, err := d.Objects.Head(c.context(), c.bucket.UID, c.target.key)
	if err != nil {
		return c.missing(err)
	}
	if err := d.stillPermitted(c, actionGet, info); err != nil {
		return err
	}
	_, err = c.prepare(w, info, "")
	return err
}

// missing answers for an object that is not there: only who may list the bucket may know that (S3 API Reference,
// GetObject, "Permissions").
func (c *call) missing(err error) error {
	if !fault.Is(err, objects.NotFound) {
		return err
	}
	if refusal := c.permit(actionListBucket, "arn:aws:s3:::"+c.bucket.Name); refusal != nil {
		return refusal
	}
	return fault.New(fault.NotFound, objects.NotFound, "The specified key does not exist.")
}

// part is the part of an object that is to be sent.
type part struct {
	start, length int64
	done          bool // the answer is complete: nothing has changed
}

// prepare writes status and headers of a read. Everything that can be refused is looked at before the first header.
func (c *call) prepare(w http.ResponseWriter, info objects.Info, wanted string) (p part, err error) {
	same, err := web.CheckConditions(c.header, info.ETag, info.LastModified)
	if err != nil {
		return p, err
	}
	h := w.Header()
	if same {
		wire.WriteValidators(h, info)
		w.WriteHeader(http.StatusNotModified)
		return part{done: true}, nil
	}
	start, length, partial, err := web.ParseRange(wanted, info.Size)
	if err != nil {
		return p, err
	}
	overrides, err := c.overrides()
	if err != nil {
		return p, err
	}
	checksum, err := c.checksumOf(info, partial)
	if err != nil {
		return p, err
	}
	wire.WriteValidators(h, info)
	wire.WriteInfo(h, info)
	for header, value := range overrides {
		h.Set(header, value)
	}
	writeChecksum(h, checksum)
	h.Set("Content-Length", strconv.FormatInt(length, 10))
	status := http.StatusOK
	if partial {
		status = http.StatusPartialContent
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", start, start+length-1, info.Size))
	}
	w.WriteHeader(status)
	return part{start: start, length: length}, nil
}

// overrides are the headers that the query asks for instead of the object's own. The query is signed like all else, so
// whoever made the URL chose them.
func (c *call) overrides() (map[string]string, error) {
	if c.r.URL.RawQuery == "" {
		return nil, nil
	}
	asked := map[string]string{}
	for _, header := range []string{
		"Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type", "Expires",
	} {
		param := "response-" + strings.ToLower(header)
		value, _ := c.param(param)
		if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return nil, badArgument("The value of %s cannot be a header.", param)
		}
		if value != "" {
			asked[header] = value
		}
	}
	return asked, nil
}

// checksumOf is the checksum of the whole object, for who asks for it and gets the whole: the one that it was uploaded
// with, or its SHA-256.
func (c *call) checksumOf(info objects.Info, partial bool) (*objects.Checksum, error) {
	mode := c.header.Get("x-amz-checksum-mode")
	switch {
	case mode != "" && !strings.EqualFold(mode, "ENABLED"):
		return nil, badArgument("The checksum mode must be ENABLED.")
	case mode == "" || partial:
		return nil, nil //nolint:nilnil // nothing was asked for
	case info.Checksum != nil || info.SHA256 == "":
		return info.Checksum, nil
	}
	sum, err := hex.DecodeString(info.SHA256)
	return &objects.Checksum{Algorithm: "sha256", Value: base64.StdEncoding.EncodeToString(sum)}, err
}
