package objects

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Every file of this package is
//
//	content | description as JSON | length of the JSON (4 bytes, big endian) | CRC-32C of the JSON (4 bytes) | magic
//
// The description stands after the content because the digests are known only when all of it has been written. The magic
// says what kind of file it is, so that no file is ever read as one of another kind.
const (
	objectMagic = "lanyobj1" // an object: its content, or the list of its parts
	listMagic   = "lanylst1" // the list of parts, within an object's file
	noteMagic   = "lanynot1" // what was changed in an object's description since its content was written; no content
	partMagic   = "lanyprt1" // a part
	uploadMagic = "lanyupl1" // an upload that is open; no content

	footerSize = 8 + len(objectMagic)
	maxTrailer = 256 << 10 // MaxMeta, MaxTags and MaxKey with every byte escaped, and room
	maxList    = 16 << 20  // MaxParts of the longest ids
	tailSize   = 4 << 10   // read at once: holds nearly every trailer
)

// appendTrailer writes the description behind the content.
func appendTrailer(w io.Writer, magic string, description any) error {
	text, err := json.Marshal(description)
	if err != nil {
		return fmt.Errorf("describe object: %w", err)
	}
	out := binary.BigEndian.AppendUint32(text, uint32(len(text))) //nolint:gosec // all that is described is bounded
	out = binary.BigEndian.AppendUint32(out, checksum(text))
	_, err = w.Write(append(out, magic...))
	return err
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// readTrailer reads the description from the end of a file of size bytes, and gives the length of the content before it.
// The error says what is wrong with it.
func readTrailer(r io.ReaderAt, size int64, magic string, description any) (content int64, err error) {
	limit := maxTrailer
	if magic == listMagic {
		limit = maxList
	}
	tail, err := readTail(r, size, tailSize)
	if err != nil {
		return 0, err
	}
	body, footer := len(tail)-footerSize, tail[max(0, len(tail)-footerSize):]
	if body < 0 || string(footer[8:]) != magic {
		return 0, errors.New("the file does not end as a file of its kind does")
	}
	length := int(binary.BigEndian.Uint32(footer))
	if length > limit || int64(length+footerSize) > size {
		return 0, errors.New("the trailer's length is wrong")
	}
	if length > body {
		if tail, err = readTail(r, size, length+footerSize); err != nil {
			return 0, err
		}
		body = length
	}
	text := tail[body-length : body]
	if checksum(text) != binary.BigEndian.Uint32(footer[4:]) {
		return 0, errors.New("the trailer's checksum is wrong")
	}
	if err := json.Unmarshal(text, description); err != nil {
		return 0, fmt.Errorf("read trailer: %w", err)
	}
	return size - int64(length+footerSize), nil
}

// readTail reads the last n bytes, or the whole file if it is shorter.
func readTail(r io.ReaderAt, size int64, n int) ([]byte, error) {
	tail := make([]byte, min(size, int64(n)))
	if got, err := r.ReadAt(tail, size-int64(len(tail))); got < len(tail) {
		return nil, fmt.Errorf("read trailer: %w", err)
	}
	return tail, nil
}

// readInfo reads an object's description and sees whether its content has the length that it says. What lies there
// instead of the content of an assembled object is the list of its parts.
func readInfo(r io.ReaderAt, size int64) (info Info, list int64, err error) {
	content, err := readTrailer(r, size, objectMagic, &info)
	if err != nil {
		return Info{}, 0, err
	}
	if info.Size < 0 || info.Parts < 0 || info.Version <= 0 || info.Content <= 0 {
		return Info{}, 0, errors.New("the description is wrong")
	}
	if info.Parts > 0 {
		return info, content, nil
	}
	if info.Size != content {
		return Info{}, 0, fmt.Errorf("the content has %d bytes and should have %d", content, info.Size)
	}
	return info, 0, nil
}
