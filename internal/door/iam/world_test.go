package iam_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/iam"
	"github.com/lanyard-id/lanyard/internal/keyring/ringtest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

var update = flag.Bool("update", false, "write the answers into the transcripts")

// ring is the one keyring of these tests: making keys takes time.
var ring ringtest.Shared

const (
	lambdaTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	readPhotos  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*"}]}`
)

// role is a role of the main account that may do what the statements say.
func role(n int, called, statements string) *view.Role {
	arn, err := name.ParseARN(doortest.RoleARN(called))
	if err != nil {
		panic(err) // the cast is wrong
	}
	return &view.Role{
		ARN: arn, UniqueID: fmt.Sprintf("AROAEXAMPLE%05d", 100+n), Path: "/", Name: called, MaxSession: 3600, Created: doortest.Start(),
		Trust:  strings.Replace(lambdaTrust, `{"Service":"lambda.amazonaws.com"}`, `{"AWS":"`+doortest.Main().String()+`"}`, 1),
		Inline: map[string]string{"rights": `{"Version":"2012-10-17","Statement":[` + statements + `]}`},
	}
}

// cast are the callers: one who may do everything, and some who may do less.
func cast() []view.Record {
	return []view.Record{
		role(0, "admin", `{"Effect":"Allow","Action":"*","Resource":"*"}`),
		role(1, "viewer", `{"Effect":"Allow","Action":["iam:Get*","iam:List*"],"Resource":"*"}`),
		role(2, "tagger", `{"Effect":"Allow","Action":["iam:CreateRole","iam:TagRole","iam:GetRole"],"Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"web"}}},`+
			`{"Effect":"Allow","Action":["iam:DeleteRole","iam:UpdateRole"],"Resource":"*","Condition":{"StringEquals":{"iam:ResourceTag/team":"web"}}}`),
		role(3, "keeper", `{"Effect":"Allow","Action":["iam:PutRolePolicy","iam:AttachRolePolicy","iam:CreateRole"],"Resource":"*","Condition":{"ArnEquals":{"iam:PermissionsBoundary":"arn:aws:iam::`+doortest.Main().String()+`:policy/bound"}}},`+
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*"}`),
		role(4, "profiler", `{"Effect":"Allow","Action":["iam:*InstanceProfile*"],"Resource":"*"}`),
		role(5, "deploy", `{"Effect":"Allow","Action":["iam:CreateRole","iam:PutRolePolicy","iam:DeleteRolePolicy","iam:AttachRolePolicy","iam:DetachRolePolicy","iam:TagRole","iam:UntagRole",`+
			`"iam:UpdateAssumeRolePolicy","iam:PutRolePermissionsBoundary","iam:DeleteRolePermissionsBoundary","iam:CreatePolicy","iam:CreatePolicyVersion","iam:SetDefaultPolicyVersion","iam:DeleteRole","iam:CreateOpenIDConnectProvider","iam:AddClientIDToOpenIDConnectProvider","iam:CreateSAMLProvider","iam:UpdateSAMLProvider"],"Resource":"*"},`+
			`{"Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":["arn:aws:s3:::photos","arn:aws:s3:::photos/*"]}`),
	}
}

// serve makes a world with a directory of its own and the door in it.
func serve(t *testing.T) (*doortest.World, http.Handler) {
	t.Helper()
	return serveWith(t, cast())
}

// serveWith is serve with other callers.
func serveWith(t *testing.T, more []view.Record) (*doortest.World, http.Handler) {
	t.Helper()
	w := doortest.New(t, ring.Ring(t, memory.New(), doortest.Start))
	dir := w.Live(more...)
	w.Fill = func(words []string) string { return url.QueryEscape(metadata(t, words[1])) }
	d := iam.Door{Authn: w.Authn, Directory: dir, Ledger: w.Ledger, Room: doortest.Roomy{}, Mint: w.Mint, Now: w.Now}
	door, err := query.Listener{View: dir.View, Services: []query.Service{d.Service()}}.Mount(w.Config())
	if err != nil {
		t.Fatal(err)
	}
	return w, door
}

func TestTranscripts(t *testing.T) { doortest.Transcripts(t, *update, serve) }

// caller asks the door as a role.
type caller struct {
	t    *testing.T
	w    *doortest.World
	h    http.Handler
	role string
}

func as(t *testing.T, w *doortest.World, h http.Handler, role string) caller {
	return caller{t, w, h, role}
}

// ask sends an action with parameters in pairs.
func (c caller) ask(action string, pairs ...string) *httptest.ResponseRecorder {
	c.t.Helper()
	form := url.Values{"Action": {action}, "Version": {"2010-05-08"}}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	req := doortest.Request{Method: http.MethodPost, Target: "/", Body: form.Encode(), Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}
	return c.w.Do(c.h, c.w.Signed(req, c.w.Signing(c.w.Session(c.role), "iam")))
}

// must sends an action that has to be answered and gives the answer's body.
func (c caller) must(action string, pairs ...string) string {
	c.t.Helper()
	rec := c.ask(action, pairs...)
	if rec.Code != http.StatusOK {
		c.t.Fatalf("%s: %d %s", action, rec.Code, rec.Body)
	}
	return rec.Body.String()
}

var code = regexp.MustCompile(`<Code>([^<]*)</Code>`)

// refused sends an action that has to be refused with a status and a code, and must not change anything.
func (c caller) refused(status int, wire, action string, pairs ...string) string {
	c.t.Helper()
	before := c.w.Current()
	rec := c.ask(action, pairs...)
	m := code.FindStringSubmatch(rec.Body.String())
	if rec.Code != status || m == nil || m[1] != wire {
		c.t.Errorf("%s %v: %d %s, want %d %s", action, pairs, rec.Code, rec.Body, status, wire)
	}
	if c.w.Current() != before {
		c.t.Errorf("%s: a refused call changed the View", action)
	}
	return rec.Body.String()
}

func between(t *testing.T, text, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, from)
	value, _, closed := strings.Cut(rest, to)
	if !ok || !closed {
		t.Fatalf("no %s in %s", from, text)
	}
	return value
}

func policyARN(called string) string {
	return "arn:aws:iam::" + doortest.Main().String() + ":policy/" + called
}
