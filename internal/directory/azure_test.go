package directory

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/directory/registration"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/view"
)

func TestNames(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	sub := h.View().Installation().Subscription
	putResource := func(typ, n string) error {
		id, err := name.NewResourceID(sub, "g", typ, n)
		if err != nil {
			return invalid(InvalidName, "%v", err)
		}
		_, err = h.Do(h.ctx, func(e *Edit) error {
			if id.IsType(view.TypeUserIdentity) {
				_, err := e.PutUserIdentity(UserIdentitySpec{ID: id})
				return err
			}
			_, err := e.PutResource(ResourceSpec{ID: id})
			return err
		})
		return err
	}
	for typ, names := range map[string][2][]string{
		view.TypeStorageAccount: {{"abc", "a1b2c3", strings.Repeat("x", 24)}, {"ab", "Abc", "a-b", "a_b", strings.Repeat("x", 25), "äöü", ""}},
		view.TypeUserIdentity:   {{"abc", "A-b_c", "1ab"}, {"ab", "-abc", "a.b", "a b", strings.Repeat("x", 129)}},
		view.TypeKeyVault:       {{"Vault-1", "abc"}, {"1abc", "ab", "abc-", "a_b", strings.Repeat("x", 25)}},
		"Microsoft.Web/sites":   {{"f", "My site", "a.b-c_d"}, {" a", "a ", "a.", "a<b", "a\x00b", "a\tb", strings.Repeat("x", 261), "a:b"}},
	} {
		for _, n := range names[0] {
			if err := putResource(typ, n); err != nil {
				t.Errorf("%s %q: %v", typ, n, err)
			}
		}
		for _, n := range names[1] {
			if err := putResource(typ, n); !fault.Is(err, InvalidName) {
				t.Errorf("%s %q: %v, want %s", typ, n, err, InvalidName)
			}
		}
	}
	for _, n := range []string{"g", "My_group-(1).x", "Grüße"} {
		if _, err := h.Do(h.ctx, putGroup(n)); err != nil {
			t.Errorf("group %q: %v", n, err)
		}
	}
	for _, n := range []string{"", "a.", "a b", "a/b", strings.Repeat("x", 91), "a%b", ".."} {
		if _, err := h.Do(h.ctx, putGroup(n)); !fault.Is(err, InvalidName) {
			t.Errorf("group %q: %v, want %s", n, err, InvalidName)
		}
	}
}

func TestSomeTypesAreNoPlainResources(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	for _, typ := range []string{
		view.TypeUserIdentity, "microsoft.managedidentity/userassignedidentities", "Microsoft.Authorization/roleAssignments",
		"Microsoft.Resources/deployments",
	} {
		id := h.id(t, typ, "abc")
		h.refused(t, InvalidValue, func(e *Edit) error { _, err := e.PutResource(ResourceSpec{ID: id}); return err })
	}
	id := h.id(t, "Web/sites", "abc")
	h.refused(t, InvalidName, func(e *Edit) error { _, err := e.PutResource(ResourceSpec{ID: id}); return err })
}

func TestResourcesNeedTheirPlace(t *testing.T) {
	h := newHouse(t)
	site := h.id(t, "Microsoft.Web/sites", "f")
	put := func(id name.ResourceID) Command {
		return func(e *Edit) error { _, err := e.PutResource(ResourceSpec{ID: id}); return err }
	}
	h.refused(t, GroupNotFound, put(site))
	h.group(t)
	elsewhere, err := name.NewResourceID(name.NewGUID(), "g", "Microsoft.Web/sites", "f")
	if err != nil {
		t.Fatal(err)
	}
	h.refused(t, SubscriptionNotFound, put(elsewhere))
	nested, err := name.ParseResourceID(site.String() + "/slots/blue")
	if err != nil {
		t.Fatal(err)
	}
	h.refused(t, ResourceNotFound, put(nested))
	h.must(t, put(site))
	h.must(t, put(nested))
	v := h.must(t, func(e *Edit) error { return e.DeleteResource(site) })
	if _, ok := v.Resource(nested); ok {
		t.Error("a nested resource outlived its parent")
	}
	h.refused(t, InvalidValue, func(e *Edit) error {
		_, err := e.PutResource(ResourceSpec{ID: site, Properties: view.Raw(`[1]`)})
		return err
	})
	h.refused(t, InvalidValue, func(e *Edit) error {
		_, err := e.PutResource(ResourceSpec{ID: site, Properties: view.Raw(`{"a":1,"a":2}`)})
		return err
	})
	h.refused(t, InvalidValue, func(e *Edit) error { _, err := e.PutResource(ResourceSpec{ID: site, MaxLifetime: 1}); return err })
}

func TestStorageAccountsAndContainers(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	h.must(t, putGroup("h"))
	account := h.id(t, view.TypeStorageAccount, "store")
	put := func(id name.ResourceID) Command {
		return func(e *Edit) error { _, err := e.PutResource(ResourceSpec{ID: id}); return err }
	}
	h.must(t, put(account))
	other, err := name.NewResourceID(account.Subscription(), "h", view.TypeStorageAccount, "store")
	if err != nil {
		t.Fatal(err)
	}
	h.refused(t, Exists, put(other))
	container := func(id name.ResourceID, n string) Command {
		return func(e *Edit) error { _, err := e.PutContainer(id, n); return err }
	}
	for _, bad := range []string{"ab", "Abc", "a--b", "-abc", "abc-", "a_b", strings.Repeat("a", 64), "$root", ""} {
		h.refused(t, InvalidName, container(account, bad))
	}
	h.refused(t, ResourceNotFound, container(h.id(t, view.TypeStorageAccount, "none"), "abc"))
	v := h.must(t, container(account, "data-1"))
	r, _ := v.StorageAccount("STORE")
	c, ok := v.Container(r, "data-1")
	if !ok {
		t.Fatal("no container")
	}
	i := h.identity(t, "reader")
	grant := h.grant(t, i.Principal.ObjectID, c.Scope())
	h.must(t, func(e *Edit) error { return e.DeleteContainer(account, "data-1") })
	v = h.must(t, container(account, "data-1"))
	if again, _ := v.Container(r, "data-1"); again.UID == c.UID {
		t.Error("a new container of the name sees the old one's bytes")
	}
	if _, ok := v.Assignment(grant); ok {
		t.Error("the grant on the deleted container holds on the new one")
	}
	h.must(t, func(e *Edit) error { return e.DeleteResource(account) })
	v = h.must(t, put(account))
	r, _ = v.StorageAccount("store")
	if _, ok := v.Container(r, "data-1"); ok {
		t.Error("the container outlived its account")
	}
}

func TestAssignments(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	i := h.identity(t, "someone")
	tenant, sub := h.View().Installation().Tenant, h.View().Installation().Subscription
	good := AssignmentSpec{Scope: i.ID.Scope(), Role: name.MustGUID(reader), Principal: i.Principal.ObjectID}
	with := func(change func(*AssignmentSpec)) AssignmentSpec { s := good; change(&s); return s }
	put := func(s AssignmentSpec) Command {
		return func(e *Edit) error { _, _, err := e.PutAssignment(s); return err }
	}
	for _, tc := range []struct {
		name string
		why  fault.Reason
		spec AssignmentSpec
	}{
		{"unknown principal", PrincipalNotFound, with(func(s *AssignmentSpec) { s.Principal = name.NewGUID() })},
		{"client id instead of object id", PrincipalNotFound, with(func(s *AssignmentSpec) { s.Principal = i.Principal.ClientID })},
		{"unknown role", RoleUnknown, with(func(s *AssignmentSpec) { s.Role = name.NewGUID() })},
		{"unknown subscription", ReferenceMissing, with(func(s *AssignmentSpec) { s.Scope = name.MustScope("/subscriptions/" + name.NewGUID().String()) })},
		{"unknown group", ReferenceMissing, with(func(s *AssignmentSpec) {
			s.Scope = name.MustScope("/subscriptions/" + sub.String() + "/resourceGroups/x")
		})},
		{"half a scope", ReferenceMissing, with(func(s *AssignmentSpec) {
			s.Scope = name.MustScope("/subscriptions/" + sub.String() + "/resourceGroups")
		})},
		{"no subscription", ReferenceMissing, with(func(s *AssignmentSpec) { s.Scope = name.MustScope("/providers") })},
		{"below a resource", ReferenceMissing, with(func(s *AssignmentSpec) { s.Scope = name.MustScope(i.ID.String() + "/x/y") })},
		{"condition", ConditionInvalid, with(func(s *AssignmentSpec) { s.Condition = "@Resource[a] Equals 'b'" })},
		{"long description", InvalidValue, with(func(s *AssignmentSpec) { s.Name = strings.Repeat("a", 1025) })},
		{"other tenant", TenantMismatch, with(func(s *AssignmentSpec) { s.Tenant = name.NewGUID() })},
	} {
		t.Run(tc.name, func(t *testing.T) { h.refused(t, tc.why, put(tc.spec)) })
	}
	var id name.GUID
	h.must(t, func(e *Edit) (err error) { id, _, err = e.PutAssignment(good); return err })
	_, err := h.Do(h.ctx, put(good))
	if !fault.Is(err, Exists) || !strings.Contains(fault.From(err).Public, id.String()) {
		t.Errorf("a duplicate gave %v, want %s with the id %s", err, Exists, id)
	}
	upper := with(func(s *AssignmentSpec) { s.Scope = name.MustScope(strings.ToUpper(s.Scope.String())) })
	h.refused(t, Exists, put(upper))
	h.must(t, put(with(func(s *AssignmentSpec) { s.ID = id })))
	h.refused(t, AssignmentFixed, put(with(func(s *AssignmentSpec) { s.ID, s.Scope = id, name.Root() })))
	v := h.must(t, put(with(func(s *AssignmentSpec) { s.ID, s.Condition, s.By = id, "Exists @Request[a]", i.Principal.ObjectID })))
	changed, _ := v.Assignment(id)
	if c, err := changed.CompiledCondition(); err != nil || c.String() != "Exists @Request[a]" {
		t.Errorf("the condition is %v, %v", c, err)
	}
	if !changed.CreatedBy.IsZero() || changed.UpdatedBy != i.Principal.ObjectID || changed.Updated.IsZero() {
		t.Errorf("who wrote it is not kept: %+v", changed)
	}
	v = h.must(t, put(with(func(s *AssignmentSpec) { s.ID, s.Condition = id, "Exists @Request[a]" })))
	if again, _ := v.Assignment(id); again.Rev != changed.Rev || again.UpdatedBy != i.Principal.ObjectID {
		t.Error("a change that says nothing new was written")
	}
	h.must(t, put(with(func(s *AssignmentSpec) { s.Tenant, s.Scope = tenant, name.Root() })))
	h.must(t, func(e *Edit) error { return e.DeleteAssignment(id) })
	h.refused(t, AssignmentNotFound, func(e *Edit) error { return e.DeleteAssignment(id) })
}

func TestRoleDefinitions(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	tenant, sub := h.View().Installation().Tenant, h.View().Installation().Subscription
	scope := name.MustScope("/subscriptions/" + sub.String() + "/resourceGroups/g")
	good := RoleDefinitionSpec{
		Tenant: tenant, Name: "Site Starter", Assignable: []name.Scope{scope},
		Permissions: []view.RolePermission{{Actions: []string{"Microsoft.Web/sites/start/action"}}},
	}
	with := func(change func(*RoleDefinitionSpec)) RoleDefinitionSpec { s := good; change(&s); return s }
	put := func(s RoleDefinitionSpec) Command {
		return func(e *Edit) error { _, _, err := e.PutRoleDefinition(s); return err }
	}
	for _, tc := range []struct {
		name string
		why  fault.Reason
		spec RoleDefinitionSpec
	}{
		{"built-in name", Exists, with(func(s *RoleDefinitionSpec) { s.Name = "reader" })},
		{"built-in id", HouseOwned, with(func(s *RoleDefinitionSpec) { s.ID = name.MustGUID(reader) })},
		{"no name", InvalidName, with(func(s *RoleDefinitionSpec) { s.Name = "" })},
		{"no scope", InvalidValue, with(func(s *RoleDefinitionSpec) { s.Assignable = nil })},
		{"unknown scope", ReferenceMissing, with(func(s *RoleDefinitionSpec) { s.Assignable = []name.Scope{name.MustScope(scope.String() + "x")} })},
		{"bad action", InvalidValue, with(func(s *RoleDefinitionSpec) { s.Permissions = []view.RolePermission{{Actions: []string{"a b"}}} })},
		{"unknown tenant", TenantNotFound, with(func(s *RoleDefinitionSpec) { s.Tenant = name.NewGUID() })},
	} {
		t.Run(tc.name, func(t *testing.T) { h.refused(t, tc.why, put(tc.spec)) })
	}
	var id name.GUID
	v := h.must(t, func(e *Edit) (err error) { id, _, err = e.PutRoleDefinition(good); return err })
	if role, ok := v.AzureRole(tenant, id); !ok || !role.Permits("microsoft.web/sites/START/action", false) {
		t.Error("the custom role does not permit what it says")
	}
	if _, ok := v.AzureRole(name.NewGUID(), id); ok {
		t.Error("another tenant has the custom role too")
	}
	h.refused(t, Exists, put(good))
	i := h.identity(t, "someone")
	spec := AssignmentSpec{Tenant: tenant, Scope: scope, Role: id, Principal: i.Principal.ObjectID}
	h.refused(t, RoleNotAssignable, func(e *Edit) error { s := spec; s.Scope = name.Root(); _, _, err := e.PutAssignment(s); return err })
	h.must(t, func(e *Edit) error { _, _, err := e.PutAssignment(spec); return err })
	h.refused(t, InUse, func(e *Edit) error { return e.DeleteRoleDefinition(id) })
	h.must(t, func(e *Edit) error { return e.DeleteUserIdentity(i.ID) })
	h.must(t, func(e *Edit) error { return e.DeleteRoleDefinition(id) })
}

func TestDenyAssignments(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	i := h.identity(t, "someone")
	tenant, sub := h.View().Installation().Tenant, h.View().Installation().Subscription
	scope := name.MustScope("/subscriptions/" + sub.String() + "/resourceGroups/g")
	good := view.DenyAssignment{
		Tenant: tenant, Name: "lock", Scope: scope, Principals: []name.GUID{rbac.Everyone()}, Exclude: []name.GUID{i.Principal.ObjectID},
		Permissions: []view.RolePermission{{Actions: []string{"*/delete"}}},
	}
	with := func(change func(*view.DenyAssignment)) view.DenyAssignment { d := good; change(&d); return d }
	put := func(d view.DenyAssignment) Command {
		return func(e *Edit) error { _, _, err := e.PutDeny(d); return err }
	}
	for _, tc := range []struct {
		name string
		why  fault.Reason
		deny view.DenyAssignment
	}{
		{"unknown tenant", TenantNotFound, with(func(d *view.DenyAssignment) { d.Tenant = name.NewGUID() })},
		{"no name", InvalidName, with(func(d *view.DenyAssignment) { d.Name = "" })},
		{"unknown scope", ReferenceMissing, with(func(d *view.DenyAssignment) { d.Scope = name.MustScope(scope.String() + "x") })},
		{"no permissions", InvalidValue, with(func(d *view.DenyAssignment) { d.Permissions = nil })},
		{"bad pattern", InvalidValue, with(func(d *view.DenyAssignment) { d.Permissions = []view.RolePermission{{Actions: []string{"a b"}}} })},
		{"nobody", InvalidValue, with(func(d *view.DenyAssignment) { d.Principals = nil })},
		{"empty id", InvalidValue, with(func(d *view.DenyAssignment) { d.Exclude = []name.GUID{{}} })},
		{"everybody excluded", InvalidValue, with(func(d *view.DenyAssignment) { d.Exclude = []name.GUID{rbac.Everyone()} })},
		{"too many", InvalidValue, with(func(d *view.DenyAssignment) { d.Principals = make([]name.GUID, 2001) })},
		{"long description", InvalidValue, with(func(d *view.DenyAssignment) { d.Description = strings.Repeat("a", 1025) })},
		{"unknown principal", PrincipalNotFound, with(func(d *view.DenyAssignment) { d.Exclude = []name.GUID{name.NewGUID()} })},
	} {
		t.Run(tc.name, func(t *testing.T) { h.refused(t, tc.why, put(tc.deny)) })
	}
	var id name.GUID
	v := h.must(t, func(e *Edit) (err error) { id, _, err = e.PutDeny(good); return err })
	h.refused(t, Exists, put(good))
	over := func(s name.Scope) int { return len(v.DeniesOver(tenant, s)) }
	if over(i.ID.Scope()) != 1 || over(scope) != 1 || over(name.Root()) != 0 || len(v.DeniesOver(name.NewGUID(), scope)) != 0 {
		t.Error("the deny assignment is not over its own group, or over more")
	}
	v = h.must(t, put(with(func(d *view.DenyAssignment) { d.ID, d.Scope = id, name.Root() })))
	if over(scope) != 1 || over(name.Root()) != 1 {
		t.Error("it did not move")
	}
	h.must(t, func(e *Edit) error { return e.DeleteDeny(id) })
	h.refused(t, DenyNotFound, func(e *Edit) error { return e.DeleteDeny(id) })
	h.must(t, put(good))
	v = h.must(t, func(e *Edit) error { return e.DeleteGroup(sub, "g") })
	if len(slices.Collect(v.Denies())) != 0 {
		t.Error("the deny assignment outlived the group that it was on")
	}
}

func TestApplications(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	tenant := h.View().Installation().Tenant
	put := func(s ApplicationSpec) Command {
		return func(e *Edit) error { _, _, err := e.PutApplication(s); return err }
	}
	i := h.identity(t, "member")
	good := ApplicationSpec{
		Tenant: tenant, DisplayName: "api", IDURIs: []string{"api://one", "https://api.example/x"},
		Roles: []view.AppRole{{Value: "Read", Members: []name.GUID{i.Principal.ObjectID}}},
	}
	var id name.GUID
	v := h.must(t, func(e *Edit) (err error) { id, _, err = e.PutApplication(good); return err })
	a, _ := v.Application(id)
	if a.TokenVersion != 1 || a.Algorithm != "RS256" || a.Roles[0].ID.IsZero() || a.Principal.ClientID.IsZero() {
		t.Errorf("%+v", a)
	}
	for _, u := range []string{"api://one", "https://api.example/x/", a.Principal.ClientID.String()} {
		if found, ok := v.Audience(tenant, u); !ok || found.ObjectID != id {
			t.Errorf("%s is not its audience", u)
		}
	}
	with := func(change func(*ApplicationSpec)) ApplicationSpec { s := good; s.IDURIs = nil; change(&s); return s }
	for _, tc := range []struct {
		name string
		why  fault.Reason
		spec ApplicationSpec
	}{
		{"same audience", Exists, with(func(s *ApplicationSpec) { s.IDURIs = []string{"api://one"} })},
		{"same audience with a slash", Exists, with(func(s *ApplicationSpec) { s.IDURIs = []string{"api://one/"} })},
		{"the house's audience", Exists, with(func(s *ApplicationSpec) { s.IDURIs = []string{"https://vault.azure.net"} })},
		{"twice", registration.Invalid, with(func(s *ApplicationSpec) { s.IDURIs = []string{"api://two", "api://two/"} })},
		{"no URI", registration.Invalid, with(func(s *ApplicationSpec) { s.IDURIs = []string{"two"} })},
		{"query", registration.Invalid, with(func(s *ApplicationSpec) { s.IDURIs = []string{"https://a.example/?x=1"} })},
		{"fragment", registration.Invalid, with(func(s *ApplicationSpec) { s.IDURIs = []string{"https://a.example/#"} })},
		{"algorithm", registration.Invalid, with(func(s *ApplicationSpec) { s.Algorithm = "none" })},
		{"token version", registration.Invalid, with(func(s *ApplicationSpec) { s.TokenVersion = 3 })},
		{"member", registration.PrincipalUnknown, with(func(s *ApplicationSpec) { s.Roles = []view.AppRole{{Value: "r", Members: []name.GUID{name.NewGUID()}}} })},
		{"role twice", registration.Invalid, with(func(s *ApplicationSpec) { s.Roles = []view.AppRole{{Value: "r"}, {Value: "r"}} })},
		{"no name", registration.Invalid, with(func(s *ApplicationSpec) { s.DisplayName = "" })},
		{"unknown tenant", TenantNotFound, with(func(s *ApplicationSpec) { s.Tenant = name.NewGUID() })},
		{"unknown id", ApplicationNotFound, with(func(s *ApplicationSpec) { s.ObjectID = name.NewGUID() })},
	} {
		t.Run(tc.name, func(t *testing.T) { h.refused(t, tc.why, put(tc.spec)) })
	}
	house, _ := v.Audience(tenant, "https://vault.azure.net")
	h.refused(t, HouseOwned, func(e *Edit) error { return e.DeleteApplication(house.ObjectID) })
	h.refused(t, HouseOwned, put(with(func(s *ApplicationSpec) { s.ObjectID = house.ObjectID })))
	// The role keeps its id; a member that is gone is dropped.
	h.must(t, func(e *Edit) error { return e.DeleteUserIdentity(i.ID) })
	v = h.must(t, put(func() ApplicationSpec { s := good; s.ObjectID = id; return s }()))
	if again, _ := v.Application(id); again.Roles[0].ID != a.Roles[0].ID || len(again.Roles[0].Members) != 0 {
		t.Errorf("%+v", again.Roles)
	}
	v = h.must(t, func(e *Edit) error { return e.DeleteApplication(id) })
	if _, ok := v.Audience(tenant, "api://one"); ok {
		t.Error("the audience outlived its application")
	}
	// Another tenant may have the same audience.
	good.Roles = nil
	h.must(t, put(good))
	h.must(t, func(e *Edit) error {
		other, err := e.CreateTenant("other")
		if err != nil {
			return err
		}
		_, _, err = e.PutApplication(ApplicationSpec{Tenant: other, DisplayName: "api", IDURIs: good.IDURIs})
		return err
	})
}

func TestWorkloadRules(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	r := h.site(t, "f", true)
	o, _ := h.View().OperatorOf(h.View().Installation().Tenant)
	soon := now().Add(time.Hour)
	good := RuleSpec{SecretHash: hash('a'), Resource: r.ID, Launcher: "uid 1000", Expires: soon}
	create := func(s RuleSpec) Command { return func(e *Edit) error { _, err := e.CreateRule(s); return err } }
	with := func(change func(*RuleSpec)) RuleSpec { s := good; change(&s); return s }
	for _, tc := range []struct {
		name string
		why  fault.Reason
		spec RuleSpec
	}{
		{"short hash", InvalidValue, with(func(s *RuleSpec) { s.SecretHash = "abc" })},
		{"nobody", InvalidValue, with(func(s *RuleSpec) { s.Resource = name.ResourceID{} })},
		{"two", InvalidValue, with(func(s *RuleSpec) { s.Operator = o.ObjectID })},
		{"past", InvalidValue, with(func(s *RuleSpec) { s.Expires = now() })},
		{"too long", InvalidValue, with(func(s *RuleSpec) { s.Expires = now().Add(25 * time.Hour) })},
		{"unknown resource", ResourceNotFound, with(func(s *RuleSpec) { s.Resource = h.id(t, "Microsoft.Web/sites", "none") })},
		{"not an operator", PrincipalNotFound, with(func(s *RuleSpec) { s.Resource, s.Operator = name.ResourceID{}, r.System.ObjectID })},
	} {
		t.Run(tc.name, func(t *testing.T) { h.refused(t, tc.why, create(tc.spec)) })
	}
	v := h.must(t, create(good))
	rule, ok := v.RuleByProof(hash('a'))
	if !ok || rule.ResourceUID != r.UID {
		t.Fatalf("%+v", rule)
	}
	h.refused(t, Exists, create(good)) // the same secret again
	h.must(t, create(with(func(s *RuleSpec) { s.Resource, s.Operator, s.SecretHash = name.ResourceID{}, o.ObjectID, hash('b') })))
	// The rule is for this incarnation.
	h.must(t, func(e *Edit) error { return e.DeleteResource(r.ID) })
	h.site(t, "f", true)
	h.refused(t, RuleNotFound, func(e *Edit) error { return e.RenewRule(rule.ID, soon.Add(time.Minute)) })
}
