package wire

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/door/s3/body"
	"github.com/lanyard-id/lanyard/internal/fault"
)

// signatureParams are the parameters of a presigned URL's signature.
func signatureParams() []string {
	return []string{
		"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders",
		"X-Amz-Signature", "X-Amz-Security-Token", "X-Amz-Content-Sha256",
	}
}

// IsHeader tells whether a parameter of a presigned URL is one of its signature, or stands for a header.
func IsHeader(param string) bool { return len(param) > 6 && strings.EqualFold(param[:6], "x-amz-") }

// Headers are those of the request, with the x-amz headers that SDKs put into the query of a presigned URL: the signature
// covers them there, and whoever uses the URL cannot change them (S3 API Reference, "Authenticating Requests: Using Query
// Parameters"). One that stands in both places is refused, as is one that passes for a part of the signature.
func Headers(h http.Header, query awswire.Params) (http.Header, error) {
	all := h
	for _, p := range query {
		if !IsHeader(p.Name) || slices.Contains(signatureParams(), p.Name) {
			continue
		}
		posing := slices.ContainsFunc(signatureParams(), func(s string) bool { return strings.EqualFold(s, p.Name) })
		if posing || all.Get(p.Name) != "" || !isHeaderValue(p.Value) {
			return nil, fault.New(fault.Invalid, body.BadArgument, "The query parameter %.64q cannot stand for a header here.", p.Name)
		}
		if len(all) == len(h) {
			all = h.Clone()
		}
		all.Set(p.Name, p.Value)
	}
	return all, nil
}

// isHeaderValue tells whether a text could have arrived as a header's value.
func isHeaderValue(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}
