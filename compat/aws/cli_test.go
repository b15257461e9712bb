package aws

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// TestS3ByCLI stores and reads small and large files, streams, copies, lists, tags and presigned URLs, makes and removes a
// bucket, and is refused what the role is denied, what a bucket's policy denies, and a bucket that is not empty.
func TestS3ByCLI(t *testing.T) {
	if !harness.Tell(t, "AWS CLI", "s3 and s3api: files, multipart, streams, copies, lists, tags, presigned, buckets, policies, batches",
		"run; AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE") {
		return
	}
	const group = "s3-cli"
	house.Apply(t, "kind: Bucket\nname: strange-cli\n")
	s := session(t, group)
	bucket := "s3://" + group + "-files"
	aws := func(args ...string) []string { return append([]string{"aws"}, args...) }
	s.File(t, "small.txt", "hello\n")
	s.Must(t, "sh", "-c", "head -c 12000000 /dev/urandom >large.bin")
	s.Must(t, aws("s3", "cp", "--no-progress", "small.txt", bucket+"/small.txt")...)
	s.Must(t, aws("s3", "cp", "--no-progress", "large.bin", bucket+"/a b+c/é~*large.bin")...)
	s.Must(t, aws("s3", "cp", "--no-progress", bucket+"/a b+c/é~*large.bin", "back.bin")...)
	s.Must(t, "cmp", "large.bin", "back.bin")
	s.Must(t, "sh", "-c", `aws s3 cp - "$0" <large.bin && aws s3 cp "$0" - | cmp - large.bin`, bucket+"/streamed.bin")
	s.Must(t, aws("s3", "mv", "--no-progress", bucket+"/streamed.bin", bucket+"/moved.bin")...)
	if out := s.Must(t, aws("s3", "ls", "--recursive", bucket)...); !strings.Contains(out, "é~*large.bin") || !strings.Contains(out, "moved.bin") || strings.Contains(out, "streamed") {
		t.Errorf("%s", out)
	}
	s.Must(t, aws("s3api", "put-object-tagging", "--bucket", group+"-files", "--key", "small.txt", "--tagging", "TagSet=[{Key=team,Value=a}]")...)
	if tags := s.JSON(t, aws("s3api", "get-object-tagging", "--bucket", group+"-files", "--key", "small.txt")...); harness.Text(tags, "TagSet", 0, "Value") != "a" {
		t.Errorf("%v", tags)
	}
	files := func(command string, more ...string) []string {
		return append([]string{"aws", "s3api", command, "--bucket", group + "-files"}, more...)
	}
	s.Must(t, files("put-bucket-tagging", "--tagging", "TagSet=[{Key=team,Value=b}]")...)
	want(t, "the bucket's label", harness.Text(s.JSON(t, files("get-bucket-tagging")...), "TagSet", 0, "Value"), "b")
	s.Must(t, files("delete-bucket-tagging")...)
	s.Failed(t, "(NoSuchTagSet)", files("get-bucket-tagging")...)
	s.Failed(t, "(AccessDenied)", "aws", "s3api", "put-bucket-tagging", "--bucket", "strange-cli", "--tagging", "TagSet=[{Key=team,Value=b}]")
	if out := s.Must(t, "sh", "-c", `curl -sf "$(aws s3 presign "$0")"`, bucket+"/small.txt"); out != "hello" {
		t.Errorf("%q", out)
	}
	batch := s.JSON(t, aws("s3api", "delete-objects", "--bucket", group+"-files", "--delete", "Objects=[{Key=moved.bin},{Key=secret/y}]")...)
	if harness.Text(batch, "Deleted", 0, "Key") != "moved.bin" || harness.Text(batch, "Errors", 0, "Code") != "AccessDenied" {
		t.Errorf("%v", batch)
	}
	s.Failed(t, "with an explicit deny in an identity-based policy", aws("s3", "cp", "small.txt", bucket+"/secret/x")...)
	s.Must(t, aws("s3api", "put-bucket-policy", "--bucket", group+"-files", "--policy",
		`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::`+group+`-files/small.txt"}}`)...)
	s.Failed(t, "with an explicit deny in a resource-based policy", aws("s3api", "get-object", "--bucket", group+"-files", "--key", "small.txt", "out")...)
	s.Must(t, aws("s3", "mb", "s3://"+group+"-new")...)
	s.Must(t, aws("s3", "cp", "--no-progress", "small.txt", "s3://"+group+"-new/x")...)
	s.Failed(t, "BucketNotEmpty", aws("s3", "rb", "s3://"+group+"-new")...)
	s.Must(t, aws("s3", "rb", "--force", "s3://"+group+"-new")...)
}
