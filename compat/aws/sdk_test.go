package aws

import (
	"net/url"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// refusals are what the plays of both languages are refused, by step, code and reason.
const refusals = `
conditions PreconditionFailed web.condition_not_met
refused AccessDenied access.denied
refused NoSuchKey objects.not_found
refused NoSuchUpload objects.upload_missing
`

// sdk is one SDK with its play of objects.
type sdk struct {
	client, more string
	argv         []string
}

func sdks() map[string]sdk {
	return map[string]sdk{
		"py": {"boto3", "old InvalidRequest authn.signature_v2\n", []string{harness.Boto3, "-B", harness.PythonPrograms() + "/s3.py"}},
		"js": {"@aws-sdk/client-s3", "", []string{"node", harness.Node() + "/s3.mjs"}},
		"go": {"github.com/aws/aws-sdk-go-v2/service/s3", "", []string{harness.AWSClient(), "s3"}},
	}
}

// TestS3BySDK stores and reads by the SDKs themselves, and is refused what each play says.
func TestS3BySDK(t *testing.T) {
	for key, play := range sdks() {
		t.Run(key, func(t *testing.T) {
			if !harness.Tell(t, play.client, "objects, streams, multipart, copies, batches, lists, conditions, presigned", "run; AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE") {
				return
			}
			session(t, "s3-"+key).Played(t, refusals+play.more, append(play.argv, "s3-"+key+"-files")...)
		})
	}
}

// TestS3ByHostName does the same where each bucket has a name of its own below the endpoint's.
func TestS3ByHostName(t *testing.T) {
	for key, play := range sdks() {
		t.Run(key, func(t *testing.T) {
			if !harness.Tell(t, play.client, "objects, with the bucket in the host's name", "run; AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE; AWS_ENDPOINT_URL_S3 with the name s3.STORAGE_DOMAIN; boto3: addressing_style = virtual") {
				return
			}
			s := session(t, "host-"+key)
			address, err := url.Parse(house.Fact(t, "s3"))
			if err != nil {
				t.Fatal(err)
			}
			s.Set(t, "AWS_ENDPOINT_URL_S3", "https://s3.storage.localhost:"+address.Port())
			s.Set(t, "AWS_CONFIG_FILE", s.File(t, "config", "[default]\ns3 =\n  addressing_style = virtual\n"))
			s.Played(t, refusals+play.more, append(play.argv, "host-"+key+"-files")...)
		})
	}
}
