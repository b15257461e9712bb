package body

import (
	"crypto/sha1" //nolint:gosec // a transport check of the protocol
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
)

// ChecksumMismatch means that the body does not have the checksum that a header or a trailer announces.
const ChecksumMismatch fault.Reason = "s3.checksum_mismatch"

// Prefix begins the headers and trailers that bring checksums.
const Prefix = "x-amz-checksum-"

// crc64NVMe is the polynomial of CRC-64/NVME, bits reversed.
const crc64NVMe = 0x9a6c9329ac4bc9b5

// newHash gives the hash of an algorithm's name in checksum headers; nil for one that is not offered.
func newHash(algorithm string) hash.Hash {
	switch algorithm {
	case "crc32":
		return crc32.NewIEEE()
	case "crc32c":
		return crc32.New(crc32.MakeTable(crc32.Castagnoli))
	case "crc64nvme":
		return crc64.New(crc64.MakeTable(crc64NVMe))
	case "sha1":
		return sha1.New() //nolint:gosec // see the import
	case "sha256":
		return sha256.New()
	}
	return nil
}

// checksum is the one checksum that an upload announces; without an algorithm there is none.
type checksum struct {
	algorithm string
	hash      hash.Hash
	trailer   string                 // the trailer that brings the value; empty if a header did
	announced func() (string, error) // the value in base64, known at the end of the body
}

// checksumIn finds the checksum that the headers announce: its value, or the name of the trailer that will bring it.
func checksumIn(h http.Header, payload awswire.Payload) (sum checksum, err error) {
	for header, values := range h {
		algorithm, ok := strings.CutPrefix(strings.ToLower(header), Prefix)
		switch {
		case !ok:
			continue
		case algorithm == "type" && values[0] == "FULL_OBJECT":
			continue
		case sum.algorithm != "":
			return sum, badArgument("Expecting a single x-amz-checksum- header.")
		}
		if sum, err = announcedIn(algorithm, values[0]); err != nil {
			return sum, err
		}
	}
	if trailer := h.Get("x-amz-trailer"); trailer != "" {
		algorithm, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(trailer)), Prefix)
		switch {
		case !trailed(payload):
			return sum, badArgument("The header x-amz-trailer does not go with x-amz-content-sha256: %s.", payload)
		case sum.algorithm != "":
			return sum, badArgument("Expecting a single x-amz-checksum- header.")
		case !ok || newHash(algorithm) == nil:
			return sum, unsupported("The trailer %.64q is not offered.", trailer)
		}
		sum = checksum{algorithm: algorithm, hash: newHash(algorithm), trailer: Prefix + algorithm}
	}
	if named := h.Get("x-amz-sdk-checksum-algorithm"); named != "" && !strings.EqualFold(named, sum.algorithm) {
		return sum, badArgument("x-amz-sdk-checksum-algorithm is %.32s and there is no such checksum.", named)
	}
	if trailed(payload) && sum.trailer == "" {
		return sum, badArgument("A body with a trailer needs the header x-amz-trailer, which names its checksum.")
	}
	return sum, nil
}

// trailed tells whether the body ends with a trailer.
func trailed(p awswire.Payload) bool {
	return p.Mode == awswire.PayloadChunksTrailer || p.Mode == awswire.PayloadChunksSignedTrailer
}

// announcedIn is the checksum whose value a header brings.
func announcedIn(algorithm, value string) (checksum, error) {
	sum := checksum{algorithm: algorithm, hash: newHash(algorithm), announced: func() (string, error) { return value, nil }}
	if sum.hash == nil {
		return sum, unsupported("The header x-amz-checksum-%.64s is not offered.", algorithm)
	}
	if b, err := base64.StdEncoding.Strict().DecodeString(value); err != nil || len(b) != sum.hash.Size() {
		return sum, badArgument("Value for x-amz-checksum-%s header is invalid.", algorithm)
	}
	return sum, nil
}

// value is the checksum of what was read, in base64.
func (s checksum) value() string { return base64.StdEncoding.EncodeToString(s.hash.Sum(nil)) }

// checking gives body with its end held back until the checksum has been compared: a body that has another one never
// ends well, so what was read of it is never kept.
func (s checksum) checking(body io.Reader) io.Reader { return &checkedBody{body, s} }

type checkedBody struct {
	body io.Reader
	sum  checksum
}

// Read reads on; at the end it compares.
func (b *checkedBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	b.sum.hash.Write(p[:n]) // a hash never fails
	if err != io.EOF {      //nolint:errorlint // io.Reader: EOF itself, never wrapped
		return n, err
	}
	want, fail := b.sum.announced()
	switch {
	case fail != nil:
		return n, fail
	case want != b.sum.value():
		return n, fault.New(fault.Invalid, ChecksumMismatch,
			"The %s you specified did not match the calculated checksum.", strings.ToUpper(b.sum.algorithm))
	}
	return n, io.EOF
}
