package access_test

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

const (
	blobRead = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"

	dataReader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1" // Storage Blob Data Reader
	ownerRole  = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635" // Owner
)

// tenancy is two tenants, each with a subscription, a container and an identity.
type tenancy struct {
	records []view.Record
	sides   [2]side
}

type side struct {
	tenant    name.GUID
	sub       name.GUID
	container name.Scope
	principal *view.Principal
}

func newTenancy() *tenancy {
	w := &tenancy{}
	for i, label := range []string{"ours", "theirs"} {
		s := side{tenant: name.NewGUID(), sub: name.NewGUID()}
		account := must(name.NewResourceID(s.sub, "g", view.TypeStorageAccount, "acct"+label))
		s.container = must(account.Scope().Join("blobServices", "default", "containers", "photos"))
		identity := &view.UserIdentity{
			ID:        must(name.NewResourceID(s.sub, "g", view.TypeUserIdentity, "reader")),
			Principal: view.Principal{ObjectID: name.NewGUID(), ClientID: name.NewGUID(), Tenant: s.tenant},
		}
		s.principal = &identity.Principal
		uid := name.NewGUID()
		w.records = append(w.records,
			&view.Tenant{ID: s.tenant, Name: label}, &view.Subscription{ID: s.sub, Tenant: s.tenant, Name: label},
			&view.ResourceGroup{Subscription: s.sub, Name: "g"}, &view.Resource{ID: account, UID: uid}, identity,
			&view.Container{Account: account, AccountUID: uid, Name: "photos", UID: name.NewGUID()},
		)
		w.sides[i] = s
	}
	return w
}

// grant adds a role assignment. Its tenant is said apart, because a damaged store might say anything.
func (w *tenancy) grant(tenant name.GUID, to *view.Principal, role string, at name.Scope) {
	w.records = append(w.records, &view.RoleAssignment{
		ID: name.NewGUID(), Tenant: tenant, Scope: at, Role: name.MustGUID(role), Principal: to.ObjectID,
	})
}

func (w *tenancy) view(t testing.TB) *view.View {
	t.Helper()
	return load(t, w.records)
}

// read asks whether the principal may read blobs of the container.
func (w *tenancy) read(t *testing.T, who *view.Principal, at name.Scope) reason.Decision {
	t.Helper()
	return access.Azure(w.view(t), access.AzureRequest{Principal: who, Action: blobRead, Data: true, Scope: at})
}

func TestAzure(t *testing.T) {
	w := newTenancy()
	us := w.sides[0]
	wants(t, w.read(t, us.principal, us.container), reason.ImplicitDeny)
	w.grant(us.tenant, us.principal, dataReader, us.container)
	wants(t, w.read(t, us.principal, us.container), reason.Allow)
	write := strings.TrimSuffix(blobRead, "read") + "write"
	wants(t, access.Azure(w.view(t), access.AzureRequest{Principal: us.principal, Action: write, Data: true, Scope: us.container}),
		reason.ImplicitDeny)
}

// TestOwnerReadsNoData: "*" among the control operations is no right to data.
func TestOwnerReadsNoData(t *testing.T) {
	w := newTenancy()
	us := w.sides[0]
	w.grant(us.tenant, us.principal, ownerRole, name.MustScope("/subscriptions/"+us.sub.String()))
	wants(t, w.read(t, us.principal, us.container), reason.ImplicitDeny)
}

// TestF11TenantWall: an identity of one tenant reaches nothing of another, whatever an assignment says and wherever it
// hangs, also one that no command would have made.
func TestF11TenantWall(t *testing.T) {
	fresh := newTenancy()
	us, them := fresh.sides[0], fresh.sides[1]
	for what, grant := range map[string]func(*tenancy){
		"nothing is granted":              func(*tenancy) {},
		"granted on their container":      func(w *tenancy) { w.grant(them.tenant, us.principal, dataReader, them.container) },
		"granted there, said to be ours":  func(w *tenancy) { w.grant(us.tenant, us.principal, dataReader, them.container) },
		"granted on everything of ours":   func(w *tenancy) { w.grant(us.tenant, us.principal, dataReader, name.Root()) },
		"granted on everything of theirs": func(w *tenancy) { w.grant(them.tenant, us.principal, dataReader, name.Root()) },
		"granted to them on their own":    func(w *tenancy) { w.grant(them.tenant, them.principal, dataReader, them.container) },
		"granted to us on all subscriptions": func(w *tenancy) {
			w.grant(us.tenant, us.principal, dataReader, name.MustScope("/subscriptions/"+them.sub.String()))
		},
	} {
		t.Run(what, func(t *testing.T) {
			w := &tenancy{records: append([]view.Record(nil), fresh.records...), sides: fresh.sides}
			grant(w)
			d := w.read(t, us.principal, them.container)
			wants(t, d, reason.ImplicitDeny)
			if len(d.Nearest) > 0 { // rules of another tenant are not told
				t.Errorf("the refusal tells of rules:\n%s", d)
			}
		})
	}
	// An assignment of the other tenant's gives nothing at home either.
	w := &tenancy{records: append([]view.Record(nil), fresh.records...), sides: fresh.sides}
	w.grant(them.tenant, us.principal, dataReader, us.container)
	wants(t, w.read(t, us.principal, us.container), reason.ImplicitDeny)
}

func TestScopeWithoutTenant(t *testing.T) {
	w := newTenancy()
	us := w.sides[0]
	w.grant(us.tenant, us.principal, dataReader, name.Root())
	for _, at := range []name.Scope{name.MustScope("/providers/x"), name.MustScope("/subscriptions/" + name.NewGUID().String())} {
		d := w.read(t, us.principal, at)
		wants(t, d, reason.ImplicitDeny)
		if strings.Contains(d.Hint, "another tenant") {
			t.Errorf("%s belongs to no tenant, and the decision says %q", at, d.Hint)
		}
	}
}

// TestCustomRoleGone: an assignment whose role definition is gone, damaged or of another tenant grants nothing, and the
// refusal says that it was near.
func TestCustomRoleGone(t *testing.T) {
	custom := func(change func(*view.RoleDefinition)) func(us, them side) view.Record {
		return func(us, _ side) view.Record {
			d := &view.RoleDefinition{
				ID: name.MustGUID("c0000000-0000-4000-8000-000000000001"), Tenant: us.tenant, Name: "Photos",
				Assignable: []name.Scope{name.Root()}, Permissions: []view.RolePermission{{DataActions: []string{blobRead}}},
			}
			change(d)
			return d
		}
	}
	for what, tc := range map[string]struct {
		role func(us, them side) view.Record
		want reason.Outcome
	}{
		"there":             {custom(func(*view.RoleDefinition) {}), reason.Allow},
		"gone":              {nil, reason.ImplicitDeny},
		"of another tenant": {custom(func(d *view.RoleDefinition) { d.Tenant = name.NewGUID() }), reason.ImplicitDeny},
		"damaged":           {custom(func(d *view.RoleDefinition) { d.Permissions[0].DataActions = []string{"a b"} }), reason.ImplicitDeny},
		"control, not data": {custom(func(d *view.RoleDefinition) {
			d.Permissions[0] = view.RolePermission{Actions: []string{blobRead}}
		}), reason.ImplicitDeny},
		"taken back": {custom(func(d *view.RoleDefinition) { d.Permissions[0].NotDataActions = []string{"*/blobs/read"} }), reason.ImplicitDeny},
	} {
		t.Run(what, func(t *testing.T) {
			w := newTenancy()
			us := w.sides[0]
			if tc.role != nil {
				w.records = append(w.records, tc.role(us, w.sides[1]))
			}
			w.grant(us.tenant, us.principal, "c0000000-0000-4000-8000-000000000001", us.container)
			d := w.read(t, us.principal, us.container)
			wants(t, d, tc.want)
			if !d.Allowed() && len(d.Nearest) != 1 {
				t.Errorf("the assignment is not among the near misses:\n%s", d)
			}
		})
	}
}

// TestOrphanedAssignment: an assignment to a principal that was deleted gives nothing to whoever comes later.
func TestOrphanedAssignment(t *testing.T) {
	w := newTenancy()
	us := w.sides[0]
	deleted := *us.principal
	deleted.ObjectID = name.NewGUID()
	w.grant(us.tenant, &deleted, dataReader, us.container)
	wants(t, w.read(t, us.principal, us.container), reason.ImplicitDeny)
	answers, more := access.WhoAzure(w.view(t), access.AzureRequest{Action: blobRead, Data: true, Scope: us.container}, 10)
	if len(answers) != 0 || more {
		t.Errorf("a principal that is gone may read: %v", answers)
	}
}

// TestConditions: a grant with a condition counts where the condition holds, and the refusal says what did not.
func TestConditions(t *testing.T) {
	w := newTenancy()
	us := w.sides[0]
	w.grant(us.tenant, us.principal, dataReader, us.container)
	w.condition("@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringLike 'public/*'")
	v := w.view(t)
	ask := func(path string) reason.Decision {
		return access.Azure(v, access.AzureRequest{
			Principal: us.principal, Action: blobRead, Data: true, Scope: us.container,
			Attributes: rbac.Attributes{{Key: rbac.BlobPath, Value: path}},
		})
	}
	wants(t, ask("public/a"), reason.Allow)
	d := ask("private/a")
	wants(t, d, reason.ImplicitDeny)
	if len(d.Nearest) != 1 || !strings.Contains(d.Nearest[0].Text, `have "private/a", want "public/*"`) {
		t.Errorf("the refusal does not say which test failed: %v", d)
	}
	wants(t, w.read(t, us.principal, us.container), reason.ImplicitDeny) // a door that sets no attributes grants less
	if answers, _ := access.WhoAzure(v, access.AzureRequest{Action: blobRead, Data: true, Scope: us.container}, 10); len(answers) != 0 {
		t.Errorf("may read under a condition, says the list without saying the condition: %v", answers)
	}
}

// TestBrokenConditionNeverGrants: a condition that no command would have written grants nothing.
func TestBrokenConditionNeverGrants(t *testing.T) {
	w := newTenancy()
	us := w.sides[0]
	w.grant(us.tenant, us.principal, dataReader, us.container)
	w.condition("anything")
	wants(t, w.read(t, us.principal, us.container), reason.ImplicitDeny)
}

// condition puts one on the assignment that was granted last.
func (w *tenancy) condition(text string) {
	w.records[len(w.records)-1].(*view.RoleAssignment).Condition = text
}

// TestDenyAssignments: a deny assignment of the tenant stops what roles grant, at its scope and below; one of another
// tenant, at the same "/", does nothing.
func TestDenyAssignments(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(w *tenancy, d *view.DenyAssignment)
		want   reason.Outcome
	}{
		{"at the root of the tenant", func(*tenancy, *view.DenyAssignment) {}, reason.ExplicitDeny},
		{"of another tenant", func(w *tenancy, d *view.DenyAssignment) { d.Tenant = w.sides[1].tenant }, reason.Allow},
		{"not below the root", func(_ *tenancy, d *view.DenyAssignment) { d.OnlyHere = true }, reason.Allow},
		{"on the container", func(w *tenancy, d *view.DenyAssignment) { d.Scope, d.OnlyHere = w.sides[0].container, true }, reason.ExplicitDeny},
		{"excluded", func(w *tenancy, d *view.DenyAssignment) { d.Exclude = []name.GUID{w.sides[0].principal.ObjectID} }, reason.Allow},
		{"another operation", func(_ *tenancy, d *view.DenyAssignment) { d.Permissions[0].DataActions[0] = "*/delete" }, reason.Allow},
		{"that cannot be read", func(_ *tenancy, d *view.DenyAssignment) { d.Permissions[0].DataActions[0] = "a b" }, reason.ExplicitDeny},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newTenancy()
			us := w.sides[0]
			w.grant(us.tenant, us.principal, dataReader, us.container)
			d := &view.DenyAssignment{
				ID: name.NewGUID(), Tenant: us.tenant, Scope: name.Root(), Name: "lock", Principals: []name.GUID{rbac.Everyone()},
				Permissions: []view.RolePermission{{DataActions: []string{"*/blobs/*"}}},
			}
			tc.change(w, d)
			w.records = append(w.records, d)
			got := w.read(t, us.principal, us.container)
			wants(t, got, tc.want)
			if tc.want == reason.ExplicitDeny && got.Decisive[0].Rule != d.ID.String() {
				t.Errorf("the refusal does not name the deny assignment: %v", got)
			}
		})
	}
}

// TestTheRootIsEachTenantsOwn: a right at "/" is a right at the root of one's own tenant.
func TestTheRootIsEachTenantsOwn(t *testing.T) {
	w := newTenancy()
	us, them := w.sides[0], w.sides[1]
	w.grant(us.tenant, us.principal, ownerRole, name.Root())
	v := w.view(t)
	for who, want := range map[*view.Principal]reason.Outcome{us.principal: reason.Allow, them.principal: reason.ImplicitDeny} {
		wants(t, access.Azure(v, access.AzureRequest{
			Principal: who, Action: "Microsoft.Authorization/roleAssignments/write", Scope: name.Root(),
		}), want)
	}
}
