package audit

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	segmentSuffix = ".ndjson"
	reserveName   = "next.reserve"
)

// segment is one file of a stream. Its name carries the number of its first line and when that was written.
type segment struct {
	path  string
	first uint64    // number of the first line
	begun time.Time // when it was begun, to the millisecond
	size  int64     // bytes that are whole lines on the disk; what follows is not read
	zeros int64     // behind them, when the files were listed
}

// segmentPath names a segment. Names sort as their lines do.
func segmentPath(dir string, first uint64, begun time.Time) string {
	return filepath.Join(dir, fmt.Sprintf("%020d-%013d%s", first, begun.UnixMilli(), segmentSuffix))
}

// parseSegment reads a segment's name; ok is false for any other file.
func parseSegment(path string) (s segment, ok bool) {
	base, ok := strings.CutSuffix(filepath.Base(path), segmentSuffix)
	if !ok {
		return segment{}, false
	}
	seq, ms, ok := strings.Cut(base, "-")
	first, err1 := strconv.ParseUint(seq, 10, 64)
	millis, err2 := strconv.ParseInt(ms, 10, 64)
	if !ok || err1 != nil || err2 != nil {
		return segment{}, false
	}
	return segment{path: path, first: first, begun: time.UnixMilli(millis).UTC()}, true
}

// listSegments gives the segments in dir, oldest first, at the sizes that they have now. Zeros at the end are room that the
// process which wrote them did not come to take back: no line holds one.
func listSegments(dir string) ([]segment, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list segments: %w", err)
	}
	var out []segment
	for _, e := range entries { // sorted by name, so by number
		s, ok := parseSegment(filepath.Join(dir, e.Name()))
		if !ok {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, fmt.Errorf("list segments: %w", err)
		}
		if s.zeros, err = zerosAtEnd(s.path, info.Size()); err != nil {
			return nil, fmt.Errorf("list segments: %w", err)
		}
		s.size = info.Size() - s.zeros
		out = append(out, s)
	}
	return out, nil
}

// zerosAtEnd counts the zero bytes that a file of this size ends with.
func zerosAtEnd(path string, size int64) (n int64, err error) {
	f, err := os.Open(path) //nolint:gosec // the path is made here, not by a caller
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b := make([]byte, 4<<10)
	for n < size {
		part := b[:min(size-n, int64(len(b)))]
		if _, err := f.ReadAt(part, size-n-int64(len(part))); err != nil {
			return 0, err
		}
		rest := len(bytes.TrimRight(part, "\x00"))
		n += int64(len(part) - rest)
		if rest > 0 {
			break
		}
	}
	return n, nil
}

// read gives the segment's committed bytes.
func (s segment) read() ([]byte, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, fmt.Errorf("open segment: %w", err)
	}
	b := make([]byte, s.size)
	if _, err := f.ReadAt(b, 0); err != nil {
		return nil, fmt.Errorf("read segment: %w", errors.Join(err, f.Close()))
	}
	return b, f.Close()
}

// lastLine cuts the last whole line off b and gives both; ok is false when there is none.
func lastLine(b []byte) (rest, line []byte, ok bool) {
	end := bytes.LastIndexByte(b, '\n')
	if end < 0 {
		return nil, nil, false
	}
	start := bytes.LastIndexByte(b[:end], '\n') + 1
	return b[:start], b[start:end], true
}

// totalSize adds up the sizes.
func totalSize(segments []segment) int64 {
	var n int64
	for s := range slices.Values(segments) {
		n += s.size
	}
	return n
}
