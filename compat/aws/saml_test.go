package aws

import (
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// federated is a role for whom the SAML provider GROUP-idp signs in as "jane", which may read one bucket.
const federated = `
kind: Bucket
name: GROUP-files
---
kind: Role
name: GROUP-saml
trust:
  Version: "2012-10-17"
  Statement:
    - Effect: Allow
      Principal: {Federated: "arn:aws:iam::$(account):saml-provider/GROUP-idp"}
      Action: sts:AssumeRoleWithSAML
      Condition: {StringEquals: {"saml:sub": jane, "saml:sub_type": persistent}}
policies:
  files:
    Version: "2012-10-17"
    Statement: [{Effect: Allow, Action: ["s3:ListBucket"], Resource: "arn:aws:s3:::GROUP-files"}]
`

const (
	samlFlow    = "sts: SAML, with responses that are unsigned, another's, for others, wrapped or used"
	samlSetting = "env, as nobody; a provider of the story's own on this machine"
)

// responses are files with what the provider signed and what an attacker made of it: one of each kind.
func responses(t *testing.T, s *harness.Session, idp *harness.SAMLProvider, group string) {
	t.Helper()
	time.Sleep(3 * time.Second) // see harness: nothing is accepted that may have been used before the server began
	account, signIn := house.Fact(t, "account"), house.Fact(t, "sts")+"/saml"
	jane := harness.SAMLSaid{
		Subject: "jane", SignIn: signIn, Audience: signIn, Role: "arn:aws:iam::" + account + ":role/" + group + "-saml",
		Provider: "arn:aws:iam::" + account + ":saml-provider/" + group + "-idp",
	}
	unsigned, audience, joe, unlisted := jane, jane, jane, jane
	unsigned.Unsigned, unsigned.Subject = true, "root"
	audience.Audience = "urn:amazon:webservices"
	joe.Subject = "joe"
	unlisted.Role += "2"
	other := harness.NewSAMLProvider(t, idp.Entity)
	for name, text := range map[string]string{
		"good":     harness.SAMLResponse(idp.Assertion(t, jane)),
		"second":   harness.SAMLResponse(idp.Assertion(t, jane)),
		"unsigned": harness.SAMLResponse(idp.Assertion(t, unsigned)),
		"another":  harness.SAMLResponse(other.Assertion(t, jane)),
		"audience": harness.SAMLResponse(idp.Assertion(t, audience)),
		"wrapped":  harness.SAMLResponse(idp.Assertion(t, unsigned), idp.Assertion(t, jane)),
		"joe":      harness.SAMLResponse(idp.Assertion(t, joe)),
		"unlisted": harness.SAMLResponse(idp.Assertion(t, unlisted)),
	} {
		s.File(t, name, text)
	}
}

// TestSAMLByCLI has the operator make the provider by the command line, and somebody outside take the role.
func TestSAMLByCLI(t *testing.T) {
	if !tell(t, samlFlow+"; iam: SAML providers", samlSetting) {
		return
	}
	const group = "saml-cli"
	idp := harness.NewSAMLProvider(t, "https://idp.example/cli")
	operator, s := house.Session(t, "operator"), house.Session(t, "")
	operator.File(t, "metadata.xml", idp.Metadata())
	operator.Must(t, iam("create-saml-provider", "--name", group+"-idp", "--saml-metadata-document", "file://metadata.xml", "--tags", "Key=team,Value=web")...)
	arn := "arn:aws:iam::" + house.Fact(t, "account") + ":saml-provider/" + group + "-idp"
	if got := harness.Text(operator.JSON(t, iam("get-saml-provider", "--saml-provider-arn", arn)...), "SAMLMetadataDocument"); got != idp.Metadata() {
		t.Errorf("the metadata came back as %q", got)
	}
	operator.Must(t, iam("update-saml-provider", "--saml-provider-arn", arn, "--saml-metadata-document", "file://metadata.xml")...)
	operator.Failed(t, "(EntityAlreadyExists)", iam("create-saml-provider", "--name", group+"-idp", "--saml-metadata-document", "file://metadata.xml")...)
	house.Apply(t, strings.ReplaceAll(federated, "GROUP", group))

	responses(t, s, idp, group)
	take := func(file string) []string {
		return []string{
			"aws", "--output", "json", "sts", "assume-role-with-saml", "--role-arn", "arn:aws:iam::" + house.Fact(t, "account") + ":role/" + group + "-saml",
			"--principal-arn", arn, "--saml-assertion", "file://" + file,
		}
	}
	for file, words := range map[string]string{
		"unsigned": "(InvalidIdentityToken) when calling the AssumeRoleWithSAML operation: Response signature invalid",
		"another":  "(InvalidIdentityToken) when calling the AssumeRoleWithSAML operation: Response signature invalid",
		"audience": "Response does not contain the required audience",
		"wrapped":  "(InvalidIdentityToken)",
		"joe":      "(AccessDenied) when calling the AssumeRoleWithSAML operation: Not authorized to perform sts:AssumeRoleWithSAML",
		"unlisted": "(AccessDenied) when calling the AssumeRoleWithSAML operation: Not authorized to perform sts:AssumeRoleWithSAML",
	} {
		s.Failed(t, words, take(file)...)
	}
	got := s.JSON(t, take("good")...)
	s.Failed(t, "(InvalidIdentityToken)", take("good")...) // once
	for name, field := range map[string]string{"AWS_ACCESS_KEY_ID": "AccessKeyId", "AWS_SECRET_ACCESS_KEY": "SecretAccessKey", "AWS_SESSION_TOKEN": "SessionToken"} {
		s.Set(t, name, harness.Text(got, "Credentials", field))
	}
	s.Must(t, "aws", "s3api", "list-objects-v2", "--bucket", group+"-files")
	s.Failed(t, "(AccessDenied)", "aws", "s3api", "put-object", "--bucket", group+"-files", "--key", "x")
	operator.Must(t, iam("delete-saml-provider", "--saml-provider-arn", arn)...)
	s.Failed(t, "(InvalidToken)", "aws", "s3api", "list-objects-v2", "--bucket", group+"-files")
}

// TestSAMLBySDK has somebody outside take the role with boto3.
func TestSAMLBySDK(t *testing.T) {
	t.Parallel()
	if !harness.Tell(t, "boto3", samlFlow, samlSetting) {
		return
	}
	const group = "saml-py"
	idp := harness.NewSAMLProvider(t, "https://idp.example/py")
	house.Apply(t, idp.Manifest(group+"-idp")+"---"+strings.ReplaceAll(federated, "GROUP", group))
	s := house.Session(t, "")
	responses(t, s, idp, group)
	s.Played(t, `
forged InvalidIdentityToken saml.unsigned
forged InvalidIdentityToken saml.bad_signature
forged InvalidIdentityToken saml.audience_mismatch
forged InvalidIdentityToken saml.malformed
forged InvalidIdentityToken sts.invalid_identity_token
roles AccessDenied access.denied
once InvalidIdentityToken federation.replayed
once AccessDenied access.denied
lives ValidationError sts.duration
`, harness.Boto3, harness.PythonPrograms()+"/saml.py", group, house.Fact(t, "account"))
}
