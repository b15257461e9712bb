package s3_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// situation is a request for an object of a bucket of the caller's account, and the policies that decide.
type situation struct {
	what    string
	role    string // statements of its policy
	tags    view.Tags
	bound   string // statements of its boundary
	session string // statements of its session policy
	bucket  string // statements of the bucket's policy
	target  string // default: the object
	from    string // the caller's address; default: loopback
	agent   string
	plain   bool
	want    int
}

const (
	reads       = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*"}`
	lists       = `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}`
	everything  = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	readsNot    = `{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}`
	readerRole  = "arn:aws:iam::111122223333:role/reader"
	readerNow   = "arn:aws:sts::111122223333:assumed-role/reader/test"
	accountRoot = "arn:aws:iam::111122223333:root"
	yes, no     = http.StatusOK, http.StatusForbidden
)

// provided puts a condition into a statement.
func provided(statement, condition string) string {
	return strings.TrimSuffix(statement, "}") + `,"Condition":` + condition + `}`
}

// letting is a bucket policy that lets one principal read.
func letting(principal string) string {
	return `{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*"}`
}

// situations are the traps of the policy language that reading an object meets, by the numbers of the engine's vectors.
func situations() []situation {
	notRed := `{"StringNotEquals":{"aws:PrincipalTag/team":"red"}}`
	keys := `{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}`
	tagged := `"Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/${aws:PrincipalTag/team}*"}`
	address := func(operator, block string) string {
		return provided(reads, `{"`+operator+`":{"aws:SourceIp":"`+block+`"}}`)
	}
	issued := func(limit string) string {
		return reads + "," + provided(readsNot, `{"DateLessThan":{"aws:TokenIssueTime":"`+limit+`"}}`)
	}
	now := func(limit string) string {
		return provided(reads, `{"DateLessThan":{"aws:CurrentTime":`+limit+`}}`)
	}
	fewer := provided(lists, `{"NumericLessThan":{"s3:max-keys":"10"}}`)
	insecure := reads + "," + provided(readsNot, `{"Bool":{"aws:SecureTransport":"false"}}`)
	return []situation{
		{what: "01 a negated test of an absent key denies", role: reads + "," + provided(readsNot, notRed), want: no},
		{what: "01 and not of one that is equal", role: reads + "," + provided(readsNot, notRed), tags: view.Tags{"team": "red"}, want: yes},
		{what: "02 a negated test of an absent key allows", role: provided(reads, notRed), want: yes},
		{what: "02 and not of one that is equal", role: provided(reads, notRed), tags: view.Tags{"team": "red"}, want: no},
		{what: "03 ForAllValues of an absent key holds", role: provided(reads, keys+`}`), want: yes},
		{what: "03 not with a guard", role: provided(reads, keys+`,"Null":{"aws:TagKeys":"false"}}`), want: no},
		{what: "04 ForAnyValue of an absent key does not", role: provided(reads, strings.Replace(keys, "All", "Any", 1)+`}`), want: no},
		{what: "07 a condition that does not hold grants nothing", role: address("IpAddress", "10.0.0.0/8"), want: no},
		{what: "07 an operator that nobody knows grants nothing", role: address("IpAdress", "0.0.0.0/0"), want: no},
		{what: "09 a session's policy and its role's", role: reads, session: everything, want: yes},
		{what: "09 what only the session's allows", role: lists, session: everything, want: no},
		{what: "11 a bucket that names the session", role: lists, session: lists, bucket: letting(readerNow), want: yes},
		{what: "11 a bucket that names the role", role: lists, session: lists, bucket: letting(readerRole), want: no},
		{what: "12 a bucket that denies", role: everything, session: everything, bucket: strings.Replace(letting("*"), "Allow", "Deny", 1), want: no},
		{what: "13 a boundary and a bucket that names the role", role: lists, bound: lists, bucket: letting(readerRole), want: no},
		{what: "13 a boundary and a bucket that names the session", role: lists, bound: lists, bucket: letting(readerNow), want: yes},
		{what: "13 a boundary and the role's own policy", role: reads, bound: lists, want: no},
		{what: "14 a bucket that names the account grants nothing", role: lists, bucket: letting(accountRoot), want: no},
		{what: "14 and takes nothing", role: reads, bucket: letting(accountRoot), want: yes},
		{what: "19 a bucket that names the role's id", role: lists, bucket: letting("AROAEXAMPLE00000"), want: yes},
		{what: "19 or that of one which was there before", role: lists, bucket: letting("AROABEFORE000000"), want: no},
		{what: "22 a star in a tag is a star", role: `{"Effect":"Allow",` + strings.Replace(tagged, "*", "", 1), tags: view.Tags{"team": "*"}, want: no},
		{what: "22 and matches one", role: `{"Effect":"Allow",` + strings.Replace(tagged, "*", "", 1), tags: view.Tags{"team": "*"}, target: "/photos/%2A", want: yes},
		{what: "24 a variable without a value allows nothing", role: `{"Effect":"Allow",` + tagged, want: no},
		{what: "24 and denies nothing", role: reads + `,{"Effect":"Deny",` + tagged, want: yes},
		{what: "24 one with a value denies", role: reads + `,{"Effect":"Deny",` + tagged, tags: view.Tags{"team": "book"}, want: no},
		{what: "25 a star of ArnLike ends at a colon", role: provided(reads, `{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam:*:role/reader"}}`), want: no},
		{what: "25 within one part it matches", role: provided(reads, `{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/reader"}}`), want: yes},
		{what: "25 one of StringLike does not end there", role: provided(reads, `{"StringLike":{"aws:PrincipalArn":"arn:aws:iam:*:role/reader"}}`), want: yes},
		{what: "26 an address of version 6", role: address("IpAddress", "2001:db8::/32"), from: "[2001:db8::5]:9", want: yes},
		{what: "26 of another block", role: address("IpAddress", "2001:db8::/32"), from: "[2001:db9::5]:9", want: no},
		{what: "26 one of version 4 in version 6", role: address("IpAddress", "192.0.2.0/24"), from: "[::ffff:192.0.2.1]:9", want: yes},
		{what: "26 no block of version 4 has one of version 6", role: address("NotIpAddress", "0.0.0.0/0"), from: "[2001:db8::5]:9", want: yes},
		{what: "26 no address is in no block", role: address("NotIpAddress", "0.0.0.0/0"), from: "@", want: yes},
		{what: "26 and in none", role: address("IpAddress", "0.0.0.0/0"), from: "@", want: no},
		{what: "27 over TLS, whatever a header says", role: insecure, want: yes},
		{what: "27 not over TLS, whatever a header says", role: insecure, plain: true, want: no},
		{what: "28 Null as a text", role: provided(reads, `{"Null":{"aws:TokenIssueTime":"false","aws:PrincipalTag/team":"true"}}`), want: yes},
		{what: "28 Null as a truth", role: provided(reads, `{"Null":{"aws:TokenIssueTime":false,"aws:PrincipalTag/team":true}}`), want: yes},
		{what: "28 Null of what is there", role: provided(reads, `{"Null":{"aws:TokenIssueTime":true}}`), want: no},
		{what: "29 9 is less than 10", role: fewer, target: "/photos?max-keys=9", want: yes},
		{what: "29 10 is not", role: fewer, target: "/photos?max-keys=10", want: no},
		{what: "29 nor is 100, which sorts before 9", role: fewer, target: "/photos?max-keys=100", want: no},
		{what: "30 a moment that lies ahead", role: now(`"2026-03-14T15:09:27Z"`), want: yes},
		{what: "30 one that lies behind", role: now(`"2026-03-14T15:09:26Z"`), want: no},
		{what: "30 in seconds", role: now(`"1773500967"`), want: yes},
		{what: "30 in seconds that lie behind", role: now(`1773500966`), want: no},
		{what: "31 a star in StringEquals is a star", role: provided(reads, `{"StringEquals":{"aws:UserAgent":"cli*"}}`), agent: "cli/2", want: no},
		{what: "31 and matches one", role: provided(reads, `{"StringEquals":{"aws:UserAgent":"cli*"}}`), agent: "cli*", want: yes},
		{what: "31 in StringLike it is any text", role: provided(reads, `{"StringLike":{"aws:UserAgent":"cli*"}}`), agent: "cli/2", want: yes},
		{what: "34 reading is not listing", role: reads, target: "/photos", want: no},
		{what: "35 a prefix is there for listings only", role: provided(reads, `{"Null":{"s3:prefix":"true"}}`), want: yes},
		{what: "35 and then only if it was sent", role: provided(lists, `{"Null":{"s3:prefix":"false"}}`), target: "/photos", want: no},
		{what: "35 and is there if it is empty", role: provided(lists, `{"Null":{"s3:prefix":"false"}}`), target: "/photos?prefix=", want: yes},
		{what: "36 actions in any case", role: strings.Replace(reads, "s3:GetObject", "S3:GETobject", 1), want: yes},
		{what: "36 resources in theirs", role: strings.Replace(reads, "photos", "Photos", 1), want: no},
		{what: "37 sessions of before are revoked", role: issued("2026-03-14T15:09:27Z"), want: no},
		{what: "37 and none of after", role: issued("2026-03-14T15:09:26Z"), want: yes},
	}
}

// TestVectorsAtTheDoor has the door enforce them on signed requests. Those that other doors meet are with those doors.
func TestVectorsAtTheDoor(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "book", "1")
	put(t, w, photos, "*", "1")
	document := func(statements string) string {
		return `{"Version":"2012-10-17","Statement":[` + statements + `]}`
	}
	bound, err := name.ParseARN("arn:aws:iam::111122223333:policy/bound")
	if err != nil {
		t.Fatal(err)
	}
	bucket, _ := w.View.Bucket("photos")
	for _, s := range situations() {
		t.Run("Vector"+s.what, func(t *testing.T) {
			role, around := w.Bare("reader"), *bucket
			role.Inline, role.Tags, role.Boundary = map[string]string{"rights": document(s.role)}, s.tags, name.ARN{}
			w.Write(&view.Policy{ARN: bound, UniqueID: "ANPABOUND0000000", Path: "/", Name: "bound", Document: document(s.bound)})
			if s.bound != "" {
				role.Boundary = bound
			}
			if s.bucket != "" {
				around.Policy = document(s.bucket)
			}
			w.Write(role, &around)
			var restricted []string
			if s.session != "" {
				restricted = []string{document(s.session)}
			}
			if got := s.ask(w, h, w.Signing(w.Session("reader", restricted...), "s3")); got != s.want {
				t.Errorf("%d, want %d: %+v", got, s.want, w.Ledger.Last())
			}
		})
	}
}

// ask sends the situation's request.
func (s *situation) ask(w *doortest.World, h http.Handler, with awswire.Signing) int {
	target := s.target
	if target == "" {
		target = "/photos/book"
	}
	header := http.Header{"X-Forwarded-Proto": {map[bool]string{true: "https", false: "http"}[s.plain]}, "X-Forwarded-For": {"10.0.0.1"}}
	if s.agent != "" {
		header.Set("User-Agent", s.agent)
	}
	r := w.Parse(w.Signed(doortest.Request{Target: target, Header: header, Plain: s.plain}, with))
	if s.from != "" {
		r.RemoteAddr = s.from
	}
	return doortest.Serve(h, r)
}
