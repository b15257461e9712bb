package wire

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// BadCopySource means that a copy source is not a bucket and a key, or that a range of it is none.
const BadCopySource fault.Reason = "s3.bad_copy_source"

// ParseCopySource reads the header x-amz-copy-source: bucket and key, encoded as in a URL, with or without a slash before
// them (S3 API Reference, CopyObject). A version is not part of it: only the one that there is can be meant, "null".
func ParseCopySource(text string) (bucket, key string, err error) {
	path, version, versioned := strings.Cut(text, "?")
	path, err = url.PathUnescape(path)
	bucket, key, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if err != nil || bucket == "" || key == "" || !utf8.ValidString(path) || strings.Contains(bucket, ":") {
		return "", "", fault.New(fault.Invalid, BadCopySource, "Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
	}
	if versioned && version != "versionId=null" {
		return "", "", fault.New(fault.Invalid, BadCopySource, "Copy Source names a version, and there are none.")
	}
	return bucket, key, nil
}

// ParseCopyRange reads the header x-amz-copy-source-range: bytes=first-last, both given and both within the source (S3 API
// Reference, UploadPartCopy).
func ParseCopyRange(text string, size int64) (start, length int64, err error) {
	bounds, ok := strings.CutPrefix(text, "bytes=")
	first, last, _ := strings.Cut(bounds, "-")
	from, err := strconv.ParseUint(first, 10, 63)
	to, err2 := strconv.ParseUint(last, 10, 63)
	if !ok || err != nil || err2 != nil || from > to {
		return 0, 0, fault.New(fault.Invalid, BadCopySource, "The x-amz-copy-source-range value must be of the form bytes=first-last")
	}
	if int64(to) >= size { //nolint:gosec // 63 bits were asked for
		return 0, 0, fault.New(fault.Invalid, BadCopySource, "Range specified is not valid for source object of size: %d", size)
	}
	return int64(from), int64(to-from) + 1, nil //nolint:gosec // the same
}
