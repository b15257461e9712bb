package s3

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"

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
	maxChunkLine  = 32
	maxTrailer    = 512
	chunkBuffered = 32 << 10
)

// chunkReader takes the framing off an aws-chunked body without signatures (x-amz-content-sha256 is
// STREAMING-UNSIGNED-PAYLOAD-TRAILER): chunks of hex-size CRLF data CRLF, the last of size 0, then one trailer line, then
// an empty line, then nothing.
type chunkReader struct {
	src     *bufio.Reader
	trailer string // the name that the last line must have
	found   string // its value
	left    int64  // of the chunk that is being read
	inside  bool   // of a chunk whose closing CRLF has not been read
	over    bool
	failed  error // every read after a failure fails
}

func newChunkReader(body io.Reader, trailer string) *chunkReader {
	return &chunkReader{src: bufio.NewReaderSize(body, chunkBuffered), trailer: trailer}
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
	if err != nil {
		c.failed = broken(err)
	}
	return n, c.failed
}

// next goes to the next chunk, or reads the trailer after the last.
func (c *chunkReader) next() error {
	if c.inside {
		if end, err := c.line(0); err != nil || end != "" {
			return badChunk("a chunk is not followed by a line end", err)
		}
	}
	text, err := c.line(maxChunkLine)
	if err != nil {
		return badChunk("a chunk's size cannot be read", err)
	}
	size, err := strconv.ParseUint(text, 16, 63)
	if err != nil || strings.ContainsAny(text, "+-_xX") {
		return badChunk("a chunk's size is not a hexadecimal number", nil)
	}
	c.left, c.inside = int64(size), true //nolint:gosec // 63 bits were asked for
	if size > 0 {
		return nil
	}
	return c.end()
}

// end reads what follows the last chunk.
func (c *chunkReader) end() error {
	text, err := c.line(maxTrailer)
	if err != nil {
		return badTrailer("the trailer cannot be read", err)
	}
	name, value, _ := strings.Cut(text, ":")
	if !strings.EqualFold(strings.TrimSpace(name), c.trailer) {
		return badTrailer("the trailer is not the one that x-amz-trailer announces", nil)
	}
	c.found = strings.TrimSpace(value)
	if empty, err := c.line(0); err != nil || empty != "" {
		return badTrailer("the trailer is not followed by an empty line", err)
	}
	if _, err := c.src.ReadByte(); !errors.Is(err, io.EOF) {
		return badTrailer("the trailer is followed by something", err)
	}
	c.over = true
	return nil
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
