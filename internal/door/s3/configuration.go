package s3

import (
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
)

// configurations are the questions about what a bucket can have on S3 and has not here. The answers are those of a bucket on
// which it was never set up, which is true; what sets one up is refused as any other operation that is not offered.
func configurations() []operation {
	absent := func(name, sub, action, code, message string) operation {
		return operation{
			name: name, doc: "there is none", method: http.MethodGet, at: atBucket, needs: map[string]string{sub: ""}, action: action,
			do: func(Door, *call, http.ResponseWriter) error { return none(code, message) },
		}
	}
	fixed := func(name, sub, root, doc string, write func(*call, *awswire.XML)) operation {
		return operation{
			name: name, doc: doc, method: http.MethodGet, at: atBucket, needs: map[string]string{sub: ""},
			action: "s3:" + strings.Replace(name, "GetBucketAccelerate", "GetAccelerate", 1), // which alone is called otherwise
			do: func(_ Door, c *call, w http.ResponseWriter) error {
				x := awswire.NewDocument(root, awswire.S3Namespace)
				write(c, x)
				return writeXML(w, x)
			},
		}
	}
	nothing := func(*call, *awswire.XML) {}
	return []operation{
		absent("GetBucketCors", "cors", "s3:GetBucketCORS", "NoSuchCORSConfiguration", "The CORS configuration does not exist"),
		absent("GetBucketWebsite", "website", "s3:GetBucketWebsite", "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"),
		absent("GetBucketLifecycleConfiguration", "lifecycle", "s3:GetLifecycleConfiguration", "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"),
		absent("GetBucketReplication", "replication", "s3:GetReplicationConfiguration", "ReplicationConfigurationNotFoundError", "The replication configuration was not found"),
		absent("GetBucketEncryption", "encryption", "s3:GetEncryptionConfiguration", "ServerSideEncryptionConfigurationNotFoundError", "The server side encryption configuration was not found"),
		absent("GetObjectLockConfiguration", "object-lock", "s3:GetBucketObjectLockConfiguration", "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket"),
		absent("GetPublicAccessBlock", "publicAccessBlock", "s3:GetBucketPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"),
		fixed("GetBucketVersioning", "versioning", "VersioningConfiguration", "never set up", nothing),
		fixed("GetBucketAccelerateConfiguration", "accelerate", "AccelerateConfiguration", "never set up", nothing),
		fixed("GetBucketLogging", "logging", "BucketLoggingStatus", "none: the ledger is the installation's", nothing),
		fixed("GetBucketRequestPayment", "requestPayment", "RequestPaymentConfiguration", "the owner", func(_ *call, x *awswire.XML) { x.Text("Payer", "BucketOwner") }),
		fixed("GetBucketOwnershipControls", "ownershipControls", "OwnershipControls", "the bucket's owner owns every object", func(_ *call, x *awswire.XML) { wire.Ownership(x) }),
		fixed("GetBucketAcl", "acl", "AccessControlPolicy", "the owner's own, which is all that there is", writeACL),
	}
}

// writeACL tells the list that a bucket without lists has: its owner's full control.
func writeACL(c *call, x *awswire.XML) {
	c.writeOwner(x, c.bucket.Account)
	x.Begin("AccessControlList")
	x.Begin("Grant")
	c.writeGrantee(x)
	x.Text("Permission", "FULL_CONTROL")
	x.End()
	x.End()
}

// notThere is that a configuration is not there, under the code that S3 has for this kind.
type notThere struct{ code string }

// Error names the kind.
func (n notThere) Error() string { return n.code }

// none says that a bucket has no configuration of a kind.
func none(code, message string) error {
	return fault.New(fault.NotFound, NoConfiguration, "%s", message).Because(notThere{code})
}
