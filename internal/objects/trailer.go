package objects

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// An object's file is
//
//	content | Info as JSON | length of the JSON (4 bytes, big endian) | CRC-32C of the JSON (4 bytes) | magic
//
// The description stands after the content because the digests are known only when all of it has been written.
const (
	magic      = "lanyobj1"
	footerSize = 8 + len(magic)
	maxTrailer = 128 << 10 // MaxMeta and MaxKey with every byte escaped, and room
	tailSize   = 4 << 10   // read at once: holds nearly every trailer
)

// appendTrailer writes the description behind the content.
func appendTrailer(w io.Writer, info Info) error {
	text, err := json.Marshal(info)
	if err != nil {
		return fmt.Errorf("describe object: %w", err)
	}
	out := binary.BigEndian.AppendUint32(text, uint32(len(text))) //nolint:gosec // key and metadata are bounded
	out = binary.BigEndian.AppendUint32(out, checksum(text))
	_, err = w.Write(append(out, magic...))
	return err
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// readTrailer reads the description from the end of a file of size bytes. The error says what is wrong with it.
func readTrailer(r io.ReaderAt, size int64) (Info, error) {
	tail, err := readTail(r, size, tailSize)
	if err != nil {
		return Info{}, err
	}
	body, footer := len(tail)-footerSize, tail[max(0, len(tail)-footerSize):]
	if body < 0 || string(footer[8:]) != magic {
		return Info{}, errors.New("the file does not end as an object's file does")
	}
	length := int(binary.BigEndian.Uint32(footer))
	if length > maxTrailer || int64(length+footerSize) > size {
		return Info{}, errors.New("the trailer's length is wrong")
	}
	if length > body {
		if tail, err = readTail(r, size, length+footerSize); err != nil {
			return Info{}, err
		}
		body = length
	}
	text := tail[body-length : body]
	if checksum(text) != binary.BigEndian.Uint32(footer[4:]) {
		return Info{}, errors.New("the trailer's checksum is wrong")
	}
	var info Info
	if err := json.Unmarshal(text, &info); err != nil {
		return Info{}, fmt.Errorf("read trailer: %w", err)
	}
	if info.Size != size-int64(length+footerSize) {
		return Info{}, fmt.Errorf("the content has %d bytes and should have %d", size-int64(length+footerSize), info.Size)
	}
	return info, nil
}

// readTail reads the last n bytes, or the whole file if it is shorter.
func readTail(r io.ReaderAt, size int64, n int) ([]byte, error) {
	tail := make([]byte, min(size, int64(n)))
	if got, err := r.ReadAt(tail, size-int64(len(tail))); got < len(tail) {
		return nil, fmt.Errorf("read trailer: %w", err)
	}
	return tail, nil
}
