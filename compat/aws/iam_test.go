package aws

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

const (
	lambdaTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	readFiles   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::cli-files/a+b *"}]}`
	viewIAM     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:Get*","iam:List*","iam:PutRolePolicy"],"Resource":"*"}]}`
)

// iam is a command of "aws iam".
func iam(words ...string) []string {
	return append([]string{"aws", "--output", "json", "iam"}, words...)
}

func want(t *testing.T, what string, got, want any) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// TestRolesAndPolicies makes what a role needs, reads it back, changes it and takes it away again.
func TestRolesAndPolicies(t *testing.T) {
	if !tell(t, "iam: roles, inline and managed policies, versions, boundaries, tags, instance profiles", "run, as the operator") {
		return
	}
	s := house.Session(t, "operator")
	account := harness.Text(s.JSON(t, "aws", "--output", "json", "sts", "get-caller-identity"), "Account")
	policy := "arn:aws:iam::" + account + ":policy/cli-read"

	made := s.JSON(t, iam("create-role", "--role-name", "cli-app", "--assume-role-policy-document", lambdaTrust, "--tags", "Key=team,Value=web")...)
	want(t, "the role's ARN", harness.Text(made, "Role", "Arn"), "arn:aws:iam::"+account+":role/cli-app")
	s.Failed(t, "(EntityAlreadyExists)", iam("create-role", "--role-name", "CLI-app", "--assume-role-policy-document", lambdaTrust)...)
	s.Failed(t, "(MalformedPolicyDocument)", iam("create-role", "--role-name", "cli-other", "--assume-role-policy-document", strings.Replace(lambdaTrust, "Principal", "NotPrincipal", 1))...)
	s.Failed(t, "Invalid principal in policy", iam("update-assume-role-policy", "--role-name", "cli-app", "--policy-document",
		strings.Replace(lambdaTrust, `"Service":"lambda.amazonaws.com"`, `"AWS":"arn:aws:iam::`+account+`:role/nobody"`, 1))...)

	s.Must(t, iam("put-role-policy", "--role-name", "cli-app", "--policy-name", "inline", "--policy-document", readFiles)...)
	got := s.JSON(t, iam("get-role-policy", "--role-name", "cli-app", "--policy-name", "inline")...)
	want(t, "the document, decoded by the client", harness.Text(got, "PolicyDocument", "Statement", 0, "Resource"), "arn:aws:s3:::cli-files/a+b *")
	s.Must(t, iam("create-policy", "--policy-name", "cli-read", "--policy-document", readFiles, "--description", "reads")...)
	s.Must(t, iam("attach-role-policy", "--role-name", "cli-app", "--policy-arn", policy)...)
	s.Must(t, iam("put-role-permissions-boundary", "--role-name", "cli-app", "--permissions-boundary", policy)...)
	s.Must(t, iam("create-policy-version", "--policy-arn", policy, "--policy-document", readFiles, "--set-as-default")...)
	want(t, "the default version", harness.Text(s.JSON(t, iam("get-policy", "--policy-arn", policy)...), "Policy", "DefaultVersionId"), "v2")
	shown := s.JSON(t, iam("get-role", "--role-name", "cli-app")...)
	want(t, "the boundary", harness.Text(shown, "Role", "PermissionsBoundary", "PermissionsBoundaryArn"), policy)
	want(t, "the label", harness.Text(shown, "Role", "Tags", 0, "Value"), "web")
	want(t, "what is attached", s.Must(t, iam("list-attached-role-policies", "--role-name", "cli-app", "--query", "AttachedPolicies[].PolicyName", "--output", "text")...), "cli-read")
	want(t, "who uses it", s.Must(t, iam("list-entities-for-policy", "--policy-arn", policy, "--query", "PolicyRoles[].RoleName", "--output", "text")...), "cli-app")
	listed := s.Must(t, iam("list-roles", "--page-size", "1", "--query", "Roles[].RoleName", "--output", "text")...)
	want(t, "the role in a list of pages of one", strings.Contains(listed, "cli-app"), true)

	s.Must(t, iam("create-instance-profile", "--instance-profile-name", "cli-box")...)
	s.Must(t, iam("add-role-to-instance-profile", "--instance-profile-name", "cli-box", "--role-name", "cli-app")...)
	s.Failed(t, "(LimitExceeded)", iam("add-role-to-instance-profile", "--instance-profile-name", "cli-box", "--role-name", "cli-app")...)
	s.Failed(t, "(DeleteConflict)", iam("delete-role", "--role-name", "cli-app")...)
	s.Failed(t, "(DeleteConflict)", iam("delete-policy", "--policy-arn", policy)...)
	s.Failed(t, "(NotImplemented)", iam("create-login-profile", "--user-name", "x", "--password", "y")...)
	s.Failed(t, "(NoSuchEntity)", iam("attach-role-policy", "--role-name", "cli-app", "--policy-arn", "arn:aws:iam::aws:policy/AdministratorAccess")...)

	for _, line := range [][]string{
		iam("remove-role-from-instance-profile", "--instance-profile-name", "cli-box", "--role-name", "cli-app"), iam("delete-instance-profile", "--instance-profile-name", "cli-box"),
		iam("detach-role-policy", "--role-name", "cli-app", "--policy-arn", policy), iam("delete-role-policy", "--role-name", "cli-app", "--policy-name", "inline"),
		iam("delete-role-permissions-boundary", "--role-name", "cli-app"), iam("delete-role", "--role-name", "cli-app"),
		iam("delete-policy-version", "--policy-arn", policy, "--version-id", "v1"), iam("delete-policy", "--policy-arn", policy),
	} {
		s.Must(t, line...)
	}
	s.Failed(t, "(NoSuchEntity)", iam("get-role", "--role-name", "cli-app")...)
}

// TestProviders makes an outside issuer known and unknown again.
func TestProviders(t *testing.T) {
	if !tell(t, "iam: OIDC providers, client ids, thumbprints, tags", "run, as the operator") {
		return
	}
	s := house.Session(t, "operator")
	made := s.JSON(t, iam("create-open-id-connect-provider", "--url", "https://ci.example/cli/", "--client-id-list", "sts.amazonaws.com", "--tags", "Key=a,Value=b")...)
	arn := harness.Text(made, "OpenIDConnectProviderArn")
	with := func(command string, more ...string) []string {
		return iam(append([]string{command, "--open-id-connect-provider-arn", arn}, more...)...)
	}
	s.Failed(t, "(EntityAlreadyExists)", iam("create-open-id-connect-provider", "--url", "https://ci.example/cli/")...)
	s.Failed(t, "(InvalidInput)", iam("create-open-id-connect-provider", "--url", "http://ci.example/plain")...)
	s.Must(t, with("add-client-id-to-open-id-connect-provider", "--client-id", "other")...)
	s.Must(t, with("update-open-id-connect-provider-thumbprint", "--thumbprint-list", strings.Repeat("0f", 20))...)
	got := s.JSON(t, with("get-open-id-connect-provider")...)
	want(t, "the URL", harness.Text(got, "Url"), "ci.example/cli/")
	want(t, "the second audience", harness.Text(got, "ClientIDList", 1), "other")
	s.Must(t, with("delete-open-id-connect-provider")...)
	s.Failed(t, "(NoSuchEntity)", with("get-open-id-connect-provider")...)
}

// TestARoleThatMayLittle is refused what its policies do not allow, and what would give it more.
func TestARoleThatMayLittle(t *testing.T) {
	if !tell(t, "sts assume-role, then iam as a role that may little", "run, as the operator; AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of the role") {
		return
	}
	s := house.Session(t, "operator")
	account := harness.Text(s.JSON(t, "aws", "--output", "json", "sts", "get-caller-identity"), "Account")
	trust := strings.Replace(lambdaTrust, `"Service":"lambda.amazonaws.com"`, `"AWS":"`+account+`"`, 1)
	s.Must(t, iam("create-role", "--role-name", "cli-viewer", "--assume-role-policy-document", trust)...)
	s.Must(t, iam("put-role-policy", "--role-name", "cli-viewer", "--policy-name", "view", "--policy-document", viewIAM)...)
	session := s.JSON(t, "aws", "--output", "json", "sts", "assume-role", "--role-arn", "arn:aws:iam::"+account+":role/cli-viewer", "--role-session-name", "story")
	keep(t, s, harness.At(session, "Credentials"), "SessionToken")
	want(t, "who asks", harness.Text(s.JSON(t, "aws", "--output", "json", "sts", "get-caller-identity"), "Arn"), "arn:aws:sts::"+account+":assumed-role/cli-viewer/story")
	s.Must(t, iam("get-role", "--role-name", "cli-viewer")...)
	s.Failed(t, "is not authorized to perform: iam:CreateRole", iam("create-role", "--role-name", "cli-more", "--assume-role-policy-document", trust)...)
	s.Failed(t, "(AccessDenied)", iam("put-role-policy", "--role-name", "cli-viewer", "--policy-name", "all", "--policy-document", strings.Replace(readFiles, "s3:GetObject", "*", 1))...)
}
