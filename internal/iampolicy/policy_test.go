package iampolicy_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
)

// shelf is a policy that has a bit of everything.
const shelf = `{
  "Version": "2012-10-17",
  "Id": "shelf",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Principal": {"AWS": ["` + roleARN + `", "` + accountA + `"], "Service": "a.example"},
     "Action": ["s3:GetObject", "S3:List*"], "Resource": "arn:aws:s3:::shelf/${aws:username}/*",
     "Condition": {"StringLike": {"s3:Prefix": ["${aws:PrincipalTag/Team}*", "x"]}, "Bool": {"aws:SecureTransport": "true"}}},
    {"Effect": "Deny", "NotPrincipal": "*", "NotAction": "s3:*", "NotResource": ["arn:aws:s3:::a", "*"]}
  ]
}`

func TestPolicyAccessors(t *testing.T) {
	p := parse(t, iampolicy.Resource, shelf)
	if p.Kind() != iampolicy.Resource || p.ID() != "shelf" || p.Version() != "2012-10-17" || string(p.Source()) != shelf {
		t.Errorf("kind %s, id %q, version %q", p.Kind(), p.ID(), p.Version())
	}
	if got, want := p.ContextKeys(), []string{"aws:username", "s3:prefix", "aws:PrincipalTag/team", "aws:SecureTransport"}; !slices.Equal(got, want) {
		t.Errorf("context keys %v, want %v", got, want)
	}
	var principals [][2]string
	for kind, value := range p.Principals() {
		principals = append(principals, [2]string{kind, value})
	}
	if diff := cmp.Diff([][2]string{{"AWS", roleARN}, {"AWS", accountA}, {"Service", "a.example"}, {"*", "*"}}, principals); diff != "" {
		t.Errorf("principals -want +got:\n%s", diff)
	}
	type row struct {
		Sid, Effect, Rule      string
		Start, End             iampolicy.Position
		Actions, Resources     []string
		NotAction, NotResource bool
		Tests                  int
	}
	var rows []row
	for s := range p.Statements() {
		r := row{Sid: s.Sid(), Effect: s.Effect().String(), Rule: s.Rule("p")}
		r.Start, r.End = s.Span()
		r.Actions, r.NotAction = s.Actions()
		r.Resources, r.NotResource = s.Resources()
		for range s.Tests() {
			r.Tests++
		}
		rows = append(rows, r)
	}
	if diff := cmp.Diff([]row{
		{
			Sid: "Read", Effect: "Allow", Rule: "p#Read", Start: iampolicy.Position{Line: 5, Column: 5}, End: iampolicy.Position{Line: 7, Column: 126},
			Actions: []string{"s3:GetObject", "S3:List*"}, Resources: []string{"arn:aws:s3:::shelf/${aws:username}/*"}, Tests: 2,
		},
		{
			Effect: "Deny", Rule: "p#2", Start: iampolicy.Position{Line: 8, Column: 5}, End: iampolicy.Position{Line: 8, Column: 105},
			Actions: []string{"s3:*"}, NotAction: true, Resources: []string{"arn:aws:s3:::a", "*"}, NotResource: true,
		},
	}, rows); diff != "" {
		t.Errorf("statements -want +got:\n%s", diff)
	}
	for s := range p.Statements() {
		if p.Find("p", s.Rule("p")) != s {
			t.Errorf("%s is not found", s.Rule("p"))
		}
	}
	if p.Find("p", "p#1") != nil || p.Find("q", "p#2") != nil {
		t.Error("found what is not there")
	}
	// Every iteration can be left early.
	for range p.Principals() {
		break
	}
	for s := range p.Statements() {
		for range s.Tests() {
			break
		}
		for range s.Principals() {
			break
		}
		break
	}
	if got := iampolicy.Kind(0).String() + iampolicy.Allow.String(); got != "policyAllow" {
		t.Errorf("names: %s", got)
	}
}

// TestRulesAreDistinct: a Sid that looks like a number is not taken for one.
func TestRulesAreDistinct(t *testing.T) {
	p := parse(t, iampolicy.Identity, document(`{"Sid":"2","Effect":"Allow","Action":"*","Resource":"*"}`, allowAll))
	var rules []string
	for s := range p.Statements() {
		rules = append(rules, s.Rule(""))
	}
	if !slices.Equal(rules, []string{"#1", "#2"}) {
		t.Errorf("rules %v", rules)
	}
}

func TestParseKeepsACopy(t *testing.T) {
	doc := []byte(shelf)
	p, err := iampolicy.Parse(doc, iampolicy.Resource)
	if err != nil {
		t.Fatal(err)
	}
	clear(doc)
	if string(p.Source()) != shelf {
		t.Error("the policy changed with the caller's bytes")
	}
}

// TestRewrite: a directory stores unique ids and gives ARNs back, and nothing else changes.
func TestRewrite(t *testing.T) {
	p := parse(t, iampolicy.Resource, shelf)
	ids := map[string]string{roleARN: roleID}
	stored, err := p.Rewrite(func(kind, value string) (string, error) {
		if id, known := ids[value]; known && kind == "AWS" {
			return id, nil
		}
		return value, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(shelf, roleARN, roleID, 1); string(stored) != want {
		t.Errorf("stored:\n%s\nwant:\n%s", stored, want)
	}
	back, err := parse(t, iampolicy.Resource, string(stored)).Rewrite(func(_, value string) (string, error) {
		if value == roleID {
			return roleARN, nil
		}
		return value, nil
	})
	if err != nil || string(back) != shelf {
		t.Errorf("read back: %v\n%s", err, back)
	}
	cause := errors.New("no such role")
	_, err = p.Rewrite(func(string, string) (string, error) { return "", cause })
	f := fault.From(err)
	if !fault.Is(err, iampolicy.InvalidPrincipal) || !errors.Is(err, cause) ||
		f.Public != `Invalid principal in policy: "AWS":"`+roleARN+`" (line 5, column 62)` {
		t.Errorf("error of the replacement: %v", err)
	}
}
