package manifest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
)

const whole = `# the scene
kind: ResourceGroup
name: demo
tags: {team: "a"}
---
kind: Resource
type: Microsoft.Web/sites
name: reader
resourceGroup: demo
identity:
  type: SystemAssigned, UserAssigned
  userAssignedIdentities: [shared]
maxLifetime: 90s
properties: {n: 1, on: true, when: 2020-01-01, none: null, list: [a, 1.5]}
---
kind: Role
name: Read
account: "123456789012"
trust:
  Version: 2012-10-17
  Statement:
    - Effect: Allow
      Principal: {Federated: "$(OIDCProvider/entra.arn)"}
      Action: sts:AssumeRoleWithWebIdentity
      Condition:
        StringEquals: {"$(issuer.host):aud": "api://x"}
policies:
  read: |
    {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:username}"}}
`

func TestParse(t *testing.T) {
	docs, err := Parse([]byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	if len(docs) != 3 {
		t.Fatalf("%d documents, want 3", len(docs))
	}
	group, ok := docs[0].Spec.(*ResourceGroup)
	if !ok || group.Name.Raw != "demo" || group.Tags["team"].Raw != "a" || docs[0].At != (Position{2, 1}) {
		t.Errorf("first document: %+v at %s", docs[0].Spec, docs[0].At)
	}
	want := &Resource{
		Type: Text{"Microsoft.Web/sites", Position{7, 7}}, Name: Text{"reader", Position{8, 7}},
		ResourceGroup: Text{"demo", Position{9, 16}},
		Identity: &Identity{
			At: Position{11, 3}, Type: Text{"SystemAssigned, UserAssigned", Position{11, 9}},
			UserAssigned: []Text{{"shared", Position{12, 28}}},
		},
		MaxLifetime: Seconds{90, Position{13, 14}},
		Properties:  JSON{`{"n":1,"on":true,"when":"2020-01-01","none":null,"list":["a",1.5]}`, Position{14, 13}},
	}
	if d := cmp.Diff(want, docs[1].Spec); d != "" {
		t.Errorf("second document (-want +got):\n%s", d)
	}
	role, ok := docs[2].Spec.(*Role)
	if !ok {
		t.Fatalf("third document is %T", docs[2].Spec)
	}
	wantTrust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"$(OIDCProvider/entra.arn)"},` +
		`"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"$(issuer.host):aud":"api://x"}}}]}`
	if role.Trust.Raw != wantTrust {
		t.Errorf("trust:\n%s\nwant\n%s", role.Trust.Raw, wantTrust)
	}
	if len(role.Policies) != 1 || role.Policies[0].Name.Raw != "read" {
		t.Errorf("inline policies: %+v", role.Policies)
	}
	if docs[2].Account.Raw != "123456789012" {
		t.Errorf("account %q", docs[2].Account.Raw)
	}
}

func TestRefusals(t *testing.T) {
	for _, tc := range []struct {
		name, file string
		why        fault.Reason
		at         string
	}{
		{"empty", "# nothing\n", Syntax, "line 1, column 1"},
		{"not YAML", "a: [", Syntax, "line 1: the file is not YAML: did"},
		{"not closed", "kind: Bucket\nname: [a\nfoo: b\n", Syntax, "line 2: the file is not YAML: did"},
		{"no key", "a: b\n- c\n", Syntax, "line 2: the file is not YAML: did"},
		{"tab", "kind: A\n\tname: a\n", Syntax, "line 2: the file is not YAML: found a tab"},
		{"not begun", "a: %", Syntax, "line 1: the file is not YAML: found character"},
		{"not UTF-8", "kind: \xff", Syntax, "line 1, column 1"},
		{"two values", "kind: Tenant\nname: a\n...\n}", Syntax, "line 4"},
		{"list", "- kind: Tenant", WrongType, "line 1, column 1"},
		{"no kind", "name: a", Missing, "line 1, column 1"},
		{"unknown kind", "kind: Pod\nname: a", UnknownKind, "line 1, column 7"},
		{"kind of other case", "kind: tenant\nname: a", UnknownKind, "line 1, column 7"},
		{"unknown key", "kind: Tenant\nname: a\nsize: b", UnknownKey, "line 3, column 1"},
		{"misspelt key", "kind: Tenant\nnaem: a", UnknownKey, "line 2, column 1"},
		{
			"unknown key inside", "kind: Resource\ntype: a/b\nname: n\nresourceGroup: g\nidentity:\n  type: None\n  x: y",
			UnknownKey, "line 7, column 3",
		},
		{"key twice", "kind: Tenant\nname: a\nname: b", DuplicateKey, "line 3, column 1"},
		{"key twice inside", "kind: Resource\nproperties: {a: {b: 1, b: 2}}", DuplicateKey, "line 2, column 24"},
		{"missing name", "kind: Tenant", Missing, "line 1, column 1"},
		{"empty name", "kind: Tenant\nname: ''", Missing, "line 1, column 1"},
		{"number for string", "kind: Tenant\nname: 5", WrongType, "line 2, column 7"},
		{"account without quotes", "kind: Bucket\nname: b\naccount: 123456789012", WrongType, "line 3, column 10"},
		{"null", "kind: Tenant\nname:", WrongType, "line 2, column 6"},
		{"list for string", "kind: Tenant\nname: [a]", WrongType, "line 2, column 7"},
		{"string for list", "kind: Application\nname: a\nidentifierUris: b", WrongType, "line 3, column 17"},
		{"anchor", "kind: Tenant\nname: &a b", NotPlain, "line 2, column 7"},
		{"alias", "kind: &a Tenant\nname: *a", NotPlain, "line 1, column 7"},
		{"merge", "kind: Bucket\nname: b\n<<: {account: c}", NotPlain, "line 3, column 1"},
		{"tag", "kind: Tenant\nname: !!str 5", NotPlain, "line 2, column 7"},
		{"own tag", "kind: Tenant\nname: !x 5", NotPlain, "line 2, column 7"},
		{"number as key", "kind: ResourceGroup\nname: g\ntags: {1: a}", WrongType, "line 3, column 8"},
		{"deep", "kind: Resource\nproperties: " + strings.Repeat("[", 70) + strings.Repeat("]", 70), NotPlain, "line 2, column 77"},
		{"half a second", "kind: UserAssignedIdentity\nname: a\nresourceGroup: g\nmaxLifetime: 500ms", WrongType, "line 4, column 14"},
		{"no unit", "kind: UserAssignedIdentity\nname: a\nresourceGroup: g\nmaxLifetime: '5'", WrongType, "line 4, column 14"},
		{"negative", "kind: UserAssignedIdentity\nname: a\nresourceGroup: g\nmaxLifetime: -5s", WrongType, "line 4, column 14"},
		{"token version", "kind: Application\nname: a\ntokenVersion: 3", WrongType, "line 3, column 15"},
		{"open reference", "kind: Tenant\nname: $(tenant", BadReference, "line 2, column 7"},
		{"unknown word", "kind: Tenant\nname: $(tenants)", BadReference, "line 2, column 7"},
		{"unknown field", "kind: Tenant\nname: $(Role/a.trust)", BadReference, "line 2, column 7"},
		{"reference to no kind", "kind: Tenant\nname: $(Pod/a.id)", BadReference, "line 2, column 7"},
		{"bad JSON text", "kind: Policy\nname: a\ndocument: '{\"a\":1,\"a\":2}'", WrongType, "line 3, column 11"},
		{"hexadecimal number", "kind: Resource\ntype: a/b\nname: n\nresourceGroup: g\nproperties: {a: 0x1f}", WrongType, "line 5, column 17"},
		{"no trust", "kind: Role\nname: a", Missing, "line 1, column 1"},
		{"ARN and name", "kind: AWSResource\narn: a\nname: b", Missing, "line 1, column 1"},
		{"kindOf alone", "kind: AWSResource\nkindOf: lambda:function", Missing, "line 1, column 1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Parse([]byte(tc.file))
			if !fault.Is(err, tc.why) {
				t.Fatalf("got %v, want %s", err, tc.why)
			}
			if got := fault.From(err).Public; !strings.HasPrefix(got, tc.at) || strings.Count(got, "line ") > 1 && tc.why == Syntax {
				t.Errorf("got %q, want it to begin with %q", got, tc.at)
			}
		})
	}
}

func TestTooLarge(t *testing.T) {
	_, err := Parse([]byte("kind: Tenant\nname: a\n" + strings.Repeat("#\n", MaxBytes/2)))
	if !fault.Is(err, TooLarge) {
		t.Errorf("got %v, want %s", err, TooLarge)
	}
}

func TestExpand(t *testing.T) {
	lookup := func(r Reference) (string, error) { return "<" + r.String() + ">", nil }
	for in, want := range map[string]string{
		"plain":                                "plain",
		"a$(tenant)b":                          "a<$(tenant)>b",
		"$$(tenant)":                           "$(tenant)",
		"$$$(tenant)":                          "$$(tenant)",
		"${aws:username}":                      "${aws:username}",
		"$(Bucket/my.bucket.arn)/*":            "<$(Bucket/my.bucket.arn)>/*",
		"$(Resource/g/n.principalId)":          "<$(Resource/g/n.principalId)>",
		"$(Container/acc/c.id)$(issuer)":       "<$(Container/acc/c.id)><$(issuer)>",
		"$(issuer.host):aud":                   "<$(issuer.host)>:aud",
		"$(StorageAccount/a.blobEndpoint)":     "<$(StorageAccount/a.blobEndpoint)>",
		"a)b$$(c)$(UserAssignedIdentity/i.id)": "a)b$(c)<$(UserAssignedIdentity/i.id)>",
	} {
		got, err := Text{Raw: in}.Expand(lookup)
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestExpandStaysInsideAJSONString(t *testing.T) {
	j := JSON{Raw: `{"a":"$(tenant)"}`}
	got, err := j.Expand(func(Reference) (string, error) { return `x","b":"<y>`, nil })
	if want := `{"a":"x\",\"b\":\"<y>"}`; err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("kind: Tenant\nname: &a b\n---\n*a"))
	f.Add([]byte("%YAML 1.2\n---\n? [a]\n: <<"))
	f.Add([]byte("{kind: Policy, name: a, document: \"{}\"}"))
	f.Fuzz(func(t *testing.T, file []byte) {
		docs, err := Parse(file)
		if err != nil {
			if fl := fault.From(err); fl.Kind != fault.Invalid || !strings.HasPrefix(fl.Public, "line ") {
				t.Fatalf("an error without a position: %v", err)
			}
			return
		}
		for _, d := range docs {
			if d.Spec == nil || d.At.Line < 1 || d.At.Column < 1 || d.Spec.Label() == "" {
				t.Fatalf("a document without contents: %+v", d)
			}
		}
	})
}
