package body

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
)

// What can be wrong with an aws-chunked body.
const (
	// BadChunk means that the framing of an aws-chunked body is broken: a size, a line end, or too early an end.
	BadChunk fault.Reason = "s3.bad_chunk"
	// BadTrailer means that the trailer of an aws-chunked body is missing, is another one than was announced, or is
	// followed by something.
	BadTrailer fault.Reason = "s3.bad_trailer"
)

// Bounds of the lines between chunks (threat H03).
const (
	maxChunkLine  = 32 + len(signatureOf) + 64
	maxTrailer    = 512
	chunkBuffered = 32 << 10
)

// signatureOf stands between a chunk's size and its signature.
const signatureOf = ";chunk-signature="

// chunkReader takes the aws-chunked framing off: chunks of hex-size CRLF data CRLF, the last of size 0, then what follows
// it, an empty line, and nothing. In a body of signed chunks ";chunk-signature=" and the signature follow each size, and
// the last line of a trailer is its signature. The data of a chunk are given on before its end proves them: a reader that
// keeps them must not show them before the end of the body.
type chunkReader struct {
	src     *bufio.Reader
	trailer string          // the name that the trailer must have; empty if there is none
	chain   *awswire.Chunks // nil if the chunks are not signed
	found   string          // the trailer's value
	left    int64           // of the chunk that is being read
	inside  bool            // of a chunk whose closing CRLF has not been read
	over    bool
	failed  error // every read after a failure fails

	data      hash.Hash // of a signed chunk
	signature string    // that it must have
}

func newChunkReader(body io.Reader, trailer string, chain *awswire.Chunks) *chunkReader {
	return &chunkReader{src: bufio.NewReaderSize(body, chunkBuffered), trailer: trailer, chain: chain, data: sha256.New()}
}

// Read gives the bytes of the object.
func (c *chunkReader) Read(p []byte) (int, error) {
	if c.failed != nil {
		return 0, c.failed
	}
	if len(p) == 0 {
		return 0, nil
	}
	if c.left == 0 && !c.over {
		if c.failed = c.next(); c.failed != nil {
			return 0, c.failed
		}
	}
	if c.over {
		return 0, io.EOF
	}
	n, err := c.src.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if c.chain != nil {
		c.data.Write(p[:n]) // a hash never fails
	}
	if err != nil {
		c.failed = broken(err)
	}
	return n, c.failed
}

// next ends the chunk that was read and begins the next, or reads what follows the last.
func (c *chunkReader) next() error {
	if c.inside {
		if end, err := c.line(0); err != nil || end != "" {
			return badChunk("a chunk is not followed by a line end", err)
		}
		if err := c.proved(); err != nil {
			return err
		}
	}
	text, err := c.line(maxChunkLine)
	if err != nil {
		return badChunk("a chunk's size cannot be read", err)
	}
	text, c.signature, _ = strings.Cut(text, signatureOf)
	if (c.signature != "") != (c.chain != nil) {
		return badChunk("the signatures of the chunks do not go with x-amz-content-sha256", nil)
	}
	size, err := strconv.ParseUint(text, 16, 63)
	if err != nil || strings.ContainsAny(text, "+-_xX") {
		return badChunk("a chunk's size is not a hexadecimal number", nil)
	}
	c.left, c.inside = int64(size), true //nolint:gosec // 63 bits were asked for
	if size > 0 {
		return nil
	}
	if err := c.proved(); err != nil { // of no data: that nothing was cut off
		return err
	}
	return c.end()
}

// proved compares the signature of the chunk that was read, if chunks are signed.
func (c *chunkReader) proved() error {
	if c.chain == nil {
		return nil
	}
	sum := hex.EncodeToString(c.data.Sum(nil))
	c.data.Reset()
	return c.chain.Chunk(sum, c.signature)
}

// end reads what follows the last chunk.
func (c *chunkReader) end() error {
	if err := c.readTrailer(); err != nil {
		return err
	}
	if empty, err := c.line(0); err != nil || empty != "" {
		return badTrailer("the trailer is not followed by an empty line", err)
	}
	if _, err := c.src.ReadByte(); !errors.Is(err, io.EOF) {
		return badTrailer("the trailer is followed by something", err)
	}
	c.over = true
	return nil
}

// readTrailer reads the one trailer that was announced, and its signature if the chunks are signed.
func (c *chunkReader) readTrailer() error {
	if c.trailer == "" {
		return nil
	}
	text, err := c.line(maxTrailer)
	if err != nil {
		return badTrailer("the trailer cannot be read", err)
	}
	if c.chain != nil {
		text = strings.TrimSuffix(text, "\n") // minio-go ends the line twice
	}
	name, value, _ := strings.Cut(text, ":")
	if !strings.EqualFold(strings.TrimSpace(name), c.trailer) {
		return badTrailer("the trailer is not the one that x-amz-trailer announces", nil)
	}
	c.found = strings.TrimSpace(value)
	if c.chain == nil {
		return nil
	}
	if text, err = c.line(maxTrailer); err != nil {
		return badTrailer("the trailer's signature cannot be read", err)
	}
	signature, signed := strings.CutPrefix(text, "x-amz-trailer-signature:")
	if !signed {
		return badTrailer("the trailer is not signed", nil)
	}
	return c.chain.Trailer(c.trailer+":"+c.found+"\n", signature)
}

// line reads up to most bytes and a CRLF.
func (c *chunkReader) line(most int) (string, error) {
	var text []byte
	for {
		b, err := c.src.ReadByte()
		if err != nil {
			return "", broken(err)
		}
		if b == '\n' && len(text) > 0 && text[len(text)-1] == '\r' {
			return string(text[:len(text)-1]), nil
		}
		if text = append(text, b); len(text) > most+1 {
			return "", errors.New("the line is too long or has no end")
		}
	}
}

// value is what the trailer brought; asked for at the end of the body.
func (c *chunkReader) value() (string, error) {
	if !c.over {
		return "", badTrailer("the trailer was not read", c.failed)
	}
	return c.found, nil
}

// broken says that a body that ended inside its framing did not end.
func broken(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func badChunk(why string, cause error) error {
	return fault.New(fault.Invalid, BadChunk, "The aws-chunked body is broken: %s.", why).Because(cause)
}

func badTrailer(why string, cause error) error {
	return fault.New(fault.Invalid, BadTrailer, "The aws-chunked body is broken: %s.", why).Because(cause)
}
