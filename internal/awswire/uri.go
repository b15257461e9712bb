package awswire

import (
	"net/url"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// URIEncode percent-encodes every byte that RFC 3986 section 2.3 does not call unreserved, with upper-case hex. IAM
// writes policy documents this way: a space is %20 and a plus is %2B.
func URIEncode(s string) string { return string(appendURI(nil, s, false)) }

// appendURI is URIEncode onto dst; a slash stays one if keepSlash.
func appendURI(dst []byte, s string, keepSlash bool) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		c := s[i]
		if unreserved(c) || keepSlash && c == '/' {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', hex[c>>4], hex[c&15])
		}
	}
	return dst
}

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}

// DecodePath gives the bytes that an escaped request path stands for. The S3 door finds bucket and key in exactly this
// text, so that what is served is what was signed (threat A01). Nothing is cleaned: "//", "." and ".." stay.
func DecodePath(escaped string) (string, error) {
	if !strings.HasPrefix(escaped, "/") {
		return "", malformedURI("the path does not start with a slash")
	}
	path, err := url.PathUnescape(escaped)
	if err != nil {
		return "", malformedURI("the path is not well formed percent-encoding")
	}
	return path, nil
}

// appendPath writes the canonical path. S3 encodes it once and normalises nothing; every other service removes dot and
// empty segments and encodes each segment twice.
func appendPath(dst []byte, escaped string, s3 bool) ([]byte, error) {
	path, err := DecodePath(escaped)
	if err != nil {
		return nil, err
	}
	if s3 {
		return appendURI(dst, path, true), nil
	}
	// The segments are cut before decoding, so that an encoded slash stays inside its segment.
	var kept []string
	trailing := false
	for segment := range strings.SplitSeq(escaped[1:], "/") {
		decoded, err := url.PathUnescape(segment)
		if err != nil {
			return nil, malformedURI("the path is not well formed percent-encoding")
		}
		trailing = decoded == "" || decoded == "." || decoded == ".."
		switch {
		case decoded == "..":
			kept = kept[:max(len(kept)-1, 0)]
		case !trailing:
			kept = append(kept, decoded)
		}
	}
	for _, segment := range kept {
		dst = append(dst, '/')
		dst = appendURI(dst, URIEncode(segment), false)
	}
	if trailing {
		dst = append(dst, '/')
	}
	return dst, nil
}

func malformedURI(format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, ReasonMalformedURI, format, args...)
}
