package blob

import (
	"net/http"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/door/blob/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// Headers that several operations read.
const (
	metaPrefix = "x-ms-meta-" // begins the headers of a blob's own metadata
	leaseID    = "x-ms-lease-id"
	copySource = "x-ms-copy-source"
)

// commonHeaders are the x-ms headers of every operation: none of them changes what is done.
func commonHeaders() []string {
	return []string{
		"x-ms-client-request-id", "x-ms-correlation-request-id", "x-ms-date", "x-ms-return-client-request-id",
		"x-ms-useragent", "x-ms-version",
	}
}

// contentHeaders are what a writer says of a blob's content.
func contentHeaders() []string {
	return []string{
		"x-ms-blob-cache-control", "x-ms-blob-content-disposition", "x-ms-blob-content-encoding",
		"x-ms-blob-content-language", "x-ms-blob-content-md5", "x-ms-blob-content-type",
	}
}

func copyHeaders() []string {
	return []string{
		copySource, "x-ms-requires-sync", metaPrefix, "x-ms-source-if-match", "x-ms-source-if-none-match",
		"x-ms-source-if-modified-since", "x-ms-source-if-unmodified-since", "x-ms-source-lease-id",
	}
}

func leaseHeaders() []string {
	return []string{"x-ms-lease-action", "x-ms-lease-break-period", "x-ms-lease-duration", "x-ms-proposed-lease-id"}
}

// preconditions are the conditional headers of RFC 9110 section 13.1.
func preconditions() []string {
	return []string{"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"}
}

// checkHeaders refuses x-ms headers that the operation does not understand, and conditions that it cannot hold: a customer's
// key or a tier would look as if it had been obeyed.
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
			return badHeader("The header %.64s is given more than once.", lower)
		}
	}
	for _, header := range preconditions() {
		if op.bare && len(h.Values(header)) > 0 {
			return fault.New(fault.Unsupported, OtherOperation, "%s with the header %s is not offered.", op.name, header)
		}
	}
	return nil
}

func badHeader(format string, args ...any) error {
	return fault.New(fault.Invalid, BadHeader, format, args...)
}

// metaOf reads what a write says of the blob: x-ms-blob headers, and the plain ones where plain says so.
func metaOf(h http.Header, plain bool) (objects.Meta, error) {
	one := func(name string) string {
		if v := h.Get("x-ms-blob-" + name); v != "" || !plain {
			return v
		}
		return h.Get(name)
	}
	meta := objects.Meta{
		ContentType: one("content-type"), ContentEncoding: one("content-encoding"), ContentLanguage: one("content-language"),
		ContentDisposition: h.Get("x-ms-blob-content-disposition"), CacheControl: one("cache-control"),
		ContentMD5: h.Get("x-ms-blob-content-md5"),
	}
	if meta.ContentMD5 != "" {
		if _, err := wire.ParseMD5(meta.ContentMD5); err != nil {
			return meta, err
		}
	}
	user, err := userMeta(h)
	meta.User = user
	return meta, err
}

// userMeta reads metadata. Names are C# identifiers, do not count case and come back in lower case.
func userMeta(h http.Header) (map[string]string, error) {
	var user map[string]string
	for name, values := range h {
		key, ok := strings.CutPrefix(strings.ToLower(name), metaPrefix)
		if !ok {
			continue
		}
		if !metaNameFits(key) {
			return nil, fault.New(fault.Invalid, BadMetadata, "The metadata name %.64q is not a C# identifier.", key)
		}
		if user == nil {
			user = make(map[string]string)
		}
		user[key] = values[0] // no header stands twice
	}
	return user, nil
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
