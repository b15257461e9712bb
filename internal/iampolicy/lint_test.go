package iampolicy_test

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/iampolicy"
)

// TestP02Warnings: the linter names the traps, and leaves the guarded forms alone.
func TestP02Warnings(t *testing.T) {
	const deny = `{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::shelf/`
	trustAll := `{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`
	for _, tc := range []struct {
		kind      iampolicy.Kind
		statement string
		want      string // the beginning of the only warning; empty for none
	}{
		{iampolicy.Identity, allowRead, ""},
		{iampolicy.Identity, `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`, "NotAction with Allow"},
		{iampolicy.Identity, `{"Effect":"Deny","NotAction":"iam:*","Resource":"*"}`, ""},
		{iampolicy.Trust, trustAll, `the Principal "*"`},
		{iampolicy.Trust, when(trustAll, `{"StringEquals":{"aws:PrincipalAccount":"1"}}`), ""},
		{iampolicy.Resource, grant(`"*"`), ""},
		{iampolicy.Identity, deny + `${aws:PrincipalTag/x}*"}`, "the Deny does not apply"},
		{iampolicy.Identity, deny + `${aws:PrincipalTag/x, 'none'}*"}`, ""},
		{iampolicy.Identity, when(allowRead, `{"ForAllValues:StringEquals":{"aws:TagKeys":"a"}}`), "ForAllValues holds when aws:TagKeys is absent"},
		{iampolicy.Identity, when(allowRead, `{"ForAllValues:StringEquals":{"aws:TagKeys":"a"},"Null":{"aws:tagkeys":"false"}}`), ""},
		{iampolicy.Identity, when(allowRead, `{"ForAllValues:StringEquals":{"aws:TagKeys":"a"},"Null":{"aws:tagkeys":"true"}}`), "ForAllValues holds"},
		{iampolicy.Identity, when(denyRead, `{"ForAllValues:StringEquals":{"aws:TagKeys":"a"}}`), ""},
		{iampolicy.Identity, when(allowRead, `{"StringEquals":{"aws:TagKeys":"a"}}`), "aws:TagKeys may have several values"},
		{iampolicy.Identity, when(allowRead, `{"StringLike":{"iss.example:amr":"a"}}`), "iss.example:amr may have several values"},
		{iampolicy.Identity, when(allowRead, `{"StringEquals":{"iss.example:sub":"repo:*"}}`), "StringEquals iss.example:sub takes"},
		{iampolicy.Identity, when(allowRead, `{"StringEquals":{"iss.example:sub":"${*}"}}`), ""},
		{iampolicy.Identity, when(allowRead, `{"StringLike":{"iss.example:sub":"repo:*"}}`), ""},
	} {
		got := policy(t, tc.kind, tc.statement).Policy.Warnings("p")
		switch {
		case tc.want == "" && len(got) != 0, tc.want != "" && len(got) != 1:
			t.Errorf("%s\nwarnings: %+v", tc.statement, got)
		case tc.want != "" && (!strings.HasPrefix(got[0].Text, tc.want) || got[0].Rule != "p#1" || got[0].At.Line != 1):
			t.Errorf("%s\nwarning: %+v", tc.statement, got[0])
		}
	}
}

// TestWarningsOfNames: a key or an action that nobody has is pointed out; what the house cannot know is not.
func TestWarningsOfNames(t *testing.T) {
	acts := func(action string) string { return `{"Effect":"Allow","Action":"` + action + `","Resource":"*"}` }
	for action, warned := range map[string]bool{
		"s3:GetObject": false, "S3:getobject": false, "s3:Get*": false, "s3:*": false, "*": false, "*:*": false, "?3:GetObjet": false,
		"ec2:Anything": false, "iam:PassRole": false, "sts:TagSession": false,
		"s3:GetObjet": true, "s3:HeadObject": true, "sts:Assume": true, "iam:Pass?": true, "iam:Get*Rule": true,
	} {
		got := policy(t, iampolicy.Identity, acts(action)).Policy.Warnings("p")
		if warned != (len(got) == 1 && got[0].Text == "no action is called "+action) || !warned && len(got) != 0 {
			t.Errorf("%s: %+v", action, got)
		}
	}
	trust := `{"Effect":"Allow","Principal":{"Federated":["` + providerARN + `","accounts.google.com"]},"Action":"sts:AssumeRoleWithWebIdentity"}`
	saml := `{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::` + accountA + `:saml-provider/adfs"},"Action":"sts:AssumeRoleWithSAML"}`
	for _, tc := range []struct {
		kind           iampolicy.Kind
		statement, key string
		warns          string
	}{
		{iampolicy.Identity, allowRead, "aws:PrincipalTag/team", ""},
		{iampolicy.Identity, allowRead, "AWS:sourceip", ""},
		{iampolicy.Identity, allowRead, "s3:ExistingObjectTag/a", ""},
		{iampolicy.Identity, allowRead, "iam:PassedToService", ""},
		{iampolicy.Identity, allowRead, "ec2:ResourceTag/a", ""},
		{iampolicy.Identity, allowRead, "sts.example/t/:sub", ""},
		{iampolicy.Identity, allowRead, "aws:SourceIP4", "aws:SourceIP4 is not a condition key of aws"},
		{iampolicy.Identity, allowRead, "aws:PrincipalTag/", "aws:PrincipalTag/ is not a condition key of aws"},
		{iampolicy.Identity, allowRead, "s3:prefixx", "s3:prefixx is not a condition key of s3"},
		{iampolicy.Trust, trust, "sts.example/t/:sub", ""},
		{iampolicy.Trust, trust, "STS.example/t/:Sub", ""},
		{iampolicy.Trust, trust, "accounts.google.com:aud", ""},
		{iampolicy.Trust, trust, "sts.example/t:sub", "sts.example/t:sub is a key of no provider that the statement names"},
		{iampolicy.Trust, trust, "sts:ExternalID", ""},
		{iampolicy.Trust, trust, "sts:External", "sts:External is not a condition key of sts"},
		{iampolicy.Trust, trust, "Corp:id", ""},
		{iampolicy.Trust, trustAccount, "sts.example/t/:sub", ""}, // a session made with that token still has it
		{iampolicy.Trust, saml, "saml:sub", ""},
		{iampolicy.Trust, saml, "saml:who", "saml:who is not a condition key of saml"},
		{iampolicy.Trust, saml, "sts.example/t/:sub", ""},
	} {
		got := policy(t, tc.kind, when(tc.statement, `{"StringEquals":{"`+tc.key+`":"x"}}`)).Policy.Warnings("p")
		if len(got) > 1 || (len(got) == 1) != (tc.warns != "") || len(got) == 1 && got[0].Text != tc.warns {
			t.Errorf("%s: %+v", tc.key, got)
		}
	}
}

// TestWarningsOfGitHub: whoever takes over a repository's name must not get the role (threat F03).
func TestWarningsOfGitHub(t *testing.T) {
	const key, provider = "token.actions.githubusercontent.com", "arn:aws:iam::" + accountA + ":oidc-provider/token.actions.githubusercontent.com"
	sub := func(operator, value string) string { return `"` + operator + `":{"` + key + `:sub":"` + value + `"}` }
	for _, tc := range []struct {
		effect, condition string
		want              []string
	}{
		{"Allow", sub("StringEquals", "repo:acme/app:ref:refs/heads/main"), []string{"the subject repo:acme/app:ref:refs/heads/main names a repository"}},
		{"Allow", sub("StringLike", "repo:acme/app:*"), []string{"the subject repo:acme/app:* names a repository", "the subject repo:acme/app:* lets every branch"}},
		{"Allow", sub("StringLike", "repo:acme/*"), []string{"the subject repo:acme/* names a repository", "the subject repo:acme/* lets every branch"}},
		{"Allow", sub("StringEquals", "repo:acme@1/app@2:ref:refs/heads/main"), nil},
		{"Allow", sub("StringLike", "repo:acme@1/*:environment:prod"), nil},
		{"Allow", sub("StringLike", "repo:acme@1/app:environment:prod"), []string{"the subject repo:acme@1/app:environment:prod names"}},
		{"Allow", sub("StringLike", "repo:acme@1/app@2:*"), []string{"the subject repo:acme@1/app@2:* lets every branch"}},
		{"Allow", sub("StringEquals", "repo:acme/app:*"), []string{"StringEquals", "the subject repo:acme/app:* names"}},
		{"Allow", sub("StringEquals", "repository_id:12:ref:x"), nil},
		{"Deny", sub("StringEquals", "repo:acme/app:ref:x"), nil},
		{"Allow", sub("StringNotEquals", "repo:acme/app:ref:x"), nil},
		{"Allow", sub("StringEquals", "repo:acme/app:ref:x") + `,"StringEqualsIgnoreCase":{"` + key + `:repository_id":"12"}`, []string{"the subject repo:acme/app:ref:x"}},
		{"Allow", `"StringEquals":{"` + key + `:sub":"repo:acme/app:ref:x","` + key + `:Repository_ID":"12"}`, nil},
		{"Allow", `"StringEquals":{"` + key + `:sub":"repo:acme/app:ref:x","` + key + `:repository_owner_id":"12"}`, nil},
		{"Allow", `"StringEquals":{"` + key + `:sub":"repo:acme/app:ref:x","` + key + `:repository":"acme/app"}`, []string{"the subject"}},
	} {
		got := policy(t, iampolicy.Trust, `{"Effect":"`+tc.effect+`","Principal":{"Federated":"`+provider+
			`"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{`+tc.condition+`}}`).Policy.Warnings("p")
		ok := len(got) == len(tc.want)
		for i := range min(len(got), len(tc.want)) {
			ok = ok && strings.HasPrefix(got[i].Text, tc.want[i])
		}
		if !ok {
			t.Errorf("%s\n%+v", tc.condition, got)
		}
	}
}

// TestWarningsOfIdleStatements: what another statement makes useless is found where that is plain, and nowhere else.
func TestWarningsOfIdleStatements(t *testing.T) {
	say := func(effect, action, resource string) string {
		return `{"Effect":"` + effect + `","Action":"` + action + `","Resource":"` + resource + `"}`
	}
	who := func(effect, principal string) string { return strings.Replace(grant(principal), "Allow", effect, 1) }
	trusts := func(effect, principal string) string {
		return `{"Effect":"` + effect + `","Principal":` + principal + `,"Action":"sts:*"}`
	}
	const never, nothing = "it can never grant anything: the Deny of statement #", "it adds nothing: statement #"
	hot := `{"StringEquals":{"aws:username":"ana"}}`
	federated := `{"Federated":"` + providerARN + `"}`
	for _, tc := range []struct {
		kind       iampolicy.Kind
		statements []string
		at, want   string // the rule that is idle and why; empty for none
	}{
		{iampolicy.Identity, []string{say("Allow", "s3:Get*", "arn:aws:s3:::a/*"), say("Deny", "s3:*", "arn:aws:s3:::*")}, "p#1", never + "2"},
		{iampolicy.Identity, []string{say("Deny", "*", "*"), allowRead}, "p#2", never + "1"},
		{iampolicy.Identity, []string{when(say("Deny", "*", "*"), hot), allowRead}, "", ""},
		{iampolicy.Identity, []string{say("Deny", "s3:Get?bject", "*"), allowRead}, "", ""},
		{iampolicy.Identity, []string{say("Deny", "s3:Get?bject", "*"), say("Allow", "S3:get?BJECT", "*")}, "p#2", never + "1"},
		{iampolicy.Identity, []string{say("Deny", "s3:*", "arn:aws:s3:::a/${aws:username, 'x'}*"), say("Allow", "s3:*", "arn:aws:s3:::a/x")}, "", ""},
		{iampolicy.Identity, []string{say("Deny", "s3:*", "arn:aws:s3:::a/${aws:username, 'x'}"), say("Allow", "s3:*", "arn:aws:s3:::a/${aws:username, 'x'}")}, "p#2", never + "1"},
		{iampolicy.Identity, []string{say("Deny", "s3:*", "arn:aws:s3:::a/?"), say("Allow", "s3:*", "arn:aws:s3:::a/*")}, "", ""},
		{iampolicy.Identity, []string{say("Deny", "s3:*", "arn:aws:s3:::*"), allowRead}, "", ""},
		{iampolicy.Identity, []string{say("Deny", "s3:Put*", "*"), allowRead}, "", ""},
		{iampolicy.Identity, []string{`{"Effect":"Deny","NotAction":"s3:*","Resource":"*"}`, allowRead}, "", ""},
		{iampolicy.Identity, []string{`{"Effect":"Deny","NotAction":"iam:*","Resource":"*"}`, `{"Effect":"Deny","NotAction":"iam:*","Resource":"*"}`}, "", ""},
		{iampolicy.Identity, []string{say("Deny", "*", "*"), `{"Effect":"Deny","NotAction":"iam:*","Resource":"*"}`}, "p#2", nothing + "1"},
		{iampolicy.Identity, []string{`{"Effect":"Deny","Action":"*","NotResource":"arn:aws:s3:::a"}`, allowRead}, "", ""},
		{iampolicy.Identity, []string{say("Deny", "*", "*"), `{"Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::a"}`}, "p#2", nothing + "1"},
		{iampolicy.Identity, []string{allowRead, allowRead}, "p#2", nothing + "1"},
		{iampolicy.Identity, []string{allowRead, when(allowRead, hot)}, "p#2", nothing + "1"},
		{iampolicy.Identity, []string{when(allowRead, hot), allowRead}, "", ""},
		{iampolicy.Identity, []string{when(allowRead, hot), when(allowRead, `{"StringEquals":{"AWS:Username":"ana"}}`)}, "p#2", nothing + "1"},
		{iampolicy.Identity, []string{when(allowRead, hot), when(allowRead, `{"StringEquals":{"aws:username":"bob"}}`)}, "", ""},
		{iampolicy.Resource, []string{who("Allow", `"*"`), who("Allow", aws(roleARN))}, "p#2", nothing + "1"},
		{iampolicy.Resource, []string{who("Allow", aws(accountA)), who("Allow", aws(roleARN))}, "", ""},
		{iampolicy.Resource, []string{who("Deny", aws(roleARN)), who("Allow", aws(roleARN))}, "p#2", never + "1"},
		{iampolicy.Resource, []string{`{"Effect":"Deny","NotPrincipal":"*","Action":"*","Resource":"*"}`, who("Allow", aws(roleARN))}, "", ""},
		{iampolicy.Trust, []string{when(trusts("Allow", `"*"`), hot), trusts("Allow", federated)}, "", ""},
		{iampolicy.Trust, []string{trusts("Allow", federated), trusts("Allow", federated)}, "p#2", nothing + "1"},
		{iampolicy.Trust, []string{trusts("Deny", `"*"`), trusts("Allow", federated)}, "p#2", never + "1"},
	} {
		got := policy(t, tc.kind, tc.statements...).Policy.Warnings("p")
		switch {
		case tc.want == "" && len(got) != 0, tc.want != "" && len(got) != 1:
			t.Errorf("%s\nwarnings: %+v", tc.statements, got)
		case tc.want != "" && (got[0].Rule != tc.at || !strings.HasPrefix(got[0].Text, tc.want)):
			t.Errorf("%s\nwarning: %+v", tc.statements, got[0])
		}
	}
	star := policy(t, iampolicy.Trust, trusts("Allow", `"*"`), trusts("Allow", federated)).Policy.Warnings("p")
	if len(star) != 1 || !strings.HasPrefix(star[0].Text, `the Principal "*"`) { // an outside token is not among everybody
		t.Errorf("%+v", star)
	}
}
