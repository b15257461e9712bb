package body

import (
	"crypto/md5" //nolint:gosec // a transport check of the protocol
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// Why a body is refused.
const (
	// BadArgument means that a query parameter or a header is given twice or has a value that it cannot have.
	BadArgument fault.Reason = "s3.bad_argument"
	// Unsupported means that the request, or a parameter or header of it, asks for something of S3 that is not offered.
	Unsupported fault.Reason = "s3.operation_unsupported"
	// LengthMissing means that the request does not say how long its body is.
	LengthMissing fault.Reason = "s3.length_missing"
	// BadDigest means that Content-MD5 is not an MD5 in base64.
	BadDigest fault.Reason = "s3.bad_digest"
)

// Source is the body of a request that was authenticated.
type Source struct {
	Header  http.Header
	Stream  io.Reader
	Length  int64 // Content-Length; negative if it was not said
	Payload awswire.Payload
	Chunks  *awswire.Chunks // of a body of signed chunks
}

// Body is what a client uploads, without framing. What the headers announce of it is either held by Read or told here for
// the store to hold: the digests that it makes anyway.
type Body struct {
	io.Reader
	Size     int64  // bytes; negative if not known beforehand
	MD5      string // hex; empty if none was announced
	SHA256   string // hex; the same
	Encoding string // Content-Encoding without aws-chunked, which is the body's on its way only

	sum checksum
}

// Open reads the headers of an upload. Nothing of the stream is read before the first Read.
func Open(src Source) (*Body, error) {
	b := &Body{Reader: src.Stream, Size: src.Length}
	var err error
	if b.MD5, err = announcedMD5(src.Header); err != nil {
		return nil, err
	}
	if b.sum, err = checksumIn(src.Header, src.Payload); err != nil {
		return nil, err
	}
	if src.Payload.Streaming() {
		err = b.unframe(src)
	} else if b.SHA256 = src.Payload.SHA256; b.Size < 0 {
		err = lengthMissing()
	}
	if err != nil {
		return nil, err
	}
	if b.Encoding, err = contentEncoding(src.Header, src.Payload); err != nil {
		return nil, err
	}
	if b.sum.algorithm != "" {
		b.Reader = b.sum.checking(b.Reader)
	}
	return b, nil
}

// unframe takes the aws-chunked framing off.
func (b *Body) unframe(src Source) error {
	var err error
	if b.Size, err = decodedLength(src.Header); err != nil {
		return err
	}
	if src.Chunks != nil && b.Size < 0 { // without signatures boto3 leaves it out, where it cannot know
		return lengthMissing()
	}
	chunks := newChunkReader(src.Stream, b.sum.trailer, src.Chunks)
	if b.Reader = chunks; b.sum.trailer != "" {
		b.sum.announced = chunks.value
	}
	return nil
}

// Algorithm names the checksum that was announced, as its header does ("crc32"); empty if none was.
func (b *Body) Algorithm() string { return b.sum.algorithm }

// Checksum is the checksum that was announced, once the body was read to its good end; nil if none was.
func (b *Body) Checksum() *objects.Checksum {
	if b.sum.algorithm == "" {
		return nil
	}
	return &objects.Checksum{Algorithm: b.sum.algorithm, Value: b.sum.value()}
}

// Blame tells a store's error as the protocol does: if the body had to have no digest but the signed hash, that is what it
// had not.
func (b *Body) Blame(err error) error {
	if fault.Is(err, objects.DigestMismatch) && b.MD5 == "" {
		return Mismatch()
	}
	return err
}

// Encoding is the object's own content encoding in a request that brings no content.
func Encoding(src Source) (string, error) { return contentEncoding(src.Header, src.Payload) }

// WithoutChecksums are the headers of a document without those that bring the checksum of something else.
func WithoutChecksums(h http.Header) http.Header {
	h = h.Clone()
	for header := range h {
		if strings.HasPrefix(strings.ToLower(header), Prefix) {
			delete(h, header)
		}
	}
	return h
}

// Document reads a body that is kept in memory, of at most so many bytes, and holds it to everything that was announced.
func Document(src Source, most int64) ([]byte, error) {
	b, err := Open(src)
	if err != nil {
		return nil, err
	}
	return b.All(most)
}

// All is Document of a body that is open.
func (b *Body) All(most int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(b, most+1))
	switch {
	case err != nil:
		if f, ok := errors.AsType[*fault.Fault](err); ok {
			return nil, f
		}
		return nil, fault.New(fault.Invalid, objects.BodyFailed, "The body broke off before its end.").Because(err)
	case int64(len(text)) > most:
		return nil, fault.New(fault.Invalid, objects.TooLarge, "The request body has more than %d bytes.", most)
	}
	return text, b.holds(text)
}

// holds compares what a store would compare.
func (b *Body) holds(text []byte) error {
	if sum := md5.Sum(text); b.MD5 != "" && b.MD5 != hex.EncodeToString(sum[:]) { //nolint:gosec // see the import
		return fault.New(fault.Invalid, objects.DigestMismatch, "The Content-MD5 you specified did not match what we received.")
	}
	if sum := sha256.Sum256(text); b.SHA256 != "" && b.SHA256 != hex.EncodeToString(sum[:]) {
		return Mismatch()
	}
	if b.Size >= 0 && int64(len(text)) != b.Size {
		return fault.New(fault.Invalid, objects.SizeMismatch, "%d bytes arrived, announced were %d.", len(text), b.Size)
	}
	return nil
}

// Mismatch says that the body does not have the hash that was signed.
func Mismatch() error {
	return fault.New(fault.Invalid, awswire.ReasonBodyMismatch,
		"The provided 'x-amz-content-sha256' header does not match what was computed.")
}

func lengthMissing() error {
	return fault.New(fault.Invalid, LengthMissing, "You must provide the Content-Length HTTP header.")
}

func badArgument(format string, args ...any) error {
	return fault.New(fault.Invalid, BadArgument, format, args...)
}

func unsupported(format string, args ...any) error {
	return fault.New(fault.Unsupported, Unsupported, format, args...)
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
