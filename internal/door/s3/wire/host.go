package wire

import "strings"

// BucketIn reads the bucket out of a host {bucket}.s3.{domain} (S3 User Guide, "Virtual hosting of buckets"). domain is a URL,
// whose port is another door's; empty is none.
func BucketIn(host, domain string) (bucket string, ok bool) {
	_, suffix, ok := strings.Cut(domain, "://")
	if !ok {
		return "", false
	}
	suffix, _, _ = strings.Cut(suffix, ":")
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	bucket, ok = strings.CutSuffix(host, ".s3."+strings.ToLower(suffix))
	return bucket, ok && bucket != "" && !strings.ContainsAny(bucket, "/%")
}
