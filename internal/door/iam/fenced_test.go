package iam_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/view"
)

// TestP07ControlPoliciesAreNotEscaped: what a policy of the organization keeps from the caller by its name or its labels, it
// gets neither by another role nor by other labels; what the organization says of everybody alike stands in nobody's way.
func TestP07ControlPoliciesAreNotEscaped(t *testing.T) {
	const (
		all    = `{"Effect":"Allow","Action":"*","Resource":"*"}`
		byTag  = `"Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"gold"}}`
		byName = `"Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/r1"}}`
		elsewh = `"Condition":{"StringNotEquals":{"aws:RequestedRegion":"us-east-2"}}`
		denies = `{"Effect":"Deny","Action":"s3:*","Resource":"*",`
		rcp    = `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",`
		reads  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`
	)
	mine := trusting(`{"AWS":"` + doortest.RoleARN("me") + `"}`)
	create := []string{"CreateRole", "RoleName", "r1", "AssumeRolePolicyDocument", mine}
	fill := []string{"PutRolePolicy", "RoleName", "spare", "PolicyName", "p", "PolicyDocument", reads}
	gild := []string{"TagRole", "RoleName", "me", "Tags.member.1.Key", "team", "Tags.member.1.Value", "gold"}
	for what, tc := range map[string]struct {
		scp, rcp string
		mine     string // another statement of the caller's
		call     []string
		refused  bool
	}{
		"no organization":                            {call: fill},
		"a deny by name":                             {scp: all + "," + denies + byName + "}", call: fill, refused: true},
		"a deny by label":                            {scp: all + "," + denies + byTag + "}", call: gild, refused: true},
		"an allow by label":                          {scp: strings.Replace(all, `"*"`, `"iam:*"`, 1) + "," + strings.TrimSuffix(all, "}") + "," + strings.Replace(byTag, "Not", "", 1) + "}", call: gild, refused: true},
		"a resource policy by name":                  {rcp: rcp + byName + "}", call: fill, refused: true},
		"a resource policy by label":                 {rcp: rcp + byTag + "}", call: gild, refused: true},
		"an open bucket behind a deny by name":       {scp: all + "," + denies + byName + "}", call: create, refused: true},
		"an open bucket behind a deny of the caller": {mine: `,{"Effect":"Deny","Action":"s3:*","Resource":"*"}`, call: create, refused: true},
		"an open role behind a deny of the caller":   {mine: `,{"Effect":"Deny","Action":"sts:*","Resource":"*"}`, call: create, refused: true},
		"a resource that is spelled with a label":    {mine: `,{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:::${aws:PrincipalTag/team}"}`, call: gild, refused: true},
		"a deny of everybody alike":                  {scp: all + "," + denies + elsewh + "}", call: fill},
		"a deny of everybody":                        {scp: all + "," + strings.TrimSuffix(denies, ",") + "}", call: fill},
		"a deny of something else by name":           {scp: all + "," + strings.Replace(denies, "s3:", "sqs:", 1) + byName + "}", call: fill},
		"a resource policy for everybody":            {rcp: rcp + elsewh + "}", call: fill},
	} {
		t.Run(what, func(t *testing.T) {
			me := role(50, "me", `{"Effect":"Allow","Action":["iam:CreateRole","iam:PutRolePolicy","iam:TagRole","s3:Get*"],"Resource":"*"}`+tc.mine)
			spare, open := role(51, "spare", strings.Replace(all, "Allow", "Deny", 1)), role(52, "open", all)
			spare.Inline, open.Trust = nil, trusting(`"*"`)
			if !strings.Contains(tc.mine, "sts:") {
				open.Trust = lambdaTrust
			}
			public := &view.Bucket{
				Name: "public", Account: doortest.Main(), UID: doortest.GUID(0x998), Region: "us-east-2", Created: doortest.Start(),
				Policy: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::public/*"}}`,
			}
			w, h := serveWith(t, []view.Record{me, spare, open, public})
			control(t, w, tc.scp, tc.rcp)
			before := rights(w, w.Current())
			caller := as(t, w, h, "me")
			if tc.refused {
				caller.refused(http.StatusForbidden, "AccessDenied", tc.call[0], tc.call[1:]...)
				if got := w.Ledger.Last().Reason; got != "iam.widens_own_rights" {
					t.Errorf("refused as %s", got)
				}
			} else {
				caller.must(tc.call[0], tc.call[1:]...)
			}
			for _, right := range rights(w, w.Current()) {
				if !slices.Contains(before, right) {
					t.Errorf("the caller now may %s", right)
				}
			}
		})
	}
}

// control gives the account control policies with these statements; an empty text is none.
func control(t *testing.T, w *doortest.World, service, resource string) {
	t.Helper()
	document := func(statements string) map[string]string {
		if statements == "" {
			return nil
		}
		return map[string]string{"p": `{"Version":"2012-10-17","Statement":[` + statements + `]}`}
	}
	w.Change(func(e *directory.Edit) error {
		a, _ := e.View().Account(doortest.Main())
		changed := *a
		changed.ServiceControl, changed.ResourceControl = document(service), document(resource)
		_, err := e.Save(&changed)
		return err
	})
}
