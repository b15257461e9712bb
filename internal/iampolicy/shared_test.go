package iampolicy

import (
	"strings"
	"testing"
)

func TestF01OpenTo(t *testing.T) {
	const provider = "arn:aws:iam::123456789012:oidc-provider/ci.example.org"
	const us = `"Principal":{"Federated":"` + provider + `"}`
	limits := func(literal string, whole bool) bool {
		return strings.HasPrefix(literal, "repo:acme/") && (whole || literal != "")
	}
	for _, tc := range []struct {
		name, principal, effect, condition string
		open                               bool
	}{
		{"audience only", us, "Allow", `{"StringEquals":{"ci.example.org:aud":"x"}}`, true},
		{"nothing", us, "Allow", "", true},
		{"exact", us, "Allow", `{"StringEquals":{"ci.example.org:sub":"repo:acme/x:ref"}}`, false},
		{"another case of the key", us, "Allow", `{"StringEquals":{"CI.example.org:SUB":"repo:acme/x:ref"}}`, false},
		{"pattern", us, "Allow", `{"StringLike":{"ci.example.org:sub":"repo:acme/*"}}`, false},
		{"any value", us, "Allow", `{"ForAnyValue:StringLike":{"ci.example.org:sub":"repo:acme/*"}}`, false},
		{"pattern without an owner", us, "Allow", `{"StringLike":{"ci.example.org:sub":"repo:*"}}`, true},
		{"star", us, "Allow", `{"StringLike":{"ci.example.org:sub":"*"}}`, true},
		{"one good, one open", us, "Allow", `{"StringLike":{"ci.example.org:sub":["repo:acme/*","repo:a*"]}}`, true},
		{"may be absent", us, "Allow", `{"StringEqualsIfExists":{"ci.example.org:sub":"repo:acme/x"}}`, true},
		{"holds for nothing", us, "Allow", `{"ForAllValues:StringEquals":{"ci.example.org:sub":"repo:acme/x"}}`, true},
		{"negated", us, "Allow", `{"StringNotEquals":{"ci.example.org:sub":"repo:acme/x"}}`, true},
		{"present", us, "Allow", `{"Null":{"ci.example.org:sub":"false"}}`, true},
		{"another issuer's", us, "Allow", `{"StringEquals":{"other.example.org:sub":"repo:acme/x"}}`, true},
		{"variable", us, "Allow", `{"StringEquals":{"ci.example.org:sub":"${aws:username}"}}`, true},
		{"a denial", us, "Deny", "", false},
		{"everybody is no web identity", `"Principal":"*"`, "Allow", "", false},
		{"another provider", `"Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/other.example.org"}`, "Allow", "", false},
	} {
		doc := `{"Version":"2012-10-17","Statement":[{"Effect":"` + tc.effect + `","Action":"sts:AssumeRoleWithWebIdentity",` + tc.principal
		if tc.condition != "" {
			doc += `,"Condition":` + tc.condition
		}
		p, err := Parse([]byte(doc+"}]}"), Trust)
		if err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		if got := p.OpenTo(provider, "ci.example.org:sub", limits) != nil; got != tc.open {
			t.Errorf("%s: open %v", tc.name, got)
		}
	}
}
