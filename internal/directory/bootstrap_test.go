package directory

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/directory/start"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

func TestBootstrap(t *testing.T) {
	h := newHouse(t)
	v := h.View()
	i := v.Installation()
	if i == nil || i.StoreID.IsZero() || i.Incarnation == "" || i.Held || i.Region != "us-east-2" || i.URLs["entra"] != testURLs["entra"] {
		t.Fatalf("installation: %+v", i)
	}
	tenant, ok := v.Tenant(i.Tenant)
	if !ok || tenant.Name != "default" {
		t.Errorf("default tenant: %+v", tenant)
	}
	if s, ok := v.Subscription(i.Subscription); !ok || s.Tenant != i.Tenant || s.Name != "default" {
		t.Errorf("default subscription: %+v", s)
	}
	if app, ok := v.Audience(i.Tenant, testURLs["arm"]); !ok || app.DisplayName != "Azure Service Management" {
		t.Errorf("the Resource Manager's own address is no audience: %+v", app)
	}
	if a, ok := v.Account(i.Account); !ok || a.Name != "default" || len(a.ID.String()) != 12 {
		t.Errorf("default account: %+v", a)
	}
	o, ok := v.OperatorOf(i.Tenant)
	if !ok {
		t.Fatal("no operator")
	}
	var roles []string
	for _, a := range v.AssignmentsOf(o.ObjectID) {
		if a.Scope.String() != "/" || a.Tenant != i.Tenant {
			t.Errorf("the operator's assignment is at %s of tenant %s", a.Scope, a.Tenant)
		}
		role, _ := v.AzureRole(i.Tenant, a.Role)
		roles = append(roles, role.Name())
	}
	slices.Sort(roles)
	if want := []string{"Key Vault Secrets Officer", "Owner", "Storage Blob Data Owner"}; !slices.Equal(roles, want) {
		t.Errorf("the operator has the roles %v, want %v", roles, want)
	}
	role, ok := v.RoleNamed(i.Account, "Operator")
	if !ok || role.ARN.Resource() != "role/lanyard/Operator" {
		t.Fatalf("operator role: %+v", role)
	}
	if trust, err := role.TrustPolicy(); err != nil || trust.Policy == nil {
		t.Errorf("operator role's trust: %v", err)
	}
	if policies, err := role.Policies(v); err != nil || len(policies) != 1 {
		t.Errorf("operator role's policies: %v, %v", policies, err)
	}
}

func TestBootstrapIsDoneOnce(t *testing.T) {
	h := newHouse(t)
	before := h.View()
	h.must(t, func(e *Edit) error {
		outcome, err := e.Bootstrap(BootstrapSpec{})
		if outcome != Unchanged {
			t.Errorf("the second bootstrap did %s", outcome)
		}
		return err
	})
	if h.View() != before {
		t.Error("the second bootstrap changed something")
	}
}

// TestAnOlderInstallationGetsWhatCameSince: a tenant that was made before an application of the house gets it at a start, once,
// and however many tenants there are; a name that the tenant's own application has stays with that.
func TestAnOlderInstallationGetsWhatCameSince(t *testing.T) {
	h := newHouse(t)
	tenants := []name.GUID{h.View().Installation().Tenant}
	for n := range 120 {
		h.must(t, func(e *Edit) error {
			id, err := e.CreateTenant(fmt.Sprintf("t%d", n))
			tenants = append(tenants, id)
			return err
		})
	}
	own := tenants[1]
	for at, tenant := range tenants {
		app, ok := h.View().Audience(tenant, start.LanyardAudience)
		if !ok || !app.House {
			t.Fatalf("tenant %d has no application of Lanyard's own", at)
		}
		h.must(t, func(e *Edit) error { return e.Remove(app) })
	}
	h.must(t, func(e *Edit) error {
		_, _, err := e.PutApplication(ApplicationSpec{Tenant: own, DisplayName: "mine", IDURIs: []string{start.LanyardAudience}})
		return err
	})
	steps := 0
	for more := true; more; steps++ {
		h.must(t, func(e *Edit) (err error) { more, err = e.FillHouse(); return err })
	}
	if steps != 2 {
		t.Errorf("%d steps", steps)
	}
	for at, tenant := range tenants {
		app, ok := h.View().Audience(tenant, start.LanyardAudience)
		if !ok || app.House == (tenant == own) || app.House && app.Principal.ClientID.String() != start.LanyardAppID {
			t.Errorf("tenant %d has %+v", at, app)
		}
	}
	rev := h.View().Rev()
	h.must(t, func(e *Edit) error { _, err := e.FillHouse(); return err })
	if h.View().Rev() != rev {
		t.Error("something was written where nothing is missing")
	}
}

func TestHouseAudiencesOfTwoTenants(t *testing.T) {
	h := newHouse(t)
	var second name.GUID
	v := h.must(t, func(e *Edit) (err error) {
		second, err = e.CreateTenant("second")
		return err
	})
	first := v.Installation().Tenant
	for _, audience := range []string{
		"https://management.azure.com", "https://management.azure.com/", "https://management.core.windows.net/",
		"https://storage.azure.com", "https://vault.azure.net", "https://graph.microsoft.com",
		"797f4846-ba00-4fd7-ba43-dac1f8f63013", "e406a681-f3d4-42a8-90b6-c2b029497af1",
		"cfa8b339-82a2-471a-a3c9-0fc0be7a4093", "00000003-0000-0000-c000-000000000000",
	} {
		a, okA := v.Audience(first, audience)
		b, okB := v.Audience(second, audience)
		if !okA || !okB || a.ObjectID == b.ObjectID || !a.House || a.Principal.Tenant != first || b.Principal.Tenant != second {
			t.Errorf("%s: %+v and %+v", audience, a, b)
		}
		if _, found := v.PrincipalByClient(a.Principal.ClientID); found {
			t.Errorf("%s can be signed in as", audience)
		}
	}
	h.must(t, func(e *Edit) error { return e.DeleteTenant(second) })
	if _, ok := h.View().Audience(first, "https://storage.azure.com"); !ok {
		t.Error("deleting the second tenant took the first one's audience")
	}
}

// A tenant that is deleted leaves no key behind (threat T10), but for what ended with it, which is forgotten with the last
// token that could have been alive.
func TestT10DeletedTenantLeavesNothing(t *testing.T) {
	h := newHouse(t)
	before := keys(t, h.store)
	var tenant, sub name.GUID
	h.must(t, func(e *Edit) (err error) {
		if tenant, err = e.CreateTenant("short"); err != nil {
			return err
		}
		sub, err = e.CreateSubscription(tenant, "short")
		return err
	})
	h.must(t, func(e *Edit) error {
		_, err := e.PutGroup(GroupSpec{Subscription: sub, Name: "g"})
		return err
	})
	id, err := name.NewResourceID(sub, "g", view.TypeUserIdentity, "inside")
	if err != nil {
		t.Fatal(err)
	}
	v := h.must(t, func(e *Edit) error {
		_, err := e.PutUserIdentity(UserIdentitySpec{ID: id})
		return err
	})
	i, _ := v.Identity(id)
	h.grant(t, i.Principal.ObjectID, name.MustScope("/subscriptions/"+sub.String()))
	h.refused(t, InUse, func(e *Edit) error { return e.DeleteTenant(tenant) })
	h.refused(t, InUse, func(e *Edit) error { return e.DeleteSubscription(sub) })
	h.must(t, func(e *Edit) error { return e.DeleteGroup(sub, "g") })
	h.settled(t)
	h.must(t, func(e *Edit) error { return e.DeleteSubscription(sub) })
	h.must(t, func(e *Edit) error { return e.DeleteTenant(tenant) })
	remembered := func(key string) bool { return strings.HasPrefix(key, view.Prefix+"revocation/") }
	if after := slices.DeleteFunc(keys(t, h.store), remembered); !slices.Equal(before, after) {
		t.Errorf("keys before %v, after %v", before, after)
	}
	var again name.GUID
	h.must(t, func(e *Edit) (err error) {
		again, err = e.CreateTenant("short")
		return err
	})
	if again == tenant {
		t.Error("the tenant's id was used again")
	}
}

func TestDefaultsStay(t *testing.T) {
	h := newHouse(t)
	i := h.View().Installation()
	h.refused(t, InUse, func(e *Edit) error { return e.DeleteTenant(i.Tenant) })
	h.refused(t, InUse, func(e *Edit) error { return e.DeleteSubscription(i.Subscription) })
	h.refused(t, InUse, func(e *Edit) error { return e.DeleteAccount(i.Account) })
}

func TestAccounts(t *testing.T) {
	h := newHouse(t)
	var id name.AccountID
	v := h.must(t, func(e *Edit) (err error) {
		id, err = e.CreateAccount("second")
		return err
	})
	operator, ok := v.RoleNamed(id, "operator")
	if !ok {
		t.Fatal("the second account has no operator role")
	}
	h.refused(t, Exists, func(e *Edit) error { _, err := e.CreateAccount("Second"); return err })
	h.must(t, func(e *Edit) error { _, err := e.PutBucket(BucketSpec{Account: id, Name: "a-bucket"}); return err })
	h.refused(t, InUse, func(e *Edit) error { return e.DeleteAccount(id) })
	h.must(t, func(e *Edit) error { return e.DeleteBucket("a-bucket") })
	v = h.must(t, func(e *Edit) error { return e.DeleteAccount(id) })
	if _, ok := v.Role(operator.ARN); ok {
		t.Error("the operator role outlived its account")
	}
}

func TestConfirmEndsHeld(t *testing.T) {
	h := newHouse(t)
	before := h.View().Installation().Incarnation
	v := h.must(t, func(e *Edit) error { return e.Restored("store-2") })
	if i := v.Installation(); !i.Held || i.Incarnation == before {
		t.Errorf("after a restore: held %v, incarnation changed %v", i.Held, i.Incarnation != before)
	}
	v = h.must(t, func(e *Edit) error { return e.Confirm() })
	if v.Installation().Held {
		t.Error("still held after it was confirmed")
	}
}
