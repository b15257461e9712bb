package body

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
)

const trailerName = "x-amz-checksum-crc32"

// FuzzChunkReader compares the reader with a slow one that looks at the whole text at once, and with itself when the body
// comes byte by byte.
func FuzzChunkReader(f *testing.F) {
	for _, seed := range []string{
		"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", "0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
		"1\r\na\r\n0A\r\n0123456789\r\n0\r\nX-Amz-Checksum-Crc32: x \r\n\r\n", "5\r\nhello", "", "0", "0\r\n\r\n", "\r\n", "5;x\r\nhello\r\n",
		"-1\r\n", "fffffffffffffffff\r\n", "5\nhello\n0\n\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		whole := newChunkReader(bytes.NewReader(body), trailerName, nil)
		got, err := io.ReadAll(whole)
		slow := newChunkReader(iotest.OneByteReader(bytes.NewReader(body)), trailerName, nil)
		again, err2 := io.ReadAll(iotest.OneByteReader(slow))
		if (err == nil) != (err2 == nil) || !bytes.Equal(got, again) {
			t.Fatalf("at once %q, %v; byte by byte %q, %v", got, err, again, err2)
		}
		want, value, ok := unframe(string(body))
		if ok != (err == nil) {
			t.Fatalf("%q: %v, want accepted: %v", body, err, ok)
		}
		if ok && (string(got) != want || whole.found != value) {
			t.Fatalf("%q: %q and %q, want %q and %q", body, got, whole.found, want, value)
		}
	})
}

// unframe is the rule in its plainest form.
func unframe(body string) (content, value string, ok bool) {
	for {
		size, rest, found := strings.Cut(body, "\r\n")
		if !found || size == "" || len(size) > maxChunkLine || strings.Trim(size, "0123456789abcdefABCDEF") != "" {
			return "", "", false
		}
		n, err := strconv.ParseUint(size, 16, 63)
		if err != nil {
			return "", "", false
		}
		if n == 0 {
			line, end, found := strings.Cut(rest, "\r\n")
			name, value, _ := strings.Cut(line, ":")
			fits := found && end == "\r\n" && len(line) <= maxTrailer && strings.EqualFold(strings.TrimSpace(name), trailerName)
			return content, strings.TrimSpace(value), fits
		}
		if uint64(len(rest)) < n+2 || rest[n:n+2] != "\r\n" {
			return "", "", false
		}
		content, body = content+rest[:n], rest[n+2:]
	}
}
