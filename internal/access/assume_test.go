package access_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

const (
	issuer      = "sts.example/t/"
	providerARN = "arn:aws:iam::" + homeAccount + ":oidc-provider/" + issuer
	subject     = "5f1d0e51-7d8a-4c1e-9a5b-2f4f6f6a0001"

	trustHome = `{"Effect":"Allow","Principal":{"AWS":"` + homeAccount + `"},"Action":"sts:AssumeRole"}`
)

// trustWeb trusts a subject of the provider.
func trustWeb(effect, sub string) string {
	return `{"Effect":"` + effect + `","Principal":{"Federated":"` + providerARN + `"},"Action":"sts:AssumeRoleWithWebIdentity",` +
		`"Condition":{"StringEquals":{"` + issuer + `:sub":"` + sub + `"}}}`
}

// assume asks as the STS door does for a web identity.
func assume(v *view.View, role *view.Role) reason.Decision {
	facts := new(cond.Facts)
	facts.Set(issuer+":sub", subject)
	return access.Assume(v, access.AssumeRequest{
		Role: role, RoleARN: arn(roleARN), Action: "sts:AssumeRoleWithWebIdentity", Context: facts,
		Caller: iampolicy.Principal{Type: iampolicy.WebIdentity, Federated: providerARN},
	})
}

func TestAssume(t *testing.T) {
	for what, tc := range map[string]struct {
		trust []string
		want  reason.Outcome
	}{
		"subject is trusted":         {[]string{trustWeb("Allow", subject)}, reason.Allow},
		"another subject is":         {[]string{trustWeb("Allow", subject+"0")}, reason.ImplicitDeny},
		"the second statement does":  {[]string{trustHome, trustWeb("Allow", subject)}, reason.Allow},
		"a deny among the allows":    {[]string{trustWeb("Allow", subject), trustWeb("Deny", subject)}, reason.ExplicitDeny},
		"only a deny":                {[]string{trustWeb("Deny", "another")}, reason.ImplicitDeny},
		"an account, no provider":    {[]string{trustHome}, reason.ImplicitDeny},
		"another provider":           {[]string{strings.ReplaceAll(trustWeb("Allow", subject), "oidc-provider/sts", "oidc-provider/stt")}, reason.ImplicitDeny},
		"another action":             {[]string{strings.ReplaceAll(trustWeb("Allow", subject), "sts:AssumeRoleWithWebIdentity", "sts:AssumeRole")}, reason.ImplicitDeny},
		"everybody (threat F01)":     {[]string{`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRoleWithWebIdentity"}`}, reason.ImplicitDeny},
		"everybody of AWS":           {[]string{`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:*"}`}, reason.ImplicitDeny},
		"everybody but by a deny":    {[]string{trustWeb("Allow", subject), `{"Effect":"Deny","Principal":"*","Action":"sts:*"}`}, reason.ExplicitDeny},
		"no statement is no allow":   {nil, reason.ImplicitDeny},
		"trust beside identity text": {[]string{trustWeb("Allow", subject), trustHome}, reason.Allow},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld().inline(allowAll) // what the role may do says nothing of who may be it
			w.role.Trust = policy(tc.trust...)
			v := w.view(t)
			role, _ := v.Role(arn(roleARN))
			d := assume(v, role)
			if tc.trust == nil { // an empty list grants nothing and says nothing
				if d.Allowed() {
					t.Errorf("allowed: %s", d)
				}
				return
			}
			wants(t, d, tc.want)
		})
	}
}

// TestVector08MissingRole: what the caller reads of a missing role is what it reads of one that does not trust it; only the
// record tells them apart.
func TestVector08MissingRole(t *testing.T) {
	w := newWorld()
	w.role.Trust = policy(trustWeb("Allow", "another"))
	v := w.view(t)
	role, _ := v.Role(arn(roleARN))
	const public = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
	refused, missing := access.Refusal(assume(v, role), public), access.Refusal(assume(v, nil), public)
	if diff := cmp.Diff(fault.From(refused), fault.From(missing), cmpopts.IgnoreFields(fault.Fault{}, "Decision")); diff != "" {
		t.Errorf("a missing role is refused otherwise (-refused +missing):\n%s", diff)
	}
	if d := fault.From(missing).Decision; d == nil || d.Hint != "there is no such role" {
		t.Errorf("the record does not say that there is no such role: %v", d)
	}
	if d := fault.From(refused).Decision; d == nil || len(d.Nearest) == 0 {
		t.Errorf("the record does not say what was missing: %v", d)
	}
}

func TestUnreadableTrustRefuses(t *testing.T) {
	for _, trust := range []string{
		"", "{", `{"Version":"2012-10-17"}`, policy(`{"Effect":"Allow","NotPrincipal":{"AWS":"` + otherAccount + `"},"Action":"*"}`),
		policy(`{"Effect":"Allow","Principal":"*","Action":"*","Condition":{"StringSometimes":{"a":"b"}}}`), policy(allowAll),
	} {
		w := newWorld()
		w.role.Trust = trust
		v := w.view(t)
		role, _ := v.Role(arn(roleARN))
		d := assume(v, role)
		wants(t, d, reason.ImplicitDeny)
		if !strings.Contains(d.Hint, "cannot be read") {
			t.Errorf("%q: %s", trust, d)
		}
	}
}

func TestRefusal(t *testing.T) {
	if err := access.Refusal(reason.Decision{Outcome: reason.Allow}, "x"); err != nil {
		t.Errorf("an allow is refused: %v", err)
	}
	for _, outcome := range []reason.Outcome{reason.ImplicitDeny, reason.ExplicitDeny} {
		d := reason.Decision{Outcome: outcome, Hint: "private"}
		err := access.Refusal(d, "public")
		f := fault.From(err)
		if f.Kind != fault.Denied || f.Reason != access.Denied || f.Public != "public" {
			t.Errorf("%s: %+v", outcome, f)
		}
		if diff := cmp.Diff(&d, f.Decision); diff != "" {
			t.Errorf("the decision is not in the fault:\n%s", diff)
		}
	}
}
