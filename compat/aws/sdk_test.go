package aws

import (
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

// TestS3BySDK stores and reads by the SDKs themselves, and is refused what each play says.
func TestS3BySDK(t *testing.T) {
	for key, play := range map[string]struct {
		client, more string
		argv         []string
	}{
		"py": {"boto3", "old InvalidRequest authn.signature_v2\n", []string{harness.Boto3, "-B", harness.PythonPrograms() + "/s3.py"}},
		"js": {"@aws-sdk/client-s3", "", []string{"node", harness.Node() + "/s3.mjs"}},
	} {
		t.Run(key, func(t *testing.T) {
			if !harness.Tell(t, play.client, "objects, streams, multipart, copies, batches, lists, conditions, presigned", "run; AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE") {
				return
			}
			session(t, "s3-"+key).Played(t, refusals+play.more, append(play.argv, "s3-"+key+"-files")...)
		})
	}
}
