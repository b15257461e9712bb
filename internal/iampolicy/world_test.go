package iampolicy_test

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// Two accounts and their people, as the tests know them.
const (
	accountA = "111122223333"
	accountB = "444455556666"

	roleARN     = "arn:aws:iam::" + accountA + ":role/reader"
	roleID      = "AROAREADERREADERREADE"
	sessionARN  = "arn:aws:sts::" + accountA + ":assumed-role/reader/one"
	userARN     = "arn:aws:iam::" + accountA + ":user/ana"
	userID      = "AIDAANAANAANAANAANAAN"
	federatedA  = "arn:aws:sts::" + accountA + ":federated-user/guest"
	rootARN     = "arn:aws:iam::" + accountA + ":root"
	providerARN = "arn:aws:iam::" + accountA + ":oidc-provider/sts.example/t/"

	book = "arn:aws:s3:::shelf/book"
)

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

// session is a session of the role reader in an account.
func session(acct string) iampolicy.Principal {
	in := func(s string) name.ARN { return arn(strings.ReplaceAll(s, accountA, acct)) }
	return iampolicy.Principal{
		Type: iampolicy.AssumedRole, ARN: in(sessionARN), PrincipalARN: in(roleARN),
		Account: account(acct), UniqueID: roleID, UserID: roleID + ":one",
	}
}

func user() iampolicy.Principal {
	return iampolicy.Principal{
		Type: iampolicy.User, ARN: arn(userARN), Account: account(accountA),
		UniqueID: userID, UserID: userID, Username: "ana",
	}
}

func guest() iampolicy.Principal {
	return iampolicy.Principal{
		Type: iampolicy.FederatedUser, ARN: arn(federatedA), PrincipalARN: arn(userARN),
		Account: account(accountA), UniqueID: userID, UserID: accountA + ":guest",
	}
}

func root() iampolicy.Principal {
	return iampolicy.Principal{Type: iampolicy.Root, ARN: arn(rootARN), Account: account(accountA), UserID: accountA}
}

func webIdentity() iampolicy.Principal {
	return iampolicy.Principal{Type: iampolicy.WebIdentity, Federated: providerARN}
}

func lambda() iampolicy.Principal {
	return iampolicy.Principal{Type: iampolicy.Service, Service: "lambda.amazonaws.com"}
}

func parse(t testing.TB, kind iampolicy.Kind, doc string) *iampolicy.Policy {
	t.Helper()
	p, err := iampolicy.Parse([]byte(doc), kind)
	if err != nil {
		t.Fatalf("Parse %s: %v\n%s", kind, err, doc)
	}
	return p
}

// policy makes a document of statements, in the current version.
func policy(t testing.TB, kind iampolicy.Kind, statements ...string) *iampolicy.Named {
	t.Helper()
	doc := `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
	return &iampolicy.Named{ID: "p:" + kind.String(), Rev: 7, Policy: parse(t, kind, doc)}
}

func identity(t testing.TB, statements ...string) []iampolicy.Named {
	t.Helper()
	return []iampolicy.Named{*policy(t, iampolicy.Identity, statements...)}
}

// facts makes a Context of pairs of a key and a value.
func facts(pairs ...string) *cond.Facts {
	f := &cond.Facts{}
	for i := 0; i < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f
}

// read asks whether who may read the object, which belongs to account A.
func read(who iampolicy.Principal) iampolicy.Input {
	return iampolicy.Input{Request: iampolicy.Request{
		Principal: who, Action: "s3:GetObject", Resource: book,
		ResourceAccount: account(accountA), Context: facts(),
	}}
}

// assume asks whether who may assume the role reader of account A under a trust policy.
func assume(t testing.TB, who iampolicy.Principal, statements ...string) iampolicy.Input {
	t.Helper()
	in := iampolicy.Input{TrustPolicy: true, ResourcePolicy: policy(t, iampolicy.Trust, statements...)}
	in.Request = iampolicy.Request{
		Principal: who, Action: "sts:AssumeRole", Resource: roleARN,
		ResourceAccount: account(accountA), Context: facts(),
	}
	if who.Type == iampolicy.WebIdentity {
		in.Action = "sts:AssumeRoleWithWebIdentity"
	}
	return in
}

// want checks an outcome, with the whole decision in the message.
func want(t testing.TB, in iampolicy.Input, outcome reason.Outcome) reason.Decision {
	t.Helper()
	d := iampolicy.Decide(in)
	if d.Outcome != outcome {
		t.Errorf("want %s\n%s", outcome, d)
	}
	return d
}

// Statements that many tests use.
const (
	allowAll     = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	allowRead    = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`
	allowList    = `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}`
	denyRead     = `{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}`
	trustAccount = `{"Effect":"Allow","Principal":{"AWS":"` + accountA + `"},"Action":"sts:AssumeRole"}`
)

// grant is a resource policy's statement that lets a principal read.
func grant(principal string) string {
	return `{"Effect":"Allow","Principal":` + principal + `,"Action":"s3:GetObject","Resource":"arn:aws:s3:::shelf/*"}`
}

func aws(value string) string { return `{"AWS":"` + value + `"}` }

// when adds a Condition to a statement.
func when(statement, condition string) string {
	return strings.TrimSuffix(statement, "}") + `,"Condition":` + condition + `}`
}
