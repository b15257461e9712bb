package s3

import (
	"crypto/md5" //nolint:gosec // its size only: a transport check of the protocol
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// Why an upload is refused before its body is read.
const (
	// ACLUnsupported means that the request sets an access control list; rights come from policies only.
	ACLUnsupported fault.Reason = "s3.acl_unsupported"
	// LengthMissing means that the request does not say how long its body is.
	LengthMissing fault.Reason = "s3.length_missing"
	// BadDigest means that Content-MD5 is not an MD5 in base64.
	BadDigest fault.Reason = "s3.bad_digest"
)

// putObject stores an object in one request. The object is there whole and durable when the answer goes out.
func (d Door) putObject(c *call, w http.ResponseWriter) error {
	up, checksum, err := c.upload()
	if err != nil {
		return err
	}
	info, err := d.Objects.Put(c.context(), up)
	if fault.Is(err, objects.DigestMismatch) && up.MD5 == "" {
		return bodyMismatch() // only the signed hash was announced
	}
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("ETag", `"`+info.ETag+`"`)
	if checksum.algorithm != "" {
		h.Set(checksumPrefix+checksum.algorithm, checksum.value())
		h.Set("x-amz-checksum-type", "FULL_OBJECT")
	}
	h.Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
	return nil
}

func bodyMismatch() error {
	return fault.New(fault.Invalid, awswire.ReasonBodyMismatch, "The provided 'x-amz-content-sha256' header does not match what was computed.")
}

// maxKey is the longest key in bytes of UTF-8 (Creating object key names).
const maxKey = 1024

// upload reads the headers of PutObject. What would change what is stored and is not offered is refused.
func (c *call) upload() (up objects.Upload, sum checksum, err error) {
	h := c.r.Header
	if len(c.target.key) > maxKey {
		return up, sum, fault.New(fault.Invalid, objects.KeyInvalid, "Your key is too long.")
	}
	up = objects.Upload{Space: c.bucket.UID, Key: c.target.key, Body: c.r.Body, Size: c.r.ContentLength, Meta: metaOf(h)}
	if err := checkOptions(h); err != nil {
		return up, sum, err
	}
	up.IfNoneMatchAny = h.Get("If-None-Match") == "*"
	if up.MD5, err = announcedMD5(h); err != nil {
		return up, sum, err
	}
	payload := c.session.Proof.Payload
	if sum, err = checksumIn(h, payload); err != nil {
		return up, sum, err
	}
	switch payload.Mode {
	case awswire.PayloadHashed:
		up.SHA256 = payload.SHA256
	case awswire.PayloadUnsigned: // authn accepts it over TLS only
	case awswire.PayloadChunksTrailer:
		if up.Size, err = decodedLength(h); err != nil {
			return up, sum, err
		}
		chunks := newChunkReader(c.r.Body, sum.trailer)
		up.Body, sum.announced = chunks, chunks.value
	case awswire.PayloadChunksSigned, awswire.PayloadChunksSignedTrailer:
		return up, sum, unsupported("A body of signed chunks is not offered: sign the body's hash, or send its checksum in a trailer.")
	}
	if up.Size < 0 && !payload.Streaming() {
		return up, sum, fault.New(fault.Invalid, LengthMissing, "You must provide the Content-Length HTTP header.")
	}
	if up.Meta.ContentEncoding, err = contentEncoding(h, payload); err != nil {
		return up, sum, err
	}
	if sum.algorithm != "" {
		up.Body = sum.checking(up.Body)
	}
	return up, sum, nil
}

// checkOptions refuses what S3 would do with the object and this door does not.
func checkOptions(h http.Header) error {
	switch acl := h.Get("x-amz-acl"); acl {
	case "", "private", "bucket-owner-full-control": // what holds anyway
	default:
		return fault.New(fault.Invalid, ACLUnsupported, "The bucket does not allow ACLs")
	}
	if class := h.Get("x-amz-storage-class"); class != "" && class != "STANDARD" {
		return unsupported("The storage class %.32q is not offered.", class)
	}
	for _, header := range []string{"Expires", "If-Match", "If-Modified-Since", "If-Unmodified-Since"} {
		if h.Get(header) != "" {
			return unsupported("PutObject with the header %s is not offered.", header)
		}
	}
	if match := h.Values("If-None-Match"); len(match) > 1 || len(match) == 1 && match[0] != "*" {
		return unsupported("PutObject with If-None-Match is offered for * only.")
	}
	return nil
}

// announcedMD5 is the digest of the Content-MD5 header in hex; empty if there is none.
func announcedMD5(h http.Header) (string, error) {
	text := h.Get("Content-MD5")
	if text == "" {
		return "", nil
	}
	digest, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(digest) != md5.Size {
		return "", fault.New(fault.Invalid, BadDigest, "The Content-MD5 you specified is not valid.")
	}
	return hex.EncodeToString(digest), nil
}

// decodedLength is the length of the object inside an aws-chunked body; negative if it was not said.
func decodedLength(h http.Header) (int64, error) {
	text := h.Get("x-amz-decoded-content-length")
	if text == "" {
		return -1, nil
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, badArgument("The header x-amz-decoded-content-length is not a number of bytes.")
	}
	return int64(n), nil //nolint:gosec // 63 bits were asked for
}

// contentEncoding is the object's own content encoding: aws-chunked is the body's on its way, and only there.
func contentEncoding(h http.Header, payload awswire.Payload) (string, error) {
	var own []string
	framings := 0
	for _, list := range h.Values("Content-Encoding") {
		for coding := range strings.SplitSeq(list, ",") {
			switch coding = strings.TrimSpace(coding); {
			case strings.EqualFold(coding, "aws-chunked"):
				framings++
			case coding != "":
				own = append(own, coding)
			}
		}
	}
	if framings > 1 || framings == 1 && !payload.Streaming() {
		return "", badArgument("The content encoding aws-chunked does not go with x-amz-content-sha256: %s.", payload)
	}
	return strings.Join(own, ","), nil
}

func metaOf(h http.Header) objects.Meta {
	meta := objects.Meta{
		ContentType: h.Get("Content-Type"), ContentLanguage: h.Get("Content-Language"),
		ContentDisposition: h.Get("Content-Disposition"), CacheControl: h.Get("Cache-Control"),
	}
	for header, values := range h {
		if key, ok := strings.CutPrefix(strings.ToLower(header), metaPrefix); ok && key != "" {
			if meta.User == nil {
				meta.User = make(map[string]string)
			}
			meta.User[key] = strings.Join(values, ",") // as they were signed
		}
	}
	return meta
}

// deleteObject removes an object for good. That it was not there is no failure (S3 API Reference, DeleteObject).
func (d Door) deleteObject(c *call, w http.ResponseWriter) error {
	if c.r.Header.Get("If-Match") != "" {
		return unsupported("DeleteObject with the header If-Match is not offered.")
	}
	err := d.Objects.Delete(c.context(), c.bucket.UID, c.target.key)
	if err != nil && !fault.Is(err, objects.NotFound) {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
