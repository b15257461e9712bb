package simulate_test

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access/simulate"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Two accounts and their people, as the tests know them. Only the account A and the role reader are in the View.
const (
	accountA = "111122223333"
	accountB = "444455556666"

	roleARN     = "arn:aws:iam::" + accountA + ":role/reader"
	roleID      = "AROAREADERREADERREADE"
	sessionARN  = "arn:aws:sts::" + accountA + ":assumed-role/reader/one"
	userARN     = "arn:aws:iam::" + accountA + ":user/ana"
	rootARN     = "arn:aws:iam::" + accountA + ":root"
	providerARN = "arn:aws:iam::" + accountA + ":oidc-provider/sts.example/t/"
	managedARN  = "arn:aws:iam::" + accountA + ":policy/team/lister"
	fenceARN    = "arn:aws:iam::" + accountA + ":policy/fence"

	shelf = "arn:aws:s3:::shelf"
	book  = shelf + "/book"
)

// Statements that many tests use.
const (
	allowAll  = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	allowRead = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`
	allowList = `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}`
	denyRead  = `{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}`
)

// doc makes a document of statements, in the current version.
func doc(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

// when adds a Condition to a statement.
func when(statement, condition string) string {
	return strings.TrimSuffix(statement, "}") + `,"Condition":` + condition + `}`
}

// grant is a resource policy's statement that lets a principal read.
func grant(principal string) string {
	return `{"Effect":"Allow","Principal":` + principal + `,"Action":"s3:GetObject","Resource":"arn:aws:s3:::shelf/*"}`
}

// trusts is a trust policy's statement.
func trusts(effect, principal, action string) string {
	return `{"Effect":"` + effect + `","Principal":` + principal + `,"Action":"` + action + `"}`
}

func aws(value string) string { return `{"AWS":"` + value + `"}` }

func arn(s string) name.ARN {
	a, err := name.ParseARN(s)
	if err != nil {
		panic(err)
	}
	return a
}

func account(s string) name.AccountID {
	a, err := name.ParseAccountID(s)
	if err != nil {
		panic(err)
	}
	return a
}

// entry is a context entry of one text.
func entry(key string, values ...string) simulate.Entry {
	if len(values) != 1 {
		return simulate.Entry{Key: key, Type: "stringList", Values: values}
	}
	return simulate.Entry{Key: key, Type: "string", Values: values}
}

// world is what is in the View.
type world struct {
	account view.Account
	role    view.Role
	bucket  view.Bucket
	more    []view.Record
}

func newWorld() *world {
	return &world{
		account: view.Account{ID: account(accountA), Name: "home"},
		role: view.Role{
			ARN: arn(roleARN), UniqueID: roleID, Path: "/", Name: "reader", MaxSession: 3600,
			Trust: doc(trusts("Allow", aws(accountA), "sts:AssumeRole")), Tags: view.Tags{"Team": "red"},
		},
		bucket: view.Bucket{Name: "shelf", Account: account(accountA), UID: name.NewGUID(), Region: "us-east-2"},
		more: []view.Record{
			&view.Account{ID: account(accountB), Name: "other"},
			&view.Policy{ARN: arn(managedARN), UniqueID: "ANPA" + strings.Repeat("A", 17), Path: "/team/", Name: "lister", Document: doc(allowList)},
			&view.Policy{ARN: arn(fenceARN), UniqueID: "ANPA" + strings.Repeat("B", 17), Path: "/", Name: "fence", Document: doc(allowRead, allowList)},
		},
	}
}

// view loads the world as the server does after a restart.
func (w *world) view(t testing.TB) *view.View {
	t.Helper()
	records := append([]view.Record{&view.Installation{Incarnation: "first-life", Account: w.account.ID}, &w.account, &w.role, &w.bucket}, w.more...)
	stored := make([]view.Record, len(records))
	for i, r := range records {
		change, err := view.Put(r)
		if err != nil {
			t.Fatal(err)
		}
		if stored[i], err = new(view.Decoder).Decode(change); err != nil {
			t.Fatal(err)
		}
	}
	v, err := view.Load(7, stored)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// custom asks about handed-over policies and wants one result.
func custom(t testing.TB, r simulate.Request) simulate.Result {
	t.Helper()
	results, err := simulate.Custom(newWorld().view(t), account(accountA), r)
	if err != nil || len(results) != 1 {
		t.Fatalf("%d results, %v", len(results), err)
	}
	return results[0]
}
