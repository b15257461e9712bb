package awswire

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// PayloadMode says how a request vouches for its body.
type PayloadMode uint8

// The ways in which a body is vouched for.
const (
	// PayloadHashed: the body must have the hash Payload.SHA256.
	PayloadHashed PayloadMode = iota
	// PayloadUnsigned: nothing vouches for the body but the connection.
	PayloadUnsigned
	// PayloadChunksSigned: aws-chunked; each chunk is signed, starting from the request's signature.
	PayloadChunksSigned
	// PayloadChunksSignedTrailer: as PayloadChunksSigned, followed by a signed trailer.
	PayloadChunksSignedTrailer
	// PayloadChunksTrailer: aws-chunked without signatures; the trailer has a checksum.
	PayloadChunksTrailer
)

// Payload is what a verified request says about its body, and what the door must still hold the body to.
type Payload struct {
	Mode   PayloadMode
	SHA256 string // lower-case hex; only for PayloadHashed
}

const (
	wordUnsigned            = "UNSIGNED-PAYLOAD"
	wordChunksSigned        = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	wordChunksSignedTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
	wordChunksTrailer       = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
	prefixChunksSigned4A    = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"
	hashHeader              = "X-Amz-Content-Sha256"
	hashHeaderSigned        = "x-amz-content-sha256" // as it is named among the signed headers
)

// Streaming tells whether the body is aws-chunked.
func (p Payload) Streaming() bool { return p.Mode >= PayloadChunksSigned }

// Unsigned tells whether the body's bytes are not covered by any signature.
func (p Payload) Unsigned() bool { return p.Mode == PayloadUnsigned || p.Mode == PayloadChunksTrailer }

// String is the value of x-amz-content-sha256, which is also what is signed.
func (p Payload) String() string {
	switch p.Mode {
	case PayloadHashed:
		return p.SHA256
	case PayloadUnsigned:
		return wordUnsigned
	case PayloadChunksSigned:
		return wordChunksSigned
	case PayloadChunksSignedTrailer:
		return wordChunksSignedTrailer
	case PayloadChunksTrailer:
		return wordChunksTrailer
	}
	return ""
}

// ParsePayload reads the value of x-amz-content-sha256.
func ParsePayload(s string) (Payload, error) {
	switch s {
	case wordUnsigned:
		return Payload{Mode: PayloadUnsigned}, nil
	case wordChunksSigned:
		return Payload{Mode: PayloadChunksSigned}, nil
	case wordChunksSignedTrailer:
		return Payload{Mode: PayloadChunksSignedTrailer}, nil
	case wordChunksTrailer:
		return Payload{Mode: PayloadChunksTrailer}, nil
	}
	if strings.HasPrefix(s, prefixChunksSigned4A) {
		return Payload{}, unsupportedV4A()
	}
	if !isHexSHA256(s) {
		return Payload{}, fault.New(fault.Invalid, ReasonBadPayloadHash,
			"%s must be a SHA-256 in lower-case hex, %s, or one of the STREAMING forms", hashHeaderSigned, wordUnsigned)
	}
	return Payload{Mode: PayloadHashed, SHA256: s}, nil
}

// isHexSHA256 tells whether s is 64 lower-case hexadecimal digits.
func isHexSHA256(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }
