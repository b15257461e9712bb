package aws

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// jobs is a repository's role: what runs on the main branch of "acme/a" may have it, and may read the repository's files.
const jobs = `
---
kind: OIDCProvider
url: ISSUER
clientIds: [sts.amazonaws.com]
---
kind: Role
name: GROUP-role
trust:
  Version: "2012-10-17"
  Statement:
    - Effect: Allow
      Principal: {Federated: "arn:aws:iam::$(account):oidc-provider/HOST"}
      Action: sts:AssumeRoleWithWebIdentity
      Condition: {StringEquals: {"HOST:aud": sts.amazonaws.com, "HOST:sub": "repo:acme/a:ref:refs/heads/main"}}
`

// job is a shell of a CI's job, which has asked for its token as GitHub's jobs do and put it where AWS's clients look.
func job(t *testing.T, i *harness.Issuer, group, audience string, claims map[string]any) *harness.Session {
	t.Helper()
	s := house.Session(t, "")
	s.Set(t, "HOME", s.Folder()) // a machine of its own, where no other job has left a session
	url, bearer := i.Job(claims)
	s.Set(t, "ACTIONS_ID_TOKEN_REQUEST_URL", url)
	s.Set(t, "ACTIONS_ID_TOKEN_REQUEST_TOKEN", bearer)
	s.Must(t, "sh", "-c", `umask 077; curl -sf --cacert "$1" -H "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=$0" |
		sed 's/.*"value":"\([^"]*\)".*/\1/' | tr -d '\n' >token`, audience, s.File(t, "issuer.pem", i.CA))
	s.Set(t, "AWS_WEB_IDENTITY_TOKEN_FILE", s.Folder()+"/token")
	s.Set(t, "AWS_ROLE_ARN", house.Field(t, "Role", group+"-role", "id"))
	s.Set(t, "AWS_ROLE_SESSION_NAME", "job")
	return s
}

// jobRefusals are the jobs that are refused: whose token it is, for whom, by which code and for which reason.
func jobRefusals() map[string]struct {
	subject, audience, code, reason string
} {
	return map[string]struct{ subject, audience, code, reason string }{
		"another repository":    {"repo:acme/b:ref:refs/heads/main", "sts.amazonaws.com", "AccessDenied", "access.denied"},
		"a fork":                {"repo:evil/a:ref:refs/heads/main", "sts.amazonaws.com", "AccessDenied", "access.denied"},
		"a fork's pull request": {"repo:acme/a:pull_request", "sts.amazonaws.com", "AccessDenied", "access.denied"},
		"another audience":      {mainBranch, "api://AzureADTokenExchange", "InvalidIdentityToken", "federation.audience_mismatch"},
		"another's key":         {mainBranch, "sts.amazonaws.com", "InvalidIdentityToken", "federation.bad_signature"},
	}
}

const mainBranch = "repo:acme/a:ref:refs/heads/main"

// saysOf is how a client says a refusal of a token: in its own type of error where it has one.
func saysOf(who, code string) string {
	switch {
	case who == "cli":
		return "An error occurred (" + code + ") when calling the AssumeRoleWithWebIdentity operation"
	case who == "py" && code == "AccessDenied":
		return "ClientError: An error occurred (AccessDenied)"
	case who == "go" && code == "AccessDenied":
		return "*smithy.GenericAPIError AccessDenied"
	case who == "go":
		return "*types." + code + "Exception"
	case code == "AccessDenied":
		return code + ": "
	}
	return code + "Exception: "
}

// TestAJobOfOneRepository: the main branch of one repository assumes its role by its own token alone; another repository, a
// fork, its pull request, a token for somebody else and one that another has signed are refused in each client's own error.
func TestAJobOfOneRepository(t *testing.T) {
	for who, c := range callers() {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			if !harness.Tell(t, c.client, "credentials: a CI job's token, asked for as GitHub's jobs do; other repositories, forks and audiences",
				"env, as nobody; AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_SESSION_NAME") {
				return
			}
			group, i, other := "job-"+who, harness.NewIssuer(t), harness.NewIssuer(t)
			house.Apply(t, i.Manifest()+strings.NewReplacer("GROUP", group, "ISSUER", i.URL, "HOST", strings.TrimPrefix(i.URL, "https://")).Replace(jobs))
			ours := job(t, i, group, "sts.amazonaws.com", map[string]any{"sub": mainBranch})
			want(t, "who asks", ours.Must(t, c.argv...), "arn:aws:sts::"+house.Fact(t, "account")+":assumed-role/"+group+"-role/job")
			for what, r := range jobRefusals() {
				from := i
				if what == "another's key" {
					from = other
				}
				s := job(t, from, group, r.audience, map[string]any{"sub": r.subject, "iss": i.URL})
				if who == "cli" { // it does not show the request's id
					s.Failed(t, saysOf(who, r.code), c.argv...)
					continue
				}
				s.Refused(t, saysOf(who, r.code), r.reason, c.argv...)
			}
		})
	}
}
