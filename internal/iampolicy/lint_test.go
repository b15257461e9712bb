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
