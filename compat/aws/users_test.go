package aws

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

const (
	usersFlow    = "iam: users, groups, access keys; a user's own calls, its session and a role that trusts it; keys and users that end"
	usersSetting = "run, as root@ACCOUNT; the settings of lanyard env with AWS_SHARED_CREDENTIALS_FILE and AWS_PROFILE, or with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)

// usersPolicies are what a group may do, and what the role may do that trusts one of its users.
const (
	listFiles  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::GROUP-files"},{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::*:role/GROUP-role"}]}`
	readShared = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::GROUP-files/*"}]}`
	trustUser  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::ACCOUNT:user/GROUP-ann"},"Action":"sts:AssumeRole"}]}`
)

// userRefusals are what the play is refused, by step, code and reason.
const userRefusals = `
make EntityAlreadyExists directory.exists
make DeleteConflict directory.in_use
act AccessDenied access.denied
without AccessDenied access.denied
inactive InvalidClientTokenId authn.key_inactive
inactive InvalidAccessKeyId authn.key_inactive
inactive InvalidClientTokenId authn.session_revoked
inactive InvalidToken authn.session_revoked
deleted InvalidClientTokenId authn.unknown_key
deleted InvalidAccessKeyId authn.unknown_key
deleted InvalidClientTokenId authn.session_revoked
deleted InvalidToken authn.session_revoked
another AccessDenied access.denied
another InvalidClientTokenId authn.unknown_key
another InvalidAccessKeyId authn.unknown_key
another InvalidClientTokenId authn.session_revoked
another InvalidToken authn.session_revoked
`

// TestC03UsersByClients makes users, groups and keys, acts by the keys, and takes them away again: whatever came from a key ends
// with the key and with the user, and another user of the same name inherits nothing.
func TestC03UsersByClients(t *testing.T) {
	all := callers()
	for who, c := range map[string]caller{"cli": all["cli"], "py": all["py"]} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			if !harness.Tell(t, c.client, usersFlow, usersSetting) {
				return
			}
			group, account := "users-"+who, house.Fact(t, "account")
			root := house.Session(t, "root@"+account)
			if who == "py" {
				root.Played(t, userRefusals, harness.Boto3, "-B", harness.PythonPrograms()+"/users.py", group, account)
				return
			}
			u := users{root: root, group: group, account: account}
			u.make(t)
			u.act(t)
			u.end(t)
		})
	}
}

// users is the story as the command line tells it: an admin who makes what there is, and the user's own shells.
type users struct {
	root           *harness.Session
	group, account string
	key            any // of the user, as create-access-key shows it once
}

// text puts the story's names into a document.
func (u *users) text(document string) string {
	return strings.NewReplacer("GROUP", u.group, "ACCOUNT", u.account).Replace(document)
}

func (u *users) userARN(name string) string {
	return "arn:aws:iam::" + u.account + ":user/" + u.group + "-" + name
}

// newKey gives a user a key, in the one answer that shows its secret.
func (u *users) newKey(t *testing.T, name string) any {
	t.Helper()
	return harness.At(u.root.JSON(t, iam("create-access-key", "--user-name", u.group+"-"+name)...), "AccessKey")
}

// byFile is a shell that has no more than a key in a shared credentials file.
func (u *users) byFile(t *testing.T, key any) *harness.Session {
	t.Helper()
	s := house.Session(t, "")
	s.Set(t, "AWS_SHARED_CREDENTIALS_FILE", s.File(t, "credentials", "[ann]\naws_access_key_id = "+harness.Text(key, "AccessKeyId")+
		"\naws_secret_access_key = "+harness.Text(key, "SecretAccessKey")+"\n"))
	s.Set(t, "AWS_PROFILE", "ann")
	return s
}

// byEnvironment is a shell that has no more than a key, or a session, in its environment.
func (u *users) byEnvironment(t *testing.T, credentials any) *harness.Session {
	t.Helper()
	s := house.Session(t, "")
	s.Set(t, "AWS_ACCESS_KEY_ID", harness.Text(credentials, "AccessKeyId"))
	s.Set(t, "AWS_SECRET_ACCESS_KEY", harness.Text(credentials, "SecretAccessKey"))
	if fields, ok := credentials.(map[string]any); ok && fields["SessionToken"] != nil {
		s.Set(t, "AWS_SESSION_TOKEN", harness.Text(credentials, "SessionToken"))
	}
	return s
}

func whoami() []string { return callers()["cli"].argv }

// role is a session of the role, as the caller of a shell asks for it.
func (u *users) role(t *testing.T, s *harness.Session) *harness.Session {
	t.Helper()
	return u.byEnvironment(t, harness.At(s.JSON(t, u.assume()...), "Credentials"))
}

func (u *users) assume() []string {
	return []string{"aws", "--output", "json", "sts", "assume-role", "--role-session-name", "story", "--role-arn", "arn:aws:iam::" + u.account + ":role/" + u.group + "-role"}
}

func (u *users) list() []string { return []string{"aws", "s3", "ls", "s3://" + u.group + "-files"} }

func (u *users) read() []string {
	return []string{"aws", "s3", "cp", "s3://" + u.group + "-files/shared", "-"}
}

func (u *users) make(t *testing.T) {
	ann, readers := u.group+"-ann", u.group+"-readers"
	made := u.root.JSON(t, iam("create-user", "--user-name", ann, "--tags", "Key=team,Value=web")...)
	want(t, "the user's ARN", harness.Text(made, "User", "Arn"), u.userARN("ann"))
	u.root.Failed(t, "(EntityAlreadyExists)", iam("create-user", "--user-name", strings.ToUpper(ann))...)
	u.root.Must(t, iam("create-user", "--user-name", u.group+"-bob")...)
	u.root.Must(t, iam("create-group", "--group-name", readers)...)
	u.root.Must(t, iam("put-group-policy", "--group-name", readers, "--policy-name", "list", "--policy-document", u.text(listFiles))...)
	u.root.Must(t, iam("add-user-to-group", "--group-name", readers, "--user-name", ann)...)
	want(t, "the user's groups", u.root.Must(t, iam("list-groups-for-user", "--user-name", ann, "--query", "Groups[].GroupName", "--output", "text")...), readers)
	u.root.Must(t, iam("create-role", "--role-name", u.group+"-role", "--assume-role-policy-document", u.text(trustUser))...)
	u.root.Must(t, iam("put-role-policy", "--role-name", u.group+"-role", "--policy-name", "read", "--policy-document", u.text(readShared))...)
	u.root.Must(t, "aws", "s3", "mb", "s3://"+u.group+"-files")
	u.root.Must(t, "aws", "s3", "cp", u.root.File(t, "shared", "for the role"), "s3://"+u.group+"-files/shared")
	u.key = u.newKey(t, "ann")
	u.root.Must(t, iam("create-access-key", "--user-name", ann)...)
	u.root.Failed(t, "(LimitExceeded)", iam("create-access-key", "--user-name", ann)...)
	other := u.root.Must(t, iam("list-access-keys", "--user-name", ann, "--output", "text", "--query", "AccessKeyMetadata[?AccessKeyId!='"+harness.Text(u.key, "AccessKeyId")+"'].AccessKeyId")...)
	u.root.Must(t, iam("delete-access-key", "--user-name", ann, "--access-key-id", other)...)
}

// act is what a user may do by its key, however a client finds it, and what it may not.
func (u *users) act(t *testing.T) {
	file, environment := u.byFile(t, u.key), u.byEnvironment(t, u.key)
	for _, s := range []*harness.Session{file, environment} {
		want(t, "who asks", s.Must(t, whoami()...), u.userARN("ann"))
		want(t, "the file in the list", strings.HasSuffix(s.Must(t, u.list()...), " shared"), true)
	}
	file.Failed(t, "(403)", u.read()...)
	role := u.role(t, file)
	want(t, "the role's session", role.Must(t, whoami()...), "arn:aws:sts::"+u.account+":assumed-role/"+u.group+"-role/story")
	want(t, "what the role reads", role.Must(t, u.read()...), "for the role")
	role.Failed(t, "(AccessDenied)", u.list()...)
	own := u.byEnvironment(t, harness.At(environment.JSON(t, "aws", "--output", "json", "sts", "get-session-token"), "Credentials"))
	want(t, "the user's session", own.Must(t, whoami()...), u.userARN("ann"))
	own.Must(t, u.list()...)
	own.Failed(t, "(AccessDenied)", iam("get-user")...)

	bob := u.byFile(t, u.newKey(t, "bob"))
	want(t, "who asks", bob.Must(t, whoami()...), u.userARN("bob"))
	bob.Failed(t, u.text("User: arn:aws:iam::ACCOUNT:user/GROUP-bob is not authorized to perform: iam:GetUser on resource: arn:aws:iam::ACCOUNT:user/GROUP-ann"),
		iam("get-user", "--user-name", u.group+"-ann")...)
	bob.Failed(t, u.text("User: arn:aws:iam::ACCOUNT:user/GROUP-bob is not authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::GROUP-files\""), u.list()...)
	bob.Failed(t, u.text("User: arn:aws:iam::ACCOUNT:user/GROUP-bob is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::ACCOUNT:role/GROUP-role"), u.assume()...)
}

// end takes away first a key's state, then a key, then the user, and wants nothing left of them each time.
func (u *users) end(t *testing.T) {
	ann, readers := u.group+"-ann", u.group+"-readers"
	id := func() []string {
		return []string{"--user-name", ann, "--access-key-id", harness.Text(u.key, "AccessKeyId")}
	}
	s := u.byFile(t, u.key)
	role := u.role(t, s)
	role.Must(t, whoami()...)
	u.root.Must(t, append(iam("update-access-key", "--status", "Inactive"), id()...)...)
	s.Failed(t, "(InvalidClientTokenId)", whoami()...)
	s.Failed(t, "(InvalidAccessKeyId)", u.list()...)
	role.Failed(t, "(InvalidClientTokenId)", whoami()...)
	u.root.Must(t, append(iam("update-access-key", "--status", "Active"), id()...)...)
	role.Failed(t, "(InvalidClientTokenId)", whoami()...) // for good

	role = u.role(t, s) // the key itself is as it was
	u.root.Must(t, append(iam("delete-access-key"), id()...)...)
	s.Failed(t, "(InvalidClientTokenId)", whoami()...)
	role.Failed(t, "(InvalidClientTokenId)", whoami()...)

	u.key = u.newKey(t, "ann")
	s = u.byEnvironment(t, u.key)
	role = u.role(t, s)
	role.Must(t, u.read()...)
	u.root.Failed(t, "(DeleteConflict)", iam("delete-user", "--user-name", ann)...)
	u.root.Must(t, iam("remove-user-from-group", "--group-name", readers, "--user-name", ann)...)
	s.Failed(t, "(AccessDenied)", u.list()...)
	u.root.Must(t, append(iam("delete-access-key"), id()...)...)
	u.root.Must(t, iam("delete-user", "--user-name", ann)...)
	s.Failed(t, "(InvalidClientTokenId)", whoami()...)
	role.Failed(t, "(InvalidToken)", u.list()...) // S3's word for a session that is none any more

	u.root.Must(t, iam("create-user", "--user-name", ann)...)
	another := u.byFile(t, u.newKey(t, "ann"))
	want(t, "who asks now", another.Must(t, whoami()...), u.userARN("ann"))
	another.Failed(t, "(AccessDenied)", u.list()...)
	another.Failed(t, "(AccessDenied)", u.assume()...)
	s.Failed(t, "(InvalidClientTokenId)", whoami()...)
	role.Failed(t, "(InvalidClientTokenId)", whoami()...)
}
