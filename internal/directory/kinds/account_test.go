package kinds

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/view"
)

const sandbox = `
kind: Account
name: sandbox
serviceControlPolicies:
  all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}
  keep: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "s3:Delete*", Resource: "*"}]}
resourceControlPolicies:
  tls: {Version: "2012-10-17", Statement: [{Effect: Deny, Principal: "*", Action: "s3:*", Resource: "*", Condition: {Bool: {"aws:SecureTransport": "false"}}}]}
`

// TestAccountControls: an account has exactly the control policies that its document says.
func TestAccountControls(t *testing.T) {
	d := newDirectory(t)
	for i, want := range []string{"create", "unchanged"} {
		if got := actions(apply(t, d, sandbox)); got != want {
			t.Errorf("%d: %s, want %s", i, got, want)
		}
	}
	a, _ := d.View().AccountNamed("sandbox")
	levels, err := a.ServiceControls()
	if err != nil || len(levels) != 1 || len(levels[0]) != 2 || levels[0][1].ID != "account/"+a.ID.String()+"/scp/keep" {
		t.Errorf("%+v, %v", levels, err)
	}
	levels, err = a.ResourceControls()
	if err != nil || len(levels) != 1 || len(levels[0]) != 2 || levels[0][1].ID != "rcp/RCPFullAWSAccess" {
		t.Errorf("%+v, %v", levels, err)
	}
	items, err := Get(d.View(), "Account", "sandbox")
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := json.Marshal(items); !strings.Contains(string(b), `"serviceControlPolicies":{"all":{`) || !strings.Contains(string(b), `"resourceControlPolicies":{"tls":{`) {
		t.Errorf("it is shown as %s", b)
	}

	steps := apply(t, d, strings.Split(sandbox, "resourceControl")[0])
	if len(steps[0].Changes) == 0 || !strings.HasPrefix(steps[0].Changes[0], "resourceControlPolicies.tls") {
		t.Errorf("%+v", steps)
	}
	a, _ = d.View().AccountNamed("sandbox")
	if levels, err := a.ResourceControls(); err != nil || levels != nil {
		t.Errorf("%+v, %v", levels, err)
	}
	apply(t, d, "kind: Account\nname: sandbox\n")
	if a, _ = d.View().AccountNamed("sandbox"); len(a.ServiceControl) != 0 {
		t.Errorf("%+v", a)
	}
}

// TestAccountControlsRefused: what could not be read later, or would lock everybody out by oversight, is not saved.
func TestAccountControlsRefused(t *testing.T) {
	deny := `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}`
	six := ""
	for n := range strings.SplitSeq("abcdef", "") {
		six += "\n  " + n + ": " + deny
	}
	for _, tc := range []struct {
		controls string
		why      fault.Reason
		says     string
	}{
		{"serviceControlPolicies: {p: " + deny + "}", directory.InvalidValue, "nobody in it could do anything"},
		{"serviceControlPolicies: {p: {Statement: 1}}", iampolicy.Malformed, "service control policy p: "},
		{"resourceControlPolicies: {p: " + deny + "}", iampolicy.Malformed, "resource control policy p: Missing required field Principal"},
		{"resourceControlPolicies: {'a b': " + deny + "}", directory.InvalidName, ""},
		{"serviceControlPolicies:" + six, directory.LimitExceeded, "at most 5"},
	} {
		_, err := Apply(t.Context(), newDirectory(t), parse(t, "kind: Account\nname: sandbox\n"+tc.controls+"\n"))
		if f := fault.From(err); err == nil || f.Reason != tc.why || !strings.Contains(f.Public, tc.says) {
			t.Errorf("%s: %v", tc.controls, err)
		}
	}
}

// TestP02PlanWarns: a plan says what is legal and probably not meant, of each document of a thing, and it is applied anyway.
func TestP02PlanWarns(t *testing.T) {
	file := `
kind: Role
name: reader
trust: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]}
policies:
  a: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObjet", Resource: "*"}]}
  b: {Version: "2012-10-17", Statement: [{Sid: Tags, Effect: Allow, Action: "s3:GetObject", Resource: "*", Condition: {"ForAllValues:StringEquals": {"aws:TagKeys": x}}}]}
---
kind: Policy
name: idle
document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}, {Effect: Deny, Action: "*", Resource: "*"}]}
---
kind: Bucket
name: shelf-of-books
policy: {Version: "2012-10-17", Statement: [{Effect: Deny, Principal: "*", Action: "s3:*", Resource: "arn:aws:s3:::shelf-of-books", Condition: {Bool: {"aws:SecureTransprt": "false"}}}]}
---
kind: Account
name: sandbox
serviceControlPolicies:
  all: {Version: "2012-10-17", Statement: [{Effect: Allow, NotAction: "iam:*", Resource: "*"}]}
`
	d := newDirectory(t)
	plan, err := Plan(d.View(), now(), parse(t, file))
	if err != nil {
		t.Fatal(err)
	}
	var got [][]string
	for _, s := range plan {
		got = append(got, s.Warnings)
	}
	want := [][]string{
		{`a#1: no action is called s3:GetObjet`, `b#Tags: ForAllValues holds when aws:TagKeys is absent; add "Null": {"aws:TagKeys": "false"}`},
		{`document#1: it can never grant anything: the Deny of statement #2 covers all of it`},
		{`policy#1: aws:SecureTransprt is not a condition key of aws`},
		{`all#1: NotAction with Allow grants every other action of every service`},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if steps := apply(t, d, file); actions(steps) != "create" || len(steps[0].Warnings) != 2 {
		t.Errorf("%+v", steps)
	}
}

// TestAccessKeyDays: an account says how long new access keys of its users live, within a year, and shows it; the keys that
// there are keep their end.
func TestAccessKeyDays(t *testing.T) {
	d := newDirectory(t)
	life := func() time.Duration {
		a, _ := d.View().AccountNamed("keys")
		return a.KeyLife()
	}
	for _, tc := range []struct{ days, want string }{
		{"", "create"}, {"accessKeyDays: 7\n", "update"}, {"accessKeyDays: 7\n", "unchanged"}, {"accessKeyDays: 365\n", "update"},
	} {
		if got := actions(apply(t, d, "kind: Account\nname: keys\n"+tc.days)); got != tc.want {
			t.Errorf("%q: %s, want %s", tc.days, got, tc.want)
		}
	}
	if life() != 365*24*time.Hour {
		t.Errorf("a key lives %s", life())
	}
	items, err := Get(d.View(), "Account", "keys")
	if b, _ := json.Marshal(items); err != nil || !strings.Contains(string(b), `"accessKeyDays":365`) {
		t.Errorf("it is shown as %s, %v", b, err)
	}
	apply(t, d, "kind: Account\nname: keys\n")
	if life() != view.DefaultKeyDays*24*time.Hour {
		t.Errorf("a key lives %s", life())
	}
	for _, days := range []string{"-1", "0", "366"} {
		_, err := Apply(t.Context(), d, parse(t, "kind: Account\nname: keys\naccessKeyDays: "+days+"\n"))
		if f := fault.From(err); err == nil || f.Reason != directory.InvalidValue || !strings.Contains(f.Public, "line 3") {
			t.Errorf("%s days: %v", days, err)
		}
	}
}
