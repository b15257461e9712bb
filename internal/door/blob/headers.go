package blob

import (
	"net/http"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// metaPrefix begins the headers of a blob's own metadata.
const metaPrefix = "x-ms-meta-"

// commonHeaders are the x-ms headers of every operation: none of them changes what is done.
func commonHeaders() []string {
	return []string{
		"x-ms-client-request-id", "x-ms-correlation-request-id", "x-ms-date", "x-ms-return-client-request-id",
		"x-ms-useragent", "x-ms-version",
	}
}

// writeHeaders are those of Put Blob.
func writeHeaders() []string {
	return []string{
		"x-ms-blob-cache-control", "x-ms-blob-content-disposition", "x-ms-blob-content-encoding",
		"x-ms-blob-content-language", "x-ms-blob-content-md5", "x-ms-blob-content-type", "x-ms-blob-type", metaPrefix,
	}
}

// preconditions are the conditional headers of RFC 9110 section 13.1.
func preconditions() []string {
	return []string{"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"}
}

// checkHeaders refuses x-ms headers that the operation does not understand, and conditions that it cannot hold: a lease,
// a customer's key or a tier would look as if it had been obeyed.
func (op operation) checkHeaders(h http.Header) error {
	for header, values := range h {
		lower := strings.ToLower(header)
		if !strings.HasPrefix(lower, "x-ms-") || slices.Contains(commonHeaders(), lower) {
			continue
		}
		known := slices.ContainsFunc(op.headers, func(k string) bool {
			return k == lower || strings.HasSuffix(k, "-") && strings.HasPrefix(lower, k)
		})
		if !known {
			return fault.New(fault.Unsupported, OtherOperation, "%s with the header %.64s is not offered.", op.name, lower)
		}
		if len(values) > 1 {
			return fault.New(fault.Invalid, BadHeader, "The header %.64s is given more than once.", lower)
		}
	}
	for _, header := range op.without {
		if len(h.Values(header)) > 0 {
			return fault.New(fault.Unsupported, OtherOperation, "%s with the header %s is not offered.", op.name, header)
		}
	}
	return nil
}

// metaNameFits tells whether s may name metadata: a C# identifier, of which ASCII is offered, so that it can be an
// element of a listing's XML too (Naming and referencing containers, blobs, and metadata).
func metaNameFits(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20 // lower case, if it is a letter
		if letter := c >= 'a' && c <= 'z' || s[i] == '_'; !letter && (i == 0 || s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return s != ""
}
