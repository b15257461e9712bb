package s3

import (
	"net/http"
	"slices"
)

// The actions that the door asks about beside those of its table.
const (
	actionListBucket = "s3:ListBucket"
	actionGet        = "s3:GetObject"
	actionPut        = "s3:PutObject"
	actionDelete     = "s3:DeleteObject"
	actionGetTags    = "s3:GetObjectTagging"
	actionPutTags    = "s3:PutObjectTagging"
)

// operations is the table of the door. Of two lines that fit a request, the first is meant.
func operations() []operation {
	return slices.Concat(bucketOperations(), configurations(), listOperations(), uploadOperations(), objectOperations())
}

func sub(resource string) map[string]string { return map[string]string{resource: ""} }

// bucketOperations are those on buckets.
func bucketOperations() []operation {
	return []operation{
		{
			name: "ListBuckets", doc: "the buckets of the caller's account", method: http.MethodGet, at: atService,
			takes: []string{"prefix", "max-buckets", "continuation-token", "bucket-region"}, action: "s3:ListAllMyBuckets", do: Door.listBuckets,
		},
		{
			name: "GetBucketLocation", doc: "the region of a bucket", method: http.MethodGet, at: atBucket,
			needs: sub("location"), action: "s3:GetBucketLocation", do: Door.bucketLocation,
		},
		{
			name: "GetBucketPolicy", doc: "the policy of a bucket", method: http.MethodGet, at: atBucket,
			needs: sub("policy"), action: "s3:GetBucketPolicy", do: Door.getPolicy,
		},
		{
			name: "GetBucketPolicyStatus", doc: "whether a bucket's policy is public", method: http.MethodGet, at: atBucket,
			needs: sub("policyStatus"), action: "s3:GetBucketPolicyStatus", do: Door.policyStatus,
		},
		{
			name: "PutBucketPolicy", doc: "replace the policy of a bucket", method: http.MethodPut, at: atBucket,
			needs: sub("policy"), headers: append(document(), "x-amz-confirm-remove-self-bucket-access"), body: true,
			action: "s3:PutBucketPolicy", do: Door.putPolicy,
		},
		{
			name: "DeleteBucketPolicy", doc: "remove the policy of a bucket", method: http.MethodDelete, at: atBucket,
			needs: sub("policy"), action: "s3:DeleteBucketPolicy", do: Door.deletePolicy,
		},
		{
			name: "GetBucketTagging", doc: "the tags of a bucket", method: http.MethodGet, at: atBucket,
			needs: sub("tagging"), action: "s3:GetBucketTagging", do: Door.bucketTags,
		},
		{
			name: "PutBucketTagging", doc: "replace the tags of a bucket", method: http.MethodPut, at: atBucket, needs: sub("tagging"),
			headers: document(), body: true, action: "s3:PutBucketTagging", do: Door.tagBucket,
		},
		{
			name: "DeleteBucketTagging", doc: "remove the tags of a bucket", method: http.MethodDelete, at: atBucket,
			needs: sub("tagging"), action: "s3:PutBucketTagging", do: Door.untagBucket,
		},
		{
			name: "HeadBucket", doc: "whether a bucket is there", method: http.MethodHead, at: atBucket,
			action: actionListBucket, do: Door.headBucket,
		},
		{
			name: "CreateBucket", doc: "make a bucket in the caller's account", method: http.MethodPut, at: atBucket,
			headers: append(document(), "x-amz-acl", "x-amz-object-ownership", "x-amz-bucket-object-lock-enabled"),
			body:    true, makes: true, action: "s3:CreateBucket", do: Door.createBucket,
		},
		{
			name: "DeleteBucket", doc: "delete a bucket that is empty", method: http.MethodDelete, at: atBucket,
			action: "s3:DeleteBucket", do: Door.deleteBucket,
		},
	}
}

// document are the headers of a body that is a document.
func document() []string {
	return []string{"x-amz-checksum-", "x-amz-sdk-checksum-algorithm", "x-amz-decoded-content-length", "x-amz-trailer"}
}

// upload are the headers of an object to be.
func upload() []string {
	return []string{"x-amz-acl", "x-amz-meta-", "x-amz-storage-class", "x-amz-tagging"}
}

// source are the headers of a copy's source.
func source() []string {
	return []string{
		"x-amz-copy-source", "x-amz-copy-source-if-match", "x-amz-copy-source-if-none-match", "x-amz-copy-source-if-modified-since",
		"x-amz-copy-source-if-unmodified-since", "x-amz-source-expected-bucket-owner",
	}
}

// listOperations are those that list what is in a bucket, or delete a list of it.
func listOperations() []operation {
	return []operation{
		{
			name: "ListObjectsV2", doc: "the objects of a bucket", method: http.MethodGet, at: atBucket,
			needs:   map[string]string{"list-type": "2"},
			takes:   []string{"prefix", "delimiter", "max-keys", "encoding-type", "continuation-token", "start-after", "fetch-owner"},
			headers: []string{"x-amz-optional-object-attributes"}, action: actionListBucket, do: Door.listObjectsV2,
		},
		{
			name: "ListObjectVersions", doc: "the objects of a bucket, each with its one version", method: http.MethodGet, at: atBucket,
			needs: sub("versions"), takes: []string{"prefix", "delimiter", "max-keys", "encoding-type", "key-marker", "version-id-marker"},
			headers: []string{"x-amz-optional-object-attributes"}, action: "s3:ListBucketVersions", do: Door.listVersions,
		},
		{
			name: "ListMultipartUploads", doc: "the multipart uploads under way in a bucket", method: http.MethodGet, at: atBucket,
			needs: sub("uploads"), takes: []string{"prefix", "delimiter", "max-uploads", "encoding-type", "key-marker", "upload-id-marker"},
			action: "s3:ListBucketMultipartUploads", do: Door.listUploads,
		},
		{
			name: "ListObjects", doc: "the objects of a bucket, in the older form", method: http.MethodGet, at: atBucket,
			takes:   []string{"prefix", "delimiter", "max-keys", "encoding-type", "marker"},
			headers: []string{"x-amz-optional-object-attributes"}, action: actionListBucket, do: Door.listObjects,
		},
		{
			name: "DeleteObjects", doc: "remove up to 1,000 objects, each by a right of its own", method: http.MethodPost, at: atBucket,
			needs: sub("delete"), headers: document(), body: true, each: true, action: actionDelete, do: Door.deleteObjects,
		},
	}
}

// uploadOperations are those of multipart uploads.
func uploadOperations() []operation {
	part := map[string]string{"uploadId": anyValue, "partNumber": anyValue}
	id := map[string]string{"uploadId": anyValue}
	return []operation{
		{
			name: "CreateMultipartUpload", doc: "begin a multipart upload", method: http.MethodPost, at: atObject, needs: sub("uploads"),
			headers: append(upload(), "x-amz-checksum-algorithm", "x-amz-checksum-type"), action: actionPut, before: (*call).readTagHeader, do: Door.createUpload,
		},
		{
			name: "UploadPartCopy", doc: "store a part that is copied from an object", method: http.MethodPut, at: atObject, needs: part,
			with: "x-amz-copy-source", headers: append(source(), "x-amz-copy-source-range"), action: actionPut, do: Door.copyPart,
		},
		{
			name: "UploadPart", doc: "store a part", method: http.MethodPut, at: atObject, needs: part,
			headers: document(), body: true, action: actionPut, do: Door.uploadPart,
		},
		{
			name: "CompleteMultipartUpload", doc: "make the object of its parts", method: http.MethodPost, at: atObject, needs: id,
			headers: append(document(), "x-amz-checksum-type", "x-amz-mp-object-size"), body: true, action: actionPut, do: Door.completeUpload,
		},
		{
			name: "AbortMultipartUpload", doc: "give a multipart upload up", method: http.MethodDelete, at: atObject, needs: id,
			action: "s3:AbortMultipartUpload", do: Door.abortUpload,
		},
		{
			name: "ListParts", doc: "the parts of a multipart upload", method: http.MethodGet, at: atObject, needs: id,
			takes: []string{"max-parts", "part-number-marker"}, action: "s3:ListMultipartUploadParts", do: Door.listParts,
		},
	}
}

// objectOperations are those on one object.
func objectOperations() []operation {
	read := []string{
		"response-cache-control", "response-content-disposition", "response-content-encoding", "response-content-language",
		"response-content-type", "response-expires",
	}
	return []operation{
		{
			name: "GetObjectTagging", doc: "the tags of an object", method: http.MethodGet, at: atObject,
			needs: sub("tagging"), action: actionGetTags, do: Door.objectTags,
		},
		{
			name: "PutObjectTagging", doc: "replace the tags of an object", method: http.MethodPut, at: atObject, needs: sub("tagging"),
			headers: document(), body: true, action: actionPutTags, before: (*call).readTags, do: Door.tagObject,
		},
		{
			name: "DeleteObjectTagging", doc: "remove the tags of an object", method: http.MethodDelete, at: atObject,
			needs: sub("tagging"), action: "s3:DeleteObjectTagging", do: Door.tagObject,
		},
		{
			name: "GetObject", doc: "an object or a range of it", method: http.MethodGet, at: atObject,
			takes: read, headers: []string{"x-amz-checksum-mode"}, action: actionGet, do: Door.getObject,
		},
		{
			name: "HeadObject", doc: "what is known of an object", method: http.MethodHead, at: atObject,
			takes: read, headers: []string{"x-amz-checksum-mode"}, action: actionGet, do: Door.headObject,
		},
		{
			name: "CopyObject", doc: "store a copy of an object", method: http.MethodPut, at: atObject, with: "x-amz-copy-source",
			headers: slices.Concat(upload(), source(), []string{"x-amz-metadata-directive", "x-amz-tagging-directive", "x-amz-checksum-algorithm"}),
			action:  actionPut, before: (*call).readTagHeader, do: Door.copyObject,
		},
		{
			name: "PutObject", doc: "store an object in one request", method: http.MethodPut, at: atObject,
			headers: append(upload(), document()...), body: true, action: actionPut, before: (*call).readTagHeader, do: Door.putObject,
		},
		{
			name: "DeleteObject", doc: "remove an object for good", method: http.MethodDelete, at: atObject,
			action: actionDelete, do: Door.deleteObject,
		},
	}
}
