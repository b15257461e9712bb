package aws

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// chained are two roles of which the second trusts the first, for who knows the external id; the first may do a little more than
// what the policy GROUP-open lets through, so that limits show.
const chained = `
kind: Policy
name: GROUP-open
document:
  Version: "2012-10-17"
  Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::GROUP-files/open/*"}]
---
kind: Role
name: GROUP-first
trust:
  Version: "2012-10-17"
  Statement:
    - {Effect: Allow, Principal: {AWS: $(account)}, Action: ["sts:AssumeRole", "sts:SetSourceIdentity"]}
    - Effect: Allow
      Principal: {AWS: $(account)}
      Action: sts:TagSession
      Condition: {StringEquals: {"aws:RequestTag/team": [a, b]}}
policies:
  more:
    Version: "2012-10-17"
    Statement:
      - {Effect: Allow, Action: ["s3:GetObject", "s3:PutObject"], Resource: "arn:aws:s3:::GROUP-files/*"}
      - {Effect: Allow, Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"], Resource: "*"}
      - {Effect: Allow, Action: "sts:GetWebIdentityToken", Resource: "*"}
---
kind: Role
name: GROUP-second
trust:
  Version: "2012-10-17"
  Statement:
    - Effect: Allow
      Principal: {AWS: "arn:aws:iam::$(account):role/GROUP-first"}
      Action: sts:AssumeRole
      Condition: {StringEquals: {"sts:ExternalId": deal, "aws:PrincipalTag/team": a}}
    - {Effect: Allow, Principal: {AWS: "arn:aws:iam::$(account):role/GROUP-first"}, Action: ["sts:TagSession", "sts:SetSourceIdentity"]}
`

// stsRefusals are what the plays of all languages are refused as the operator, by step, code and reason.
const stsRefusals = `
assume AccessDenied access.denied
assume ValidationError sts.duration
chain AccessDenied access.denied
chain ValidationError query.validation
chain ValidationError sts.duration
limits AccessDenied access.denied
limits MalformedPolicyDocument policy.malformed
keys ValidationError query.validation
decode AccessDenied access.denied
decode InvalidAuthorizationMessageException sts.bad_authorization_message
outbound InvalidIdentityToken federation.issuer_unknown
outbound SessionDurationEscalationException sts.outlives_session
web AccessDenied access.denied
web InvalidIdentityToken federation.bad_signature
`

// rootRefusals are those as the root of the account.
const rootRefusals = `
guest AccessDenied access.denied
`

// TestSTSByCLI does so with the command line.
func TestSTSByCLI(t *testing.T) {
	if !harness.Tell(t, "AWS CLI", stsFlow, stsSetting) {
		return
	}
	const group = "sts-cli"
	site := session(t, group)
	house.Apply(t, strings.ReplaceAll(chained, "GROUP", group))
	s, account := house.Session(t, "operator"), house.Fact(t, "account")
	sts := func(words ...string) []string { return append([]string{"aws", "--output", "json", "sts"}, words...) }
	arn := func(role string) string { return "arn:aws:iam::" + account + ":role/" + group + "-" + role }
	take := func(role string, more ...string) []string {
		return sts(append([]string{"assume-role", "--role-session-name", "one", "--role-arn", arn(role)}, more...)...)
	}
	const elsewhere = "--audience elsewhere.example --signing-algorithm RS256 --duration-seconds 60"
	s.Failed(t, "(OutboundWebIdentityFederationDisabledException)", sts(append([]string{"get-web-identity-token"}, strings.Fields(elsewhere)...)...)...)
	s.Must(t, iam("enable-outbound-web-identity-federation")...)
	s.Failed(t, "(AccessDenied)", take("none")...)
	s.Failed(t, "(AccessDenied)", take("first", "--tags", "Key=grade,Value=high")...)
	s.Failed(t, "(ValidationError)", take("first", "--duration-seconds", "43200")...)
	s.Failed(t, "(MalformedPolicyDocument)", take("first", "--policy", `{"Version":"2012-10-17","Statement":{"Effect":"Allow"}}`)...)
	limited := s.JSON(t, take("first", "--policy-arns", "arn=arn:aws:iam::"+account+":policy/"+group+"-open")...)
	held := s.JSON(t, take("first", "--tags", "Key=team,Value=a", "--transitive-tag-keys", "team", "--source-identity", "ann", "--duration-seconds", "900")...)
	want(t, "the source identity", harness.Text(held, "SourceIdentity"), "ann")
	want(t, "the key's account", harness.Text(s.JSON(t, sts("get-access-key-info", "--access-key-id", harness.Text(held, "Credentials", "AccessKeyId"))...), "Account"), account)

	first := house.Session(t, "operator")
	keep(t, first, harness.At(held, "Credentials"), "SessionToken")
	want(t, "who asks", harness.Text(first.JSON(t, sts("get-caller-identity")...), "Arn"), "arn:aws:sts::"+account+":assumed-role/"+group+"-first/one")
	first.Must(t, take("second", "--external-id", "deal")...)
	first.Failed(t, "(ValidationError)", take("second", "--external-id", "deal", "--duration-seconds", "3601")...)
	first.Failed(t, "(AccessDenied)", sts("get-session-token")...)
	denied := first.Failed(t, "(AccessDenied)", take("second")...)
	_, message, _ := strings.Cut(strings.TrimSpace(denied.Err), "failure message: ")
	told := parsed(t, harness.Text(s.JSON(t, sts("decode-authorization-message", "--encoded-message", message)...), "DecodedMessage"))
	want(t, "what was asked", harness.Text(told, "context", "action"), "sts:AssumeRole")
	first.Failed(t, "(AccessDenied)", sts("decode-authorization-message", "--encoded-message", message)...)
	token := harness.Text(first.JSON(t, sts(append([]string{"get-web-identity-token"}, strings.Fields(elsewhere)...)...)...), "WebIdentityToken")
	first.Failed(t, "(InvalidIdentityToken)", sts("assume-role-with-web-identity", "--role-arn", arn("role"), "--role-session-name", "web", "--web-identity-token", token)...)
	keep(t, first, harness.At(limited, "Credentials"), "SessionToken")
	first.Failed(t, "AccessDenied", "aws", "s3api", "get-object", "--bucket", group+"-files", "--key", "closed/x", "out")

	web := sts("assume-role-with-web-identity", "--role-session-name", "web", "--web-identity-token", "file://"+site.Folder()+"/token", "--role-arn")
	got := s.JSON(t, append(web, arn("role"))...)
	want(t, "the audience", harness.Text(got, "Audience"), "api://"+group)
	s.Failed(t, "(AccessDenied)", append(web, arn("first"))...)

	root := house.Session(t, "root@"+account)
	keep(t, root, harness.At(root.JSON(t, sts("get-session-token", "--duration-seconds", "900")...), "Credentials"), "SessionToken")
	want(t, "the root", harness.Text(root.JSON(t, sts("get-caller-identity")...), "Arn"), "arn:aws:iam::"+account+":root")
	root.Failed(t, "(AccessDenied)", iam("list-roles")...)
	another := house.Session(t, "root@"+account)
	guest := another.JSON(t, sts("get-federation-token", "--name", "guest", "--policy", readFiles)...)
	want(t, "the guest", harness.Text(guest, "FederatedUser", "Arn"), "arn:aws:sts::"+account+":federated-user/guest")
	keep(t, another, harness.At(guest, "Credentials"), "SessionToken")
	another.Failed(t, "(AccessDenied)", take("first")...)
}

const (
	stsFlow    = "sts: roles, chains, tags, source identity, external id, limits, web identity, tokens for elsewhere, decoding; sessions of the root"
	stsSetting = "run, as the operator and as root@ACCOUNT"
)

// TestSTSBySDK assumes roles and chains of them with tags, limits, external ids and source identities, by SDKs.
func TestSTSBySDK(t *testing.T) {
	for key, play := range map[string]struct {
		client, more string
		argv         []string
	}{
		"py": {"boto3", "root AccessDenied access.denied", []string{harness.Boto3, "-B", harness.PythonPrograms() + "/sts.py"}},
		"js": {"@aws-sdk/client-sts", "", []string{"node", harness.Node() + "/sts.mjs"}},
		"go": {"github.com/aws/aws-sdk-go-v2/service/sts", "", []string{harness.AWSClient(), "sts"}},
	} {
		t.Run(key, func(t *testing.T) {
			if !harness.Tell(t, play.client, stsFlow, stsSetting) {
				return
			}
			group := "sts-" + key
			site := session(t, group)
			house.Apply(t, strings.ReplaceAll(chained, "GROUP", group))
			operator := house.Session(t, "operator")
			operator.Shell(t, "aws iam enable-outbound-web-identity-federation") // another story may have done so
			account := house.Fact(t, "account")
			operator.Played(t, stsRefusals, append(play.argv, "operator", group, account, site.Folder()+"/token")...)
			house.Session(t, "root@"+account).Played(t, rootRefusals+play.more, append(play.argv, "root", group, account)...)
		})
	}
}
