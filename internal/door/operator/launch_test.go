package operator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/attest/resolve"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

// launched starts a launch of a resource or an operator.
func (w *world) launched(who string) opwire.Launch {
	w.t.Helper()
	return get[opwire.Launch](w, "POST", opwire.PathLaunch, opwire.LaunchRequest{As: who})
}

// proves tells which workload a launch secret proves at the metadata door, or why none.
func (w *world) proves(secret string) (string, error) {
	found, err := resolve.Workload(w.view(), w.clock.now(), resolve.Facts{LaunchSecret: secret})
	if err != nil {
		return "", err
	}
	return found.Name(), nil
}

func TestLaunchResource(t *testing.T) {
	w := newWorld(t)
	w.apply(scene)
	l := w.launched("reader")
	id := resourceOf(w, "demo", "reader")
	r, _ := w.view().Resource(resourceID(t, id))
	want := opwire.Launch{
		ID: l.ID, As: id, Secret: l.Secret, Expires: l.Expires, Env: map[string]string{"STORAGE": "films"},
		Client: r.System.ClientID.String(), Tenant: w.view().Installation().Tenant.String(),
	}
	if d := cmp.Diff(want, l); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if len(l.Secret) != 43 { // 32 bytes in base64url
		t.Errorf("the secret has %d characters", len(l.Secret))
	}
	if got, err := w.proves(l.Secret); err != nil || got != id {
		t.Errorf("the secret proves %q, %v", got, err)
	}
	if again := w.launched("reader"); again.Secret == l.Secret || again.ID == l.ID {
		t.Error("two launches share a secret")
	}
	rec := w.ledger("launch")
	if rec.Outcome != audit.Issued || rec.Resource != id || rec.Principal.Kind != "operator" || rec.TokenID == "" {
		t.Errorf("the record is %+v", rec)
	}
}

// unsteady is a ledger that looks well and takes no record.
type unsteady struct{ *audit.Log }

func (unsteady) Ledger(context.Context, audit.Record) error { return errors.New("the disk is full") }

// TestNoRuleWithoutItsRecord: a workload rule is written together with its record, so none is there that the ledger does not
// tell of.
func TestNoRuleWithoutItsRecord(t *testing.T) {
	w := newWorld(t, func(d *Door) {
		d.Ledger = unsteady{d.Ledger.(*audit.Log)} //nolint:forcetypeassert // newWorld has put it there
	})
	w.apply(scene)
	l := w.launched("reader")
	id, err := name.ParseGUID(l.ID)
	must(t, err)
	rule, _ := w.view().Rule(id)
	if rec := w.ledger("launch"); rec.TokenID != l.ID || rec.Rev != rule.Rev || rec.Outcome != audit.Issued {
		t.Errorf("the rule has revision %d, and the record is %+v", rule.Rev, rec)
	}
}

// resourceOf is the id of a website of the scene.
func resourceOf(w *world, group, site string) string {
	return fmt.Sprintf("/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Web/sites/%s", w.view().Installation().Subscription, group, site)
}

func TestLaunchGrammar(t *testing.T) {
	w := newWorld(t)
	w.apply(scene)
	inst := w.view().Installation()
	lambda := fmt.Sprintf("arn:aws:lambda:%s:%s:function:worker", inst.Region, inst.Account)
	good := map[string]string{
		"demo/twin": resourceOf(w, "demo", "twin"), "DEMO/Twin": resourceOf(w, "demo", "twin"),
		strings.ToUpper(resourceOf(w, "other", "twin")): resourceOf(w, "other", "twin"),
		lambda: lambda,
	}
	for text, want := range good {
		if got := w.launched(text); got.As != want {
			t.Errorf("%s: launched as %s", text, got.As)
		}
	}
	if one, two := w.launched("demo/twin"), w.launched("other/twin"); one.Client == "" || two.Client != "" {
		t.Errorf("client ids %q and %q, want one for a single identity and none for two", one.Client, two.Client)
	}
	bad := []struct {
		text  string
		why   fault.Reason
		names string
	}{
		{"twin", NameAmbiguous, resourceOf(w, "other", "twin")},
		{"nobody", NameUnknown, "nobody"},
		{"third/twin", NameUnknown, "third/twin"},
		{resourceOf(w, "demo", "nobody"), NameUnknown, "nobody"},
		{"shared", NotAWorkload, resourceOf(w, "demo", "twin")},
		{fmt.Sprintf("arn:aws:iam::%s:role/loader", inst.Account), NotAnAWSWorkload, "role"},
		{"arn:aws:lambda", BadARN, "want arn:aws:SERVICE"},
		{"worker", directory.AWSResourceNotFound, "An AWS workload is named by its ARN: " + lambda},
		{"demo/worker", NameUnknown, "demo/worker"},
		{lambda + "x", directory.AWSResourceNotFound, "worker"},
		{"operator@nobody", directory.TenantNotFound, "nobody"},
		{"root@nobody", directory.AccountNotFound, "nobody"},
		{"", BadName, "Say who"},
	}
	for _, tc := range bad {
		if got := w.refused("POST", opwire.PathLaunch, opwire.LaunchRequest{As: tc.text}, tc.why); !strings.Contains(got.Message, tc.names) {
			t.Errorf("%s: the message does not say %q: %s", tc.text, tc.names, got.Message)
		}
	}
	count := 0
	for range w.view().Rules() {
		count++
	}
	if count != 6 {
		t.Errorf("%d rules after 6 launches", count)
	}
}

func TestLaunchExpiresAndRenews(t *testing.T) {
	w := newWorld(t)
	w.apply(scene)
	l := w.launched("reader")
	w.clock.pass(50 * time.Minute)
	renewed := get[opwire.Launch](w, "PUT", opwire.PathLaunchs+l.ID, nil)
	if renewed.Secret != "" || renewed.As != l.As || !renewed.Expires.After(l.Expires) {
		t.Errorf("renewed: %+v", renewed)
	}
	w.clock.pass(50 * time.Minute) // longer than the first hour
	if _, err := w.proves(l.Secret); err != nil {
		t.Errorf("a renewed launch does not live: %v", err)
	}
	w.clock.pass(11 * time.Minute)
	if _, err := w.proves(l.Secret); !fault.Is(err, resolve.RuleExpired) {
		t.Errorf("an expired launch: %v", err)
	}
	w.refused("PUT", opwire.PathLaunchs+l.ID, nil, directory.RuleNotFound)
	w.refused("PUT", opwire.PathLaunchs+"x", nil, BadRequest)
}

func TestLaunchEnds(t *testing.T) {
	w := newWorld(t)
	w.apply(scene)
	l := w.launched("reader")
	if code, body := w.send("DELETE", opwire.PathLaunchs+l.ID, nil); code != http.StatusNoContent || body != "" {
		t.Errorf("got %d %s", code, body)
	}
	if _, err := w.proves(l.Secret); !fault.Is(err, resolve.UnknownProof) {
		t.Errorf("an ended launch: %v", err)
	}
	w.refused("DELETE", opwire.PathLaunchs+l.ID, nil, directory.RuleNotFound)
	if rec := w.ledger("launch.end"); rec.Outcome != audit.Changed || rec.Resource != l.As || rec.TokenID != l.ID {
		t.Errorf("the record is %+v", rec)
	}
}

// TestLaunchDiesWithResource wants a resource that is made again under the name to be another workload.
func TestLaunchDiesWithResource(t *testing.T) {
	w := newWorld(t)
	w.apply(scene)
	l := w.launched("reader")
	get[opwire.ApplyResult](w, "DELETE", opwire.RecordPath("Resource", l.As), nil)
	w.apply(scene)
	if got, err := w.proves(l.Secret); err == nil {
		t.Fatalf("the old secret proves %q", got)
	}
	w.refused("PUT", opwire.PathLaunchs+l.ID, nil, directory.RuleNotFound)
	if next := w.launched("reader"); next.As != l.As {
		t.Errorf("launched as %s", next.As)
	}
}

func TestLaunchOperator(t *testing.T) {
	w := newWorld(t)
	inst := w.view().Installation()
	o, _ := w.view().OperatorOf(inst.Tenant)
	l := w.launched("operator")
	if l.Session == nil || l.Session.AccountID != inst.Account.String() || l.SessionRefused != "" || l.Client != o.ClientID.String() {
		t.Fatalf("launched: %+v", l)
	}
	if want := fmt.Sprintf("arn:aws:sts::%s:assumed-role/Operator/operator-uid-", inst.Account); !strings.HasPrefix(l.Session.ARN, want) {
		t.Errorf("the session is %s", l.Session.ARN)
	}
	if _, err := w.proves(l.Secret); err != nil {
		t.Errorf("the secret proves nothing: %v", err)
	}
	rec := w.ledger("session.operator")
	if rec.Outcome != audit.Issued || rec.TokenID != l.Session.AccessKeyID || rec.Decision == nil || !rec.Decision.Allowed() {
		t.Errorf("the record is %+v", rec)
	}
	if !l.Session.Expiration.Equal(w.clock.now().Truncate(time.Second).Add(time.Hour)) {
		t.Errorf("the session ends %s", l.Session.Expiration)
	}
}

// TestLaunchOperatorByName wants only the sides that the name has: staging's credentials are never production's.
func TestLaunchOperatorByName(t *testing.T) {
	w := newWorld(t)
	w.apply("kind: Tenant\nname: staging\n---\nkind: Account\nname: archive\n---\nkind: Tenant\nname: both\n---\nkind: Account\nname: both\n")
	staging, _ := w.view().TenantNamed("staging")
	archive, _ := w.view().AccountNamed("archive")

	l := w.launched("operator@staging")
	if l.Session != nil || l.SessionRefused != "" || l.Tenant != staging.ID.String() || l.Secret == "" {
		t.Errorf("a tenant's operator: %+v", l)
	}
	l = w.launched("operator@archive")
	if l.Session == nil || l.Session.AccountID != archive.ID.String() || l.Secret != "" || l.ID != "" || l.Tenant != "" {
		t.Errorf("an account's operator: %+v", l)
	}
	l = w.launched("operator@BOTH")
	if l.Session == nil || l.Secret == "" {
		t.Errorf("the operator of both: %+v", l)
	}
	l = w.launched("operator@" + staging.ID.String())
	if l.Tenant != staging.ID.String() {
		t.Errorf("by id: %+v", l)
	}
	l = w.launched("root@archive")
	if l.Session == nil || l.Session.ARN != "arn:aws:iam::"+archive.ID.String()+":root" || l.Secret != "" {
		t.Errorf("a root: %+v", l)
	}
	if rec := w.ledger("session.root"); rec.Account != archive.ID || rec.Outcome != audit.Issued {
		t.Errorf("the record is %+v", rec)
	}
}

// TestOperatorRoleRemovable wants the operator's role to be decided by its trust policy, and an operator who lost it to
// be told so.
func TestOperatorRoleRemovable(t *testing.T) {
	w := newWorld(t)
	roleARN := operatorRoleARN(w.view().Installation().Account)
	get[[]struct{ ID string }](w, "GET", opwire.RecordPath("Role", roleARN.String()), nil)
	_, err := w.dir.Do(t.Context(), func(e *directory.Edit) error {
		_, err := e.UpdateRole(roleARN, func(r *directory.RoleSpec) error {
			r.Trust = strings.ReplaceAll(r.Trust, directory.OperatorService, "lambda.amazonaws.com")
			return nil
		})
		return err
	})
	must(t, err)
	got := w.refused("POST", opwire.PathSession, opwire.SessionRequest{As: "operator"}, "access.denied")
	if got.Next != "lanyard explain "+got.RequestID {
		t.Errorf("next is %q", got.Next)
	}
	if l := w.launched("operator"); l.Session != nil || l.SessionRefused == "" || l.Secret == "" {
		t.Errorf("launched: %+v", l)
	}
	if rec := w.ledger("session.operator"); rec.Outcome != audit.Refused || rec.Decision == nil || rec.Decision.Allowed() {
		t.Errorf("the record is %+v", rec)
	}
	get[opwire.ApplyResult](w, "DELETE", opwire.RecordPath("Role", roleARN.String()), nil)
	w.refused("POST", opwire.PathSession, opwire.SessionRequest{As: "operator"}, "access.denied")
	get[opwire.Session](w, "POST", opwire.PathSession, opwire.SessionRequest{As: "root@default"})
}

func TestLaunchAppSettings(t *testing.T) {
	many := strings.TrimSuffix(strings.Repeat(`{name: A, value: b}, `, maxSettings+1), ", ")
	tests := map[string]struct {
		properties string
		want       map[string]string // nil is a refusal
	}{
		"none":       {`{}`, map[string]string{}},
		"others":     {`{serverFarmId: x}`, map[string]string{}},
		"some":       {`{siteConfig: {appSettings: [{name: A, value: "1"}, {name: b, value: ""}]}}`, map[string]string{"A": "1", "b": ""}},
		"twice":      {`{siteConfig: {appSettings: [{name: A, value: "1"}, {name: A, value: "2"}]}}`, nil},
		"no name":    {`{siteConfig: {appSettings: [{value: "1"}]}}`, nil},
		"no list":    {`{siteConfig: {appSettings: {A: "1"}}}`, nil},
		"no text":    {`{siteConfig: {appSettings: [{name: A, value: {x: y}}]}}`, nil},
		"no object":  {`{siteConfig: x}`, nil},
		"very many":  {`{siteConfig: {appSettings: [` + many + `]}}`, nil},
		"very long":  {`{siteConfig: {appSettings: [{name: A, value: ` + strings.Repeat("x", maxSetting) + `}]}}`, nil},
		"other case": {`{SiteConfig: {AppSettings: [{Name: A, Value: b}]}}`, map[string]string{"A": "b"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.apply("kind: ResourceGroup\nname: demo\n---\nkind: Resource\ntype: Microsoft.Web/sites\nname: f\nresourceGroup: demo\nproperties: " +
				tc.properties + "\n")
			if tc.want == nil {
				w.refused("POST", opwire.PathLaunch, opwire.LaunchRequest{As: "f"}, AppSetting)
				return
			}
			got := w.launched("f").Env
			if len(got) != len(tc.want) || len(got) > 0 && cmp.Diff(tc.want, got) != "" {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

func TestRenewOperator(t *testing.T) {
	w := newWorld(t)
	l := w.launched("operator")
	renewed := get[opwire.Launch](w, "PUT", opwire.PathLaunchs+l.ID, nil)
	if want := "operator@" + w.view().Installation().Tenant.String(); renewed.As != want || renewed.Session != nil {
		t.Errorf("renewed: %+v", renewed)
	}
	if again := w.launched(renewed.As); again.Tenant != l.Tenant {
		t.Errorf("the name of a launch does not name it: %+v", again)
	}
}

// TestIdentityThatNothingHas wants the refusal to say what to do with it.
func TestIdentityThatNothingHas(t *testing.T) {
	w := newWorld(t)
	w.apply("kind: ResourceGroup\nname: demo\n---\nkind: UserAssignedIdentity\nname: alone\nresourceGroup: demo\n")
	got := get[[]item](w, "GET", opwire.RecordPath("UserAssignedIdentity", "alone"), nil)
	for _, who := range []string{"alone", got[0].ID} {
		if e := w.refused("POST", opwire.PathLaunch, opwire.LaunchRequest{As: who}, NotAWorkload); !strings.Contains(e.Message, "Attach it") {
			t.Errorf("%s: %s", who, e.Message)
		}
	}
	get[opwire.ApplyResult](w, "POST", opwire.PathRevoke, opwire.RevokeRequest{Principal: got[0].ID})
	w.refused("POST", opwire.PathRevoke, opwire.RevokeRequest{Principal: got[0].ID + "x"}, directory.IdentityNotFound)
}

// TestOnePrincipalOfTwoNames gives a resource the name of the one identity that it has: there is nothing to choose.
// Where the resource has an identity of its own, there is.
func TestOnePrincipalOfTwoNames(t *testing.T) {
	w := newWorld(t)
	const identity = "kind: ResourceGroup\nname: demo\n---\nkind: UserAssignedIdentity\nname: both\nresourceGroup: demo\n---\n"
	const resource = "kind: Resource\ntype: Microsoft.Web/sites\nname: both\nresourceGroup: demo\n"
	w.apply(identity + resource + "identity: {type: UserAssigned, userAssignedIdentities: [both]}\n")
	object := get[[]struct {
		PrincipalID string `json:"principalId"`
	}](w, "GET", opwire.RecordPath("UserAssignedIdentity", "both"), nil)[0].PrincipalID
	got := get[opwire.ApplyResult](w, "POST", opwire.PathRevoke, opwire.RevokeRequest{Principal: "both"})
	if len(got.Steps) != 1 || got.Steps[0].ID != object {
		t.Errorf("%+v, want the identity %s", got, object)
	}
	w.apply(identity + resource + "identity: {type: SystemAssigned}\n")
	w.refused("POST", opwire.PathRevoke, opwire.RevokeRequest{Principal: "both"}, NameAmbiguous)
}

// TestManyCandidates wants a refusal of a bounded length.
func TestManyCandidates(t *testing.T) {
	w := newWorld(t)
	var b strings.Builder
	for i := range maxCandidates + 5 {
		fmt.Fprintf(&b, "kind: ResourceGroup\nname: g%d\n---\nkind: Resource\ntype: Microsoft.Web/sites\nname: same\nresourceGroup: g%d\n---\n", i, i)
	}
	w.apply(strings.TrimSuffix(b.String(), "---\n"))
	got := w.refused("POST", opwire.PathLaunch, opwire.LaunchRequest{As: "same"}, NameAmbiguous)
	if n := strings.Count(got.Message, "/subscriptions/"); n != maxCandidates || !strings.Contains(got.Message, "15 things") {
		t.Errorf("%d candidates: %s", n, got.Message)
	}
}

// TestLaunchAWSWorkload: a process that runs as a function is told its role and no identity of a tenant, and its proof dies
// with the function.
func TestLaunchAWSWorkload(t *testing.T) {
	w := newWorld(t)
	w.apply(scene)
	inst := w.view().Installation()
	lambda := fmt.Sprintf("arn:aws:lambda:%s:%s:function:worker", inst.Region, inst.Account)
	if l := w.launched(lambda); l.Role != "" || l.Client != "" || l.Tenant != "" || l.Session != nil || l.As != lambda {
		t.Errorf("without a role: %+v", l)
	}
	w.apply("kind: AWSResource\nkindOf: lambda:function\nname: worker\nrole: loader")
	l := w.launched(lambda)
	if want := fmt.Sprintf("arn:aws:iam::%s:role/loader", inst.Account); l.Role != want || len(l.Secret) != 43 {
		t.Errorf("%+v, want the role %s", l, want)
	}
	if got, err := w.proves(l.Secret); err != nil || got != lambda {
		t.Errorf("the secret proves %q, %v", got, err)
	}
	if rec := w.ledger("launch"); rec.Outcome != audit.Issued || rec.Resource != lambda {
		t.Errorf("recorded %+v", rec)
	}
	w.refused("POST", opwire.PathToken, opwire.TokenRequest{As: lambda, Resource: "https://storage.azure.com"}, mint.NoIdentity)
	w.apply("kind: AWSResource\nkindOf: lambda:function\nname: another")
	if status, body := w.send("DELETE", opwire.RecordPath("AWSResource", lambda), nil); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	if got, err := w.proves(l.Secret); !fault.Is(err, resolve.WorkloadGone) {
		t.Errorf("after its function was deleted the secret proves %q, %v", got, err)
	}
	w.apply("kind: AWSResource\nkindOf: lambda:function\nname: worker")
	if got, err := w.proves(l.Secret); !fault.Is(err, resolve.WorkloadGone) {
		t.Errorf("after a function was made again the secret proves %q, %v", got, err)
	}
}
