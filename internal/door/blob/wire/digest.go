package wire

import (
	"crypto/md5" //nolint:gosec // a transport check of the protocol, not a security measure
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"hash/crc64"
	"io"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// What can be wrong with a digest.
const (
	// CRCMismatch means that the bytes which arrived do not have the CRC-64 that the request announced.
	CRCMismatch fault.Reason = "blob.crc_mismatch"
	// BadCRC means that a CRC-64 in a header is not one.
	BadCRC fault.Reason = "blob.bad_crc"
	// BadDigest means that an MD5 in a header is not one.
	BadDigest fault.Reason = "blob.bad_digest"
)

// crcPolynomial is the one of x-ms-content-crc64, reflected as hash/crc64 has it.
const crcPolynomial = 0x9A6C9329AC4BC9B5

// CRCOf is the CRC-64 of a text.
func CRCOf(b []byte) uint64 { return crc64.Checksum(b, crc64.MakeTable(crcPolynomial)) }

// CRCText writes a CRC-64 as its header has it: eight bytes, the lowest first, in base64.
func CRCText(sum uint64) string {
	return base64.StdEncoding.EncodeToString(binary.LittleEndian.AppendUint64(nil, sum))
}

// ParseMD5 reads a digest as headers have it and gives it in hex.
func ParseMD5(text string) (string, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != md5.Size {
		return "", fault.New(fault.Invalid, BadDigest, "The MD5 value specified in the request is invalid.")
	}
	return hex.EncodeToString(b), nil
}

// crcReader holds what it reads to a CRC-64: the end of the content is an error if it has another one.
type crcReader struct {
	body io.Reader
	want uint64
	have uint64
	by   *crc64.Table
}

// NewCRCReader reads the header's value; a body without it is read as it is.
func NewCRCReader(body io.Reader, text string) (io.Reader, error) {
	if text == "" {
		return body, nil
	}
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != crc64.Size {
		return nil, fault.New(fault.Invalid, BadCRC, "The header x-ms-content-crc64 is not a checksum.")
	}
	return &crcReader{body: body, want: binary.LittleEndian.Uint64(b), by: crc64.MakeTable(crcPolynomial)}, nil
}

// Read reads and adds up.
func (r *crcReader) Read(p []byte) (int, error) {
	n, err := r.body.Read(p)
	r.have = crc64.Update(r.have, r.by, p[:n])
	if err == io.EOF && r.have != r.want { //nolint:errorlint // io.Reader: EOF itself
		err = fault.New(fault.Invalid, CRCMismatch, "The CRC64 value specified in the request did not match with the CRC64 value calculated by the server.")
	}
	return n, err
}
