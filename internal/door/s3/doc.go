// Package s3 is the Amazon S3 door: it makes and changes buckets, and lists, reads, writes, copies and tags their objects.
//
// It owns the operations of the S3 REST protocol that are offered, their headers and XML. Every request names its bucket
// in the path, or in a host below the storage domain, proves itself by a version 4 signature in the header or in the URL,
// and is decided by the policies of the role, the session and the bucket before an object is looked for. What is served is
// found in the very bytes that were signed, and a parameter or header that is not understood is refused. It never answers
// an anonymous caller and never ignores a sub-resource.
package s3
