package kinds

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/manifest"
	"github.com/lanyard-id/lanyard/internal/saml/samltest"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
)

func now() time.Time { return time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC) }

func newDirectory(t *testing.T) *directory.Directory {
	t.Helper()
	d, err := directory.Open(t.Context(), directory.Config{Store: memory.New(), Now: now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = d.Run(ctx) })
	t.Cleanup(func() { cancel(); wg.Wait() })
	_, err = d.Do(t.Context(), func(e *directory.Edit) error {
		_, err := e.Bootstrap(directory.BootstrapSpec{URLs: map[string]string{"entra": "https://127.0.0.1:8443"}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func parse(t *testing.T, file string) []manifest.Document {
	t.Helper()
	docs, err := manifest.Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

func apply(t *testing.T, d *directory.Directory, file string) []Step {
	t.Helper()
	steps, err := Apply(t.Context(), d, parse(t, file))
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

func actions(steps []Step) string {
	var list []string
	for _, s := range steps {
		list = append(list, s.Action)
	}
	return strings.Join(slices.Compact(list), " ")
}

// scene is the scene of the seeds: one function, one identity, a storage account and a bucket.
const scene = `
kind: ResourceGroup
name: demo
---
kind: UserAssignedIdentity
name: shared
resourceGroup: demo
federatedCredentials:
  - {name: ci-main, issuer: https://ci.example, subject: "repo:acme/app:ref:refs/heads/main"}
---
kind: StorageAccount
name: demofiles
resourceGroup: demo
containers: [data]
---
kind: KeyVault
name: demovault
resourceGroup: demo
---
kind: Resource
type: Microsoft.Web/sites
name: reader
resourceGroup: demo
kindOf: functionapp
identity:
  type: SystemAssigned,UserAssigned
  userAssignedIdentities: [shared]
---
kind: RoleAssignment
principal: $(UserAssignedIdentity/shared.principalId)
role: Storage Blob Data Reader
scope: $(Container/demofiles/data.id)
---
kind: RoleAssignment
principal: $(Resource/demo/reader.principalId)
role: Reader
scope: $(ResourceGroup/demo.id)
---
kind: Application
name: aws
identifierUris: ["api://aws"]
appRoles:
  - {value: AssumeRoleWithWebIdentity, members: ["$(UserAssignedIdentity/shared.principalId)"]}
---
kind: Group
name: readers
members: [$(UserAssignedIdentity/shared.principalId)]
---
kind: OIDCProvider
url: $(issuer)
clientIds: ["api://aws"]
---
kind: Bucket
name: demo-files
---
kind: Policy
name: ReadDemo
document:
  Version: 2012-10-17
  Statement: {Effect: Allow, Action: "s3:GetObject", Resource: "$(Bucket/demo-files.arn)/*"}
---
kind: Role
name: Reader
trust:
  Version: 2012-10-17
  Statement:
    - Effect: Allow
      Principal: {Federated: "$(OIDCProvider/$(issuer).arn)"}
      Action: sts:AssumeRoleWithWebIdentity
      Condition:
        StringEquals:
          "$(issuer.host):aud": api://aws
          "$(issuer.host):sub": $(UserAssignedIdentity/shared.principalId)
policies:
  list: {Version: 2012-10-17, Statement: {Effect: Allow, Action: "s3:ListBucket", Resource: "$(Bucket/demo-files.arn)",
    Condition: {StringLike: {"s3:prefix": "${aws:PrincipalTag/team}/*"}}}}
managedPolicies: [ReadDemo]
maxSessionDuration: 2h
maxLifetime: 3s
---
kind: Role
name: Chained
trust: |
  {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "$(Role/Reader.arn)"}, "Action": "sts:AssumeRole"}]}
---
kind: AWSResource
kindOf: lambda:function
name: worker
`

// The reference in the trust names the provider by its ARN: a reference cannot hold another one.
func sceneFile() string {
	return strings.ReplaceAll(scene, "$(OIDCProvider/$(issuer).arn)", "arn:aws:iam::$(account):oidc-provider/$(issuer.host)")
}

func TestApplyIsIdempotent(t *testing.T) {
	d := newDirectory(t)
	first := apply(t, d, sceneFile())
	if got := actions(first); got != "create" {
		t.Fatalf("the first apply did %s: %v", got, first)
	}
	before := d.View()
	second := apply(t, d, sceneFile())
	if got := actions(second); got != "unchanged" {
		t.Errorf("the second apply did %s: %+v", got, second)
	}
	if d.View() != before {
		t.Error("the second apply wrote something")
	}
	for i := range first {
		if first[i].ID != second[i].ID || first[i].ID == "" {
			t.Errorf("%s %s: id %q, then %q", first[i].Kind, first[i].Name, first[i].ID, second[i].ID)
		}
	}
}

func TestTheSceneIsWhatItSays(t *testing.T) {
	d := newDirectory(t)
	apply(t, d, sceneFile())
	v := d.View()
	i := v.Installation()
	role, ok := v.RoleNamed(i.Account, "Reader")
	if !ok || role.MaxSession != 7200 || role.MaxLifetime != 3 {
		t.Fatalf("role %+v", role)
	}
	var shared *view.UserIdentity
	for r := range v.Under(mustGroup(t, v, "demo").Scope()) {
		if u, ok := r.(*view.UserIdentity); ok {
			shared = u
		}
	}
	host := "127.0.0.1:8443/" + i.Tenant.String() + "/"
	for _, part := range []string{
		`"arn:aws:iam::` + i.Account.String() + `:oidc-provider/` + host + `"`,
		`"` + host + `:aud":"api://aws"`, `"` + host + `:sub":"` + shared.Principal.ObjectID.String() + `"`,
	} {
		if !strings.Contains(role.Trust, part) {
			t.Errorf("the trust lacks %s:\n%s", part, role.Trust)
		}
	}
	if !strings.Contains(role.Inline["list"], `"${aws:PrincipalTag/team}/*"`) {
		t.Errorf("an IAM variable was touched: %s", role.Inline["list"])
	}
	if p, ok := v.ProviderOf(i.Account, "https://"+host); !ok || p.ClientIDs[0] != "api://aws" {
		t.Errorf("provider %+v", p)
	}
	chained, _ := v.RoleNamed(i.Account, "Chained")
	if !strings.Contains(chained.Trust, role.UniqueID) {
		t.Errorf("the chained role trusts %s", chained.Trust)
	}
	grants := v.AssignmentsOf(shared.Principal.ObjectID)
	if len(grants) != 1 || !strings.HasSuffix(grants[0].Scope.String(), "/demofiles/blobServices/default/containers/data") {
		t.Errorf("grants %+v", grants)
	}
	app, _ := v.Audience(i.Tenant, "api://aws")
	if len(app.Roles) != 1 || !slices.Contains(app.Roles[0].Members, shared.Principal.ObjectID) {
		t.Errorf("app roles %+v", app.Roles)
	}
}

func mustGroup(t *testing.T, v *view.View, n string) *view.ResourceGroup {
	t.Helper()
	g, ok := v.Group(v.Installation().Subscription, n)
	if !ok {
		t.Fatalf("no group %s", n)
	}
	return g
}

func TestPlanWritesNothing(t *testing.T) {
	d := newDirectory(t)
	before := d.View()
	steps, err := Plan(before, now(), parse(t, sceneFile()))
	if err != nil {
		t.Fatal(err)
	}
	if d.View() != before || actions(steps) != "create" {
		t.Errorf("planned %s", actions(steps))
	}
	for _, s := range steps {
		if invented := s.Kind == "RoleAssignment" || s.Kind == "Application"; invented != (s.ID == "") {
			t.Errorf("%s %s: id %q", s.Kind, s.Name, s.ID)
		}
	}
	applied := apply(t, d, sceneFile())
	for i := range steps {
		if steps[i].Action != applied[i].Action || steps[i].Kind != applied[i].Kind {
			t.Errorf("planned %v, applied %v", steps[i], applied[i])
		}
	}
}

func TestUpdatesSayWhatChanges(t *testing.T) {
	d := newDirectory(t)
	apply(t, d, sceneFile())
	steps := apply(t, d, `
kind: Resource
type: Microsoft.Web/sites
name: reader
resourceGroup: demo
kindOf: functionapp
tags: {env: dev}
identity: {type: UserAssigned, userAssignedIdentities: [demo/shared]}
maxLifetime: 1m
---
kind: StorageAccount
name: demofiles
resourceGroup: demo
containers: [more]
---
kind: UserAssignedIdentity
name: shared
resourceGroup: demo
`)
	if got := actions(steps); got != "update" {
		t.Fatalf("did %s", got)
	}
	want := []string{`identity.type: "SystemAssigned,UserAssigned" -> "UserAssigned"`, `maxLifetime: (none) -> 60`, `tags.env: (none) -> "dev"`}
	for _, w := range want {
		if !slices.Contains(steps[0].Changes, w) {
			t.Errorf("%q is not among\n%s", w, strings.Join(steps[0].Changes, "\n"))
		}
	}
	if got, want := strings.Join(steps[1].Changes, "\n"), `containers: ["data"] -> ["data","more"]`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if len(steps[2].Changes) != 1 || !strings.HasPrefix(steps[2].Changes[0], "federatedCredentials: ") {
		t.Errorf("%v", steps[2].Changes)
	}
}

func TestEverythingIsCheckedBeforeAnythingIsWritten(t *testing.T) {
	d := newDirectory(t)
	before := d.View()
	_, err := Apply(t.Context(), d, parse(t, sceneFile()+"---\nkind: Bucket\nname: NOT-A-BUCKET\n"))
	if !fault.Is(err, directory.InvalidName) {
		t.Fatalf("got %v", err)
	}
	if d.View() != before {
		t.Error("something was written")
	}
	lines := strings.Count(sceneFile(), "\n") + 2
	if got, want := fault.From(err).Public, "line "+itoa(lines)+", column 1: Bucket NOT-A-BUCKET: "; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want it to begin with %q", got, want)
	}
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

func TestErrorsSayWhereAndWhat(t *testing.T) {
	d := newDirectory(t)
	apply(t, d, sceneFile()+"---\nkind: ResourceGroup\nname: two\n---\nkind: UserAssignedIdentity\nname: shared\nresourceGroup: two\n")
	for _, tc := range []struct {
		name, file string
		why        fault.Reason
		says       string
	}{
		{"missing thing", "kind: RoleAssignment\nprincipal: $(UserAssignedIdentity/none.principalId)\nrole: Reader\nscope: /", NotFound, "line 2, column 12"},
		{"two of the name", "kind: RoleAssignment\nprincipal: $(UserAssignedIdentity/shared.principalId)\nrole: Reader\nscope: /", Ambiguous, "line 2, column 12"},
		{"no such field", "kind: Bucket\nname: $(Bucket/demo-files.clientId)", NoSuchField, "line 2, column 7"},
		{"no system identity", "kind: Application\nname: $(StorageAccount/demofiles.principalId)", NoSuchField, "line 2, column 7"},
		{"no object id", "kind: RoleAssignment\nprincipal: shared\nrole: Reader\nscope: /", InvalidID, "line 2, column 12"},
		{"unknown role", "kind: RoleAssignment\nprincipal: $(UserAssignedIdentity/two/shared.principalId)\nrole: Raeder\nscope: /", directory.RoleUnknown, "line 3, column 7"},
		{"relative scope", "kind: RoleAssignment\nprincipal: $(UserAssignedIdentity/two/shared.principalId)\nrole: Reader\nscope: a", InvalidID, "line 4, column 8"},
		{"unknown tenant", "kind: Application\nname: a\ntenant: none", directory.TenantNotFound, "line 3, column 9"},
		{"unknown subscription", "kind: ResourceGroup\nname: a\nsubscription: none", directory.SubscriptionNotFound, "line 3, column 15"},
		{"unknown account", "kind: Bucket\nname: abc\naccount: none", directory.AccountNotFound, "line 3, column 10"},
		{"identity without a type", "kind: Resource\ntype: Microsoft.Web/sites\nname: f\nresourceGroup: demo\nidentity: {type: None, userAssignedIdentities: [shared]}", directory.InvalidValue, "line 5, column 11"},
		{"identity that is none", "kind: Resource\ntype: Microsoft.Web/sites\nname: f\nresourceGroup: demo\nidentity: {type: UserAssigned, userAssignedIdentities: [none]}", directory.ReferenceMissing, "line 1, column 1"},
		{"storage account as a resource", "kind: Resource\ntype: Microsoft.Storage/storageAccounts\nname: abc\nresourceGroup: demo", InvalidID, "line 2, column 7"},
		{"slash in a name", "kind: Resource\ntype: Microsoft.Web/sites\nname: a/b\nresourceGroup: demo", InvalidID, "line 3, column 7"},
		{"group that is none", "kind: StorageAccount\nname: abc\nresourceGroup: none", directory.GroupNotFound, "line 1, column 1"},
		{"policy that is none", "kind: Policy\nname: P\ndocument: {Statement: {Effect: Maybe}}", iampolicy.Malformed, "line 1, column 1"},
		{"principal that is none", "kind: Role\nname: R\ntrust: {Statement: {Effect: Allow, Action: 'sts:AssumeRole', Principal: {AWS: 'arn:aws:iam::$(account):role/None'}}}", iampolicy.InvalidPrincipal, "Invalid principal in policy"},
		{"condition", "kind: RoleAssignment\nprincipal: $(UserAssignedIdentity/two/shared.principalId)\nrole: Reader\nscope: /\ncondition: x", directory.ConditionInvalid, "position 1"},
		{"nobody denied", "kind: DenyAssignment\nname: d\nscope: /\npermissions: [{actions: ['*']}]\nprincipals: [none]", InvalidID, "line 5, column 14"},
		{"everybody excluded", "kind: DenyAssignment\nname: d\nscope: /\npermissions: [{actions: ['*']}]\nprincipals: [all-principals]\nexcludePrincipals: [all-principals]", InvalidID, "line 6, column 21"},
		{"issuer", "kind: OIDCProvider\nurl: ftp://x", InvalidID, "line 2, column 6"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Apply(t.Context(), d, parse(t, tc.file))
			if !fault.Is(err, tc.why) {
				t.Fatalf("got %v, want %s", err, tc.why)
			}
			got := fault.From(err).Public
			if !strings.HasPrefix(got, "line 1, column 1: ") || !strings.Contains(got, tc.says) {
				t.Errorf("%q does not say %q", got, tc.says)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	d := newDirectory(t)
	steps := apply(t, d, `
kind: Tenant
name: other
---
kind: Subscription
tenant: other
name: other-sub
---
kind: ResourceGroup
tenant: other
name: theirs
---
kind: UserAssignedIdentity
subscription: other-sub
name: theirs
resourceGroup: theirs
---
kind: RoleAssignment
tenant: other
principal: $(UserAssignedIdentity/theirs.principalId)
role: Reader
scope: /
---
kind: Account
name: second
---
kind: Bucket
account: second
name: second-bucket
`)
	if got := actions(steps); got != "create" {
		t.Fatalf("did %s", got)
	}
	v := d.View()
	other, _ := v.TenantNamed("other")
	second, _ := v.AccountNamed("second")
	for a := range v.Assignments() {
		if o, _ := v.PrincipalByObject(a.Principal); o.Identity != nil && a.Tenant != other.ID {
			t.Errorf("the grant is in the tenant %s", a.Tenant)
		}
	}
	if b, _ := v.Bucket("second-bucket"); b.Account != second.ID {
		t.Errorf("the bucket is in the account %s", b.Account)
	}
	for file, why := range map[string]fault.Reason{
		"kind: ResourceGroup\nname: a\ntenant: default\nsubscription: other-sub":                              directory.TenantMismatch,
		"kind: RoleAssignment\nprincipal: $(UserAssignedIdentity/theirs.principalId)\nrole: Reader\nscope: /": directory.TenantMismatch,
	} {
		if _, err := Apply(t.Context(), d, parse(t, file)); !fault.Is(err, why) {
			t.Errorf("%q: got %v, want %s", file, err, why)
		}
	}
	apply(t, d, "kind: Subscription\ntenant: other\nname: third")
	if _, err := Apply(t.Context(), d, parse(t, "kind: ResourceGroup\ntenant: other\nname: a")); !fault.Is(err, directory.SubscriptionNotFound) {
		t.Errorf("with two subscriptions: %v", err)
	}
}

func TestGet(t *testing.T) {
	d := newDirectory(t)
	apply(t, d, sceneFile())
	apply(t, d, "kind: Issuer\nurl: https://k8s.example.com\n---\nkind: EKSCluster\nname: shop\nissuer: https://k8s.example.com\n"+
		"podIdentityAssociations: [{namespace: web, serviceAccount: cart, role: Reader}]")
	idp, err := samltest.New("https://idp.example", 2048, now())
	if err != nil {
		t.Fatal(err)
	}
	apply(t, d, "kind: SAMLProvider\nname: corp\nmetadata: |\n  "+strings.ReplaceAll(idp.Metadata(), "\n", "\n  "))
	v := d.View()
	for _, kind := range Kinds() {
		items, err := Get(v, strings.ToLower(kind), "")
		if err != nil || len(items) == 0 && kind != "RoleDefinition" && kind != "DenyAssignment" {
			t.Errorf("%s: %d items, %v", kind, len(items), err)
		}
		for _, item := range items {
			b, err := json.Marshal(item)
			if err != nil {
				t.Fatal(err)
			}
			var head struct{ Kind, Name, ID string }
			if err := json.Unmarshal(b, &head); err != nil || head.Kind != kind || head.Name == "" || head.ID == "" {
				t.Errorf("%s: %s", kind, b)
			}
			byID, err := Get(v, kind, head.ID)
			if err != nil || len(byID) != 1 {
				t.Errorf("%s by its id %s: %d, %v", kind, head.ID, len(byID), err)
			}
		}
	}
	for kind, n := range map[string]string{
		"Resource": "READER", "UserAssignedIdentity": "demo/shared", "Role": "Chained",
		"Container": "demofiles/data", "OIDCProvider": v.Installation().IssuerV1(v.Installation().Tenant), "AWSResource": "worker",
	} {
		if items, err := Get(v, kind, n); err != nil || len(items) != 1 {
			t.Errorf("%s %s: %d items, %v", kind, n, len(items), err)
		}
	}
	if _, err := Get(v, "Pod", ""); !fault.Is(err, UnknownKind) {
		t.Errorf("got %v", err)
	}
	if _, err := Get(v, "Bucket", "none"); !fault.Is(err, NotFound) {
		t.Errorf("got %v", err)
	}
	items, err := Get(v, "Role", "Chained")
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := json.Marshal(items[0]); !strings.Contains(string(b), `:role/Reader"`) {
		t.Errorf("the trust is not shown as people write it: %s", b)
	}
}

func TestDelete(t *testing.T) {
	d := newDirectory(t)
	apply(t, d, sceneFile())
	before, err := Get(d.View(), "Resource", "reader")
	if err != nil || len(before) != 1 {
		t.Fatal(err)
	}
	for _, tc := range []struct{ kind, name string }{
		{"useraSSignedidentity", "shared"},
		{"Container", "demofiles/data"},
		{"Role", "Chained"},
		{"Role", "Reader"},
		{"Policy", "ReadDemo"},
		{"Bucket", "demo-files"},
		{"OIDCProvider", d.View().Installation().IssuerV1(d.View().Installation().Tenant)},
		{"AWSResource", "worker"},
		{"Group", "readers"},
		{"Application", "aws"},
	} {
		var step Step
		if _, err := d.Do(t.Context(), Delete(tc.kind, tc.name, &step)); err != nil {
			t.Fatalf("%s %s: %v", tc.kind, tc.name, err)
		}
		if step.Action != "delete" || !strings.EqualFold(step.Kind, tc.kind) || step.ID == "" {
			t.Errorf("%+v", step)
		}
		if _, err := d.Do(t.Context(), Delete(tc.kind, tc.name, &step)); !fault.Is(err, NotFound) {
			t.Errorf("%s %s a second time: %v", tc.kind, tc.name, err)
		}
	}
	after, err := Get(d.View(), "Resource", "reader")
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := json.Marshal(after[0]); !strings.Contains(string(b), `"dangling":true`) {
		t.Errorf("the resource does not show that its identity is gone: %s", b)
	}
	var step Step
	if _, err := d.Do(t.Context(), Delete("ResourceGroup", "demo", &step)); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"ResourceGroup", "Resource", "StorageAccount", "UserAssignedIdentity"} {
		if items, err := Get(d.View(), kind, ""); err != nil || len(items) != 0 {
			t.Errorf("%s: %d are left, %v", kind, len(items), err)
		}
	}
	if items, _ := Get(d.View(), "RoleAssignment", ""); len(items) != 3 {
		t.Errorf("%d assignments are left, want the operator's three", len(items))
	}
	// The same file again makes everything anew.
	if got := actions(apply(t, d, sceneFile())); got != "create" {
		t.Errorf("did %s", got)
	}
}

func TestALargeManifest(t *testing.T) {
	d := newDirectory(t)
	var b strings.Builder
	b.WriteString("kind: ResourceGroup\nname: many\n")
	for i := range 300 {
		b.WriteString("---\nkind: UserAssignedIdentity\nname: ident-" + itoa(i) + "\nresourceGroup: many\n")
		b.WriteString("---\nkind: RoleAssignment\nrole: Reader\nscope: $(ResourceGroup/many.id)\nprincipal: $(UserAssignedIdentity/ident-" + itoa(i) + ".principalId)\n")
	}
	if got := actions(apply(t, d, b.String())); got != "create" {
		t.Errorf("did %s", got)
	}
	if got := actions(apply(t, d, b.String())); got != "unchanged" {
		t.Errorf("then did %s", got)
	}
}

// TestUnknownRoleNamesTheBuiltins wants a mistyped role answered with the names that there are.
func TestUnknownRoleNamesTheBuiltins(t *testing.T) {
	got := roleUnknown("Raeder").Error()
	for _, want := range []string{`"Raeder"`, "Owner, Reader, ", "Storage Blob Data Reader"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %s", want, got)
		}
	}
}
