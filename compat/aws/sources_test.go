package aws

import (
	"path"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// caller is a client that asks who it is.
type caller struct {
	client string // as the page names it
	argv   []string
}

func callers() map[string]caller {
	return map[string]caller{
		"cli": {"AWS CLI", []string{"aws", "sts", "get-caller-identity", "--query", "Arn", "--output", "text"}},
		"py":  {"boto3", []string{harness.Boto3, "-B", harness.PythonPrograms() + "/whoami.py"}},
		"js":  {"@aws-sdk/client-sts", []string{"node", harness.Node() + "/whoami.mjs"}},
		"go":  {"github.com/aws/aws-sdk-go-v2/config", []string{harness.AWSClient(), "whoami"}},
	}
}

// source is one way to credentials. By each of them every client is who it should be, and is then refused what was taken
// away.
type source struct {
	flow, setting string
	// start gives a session in which a client finds the role GROUP-role, and the name of the role's session.
	start func(t *testing.T, group string) (s *harness.Session, name string)
	ends  []end
}

// end is a change after which there are no credentials, or none that are good.
type end struct {
	make func(t *testing.T, group string, s *harness.Session)
	// reason is what the record says under the id that the client shows; what each client says stands in words. A client that
	// shows no id has a word before a colon only: its own type of error.
	reason string
	words  map[string]string
}

// TestCredentialSources plays each way to credentials with each client.
func TestCredentialSources(t *testing.T) {
	for key, from := range sources() {
		for who, c := range callers() {
			t.Run(key+"/"+who, func(t *testing.T) {
				t.Parallel()
				if harness.Tell(t, c.client, from.flow, from.setting) {
					from.play(t, "from-"+key+"-"+who, who, c)
				}
			})
		}
	}
}

// TestInstanceMetadataOfAnother: whoever is not of the launch is refused at the address that its clients have.
func TestInstanceMetadataOfAnother(t *testing.T) {
	s, _ := launched("ec2", "ec2:instance", "--flavour", "imds")(t, "from-imds-of-another")
	address := s.Must(t, "sh", "-c", `echo "$AWS_EC2_METADATA_SERVICE_ENDPOINT"`)
	for who, ask := range map[string]*harness.Session{"the launch": s, "another": house.Session(t, "operator")} {
		r := ask.Try(t, "curl", "-s", "-w", "%{http_code}", "-X", "PUT", "-H", "X-aws-ec2-metadata-token-ttl-seconds: 60", address+"/latest/api/token")
		if who == "the launch" {
			want(t, "the launch's own answer", strings.HasSuffix(r.Out, "200"), true)
			continue
		}
		if code, why := house.Why(t, r.Out); !strings.HasSuffix(r.Out, "401") || why != "attest.no_proof" {
			t.Errorf("another is answered %s, %s, %s", r.Out, code, why)
		}
	}
}

func (from source) play(t *testing.T, group, who string, c caller) {
	s, name := from.start(t, group)
	want(t, "who asks", s.Must(t, c.argv...), "arn:aws:sts::"+house.Fact(t, "account")+":assumed-role/"+group+"-role/"+name)
	for _, e := range from.ends {
		e.make(t, group, s)
		words := e.words[who]
		if text, told := strings.CutSuffix(words, " "+noID); told {
			s.Failed(t, text, c.argv...)
			continue
		}
		s.Refused(t, words, e.reason, c.argv...)
	}
}

// noID stands behind the words of a client that does not show the request's id.
const noID = "(no id)"

func sources() map[string]source {
	return map[string]source{
		"web": {"credentials: web identity file", "run; AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_SESSION_NAME", pipeline, []end{
			{anotherAudience, "federation.audience_mismatch", map[string]string{
				"cli": "An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation " + noID,
				"py":  "InvalidIdentityTokenException: An error occurred (InvalidIdentityToken)",
				"js":  "InvalidIdentityTokenException: Incorrect token audience", "go": "*types.InvalidIdentityTokenException",
			}},
			{deletedSince, "access.denied", map[string]string{
				"cli": "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation " + noID,
				"py":  "ClientError: An error occurred (AccessDenied)", "js": "AccessDenied: Not authorized", "go": "*smithy.GenericAPIError AccessDenied",
			}},
		}},
		"container": {"credentials: container endpoint, token file", "run, as a function", launched("lambda", "lambda:function"), []end{
			{distrusted, "access.denied", map[string]string{
				"cli": "Error when retrieving credentials from container-role", "py": "CredentialRetrievalError: ",
				"js": "CredentialsProviderError: " + noID, "go": "*client.EndpointError AccessDenied",
			}},
		}},
		"token": {"credentials: container endpoint, token in the environment", "run, as a task; AWS_CONTAINER_AUTHORIZATION_TOKEN instead of _TOKEN_FILE", inVariable, []end{
			{wrongToken, "attest.unknown_proof", map[string]string{
				"cli": "Error when retrieving credentials from container-role", "py": "CredentialRetrievalError: ",
				"js": "CredentialsProviderError: " + noID, "go": "*client.EndpointError Unauthorized",
			}},
		}},
		"imds": {"credentials: instance metadata (IMDSv2)", "run --flavour imds, as an instance", launched("ec2", "ec2:instance", "--flavour", "imds"), []end{
			{deleted, "metadata.role_deleted", map[string]string{
				"cli": "Unable to locate credentials " + noID, "py": "NoCredentialsError: " + noID,
				"js": "CredentialsProviderError: " + noID, "go": "no EC2 IMDS role found " + noID,
			}},
		}},
		"process": {"credentials: credential_process", "run --flavour process, as a function", launched("lambda", "lambda:function", "--flavour", "process"), []end{
			{deleted, "metadata.role_deleted", map[string]string{
				"cli": "Error when retrieving credentials from custom-process", "py": "CredentialRetrievalError: ",
				"js": "CredentialsProviderError: " + noID, "go": "*processcreds.ProviderError",
			}},
		}},
		"profile": {"credentials: role_arn by source_profile by credential_source", "run, as a function; AWS_CONFIG_FILE, AWS_PROFILE", inProfiles, []end{
			{deleted, "access.denied", map[string]string{
				"cli": "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation " + noID, // it has kept a session
				"py":  "ClientError: An error occurred (AccessDenied) when calling the AssumeRole operation",
				"js":  "AccessDenied: ", "go": "*smithy.GenericAPIError AccessDenied",
			}},
		}},
		"static": {"credentials: a session in the environment", "run, as a function; AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN", inEnvironment, []end{
			{deleted, "authn.session_revoked", map[string]string{
				"cli": "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation " + noID,
				"py":  "ClientError: An error occurred (InvalidClientTokenId)", "js": "InvalidClientTokenId: ", "go": "*smithy.GenericAPIError InvalidClientTokenId",
			}},
		}},
	}
}

// bound is a workload in AWS's words with one role, which trusts its service.
const bound = `
kind: Role
name: GROUP-role
trust:
  Version: "2012-10-17"
  Statement: [{Effect: Allow, Principal: {Service: SERVICE.amazonaws.com}, Action: sts:AssumeRole}]
---
kind: AWSResource
kindOf: KIND
name: GROUP
role: GROUP-role
`

// launched gives a way to start a workload of a kind by a flavour of run.
func launched(service, kind string, flags ...string) func(*testing.T, string) (*harness.Session, string) {
	return func(t *testing.T, group string) (*harness.Session, string) {
		name := group
		switch service {
		case "ec2":
			name = "i-" + group
		case "ecs-tasks":
			name = "default/" + group
		}
		house.Apply(t, strings.NewReplacer("name: GROUP\n", "name: "+name+"\n", "GROUP", group, "SERVICE", service, "KIND", kind).Replace(bound))
		return house.Session(t, house.Field(t, "AWSResource", name, "id"), flags...), path.Base(name)
	}
}

// pipeline has a token of another issuer's making in a file; here our own issuer is the other one.
func pipeline(t *testing.T, group string) (*harness.Session, string) {
	s := session(t, group)
	s.Set(t, "AWS_ROLE_SESSION_NAME", "first")
	return s, "first"
}

// anotherAudience puts a token for somebody else into the file. A session of another name is not in any client's cache.
func anotherAudience(t *testing.T, _ string, s *harness.Session) {
	token(t, s, "https://storage.azure.com")
	s.Set(t, "AWS_ROLE_SESSION_NAME", "second")
}

// deleted takes the role away.
func deleted(t *testing.T, group string, _ *harness.Session) {
	house.Do(t, "", "delete", "Role", group+"-role")
}

// deletedSince does so when the client has the right token again.
func deletedSince(t *testing.T, group string, s *harness.Session) {
	token(t, s, "api://"+group)
	s.Set(t, "AWS_ROLE_SESSION_NAME", "third")
	deleted(t, group, s)
}

// distrusted lets the role trust its service no more.
func distrusted(t *testing.T, group string, _ *harness.Session) {
	house.Apply(t, `
kind: Role
name: `+group+`-role
trust:
  Version: "2012-10-17"
  Statement: [{Effect: Deny, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
`)
}

// inVariable has the token itself in the environment.
func inVariable(t *testing.T, group string) (*harness.Session, string) {
	s, name := launched("ecs-tasks", "ecs:task")(t, group)
	s.Set(t, "AWS_CONTAINER_AUTHORIZATION_TOKEN", s.Must(t, "sh", "-c", `cat "$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"`))
	s.Set(t, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "")
	return s, name
}

func wrongToken(t *testing.T, _ string, s *harness.Session) {
	s.Set(t, "AWS_CONTAINER_AUTHORIZATION_TOKEN", strings.Repeat("a", 43))
}

// inProfiles has the role by a chain: the function's own role is the source of a first one, and that of the one that is asked for.
func inProfiles(t *testing.T, group string) (*harness.Session, string) {
	s, _ := launched("lambda", "lambda:function")(t, group+"-fn")
	const hop = `
kind: Role
name: NEXT
trust:
  Version: "2012-10-17"
  Statement: [{Effect: Allow, Principal: {AWS: "arn:aws:iam::$(account):role/FIRST"}, Action: sts:AssumeRole}]
`
	next := func(first, name string) string { return strings.NewReplacer("NEXT", name, "FIRST", first).Replace(hop) }
	house.Apply(t, next(group+"-fn-role", group+"-hop"))
	house.Apply(t, next(group+"-hop", group+"-role"))
	arn := "arn:aws:iam::" + house.Fact(t, "account") + ":role/" + group
	s.Set(t, "AWS_CONFIG_FILE", s.File(t, "config", `[profile hop]
role_arn = `+arn+`-hop
credential_source = EcsContainer
[profile last]
role_arn = `+arn+`-role
role_session_name = last
source_profile = hop
`))
	s.Set(t, "AWS_PROFILE", "last")
	return s, "last"
}

// inEnvironment has a session's three values, as a job gets them that somebody started.
func inEnvironment(t *testing.T, group string) (*harness.Session, string) {
	s, name := launched("lambda", "lambda:function")(t, group)
	got := s.Must(t, "sh", "-c", `curl -sf -H "Authorization: $(cat "$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")" "$AWS_CONTAINER_CREDENTIALS_FULL_URI"`)
	keep(t, s, parsed(t, got), "Token")
	return s, name
}
