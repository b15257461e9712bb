package access_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Two accounts and what is in them, as these tests know them.
const (
	homeAccount  = "111122223333"
	otherAccount = "444455556666"

	roleARN    = "arn:aws:iam::" + homeAccount + ":role/app/reader"
	sessionARN = "arn:aws:sts::" + homeAccount + ":assumed-role/reader/one"
	roleID     = "AROAREADERREADERREADE"
	managedARN = "arn:aws:iam::" + homeAccount + ":policy/managed"
	fenceARN   = "arn:aws:iam::" + homeAccount + ":policy/fence"

	shelf      = "shelf"
	book       = "arn:aws:s3:::" + shelf + "/book"
	actionRead = "s3:GetObject"
)

// Statements that many tests use.
const (
	allowAll  = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	allowS3   = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
	allowRead = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`
	allowList = `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}`
	denyRead  = `{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}`
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func account(digits string) name.AccountID { return must(name.ParseAccountID(digits)) }

func arn(text string) name.ARN { return must(name.ParseARN(text)) }

// policy makes a document of statements, in the current version of the language.
func policy(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

// inBucket is a bucket policy's statement about reading the shelf.
func inBucket(effect, principal string) string {
	return `{"Effect":"` + effect + `","Principal":` + principal + `,"Action":"s3:GetObject","Resource":"arn:aws:s3:::shelf/*"}`
}

// world is the AWS side of one installation: a role with its policies, and a bucket.
type world struct {
	role     view.Role
	policies []view.Record
	bucket   view.Bucket
	session  credential.Session

	home, other view.Account // what the organization says of the two; id and name are filled in
}

// newWorld has a role without any policy, a session of it, and a bucket of the role's account without a policy.
func newWorld() *world {
	return &world{
		role: view.Role{
			ARN: arn(roleARN), UniqueID: roleID, Path: "/app/", Name: "reader", MaxSession: 3600,
			Trust: policy(trustHome),
		},
		bucket:  view.Bucket{Name: shelf, Account: account(homeAccount), UID: name.NewGUID(), Region: "us-east-2"},
		session: credential.Session{Account: account(homeAccount), RoleID: roleID, Name: "one", Issued: time.Unix(1_800_000_000, 0)},
	}
}

// inline gives the role an inline policy.
func (w *world) inline(statements ...string) *world {
	w.role.Inline = map[string]string{"p": policy(statements...)}
	return w
}

// managed makes a managed policy and attaches it.
func (w *world) managed(statements ...string) *world {
	w.policies = append(w.policies, managedPolicy(managedARN, statements...))
	w.role.Managed = append(w.role.Managed, arn(managedARN))
	return w
}

// boundary makes a managed policy and sets it as the role's boundary.
func (w *world) boundary(statements ...string) *world {
	w.policies = append(w.policies, managedPolicy(fenceARN, statements...))
	w.role.Boundary = arn(fenceARN)
	return w
}

// restrict gives the session a session policy.
func (w *world) restrict(statements ...string) *world {
	w.session.Policies = append(w.session.Policies, policy(statements...))
	return w
}

// guard gives the bucket a policy.
func (w *world) guard(statements ...string) *world {
	w.bucket.Policy = policy(statements...)
	return w
}

// abroad moves the bucket into the other account.
func (w *world) abroad() *world {
	w.bucket.Account = account(otherAccount)
	return w
}

func managedPolicy(at string, statements ...string) *view.Policy {
	a := arn(at)
	return &view.Policy{
		ARN: a, UniqueID: "ANPA" + strings.Repeat("A", 17), Path: "/",
		Name: strings.TrimPrefix(a.Resource(), "policy/"), Document: policy(statements...),
	}
}

// view loads the world as the server does after a restart.
func (w *world) view(t testing.TB) *view.View {
	t.Helper()
	w.home.ID, w.home.Name, w.other.ID, w.other.Name = account(homeAccount), "home", account(otherAccount), "other"
	records := append([]view.Record{
		&view.Installation{Incarnation: "first-life", Account: account(homeAccount)}, &w.home, &w.other,
		&w.role, &w.bucket,
	}, w.policies...)
	return load(t, records)
}

// load makes a View of records as they come out of the store.
func load(t testing.TB, records []view.Record) *view.View {
	t.Helper()
	stored := make([]view.Record, len(records))
	for i, r := range records {
		change, err := view.Put(r)
		if err != nil {
			t.Fatal(err)
		}
		if stored[i], err = view.Decode(change); err != nil {
			t.Fatal(err)
		}
	}
	v, err := view.Load(7, stored)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// wants checks an outcome, with the whole decision in the message.
func wants(t testing.TB, d reason.Decision, want reason.Outcome) {
	t.Helper()
	if d.Outcome != want {
		t.Errorf("want %s, got\n%s", want, d)
	}
	if !d.Allowed() && len(d.Decisive)+len(d.Nearest) == 0 && d.Hint == "" {
		t.Errorf("a refusal says nothing of why:\n%s", d)
	}
	if d.Allowed() && len(d.Decisive) == 0 {
		t.Errorf("an allow names no rule:\n%s", d)
	}
}
