package access_test

import (
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

// function is a workload of the home account.
func function(called string) *view.AWSResource {
	return &view.AWSResource{
		ARN: arn("arn:aws:lambda:us-east-2:" + homeAccount + ":function:" + called), UID: name.NewGUID(), Kind: "lambda:function",
	}
}

// TestP06ServiceAssumesForOneWorkload: what the trust policy says of whom the service acts for is held.
func TestP06ServiceAssumesForOneWorkload(t *testing.T) {
	service := func(effect, who, condition string) string {
		return `{"Effect":"` + effect + `","Principal":{"Service":"` + who + `"},"Action":"sts:AssumeRole"` + condition + `}`
	}
	for what, tc := range map[string]struct {
		trust []string
		want  reason.Outcome
	}{
		"the service":         {[]string{service("Allow", "lambda.amazonaws.com", "")}, reason.Allow},
		"another service":     {[]string{service("Allow", "ec2.amazonaws.com", "")}, reason.ImplicitDeny},
		"a name that ends so": {[]string{service("Allow", "x-lambda.amazonaws.com", "")}, reason.ImplicitDeny},
		"the account":         {[]string{trustHome}, reason.ImplicitDeny},
		"everybody of AWS":    {[]string{`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}`}, reason.ImplicitDeny},
		"a deny":              {[]string{service("Allow", "lambda.amazonaws.com", ""), service("Deny", "lambda.amazonaws.com", "")}, reason.ExplicitDeny},
		"for this function": {[]string{service("Allow", "lambda.amazonaws.com",
			`,"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:lambda:*:`+homeAccount+`:function:mine"}}`)}, reason.Allow},
		"for another one": {[]string{service("Allow", "lambda.amazonaws.com",
			`,"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:lambda:*:`+homeAccount+`:function:min"}}`)}, reason.ImplicitDeny},
		"for this account": {[]string{service("Allow", "lambda.amazonaws.com",
			`,"Condition":{"StringEquals":{"aws:SourceAccount":"`+homeAccount+`"}}`)}, reason.Allow},
		"for another account": {[]string{service("Allow", "lambda.amazonaws.com",
			`,"Condition":{"StringEquals":{"aws:SourceAccount":"`+otherAccount+`"}}`)}, reason.ImplicitDeny},
	} {
		w := newWorld()
		w.role.Trust = policy(tc.trust...)
		v := w.view(t)
		role, _ := v.Role(arn(roleARN))
		if got := access.ServiceAssume(v, function("mine"), role, time.Unix(1_800_000_000, 0)); got.Outcome != tc.want {
			t.Errorf("%s: %v, want %v", what, got.Outcome, tc.want)
		}
	}
}

// TestP07PassRole: a role is reached through a workload only by who may pass it, to that service and for that workload.
func TestP07PassRole(t *testing.T) {
	pass := func(effect, resource, condition string) string {
		return `{"Effect":"` + effect + `","Action":"iam:PassRole","Resource":"` + resource + `"` + condition + `}`
	}
	const target = "arn:aws:iam::" + homeAccount + ":role/strong"
	for what, tc := range map[string]struct {
		rights []string
		pass   string
		want   reason.Outcome
	}{
		"nothing":             {nil, target, reason.ImplicitDeny},
		"all of lambda":       {[]string{`{"Effect":"Allow","Action":"lambda:*","Resource":"*"}`}, target, reason.ImplicitDeny},
		"all of sts":          {[]string{`{"Effect":"Allow","Action":"sts:*","Resource":"*"}`}, target, reason.ImplicitDeny},
		"that role":           {[]string{pass("Allow", target, "")}, target, reason.Allow},
		"a longer name":       {[]string{pass("Allow", target, "")}, target + "er", reason.ImplicitDeny},
		"another account's":   {[]string{pass("Allow", "*", "")}, "arn:aws:iam::" + otherAccount + ":role/strong", reason.ImplicitDeny},
		"all but a deny":      {[]string{allowAll, pass("Deny", target, "")}, target, reason.ExplicitDeny},
		"to that service":     {[]string{pass("Allow", target, `,"Condition":{"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}`)}, target, reason.Allow},
		"to another service":  {[]string{pass("Allow", target, `,"Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}`)}, target, reason.ImplicitDeny},
		"for that function":   {[]string{pass("Allow", target, `,"Condition":{"ArnEquals":{"iam:AssociatedResourceArn":"arn:aws:lambda:us-east-2:`+homeAccount+`:function:mine"}}`)}, target, reason.Allow},
		"for another one":     {[]string{pass("Allow", target, `,"Condition":{"ArnEquals":{"iam:AssociatedResourceArn":"arn:aws:lambda:us-east-2:`+homeAccount+`:function:yours"}}`)}, target, reason.ImplicitDeny},
		"everything, account": {[]string{allowAll}, target, reason.Allow},
	} {
		w := newWorld()
		if tc.rights != nil {
			w.inline(tc.rights...)
		}
		v := w.view(t)
		role, _ := v.Role(arn(roleARN))
		got := access.PassRole(v, access.PassRequest{
			Session: &w.session, Caller: role, Pass: arn(tc.pass), To: function("mine").ARN, Service: "lambda.amazonaws.com", Context: new(cond.Facts),
		})
		if got.Outcome != tc.want {
			t.Errorf("%s: %v, want %v: %+v", what, got.Outcome, tc.want, got)
		}
	}
}
