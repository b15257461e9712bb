package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/lanyard-id/lanyard/internal/requestid"
)

// A line is the record's JSON with three members at its end:
//
//	{"id":"…",…,"seq":7,"prev":"<hash of line 6>","hash":"<hash of this line>"}
//
// The hash covers every byte before `,"hash":`, so it covers prev as well and chains the lines.
const (
	hashMember = `,"hash":"`
	lineEnd    = `"}`
	hashTail   = len(hashMember) + 2*sha256.Size + len(lineEnd)

	usualBody = 3 << 9 // bytes that a record seldom exceeds
)

// encodeBody writes a record without the members that place it in a stream. The log's callers do this work, so that
// the one writer only adds numbers and hashes.
func encodeBody(rec *Record) ([]byte, error) {
	body, err := appendRecord(make([]byte, 0, usualBody), rec)
	if err != nil {
		return nil, fmt.Errorf("encode record: %w", err)
	}
	return body, nil
}

// appendLine places body after head in buf and gives the new head.
func appendLine(buf, body []byte, head Head) ([]byte, Head) {
	start := len(buf)
	buf = append(buf, body...)
	buf = append(buf, `,"seq":`...)
	buf = strconv.AppendUint(buf, head.Seq+1, 10)
	if !head.Hash.IsZero() {
		buf = append(buf, `,"prev":"`...)
		buf = append(hex.AppendEncode(buf, head.Hash[:]), '"')
	}
	head = Head{Seq: head.Seq + 1, Hash: sha256.Sum256(buf[start:])}
	buf = append(buf, hashMember...)
	buf = hex.AppendEncode(buf, head.Hash[:])
	buf = append(buf, lineEnd...)
	return append(buf, '\n'), head
}

// errLine is why a line cannot be believed.
var errLine = errors.New("the line is not what was written")

// checkLine says whether a line (without its newline) is exactly what was written.
func checkLine(line []byte) (Hash, error) {
	at := len(line) - hashTail
	if at < 1 || !bytes.HasPrefix(line[at:], []byte(hashMember)) || !bytes.HasSuffix(line, []byte(lineEnd)) {
		return Hash{}, fmt.Errorf("%w: it does not end in a hash", errLine)
	}
	var said Hash
	if err := said.UnmarshalText(line[at+len(hashMember) : len(line)-len(lineEnd)]); err != nil {
		return Hash{}, fmt.Errorf("%w: %w", errLine, err)
	}
	// Hex digits have two spellings and only one is written; comparing the text catches a flipped case bit.
	if is := Hash(sha256.Sum256(line[:at])); is != said || is.String() != string(line[at+len(hashMember):len(line)-len(lineEnd)]) {
		return Hash{}, fmt.Errorf("%w: its hash does not fit", errLine)
	}
	return said, nil
}

// parseLine checks and decodes one line.
func parseLine(line []byte) (Record, error) {
	if _, err := checkLine(line); err != nil {
		return Record{}, err
	}
	var rec Record
	if err := json.Unmarshal(line, &rec); err != nil {
		return Record{}, fmt.Errorf("%w: %w", errLine, err)
	}
	return rec, nil
}

// place is where a line stands in its stream.
type place struct {
	Seq  uint64 `json:"seq"`
	Prev Hash   `json:"prev"`
}

// parsePlace checks a line and reads only its place and hash.
func parsePlace(line []byte) (place, Head, error) {
	hash, err := checkLine(line)
	if err != nil {
		return place{}, Head{}, err
	}
	// The last `,"seq":` is ours: a quote inside a JSON string is always escaped, and seq is followed by hashes only.
	at := bytes.LastIndex(line, []byte(`,"seq":`))
	if at < 0 {
		return place{}, Head{}, fmt.Errorf("%w: it has no number", errLine)
	}
	var p place
	if err := json.Unmarshal(append([]byte("{"), line[at+1:]...), &p); err != nil {
		return place{}, Head{}, fmt.Errorf("%w: %w", errLine, err)
	}
	return p, Head{Seq: p.Seq, Hash: hash}, nil
}

// idMark is how a line of this request begins, with the newline before it.
func idMark(id requestid.ID) []byte {
	return []byte("\n" + `{"id":"` + id.String() + `"`)
}
