package web

import (
	"net/http"
	"strings"
	"unicode/utf8"
)

// splitPath cuts an escaped path into its segments, appended to segs, and tells whether it ended in a slash. It
// answers false for every path that two readers could understand in two ways (threats M05, T06): empty and dot
// segments, and segments that hold, plain or escaped, a slash, a backslash, a control character or bad UTF-8.
func splitPath(segs []string, path string) (out []string, slash, ok bool) {
	rest, ok := strings.CutPrefix(path, "/")
	if path == "" || rest == "" {
		return segs, false, path == "" || ok
	}
	if !ok {
		return segs, false, false
	}
	rest, slash = strings.CutSuffix(rest, "/")
	for seg := range strings.SplitSeq(rest, "/") {
		if len(segs) == maxSegments || !plainSegment(seg) {
			return segs, false, false
		}
		segs = append(segs, seg)
	}
	return segs, slash, true
}

// Segments gives the decoded segments of a request's path for a raw door whose paths are made of names, and whether the
// path ended in a slash. It answers false where a door with a router finds nothing, whatever its table: for every path that
// could be read in two ways.
func Segments(r *http.Request) (segs []string, slash, ok bool) {
	segs, slash, ok = splitPath(nil, RawPath(r))
	if !ok {
		return nil, false, false
	}
	for i, seg := range segs {
		segs[i], _ = decodeSegment(seg) // splitPath has tried
	}
	return segs, slash, true
}

// plainSegment tells whether an escaped segment has one reading.
func plainSegment(seg string) bool {
	if strings.IndexByte(seg, '%') >= 0 {
		var ok bool
		if seg, ok = decodeSegment(seg); !ok {
			return false
		}
	}
	if seg == "" || seg == "." || seg == ".." {
		return false
	}
	ascii := true
	for i := range len(seg) {
		c := seg[i]
		if c < 0x20 || c == 0x7f || c == '/' || c == '\\' {
			return false
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	return ascii || utf8.ValidString(seg)
}

// decodeSegment undoes percent-encoding once (RFC 3986 section 2.1). A plus stays a plus.
func decodeSegment(seg string) (string, bool) {
	if strings.IndexByte(seg, '%') < 0 {
		return seg, true
	}
	return unescape(seg, false)
}

// unescape undoes percent-encoding once and, where plus is set, reads "+" as a space as HTML forms do. Unlike
// net/url it is the only decoder of the kit, so that no two doors decode differently.
func unescape(s string, plus bool) (string, bool) {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '%':
			if i+2 >= len(s) {
				return "", false
			}
			hi, lo := unhex(s[i+1]), unhex(s[i+2])
			if hi > 15 || lo > 15 {
				return "", false
			}
			b = append(b, hi<<4|lo)
			i += 2
		case c == '+' && plus:
			b = append(b, ' ')
		default:
			b = append(b, c)
		}
	}
	return string(b), true
}

// unhex gives a hex digit's value, or 255.
func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

// RawPath gives the path exactly as the client sent it, escapes and all: what a signature was made over. A target in
// absolute form (RFC 9112 section 3.2.2) loses its scheme and authority.
func RawPath(r *http.Request) string {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	if _, rest, ok := strings.Cut(path, "://"); ok && !strings.HasPrefix(path, "/") {
		i := strings.IndexByte(rest, '/')
		if i < 0 {
			return "/"
		}
		return rest[i:]
	}
	return path
}
