package iampolicy_test

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
)

// document wraps statements in a document of the current version.
func document(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

// refused checks that a document is refused with a text, and gives the fault.
func refused(t *testing.T, kind iampolicy.Kind, doc, text string) *fault.Fault {
	t.Helper()
	_, err := iampolicy.Parse([]byte(doc), kind)
	if err == nil {
		t.Errorf("%s was accepted, want %q\n%s", kind, text, doc)
		return &fault.Fault{}
	}
	f := fault.From(err)
	if !strings.Contains(f.Public, text) {
		t.Errorf("%s: %q, want %q\n%s", kind, f.Public, text, doc)
	}
	return f
}

func TestParseRefuses(t *testing.T) {
	statement := func(parts string) string { return document("{" + parts + "}") }
	const i, tr, re = iampolicy.Identity, iampolicy.Trust, iampolicy.Resource
	for _, tc := range []struct {
		kind      iampolicy.Kind
		doc, text string
	}{
		// The document.
		{i, ``, "Syntax error in policy"},
		{i, `[]`, "Syntax error in policy: an object is expected (line 1, column 1)"},
		{i, `{"Statement":[],}`, "Syntax error in policy"},
		{i, `{"Statement":[]} {}`, "Syntax error in policy"},
		{i, `{"Statement":[],"Statement":[]}`, `appears twice`},
		{i, "{\"Statement\":[],\"Id\":\"\xff\"}", "Syntax error in policy"},
		{i, `{"Statement":[],"Id":"€"}`, "only have characters up to U+00FF (line 1, column 23)"},
		{i, "{\"Statement\":[],\"Id\":\"\x7f\"}", "only have characters up to U+00FF"},
		{i, `{}`, "has no Statement"},
		{i, `{"Version":"2012-10-17"}`, "has no Statement"},
		{i, `{"Version":"2012-10-18","Statement":[]}`, "valid version string"},
		{i, `{"Version":2012,"Statement":[]}`, "valid version string"},
		{i, `{"Statement":[],"Id":1}`, "Id must be a string"},
		{i, `{"statement":[]}`, `Unknown field "statement": it is spelled Statement`},
		{i, `{"Statement":[],"Comment":"x"}`, `Unknown field "Comment" (line 1, column 17)`},
		{i, `{"Statement":"x"}`, "A statement must be an object"},
		{i, "{\n  \"Statement\": [\n    7]}", "A statement must be an object (line 3, column 5)"},
		// Elements of a statement.
		{i, statement(`"Action":"s3:*","Resource":"*"`), "must have an Effect"},
		{i, statement(`"Effect":"allow","Action":"s3:*","Resource":"*"`), "Effect must be Allow or Deny"},
		{i, statement(`"Effect":true,"Action":"s3:*","Resource":"*"`), "Effect must be Allow or Deny"},
		{i, statement(`"effect":"Allow","Action":"s3:*","Resource":"*"`), "it is spelled Effect"},
		{i, statement(`"Effect":"Allow","Resource":"*"`), "must contain actions"},
		{i, statement(`"Effect":"Allow","Action":[],"Resource":"*"`), "must contain actions"},
		{i, statement(`"Effect":"Allow","Action":"s3:*"`), "must contain resources"},
		{i, statement(`"Effect":"Allow","Action":"s3:*","Resource":[]`), "must contain resources"},
		{i, statement(`"Effect":"Allow","Action":"s3:*","NotAction":"s3:*","Resource":"*"`), "both Action and NotAction"},
		{i, statement(`"Effect":"Allow","Action":"s3:*","Resource":"*","NotResource":"*"`), "both Resource and NotResource"},
		{re, statement(`"Effect":"Deny","Action":"s3:*","Resource":"*","Principal":"*","NotPrincipal":"*"`), "both Principal and NotPrincipal"},
		{i, statement(`"Sid":1,"Effect":"Allow","Action":"s3:*","Resource":"*"`), "Sid must be a string"},
		{i, statement(`"Sid":"a b","Effect":"Allow","Action":"s3:*","Resource":"*"`), "alpha-numeric"},
		{i, document(`{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*"}`, `{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*"}`), "must be unique"},
		{i, statement(`"Effect":"Allow","Action":"GetObject","Resource":"*"`), "prefaced by a vendor"},
		{i, statement(`"Effect":"Allow","Action":"s3:${aws:username}","Resource":"*"`), "prefaced by a vendor"},
		{i, statement(`"Effect":"Allow","Action":{"a":1},"Resource":"*"`), "prefaced by a vendor"},
		{i, statement(`"Effect":"Allow","Action":"s3:` + strings.Repeat("a?", 40) + `","Resource":"*"`), "groups of '?'"},
		{i, statement(`"Effect":"Allow","Action":"s3:*","Resource":"shelf/*"`), `must be in ARN format or "*"`},
		{i, statement(`"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:*"`), `must be in ARN format or "*"`},
		{i, statement(`"Effect":"Allow","Action":"s3:*","Resource":null`), `must be in ARN format or "*"`},
		{i, statement(`"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:${aws:PrincipalTag/s}:::b/*"`), "after the fifth colon"},
		{i, statement(`"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username"`), "is not closed"},
		// Conditions.
		{i, document(when(allowRead, `[]`)), "Condition must be an object"},
		{i, document(when(allowRead, `{"StringEquals":"x"}`)), "StringEquals must be an object of keys"},
		{i, document(when(allowRead, `{"stringequals":{"a:b":"c"}}`)), "Invalid Condition type : stringequals"},
		{i, document(when(allowRead, `{"NullIfExists":{"a:b":"true"}}`)), "Invalid Condition type"},
		{i, document(when(allowRead, `{"StringEquals":{"nokey":"c"}}`)), "prefaced by a vendor"},
		{i, document(when(allowRead, `{"StringEquals":{"a:b":null}}`)), "must be a string, a number or a boolean"},
		{i, document(when(allowRead, `{"StringEquals":{"a:b":[["c"]]}}`)), "must be a string, a number or a boolean"},
		{i, document(when(allowRead, `{"StringEquals":{"a:b":[]}}`)), "has no values"},
		{i, document(when(allowRead, `{"NumericEquals":{"a:b":1e3}}`)), `value "1e3": not a number`},
		{i, document(when(allowRead, `{"DateEquals":{"a:b":"${aws:CurrentTime}"}}`)), "not a date"},
		{i, document(when(allowRead, `{"Bool":{"a:b":"yes"}}`)), "not true or false"},
		// Principals.
		{re, statement(`"Effect":"Allow","Action":"s3:*","Resource":"*"`), "Missing required field Principal"},
		{re, statement(`"Effect":"Allow","NotPrincipal":"*","Action":"s3:*","Resource":"*"`), "NotPrincipal cannot be used with Effect Allow"},
		{tr, statement(`"Effect":"Allow","Principal":"me","Action":"sts:AssumeRole"`), "Principal must be"},
		{tr, statement(`"Effect":"Allow","Principal":{},"Action":"sts:AssumeRole"`), "names nobody"},
		{tr, statement(`"Effect":"Allow","Principal":{"AWS":[]},"Action":"sts:AssumeRole"`), "names nobody"},
		{tr, statement(`"Effect":"Allow","Principal":{"aws":"*"},"Action":"sts:AssumeRole"`), "Unknown kind of principal"},
		{tr, statement(`"Effect":"Allow","Principal":{"AWS":7},"Action":"sts:AssumeRole"`), "Invalid principal in policy"},
		// What kinds forbid.
		{i, statement(`"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"`), "Has prohibited field Principal"},
		{iampolicy.Session, statement(`"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"`), "Has prohibited field Principal"},
		{iampolicy.Boundary, statement(`"Effect":"Deny","NotPrincipal":"*","Action":"s3:*","Resource":"*"`), "Has prohibited field NotPrincipal"},
		{iampolicy.SCP, statement(`"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"`), "Has prohibited field Principal"},
		{tr, statement(`"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"`), "Has prohibited field Resource (line 1, column 98)"},
		{tr, statement(`"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","NotResource":"*"`), "Has prohibited field NotResource"},
		{tr, statement(`"Effect":"Allow","Principal":"*","Action":"s3:GetObject"`), "may only specify STS AssumeRole actions"},
		{tr, statement(`"Effect":"Allow","Principal":"*","Action":"*"`), "may only specify STS AssumeRole actions"},
		{iampolicy.RCP, statement(`"Effect":"Deny","Principal":"*","NotAction":"s3:*","Resource":"*"`), "Has prohibited field NotAction"},
		{iampolicy.RCP, statement(`"Effect":"Deny","Principal":{"AWS":"` + accountA + `"},"Action":"s3:*","Resource":"*"`), `must be "*"`},
		{iampolicy.RCP, statement(`"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"`), "may only deny"},
	} {
		if f := refused(t, tc.kind, tc.doc, tc.text); f.Kind != fault.Invalid {
			t.Errorf("%q is a fault of kind %d", tc.text, f.Kind)
		}
	}
}

func TestParseAccepts(t *testing.T) {
	for _, tc := range []struct {
		kind iampolicy.Kind
		doc  string
	}{
		{iampolicy.Identity, `{"Statement":[]}`},
		{iampolicy.Identity, ` {"Version":"2008-10-17","Id":"x","Statement":` + allowAll + `} `},
		{iampolicy.Identity, document(`{"Sid":"","Effect":"Allow","Action":"*:*","Resource":"arn:*:s3:*:*:*"}`, `{"Sid":"","Effect":"Deny","NotAction":["a4b:?et*"],"NotResource":["*"]}`)},
		{iampolicy.Identity, document(when(allowRead, `{}`))},
		{iampolicy.Identity, document(when(allowRead, `{"NumericEquals":{"a:b":[1,"2",3.5]},"Bool":{"a:c":true}}`))},
		{iampolicy.SCP, document(allowAll)},
		{iampolicy.Session, document(allowAll)},
		{iampolicy.Boundary, document(allowAll)},
		{iampolicy.RCP, document(`{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`)},
		{iampolicy.RCP, document(`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`)},
		{iampolicy.Resource, document(`{"Sid":"any text, here","Effect":"Deny","NotPrincipal":{"AWS":"` + rootARN + `"},"Action":"s3:*","Resource":"*"}`)},
		{iampolicy.Trust, document(`{"Effect":"Allow","Principal":"*","Action":["sts:AssumeRole*","STS:TagSession"]}`)},
	} {
		if _, err := iampolicy.Parse([]byte(tc.doc), tc.kind); err != nil {
			t.Errorf("%s: %v\n%s", tc.kind, err, tc.doc)
		}
	}
}

// TestPrincipalForms: what may stand under Principal.
func TestPrincipalForms(t *testing.T) {
	for _, tc := range []struct {
		kind, value string
		ok          bool
	}{
		{"AWS", "*", true},
		{"AWS", accountA, true},
		{"AWS", accountA + "4", false},
		{"AWS", rootARN, true},
		{"AWS", rootARN + "/", false},
		{"AWS", rootARN + "/x", false},
		{"AWS", userARN, true},
		{"AWS", "arn:aws:iam::" + accountA + ":user/path/ana", true},
		{"AWS", "arn:aws:iam::" + accountA + ":user/", false},
		{"AWS", "arn:aws:iam::" + accountA + ":user/a*", false},
		{"AWS", "arn:aws:iam::" + accountA + ":user/a?", false},
		{"AWS", roleARN, true},
		{"AWS", "arn:aws:iam::" + accountA + ":role", false},
		{"AWS", "arn:aws:iam::" + accountA + ":group/g", false},
		{"AWS", "arn:aws:iam:::role/r", false},
		{"AWS", "arn:aws:iam:us-east-2:" + accountA + ":role/r", false},
		{"AWS", "arn:aws:s3::" + accountA + ":role/r", false},
		{"AWS", sessionARN, true},
		{"AWS", sessionARN + "/more", false},
		{"AWS", "arn:aws:sts::" + accountA + ":assumed-role/reader", false},
		{"AWS", "arn:aws:sts::" + accountA + ":assumed-role//s", false},
		{"AWS", federatedA, true},
		{"AWS", "arn:aws:sts::" + accountA + ":federated-user", false},
		{"AWS", roleID, true},
		{"AWS", userID, true},
		{"AWS", "AGPAGROUPGROUPGROUPGR", false},
		{"AWS", "AROA*", false},
		{"AWS", "arn:aws:iam::*:root", false},
		{"AWS", "lambda.amazonaws.com", false},
		{"AWS", "", false},
		{"Service", "lambda.amazonaws.com", true},
		{"Service", "*", false},
		{"Service", "*.amazonaws.com", false},
		{"Service", "lambda", false},
		{"Federated", providerARN, true},
		{"Federated", "arn:aws:iam::" + accountA + ":oidc-provider/127.0.0.1:8443/t/v2.0", true},
		{"Federated", "arn:aws:iam::" + accountA + ":saml-provider/corp", true},
		{"Federated", "arn:aws:iam::" + accountA + ":oidc-provider/", false},
		{"Federated", "arn:aws:iam::" + accountA + ":oidc-provider/*", false},
		{"Federated", "arn:aws:iam::" + accountA + ":role/r", false},
		{"Federated", "arn:aws:iam:::oidc-provider/x", false},
		{"Federated", "accounts.google.com", true},
		{"Federated", "accounts.example.com", false},
		{"Federated", "*", false},
	} {
		doc := document(`{"Effect":"Allow","Principal":{"` + tc.kind + `":["` + tc.value + `"]},"Action":"sts:AssumeRole"}`)
		_, err := iampolicy.Parse([]byte(doc), iampolicy.Trust)
		if tc.ok != (err == nil) {
			t.Errorf("%s %q: %v", tc.kind, tc.value, err)
		}
		if !tc.ok && !fault.Is(err, iampolicy.InvalidPrincipal) {
			t.Errorf("%s %q: want an invalid principal, have %v", tc.kind, tc.value, err)
		}
	}
	f := refused(t, iampolicy.Resource, document(`{"Effect":"Allow","Principal":{"CanonicalUser":"ab"},"Action":"s3:*","Resource":"*"}`), "not offered")
	if f.Kind != fault.Unsupported || f.Reason != iampolicy.UnsupportedPrincipal {
		t.Errorf("a canonical user: %v", f)
	}
}

func TestParseLimits(t *testing.T) {
	// pad makes a document of n counted characters: text in the Id counts, white space outside strings does not.
	pad := func(n int) string {
		const frame = `{"Id":"","Statement":[]}`
		return "\n\t " + strings.Replace(frame, `""`, `"`+strings.Repeat("é", n-len(frame))+`"`, 1) + " \r\n"
	}
	for kind, limit := range map[iampolicy.Kind]int{
		iampolicy.Identity: 10240, iampolicy.Trust: 2048, iampolicy.Resource: 20480, iampolicy.Session: 2048,
		iampolicy.Boundary: 6144, iampolicy.SCP: 5120, iampolicy.RCP: 5120,
	} {
		if p := parse(t, kind, pad(limit)); p.Size() != limit {
			t.Errorf("%s: size %d, want %d", kind, p.Size(), limit)
		}
		if f := refused(t, kind, pad(limit+1), "the limit is"); f.Reason != iampolicy.TooLarge {
			t.Errorf("%s: %v", kind, f)
		}
	}
	if f := refused(t, iampolicy.Identity, `{"Statement":[]}`+strings.Repeat(" ", iampolicy.MaxDocument), "at most"); f.Reason != iampolicy.TooLarge {
		t.Errorf("a huge document: %v", f)
	}
	if p := parse(t, iampolicy.Identity, `{ "Id" : "a \" b\\", "Statement" : [ ] }`); p.Size() != len(`{"Id":"a \" b\\","Statement":[]}`) {
		t.Errorf("size %d with escapes", p.Size())
	}
	_ = refused(t, iampolicy.Identity, `{"Statement":`+strings.Repeat("[", 20)+strings.Repeat("]", 20)+`}`, "Syntax error in policy")
	for _, kind := range []iampolicy.Kind{0, 99} {
		if _, err := iampolicy.Parse([]byte(`{"Statement":[]}`), kind); !fault.IsKind(err, fault.Internal) {
			t.Errorf("kind %d: %v", kind, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, doc := range []string{
		document(allowAll), document(denyRead, allowList), document(trustAccount), document(grant(`"*"`)),
		document(when(allowRead, `{"ForAllValues:StringLikeIfExists":{"aws:TagKeys":["a*","${aws:username, 'x'}"]}}`)),
		`{"Statement":{"Effect":"Deny","NotPrincipal":{"AWS":["` + roleID + `"],"Service":"a.b"},"NotAction":"*","NotResource":"arn:aws:s3:::b/${*}"}}`,
	} {
		for kind := iampolicy.Identity; kind <= iampolicy.RCP; kind++ {
			f.Add(doc, uint8(kind))
		}
	}
	f.Fuzz(func(t *testing.T, doc string, kind uint8) {
		p, err := iampolicy.Parse([]byte(doc), iampolicy.Kind(kind))
		if err != nil {
			if fault.From(err).Reason == "internal" {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		same, err := p.Rewrite(func(_, value string) (string, error) { return value, nil })
		if err != nil || string(same) != doc {
			t.Errorf("rewriting nothing changed the document: %v\n%s", err, same)
		}
		other, err := p.Rewrite(func(kind, value string) (string, error) {
			if kind == "AWS" {
				return roleID, nil
			}
			return value, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := iampolicy.Parse(other, p.Kind()); err != nil && !fault.Is(err, iampolicy.TooLarge) {
			t.Errorf("the rewritten document does not parse: %v\n%s", err, other)
		}
		for s := range p.Statements() {
			if start, end := s.Span(); start.Line < 1 || end.Line < start.Line {
				t.Errorf("statement from %v to %v", start, end)
			}
		}
	})
}
