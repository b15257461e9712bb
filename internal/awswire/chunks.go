package awswire

import (
	"crypto/subtle"

	"github.com/lanyard-id/lanyard/internal/fault"
)

const (
	algorithmChunk   = algorithm + "-PAYLOAD"
	algorithmTrailer = algorithm + "-TRAILER"
)

// Chunks verifies the signatures inside an aws-chunked body. They are a chain that begins with the signature of the
// request: each covers the one before it, so that no chunk can be changed, left out, repeated or put in another place
// (threat A06). It is for one body and one reader.
type Chunks struct {
	key       SigningKey
	at, scope string
	previous  string
}

// Chunks begins the chain of a request whose proof was verified with this key; nil if its chunks are not signed.
func (p Proof) Chunks(key SigningKey) *Chunks {
	if p.Payload.Mode != PayloadChunksSigned && p.Payload.Mode != PayloadChunksSignedTrailer {
		return nil
	}
	return &Chunks{key: key, at: stamp(p.SignedAt), scope: p.Scope.String(), previous: p.Signature}
}

// Chunk verifies the signature of the next chunk, whose data have this SHA-256 in lower-case hex (Signature Calculations
// for the Authorization Header: Transferring Payload in Multiple Chunks).
func (c *Chunks) Chunk(sha256, signature string) error {
	return c.verify(algorithmChunk, hexSHA256(nil)+"\n"+sha256, signature)
}

// Trailer verifies the signature of the trailer after the last chunk, given as lines "name:value\n" (the same page,
// "including trailing headers").
func (c *Chunks) Trailer(lines, signature string) error {
	return c.verify(algorithmTrailer, hexSHA256([]byte(lines)), signature)
}

func (c *Chunks) verify(of, what, signature string) error {
	want := c.sign(of, what)
	if subtle.ConstantTimeCompare([]byte(want), []byte(signature)) != 1 {
		return fault.New(fault.Unauthenticated, ReasonBadSignature,
			"The signature of a chunk of the body does not match what was computed.")
	}
	return nil
}

// sign makes the next signature of the chain, which becomes the one before.
func (c *Chunks) sign(of, what string) string {
	c.previous = c.key.Sign(of + "\n" + c.at + "\n" + c.scope + "\n" + c.previous + "\n" + what)
	return c.previous
}
