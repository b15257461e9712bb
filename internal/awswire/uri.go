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

// appendPath writes the canonical path by the rule of S3 or by that of every other service.
func appendPath(dst []byte, escaped string, s3 bool) ([]byte, error) {
	if !s3 {
		return appendNormalPath(dst, escaped)
	}
	path, err := DecodePath(escaped)
	if err != nil {
		return nil, err
	}
	return appendURI(dst, path, true), nil
}

// appendNormalPath removes dot and empty segments (RFC 3986 section 5.2.4) and encodes each segment twice. The segments
// are cut before decoding, so that an encoded slash stays inside its segment.
func appendNormalPath(dst []byte, escaped string) ([]byte, error) {
	rest, absolute := strings.CutPrefix(escaped, "/")
	if !absolute {
		return nil, malformedURI("the path does not start with a slash")
	}
	var kept []string
	open := false // whether the path ends in a slash once normalised
	for segment := range strings.SplitSeq(rest, "/") {
		name, err := url.PathUnescape(segment)
		if err != nil {
			return nil, malformedURI("the path is not well formed percent-encoding")
		}
		open = name == "" || name == "." || name == ".."
		switch {
		case name == "..":
			kept = kept[:max(len(kept)-1, 0)]
		case !open:
			kept = append(kept, name)
		}
	}
	for _, name := range kept {
		dst = append(dst, '/')
		dst = appendURI(dst, URIEncode(name), false)
	}
	if open {
		dst = append(dst, '/')
	}
	return dst, nil
}

func malformedURI(format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, ReasonMalformedURI, format, args...)
}
