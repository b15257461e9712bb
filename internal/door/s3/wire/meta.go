package wire

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/door/s3/body"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// ACLUnsupported means that the request sets an access control list; rights come from policies only.
const ACLUnsupported fault.Reason = "s3.acl_unsupported"

// MetaPrefix begins the headers of an object's own metadata.
const MetaPrefix = "x-amz-meta-"

// CheckOptions refuses what S3 would do with the object and this door does not.
func CheckOptions(h http.Header) error {
	switch acl := h.Get("x-amz-acl"); acl {
	case "", "private", "bucket-owner-full-control": // what holds anyway
	default:
		return fault.New(fault.Invalid, ACLUnsupported, "The bucket does not allow ACLs")
	}
	if class := h.Get("x-amz-storage-class"); class != "" && class != "STANDARD" {
		return fault.New(fault.Unsupported, body.Unsupported, "The storage class %.32q is not offered.", class)
	}
	if h.Get("Expires") != "" {
		return fault.New(fault.Unsupported, body.Unsupported, "The header Expires is not offered.")
	}
	return nil
}

// CheckBucketOptions refuses what would make rights in a new bucket come from elsewhere than policies, or objects stay that are
// deleted.
func CheckBucketOptions(h http.Header) error {
	if err := CheckOptions(h); err != nil {
		return err
	}
	if own := h.Get("x-amz-object-ownership"); own != "" && own != "BucketOwnerEnforced" {
		return fault.New(fault.Invalid, ACLUnsupported, "The bucket does not allow ACLs: its owner owns every object.")
	}
	if lock := h.Get("x-amz-bucket-object-lock-enabled"); lock != "" && lock != "false" && lock != "False" {
		return fault.New(fault.Unsupported, body.Unsupported, "Locks on objects are not offered.")
	}
	return nil
}

// MetaOf is what the headers say about an object to be.
func MetaOf(h http.Header) objects.Meta {
	meta := objects.Meta{
		ContentType: h.Get("Content-Type"), ContentLanguage: h.Get("Content-Language"),
		ContentDisposition: h.Get("Content-Disposition"), CacheControl: h.Get("Cache-Control"),
	}
	for header, values := range h {
		if key, ok := strings.CutPrefix(strings.ToLower(header), MetaPrefix); ok && key != "" {
			if meta.User == nil {
				meta.User = make(map[string]string)
			}
			meta.User[key] = strings.Join(values, ",") // as they were signed
		}
	}
	return meta
}

// WriteValidators sets what a client compares to know whether an object has changed.
func WriteValidators(h http.Header, info objects.Info) {
	h.Set("ETag", `"`+info.ETag+`"`)
	h.Set("Last-Modified", info.LastModified.UTC().Format(http.TimeFormat))
}

// WriteInfo sets the headers that describe an object.
func WriteInfo(h http.Header, info objects.Info) {
	h.Set("Content-Type", "binary/octet-stream")
	for _, own := range [...]struct{ header, value string }{
		{"Content-Type", info.ContentType},
		{"Content-Encoding", info.ContentEncoding},
		{"Content-Language", info.ContentLanguage},
		{"Content-Disposition", info.ContentDisposition},
		{"Cache-Control", info.CacheControl},
	} {
		if own.value != "" {
			h.Set(own.header, own.value)
		}
	}
	if n := len(info.Tags); n > 0 {
		h.Set("x-amz-tagging-count", strconv.Itoa(n))
	}
	for k, v := range info.User {
		h[MetaPrefix+k] = []string{v} // in lower case, as S3 sends it: SDKs give the names to programs as they came
	}
	h.Set("Accept-Ranges", "bytes")
}
