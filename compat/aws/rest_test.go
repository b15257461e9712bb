package aws

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// accountRefusals are what who keeps an account is refused, by step, code and reason.
const accountRefusals = `
users NoSuchEntity directory.user_not_found
users DeleteConflict directory.in_use
groups EntityAlreadyExists directory.exists
groups DeleteConflict directory.in_use
profiles DeleteConflict directory.in_use
providers NoSuchEntity directory.provider_not_found
whole NotImplemented iam.not_offered
outbound FeatureDisabled directory.feature_disabled
outbound FeatureEnabled directory.feature_enabled
`

// TestTheRestOfIAM calls what no other story does: what users and groups are given, instance profiles, labels, SAML providers and
// what is told of an account as a whole, in an account of the story's own.
func TestTheRestOfIAM(t *testing.T) {
	t.Parallel()
	if !harness.Tell(t, "boto3", "iam: policies, labels and boundaries of users and groups, instance profiles, SAML providers, the account as a whole", "run, as root@ACCOUNT") {
		return
	}
	house.Apply(t, "kind: Account\nname: rest\n")
	account := house.Field(t, "Account", "rest", "id")
	root := house.Session(t, "root@"+account)
	root.File(t, "metadata.xml", harness.NewSAMLProvider(t, "https://idp.example/rest").Metadata())
	root.Played(t, accountRefusals, harness.Boto3, "-B", harness.PythonPrograms()+"/account.py", account)
}

// bucketRefusals are what who keeps buckets is refused.
const bucketRefusals = `
tags NoSuchTagSet s3.no_configuration
tags AccessDenied access.denied
policies NoSuchBucketPolicy s3.no_configuration
policies AccessDenied access.denied
policies MalformedPolicy policy.malformed
uploads NoSuchUpload objects.upload_missing
settings NoSuchCORSConfiguration s3.no_configuration
settings NoSuchWebsiteConfiguration s3.no_configuration
settings NoSuchLifecycleConfiguration s3.no_configuration
settings ReplicationConfigurationNotFoundError s3.no_configuration
settings ServerSideEncryptionConfigurationNotFoundError s3.no_configuration
settings ObjectLockConfigurationNotFoundError s3.no_configuration
settings NoSuchPublicAccessBlockConfiguration s3.no_configuration
buckets BucketAlreadyOwnedByYou s3.bucket_owned
buckets BucketNotEmpty objects.space_not_empty
buckets NoSuchBucket directory.bucket_not_found
buckets AccessDenied access.denied
`

// TestTheRestOfS3 calls what no other story does: labels and policies of buckets, uploads that are given up, and what is set up on a
// bucket, which is mostly nothing.
func TestTheRestOfS3(t *testing.T) {
	t.Parallel()
	if harness.Tell(t, "boto3", "s3: buckets, their labels, policies and settings, uploads that are given up, older lists", "run; AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE") {
		house.Apply(t, "kind: Bucket\nname: strange-files\n")
		session(t, "rest-py").Played(t, bucketRefusals, harness.Boto3, "-B", harness.PythonPrograms()+"/buckets.py", "rest-py-files", "rest-py-more", "strange-files")
	}
}

// TestLabelsAndSimulators labels roles and policies, changes a role and asks the simulators with the command line.
func TestLabelsAndSimulators(t *testing.T) {
	if !tell(t, "iam: updates and labels of roles and policies, simulators", "run, as the operator") {
		return
	}
	s := house.Session(t, "operator")
	arn := "arn:aws:iam::" + house.Fact(t, "account") + ":"
	role, policy := arn+"role/cli-labels", arn+"policy/cli-labels"
	read := strings.Replace(readFiles, "cli-files/a+b *", "cli-labels/*", 1)
	s.Must(t, iam("create-role", "--role-name", "cli-labels", "--assume-role-policy-document", lambdaTrust)...)
	s.Must(t, iam("create-policy", "--policy-name", "cli-labels", "--policy-document", read)...)
	s.Must(t, iam("attach-role-policy", "--role-name", "cli-labels", "--policy-arn", policy)...)
	for _, what := range [][]string{{"role", "--role-name", "cli-labels"}, {"policy", "--policy-arn", policy}} {
		s.Must(t, append(iam("tag-"+what[0], "--tags", "Key=team,Value=web", "Key=cost,Value=1"), what[1:]...)...)
		s.Must(t, append(iam("untag-"+what[0], "--tag-keys", "cost"), what[1:]...)...)
		got := s.JSON(t, append(iam("list-"+what[0]+"-tags"), what[1:]...)...)
		want(t, "the labels of the "+what[0], harness.Text(got, "Tags", 0, "Value")+harness.Text(got, "Tags", 1, "Value"), "web")
	}
	s.Failed(t, "(NoSuchEntity)", iam("list-role-tags", "--role-name", "cli-none")...)
	s.Must(t, iam("update-role", "--role-name", "cli-labels", "--description", "second", "--max-session-duration", "7200")...)
	want(t, "the role now", s.Must(t, iam("get-role", "--role-name", "cli-labels", "--query", "Role.[Description,MaxSessionDuration]", "--output", "text")...), "second\t7200")

	const asked, verdicts = "s3:GetObject s3:PutObject", "EvaluationResults[].EvalDecision"
	about := append([]string{"--resource-arns", "arn:aws:s3:::cli-labels/x", "--query", verdicts, "--output", "text", "--action-names"}, strings.Fields(asked)...)
	want(t, "what the role may", s.Must(t, append(iam("simulate-principal-policy", "--policy-source-arn", role), about...)...), "allowed\timplicitDeny")
	want(t, "what policies say", s.Must(t, append(iam("simulate-custom-policy", "--policy-input-list", read, strings.NewReplacer("Allow", "Deny", "GetObject", "PutObject").Replace(read)), about...)...), "allowed\texplicitDeny")
	s.Failed(t, "(NoSuchEntity)", append(iam("simulate-principal-policy", "--policy-source-arn", arn+"role/cli-none"), about...)...)
	s.Failed(t, "(InvalidInput)", append(iam("simulate-custom-policy", "--policy-input-list", "{"), about...)...)
}

// TestFunctionsByCLI gives a function another role, which who may not pass it may not, and one that trusts another service is not
// given to it.
func TestFunctionsByCLI(t *testing.T) {
	if !tell(t, "lambda: get-function-configuration, update-function-configuration, iam:PassRole", "run, as the operator; AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of a role") {
		return
	}
	const group = "lambda-cli"
	roles := "arn:aws:iam::" + house.Fact(t, "account") + ":role/" + group + "-"
	house.Apply(t, strings.NewReplacer("GROUP", group, "SERVICE", "lambda", "KIND", "lambda:function").Replace(bound))
	for name, service := range map[string]string{"next": "lambda", "box": "ec2"} {
		house.Apply(t, strings.NewReplacer("GROUP-role", group+"-"+name, "SERVICE", service).Replace(strings.Split(bound, "---")[0]))
	}
	house.Apply(t, strings.ReplaceAll(`
kind: Role
name: GROUP-clerk
trust:
  Version: "2012-10-17"
  Statement: [{Effect: Allow, Principal: {AWS: $(account)}, Action: sts:AssumeRole}]
policies:
  keep:
    Version: "2012-10-17"
    Statement: [{Effect: Allow, Action: "lambda:*", Resource: "*"}]
`, "GROUP", group))
	s, clerk := house.Session(t, "operator"), house.Session(t, "operator")
	keep(t, clerk, harness.At(clerk.JSON(t, "aws", "--output", "json", "sts", "assume-role", "--role-session-name", "story", "--role-arn", roles+"clerk"), "Credentials"), "SessionToken")
	get := []string{"aws", "lambda", "get-function-configuration", "--function-name", group, "--query", "Role", "--output", "text"}
	give := func(role string) []string {
		return []string{"aws", "lambda", "update-function-configuration", "--function-name", group, "--role", roles + role}
	}
	want(t, "the function's role", clerk.Must(t, get...), roles+"role")
	clerk.Failed(t, "is not authorized to perform: iam:PassRole on resource: "+roles+"next", give("next")...)
	s.Must(t, give("next")...)
	want(t, "its role now", clerk.Must(t, get...), roles+"next")
	s.Failed(t, "(InvalidParameterValueException)", give("box")...)
	s.Failed(t, "(ResourceNotFoundException)", "aws", "lambda", "get-function-configuration", "--function-name", group+"-none")
}
