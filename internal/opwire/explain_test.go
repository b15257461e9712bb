package opwire

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/manifest"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/requestid"
)

func record() Record {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return Record{
		ID: requestid.New(at, 7), Time: at, Door: "blob", Operation: "GetBlob", Outcome: audit.Refused, Reason: "access.denied",
		Wire:      "AuthorizationPermissionMismatch",
		Principal: audit.Principal{Kind: "servicePrincipal", ID: "8c1b", Display: "/subscriptions/s/reader"},
		Remote:    netip.MustParseAddr("127.0.0.1"), Resource: "/subscriptions/s/blobs/x", Rev: 9,
		Decision: &reason.Decision{
			Question: reason.Question{Principal: "8c1b", Action: "Microsoft.Storage/x/read", Resource: "/subscriptions/s/blobs/x"},
			Nearest: []reason.Clause{{
				Kind: "role assignment", Rule: "a-1", Rev: 4, Met: 1,
				Text: `role "Reader" does not list Microsoft.Storage/x/read at /subscriptions/s`,
			}},
			Hint: `grant "Storage Blob Data Reader" at /subscriptions/s/blobs/x`,
		},
	}
}

func TestExplainRefusal(t *testing.T) {
	r := record()
	got := Explain(r)
	want := "request    " + r.ID.String() + `, 2026-03-01T12:00:00Z, at the blob door
who        servicePrincipal /subscriptions/s/reader (8c1b), from 127.0.0.1
asked for  GetBlob (Microsoft.Storage/x/read) on /subscriptions/s/blobs/x
answer     refused with AuthorizationPermissionMismatch: access.denied, as of revision 9
why        no rule allows it
nearest    role assignment a-1 (revision 4)
           role "Reader" does not list Microsoft.Storage/x/read at /subscriptions/s
would do   grant "Storage Blob Data Reader" at /subscriptions/s/blobs/x
next       echo '{kind: RoleAssignment, principal: "8c1b", role: "Storage Blob Data Reader", scope: "/subscriptions/s/blobs/x"}' | lanyard apply -f -
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestExplainHints(t *testing.T) {
	for hint, want := range map[string]string{
		"would need an allow of s3:GetObject": "would do   an allow of s3:GetObject",
		"the question names no scope":         "note       the question names no scope",
	} {
		r := record()
		r.Decision.Hint = hint
		if got := Explain(r); !strings.Contains(got, "\n"+want+"\n") {
			t.Errorf("no line %q in\n%s", want, got)
		}
	}
}

// TestExplainNextApplies wants the manifest that is proposed to be one, whatever the scope looks like.
func TestExplainNextApplies(t *testing.T) {
	for _, scope := range []string{"/subscriptions/s", "/a/b'c", "/a/\"; rm -rf x; \"", "/a/{b: c}", "/a/é\n---\nkind: Tenant"} {
		r := record()
		r.Decision.Hint = `grant "Reader" at ` + scope
		command, ok := strings.CutPrefix(nextOf(r), "echo '")
		text, rest, _ := strings.Cut(strings.ReplaceAll(command, `'\''`, "\x00"), "' | ")
		if !ok || rest != "lanyard apply -f -" {
			t.Fatalf("%q: the command is %q", scope, nextOf(r))
		}
		documents, err := manifest.Parse([]byte(strings.ReplaceAll(text, "\x00", "'")))
		if err != nil || len(documents) != 1 {
			t.Fatalf("%q: %v in %s", scope, err, text)
		}
		if got := documents[0].Spec.(*manifest.RoleAssignment).Scope.Raw; got != scope {
			t.Errorf("the manifest says %q, want %q", got, scope)
		}
	}
}

func TestExplainOutcomes(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Record)
		want   []string
		not    string
	}{
		{"stranger", func(r *Record) { r.Principal, r.Decision = audit.Principal{}, nil }, []string{"somebody who proved nothing, from 127.0.0.1"}, "next"},
		{"known reason", func(r *Record) { r.Reason, r.Decision = "mint.held", nil }, []string{"next       lanyard restore --confirm"}, ""},
		{
			"issued", func(r *Record) {
				r.Outcome, r.Reason, r.Wire, r.TokenID, r.Decision = audit.Issued, "", "", "uti-1", nil
			},
			[]string{"answer     issued, credential uti-1"},
			"next",
		},
		{"explicit deny", func(r *Record) {
			r.Decision = &reason.Decision{Outcome: reason.ExplicitDeny, Decisive: []reason.Clause{
				{Kind: "identity policy", Rule: "role/reader/inline/no#2", Text: "denies s3:GetObject"},
			}}
		}, []string{"a deny beats every allow", "decided by identity policy role/reader/inline/no#2", "next       lanyard get Role reader"}, ""},
		{"bucket policy", func(r *Record) {
			r.Decision = &reason.Decision{Nearest: []reason.Clause{{Kind: "resource policy", Rule: "arn:aws:s3:::b#1", Text: "x"}}}
		}, []string{"next       lanyard get Bucket b"}, ""},
		{"trust policy", func(r *Record) {
			r.Decision = &reason.Decision{Nearest: []reason.Clause{{Kind: "trust policy", Rule: "arn:aws:iam::123456789012:role/x#1", Text: "x"}}}
		}, []string{"next       lanyard get Role arn:aws:iam::123456789012:role/x"}, ""},
		{"function without a role", func(r *Record) {
			r.Reason, r.Decision, r.Principal.Display = "metadata.no_role", nil, "arn:aws:lambda:us-east-2:123456789012:function:b"
		}, []string{
			"would do   a role in its manifest, kind AWSResource: role: NAME",
			"next       lanyard get AWSResource arn:aws:lambda:us-east-2:123456789012:function:b",
		}, ""},
		{"no such AWS workload", func(r *Record) {
			r.Reason, r.Decision, r.Principal.Display = "directory.aws_resource_not_found", nil, "operator"
		}, []string{"next       lanyard get AWSResource\n"}, "would do"},
		{"Azure workload without a role", func(r *Record) { r.Reason, r.Decision = "metadata.no_role", nil }, []string{
			"would do   --aws-role and --aws-audience at lanyard run", "next       lanyard run --help",
		}, ""},
		{"binding that is not trusted", func(r *Record) { r.Reason, r.Decision = "workload.role_untrusting", nil }, []string{
			"next       lanyard get Role",
		}, "would do"},
		{"audience that nobody registered", func(r *Record) {
			r.Reason, r.Decision, r.Audience = "mint.audience_unregistered", nil, "api://shop\n"
		}, []string{
			`would do   an Application with identifierUris: ["api://shop\n"]`, "next       lanyard get Application",
		}, ""},
		{"folded", func(r *Record) { r.Repeats = 12 }, []string{"repeats    12 more"}, ""},
		{
			"input", func(r *Record) { r.Input = map[string]string{"subject": "repo:x", "audience": "y"} },
			[]string{"input      audience: y\ninput      subject: repo:x"},
			"",
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			r := record()
			tc.change(&r)
			got := Explain(r)
			for _, w := range tc.want {
				if !strings.Contains(got, w) {
					t.Errorf("no %q in\n%s", w, got)
				}
			}
			if tc.not != "" && strings.Contains(got, "\n"+tc.not) {
				t.Errorf("a line %q in\n%s", tc.not, got)
			}
		})
	}
}

// TestExplainQuotesStrangers wants nothing that a stranger wrote to start a line or move a cursor.
func TestExplainQuotesStrangers(t *testing.T) {
	evil := "x\nanswer     allowed\x1b[2J\u202e"
	r := record()
	r.Operation, r.Resource, r.Wire = evil, evil, evil
	r.Principal = audit.Principal{Kind: evil, ID: evil, Display: evil, Session: evil}
	r.Input = map[string]string{evil: evil}
	r.Decision = &reason.Decision{
		Question: reason.Question{Principal: evil, Action: evil}, Hint: evil,
		Nearest: []reason.Clause{{Kind: evil, Rule: evil, Text: evil}},
	}
	if got := Explain(r); strings.ContainsAny(got, "\x1b\u202e") || strings.Contains(got, "\nanswer     allowed") {
		t.Errorf("got through:\n%q", got)
	}
}

func TestRecordPath(t *testing.T) {
	tests := map[[2]string]string{
		{"Role", "reader"}:                    "/v1/records/Role/named?name=reader",
		{"Resource", "/subscriptions/a/b c"}:  "/v1/records/Resource/named?name=%2Fsubscriptions%2Fa%2Fb+c",
		{"Role", "arn:aws:iam::1:role/a?b#c"}: "/v1/records/Role/named?name=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa%3Fb%23c",
		{"OIDCProvider", "https://a/b/"}:      "/v1/records/OIDCProvider/named?name=https%3A%2F%2Fa%2Fb%2F",
	}
	for in, want := range tests {
		if got := RecordPath(in[0], in[1]); got != want {
			t.Errorf("RecordPath(%q) = %s, want %s", in, got, want)
		}
	}
}

// TestNextKnowsReasons looks up each reason that Next names: one that no package declares helps nobody.
func TestNextKnowsReasons(t *testing.T) {
	declared := map[string]bool{}
	declaration := regexp.MustCompile(`fault\.Reason += "([a-z0-9_.]+)"`)
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range declaration.FindAllSubmatch(text, -1) {
			declared[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), "next.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); !ok || f.Name.Name != "Next" {
			continue
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			clause, ok := n.(*ast.CaseClause)
			if !ok {
				return true
			}
			for _, e := range clause.List {
				word, err := strconv.Unquote(e.(*ast.BasicLit).Value)
				if err != nil || !declared[word] {
					t.Errorf("Next knows %s, which no package declares", word)
				}
				found++
			}
			return true
		})
	}
	if found < 20 {
		t.Errorf("only %d reasons found", found)
	}
}

// TestExplainAhead: names as they were asked for, and words instead of the records' ones.
func TestExplainAhead(t *testing.T) {
	question := reason.Question{Principal: "8c1b0000-0000-4000-8000-000000000000", Action: "a/read", Resource: "/"}
	clause := []reason.Clause{{Kind: "role assignment", Rule: "1", Rev: 2, Text: "says so"}}
	for want, d := range map[string]reason.Decision{
		"answer     yes: reader may do a/read on /\ndecided by role assignment 1 (revision 2)\n           says so\n": {
			Outcome: reason.Allow, Question: question, Decisive: clause,
		},
		"answer     no: reader may not do a/read on /\nwhy        no rule allows it\nwould do   grant \"Reader\" at /\n": {
			Question: question, Hint: `grant "Reader" at /`,
		},
		"answer     no: reader may not do a/read on /\nwhy        a rule denies it, and a deny beats every allow\n" +
			"decided by role assignment 1 (revision 2)\n           says so\n": {Outcome: reason.ExplicitDeny, Question: question, Decisive: clause},
	} {
		if got := ExplainAhead("reader", d); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

func TestNext(t *testing.T) {
	for why, want := range map[fault.Reason]string{
		"directory.account_not_found": "lanyard get Account", "directory.tenant_not_found": "lanyard get Tenant",
		"directory.subscription_not_found": "lanyard get Subscription", "directory.aws_resource_not_found": "lanyard get AWSResource",
		"directory.principal_not_found": "lanyard get UserAssignedIdentity", "operator.name_unknown": "lanyard get Resource",
		"mint.held": "lanyard restore --confirm", "attest.rule_expired": "lanyard run --as RESOURCE -- COMMAND",
		"mint.audience_unregistered": "lanyard get Application", "federation.issuer_unknown": "lanyard get OIDCProvider",
		"federation.subject_mismatch": "lanyard get UserAssignedIdentity", "sts.duration": "lanyard get Role",
		"directory.bucket_not_found": "lanyard get Bucket", "directory.container_not_found": "lanyard get Container",
		"directory.role_unknown": "lanyard get RoleDefinition", "disk.full": "lanyard doctor", "web.no_route": "",
	} {
		if got := Next(why); got != want {
			t.Errorf("after %s: %q, want %q", why, got, want)
		}
	}
}

func TestShowRule(t *testing.T) {
	for rule, want := range map[[2]string]string{
		{"identity policy", "arn:aws:iam::123456789012:policy/p#Sid"}: "lanyard get Policy arn:aws:iam::123456789012:policy/p",
		{"role assignment", "a'b"}:                                    `lanyard get RoleAssignment 'a'\''b'`,
		{"session policy", "session policy#1"}:                        "",
		{"identity policy", "#1"}:                                     "",
	} {
		if got := showRule(rule[0], rule[1]); got != want {
			t.Errorf("%v: %q, want %q", rule, got, want)
		}
	}
}
