package directory

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/directory/registration"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

func TestC17SystemAssignedIsCreatedWithTheResource(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	at := h.site(t, "at-creation", true)
	if at.System == nil || at.System.ObjectID.IsZero() || at.System.ClientID.IsZero() {
		t.Fatalf("no identity: %+v", at.System)
	}
	later := h.site(t, "later", false)
	if later.System != nil {
		t.Fatal("an identity nobody asked for")
	}
	later = h.site(t, "later", true)
	if later.System == nil {
		t.Fatal("not enabled later")
	}
	if again := h.site(t, "later", true); *again.System != *later.System {
		t.Error("the identity changed when the resource was put again")
	}
}

func TestC18SystemAssignedBelongsToOneResource(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	a, b := h.site(t, "a", true), h.site(t, "b", true)
	if a.System.ObjectID == b.System.ObjectID || a.System.ClientID == b.System.ClientID {
		t.Error("two resources share a system-assigned identity")
	}
	o, ok := h.View().PrincipalByClient(a.System.ClientID)
	if !ok || o.Resource == nil || !o.Resource.ID.Equal(a.ID) || o.Identity != nil {
		t.Errorf("the principal belongs to %+v", o)
	}
	// It is no identity of its own that could be attached elsewhere.
	h.refused(t, ReferenceMissing, func(e *Edit) error {
		id := h.id(t, view.TypeUserIdentity, "a")
		_, err := e.PutResource(ResourceSpec{ID: b.ID, Identity: IdentitySpec{Users: []name.ResourceID{id}}})
		return err
	})
}

func TestC19SystemAssignedDiesWithTheResource(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	old := h.site(t, "f", true)
	elsewhere := h.site(t, "elsewhere", false)
	grant := h.grant(t, old.System.ObjectID, elsewhere.ID.Scope())
	v := h.must(t, func(e *Edit) error { return e.DeleteResource(old.ID) })
	if _, ok := v.PrincipalByObject(old.System.ObjectID); ok {
		t.Error("the principal outlived the resource")
	}
	if _, ok := v.PrincipalByClient(old.System.ClientID); ok {
		t.Error("the client id outlived the resource")
	}
	if _, ok := v.Assignment(grant); ok {
		t.Error("the assignment outlived its principal")
	}
	again := h.site(t, "f", true)
	if again.UID == old.UID || again.System.ObjectID == old.System.ObjectID || again.System.ClientID == old.System.ClientID {
		t.Error("the new resource of the same name has an old id")
	}
	if got := h.View().AssignmentsOf(again.System.ObjectID); len(got) != 0 {
		t.Errorf("the new resource inherited %d assignments", len(got))
	}
}

func TestC19DisablingDestroysTheSystemAssigned(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	old := h.site(t, "f", true)
	grant := h.grant(t, old.System.ObjectID, old.ID.Scope())
	h.site(t, "f", false)
	v := h.View()
	if _, ok := v.PrincipalByObject(old.System.ObjectID); ok {
		t.Error("the principal outlived its disabling")
	}
	if _, ok := v.Assignment(grant); ok {
		t.Error("the assignment outlived its principal")
	}
	if again := h.site(t, "f", true); again.System.ObjectID == old.System.ObjectID {
		t.Error("enabling again gave the old principal")
	}
}

func TestC20UserAssignedStandsAlone(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	i := h.identity(t, "alone")
	if again := h.identity(t, "alone"); again.Principal != i.Principal {
		t.Error("putting it again changed its principal")
	}
	h.must(t, func(e *Edit) error { return e.DeleteUserIdentity(i.ID) })
	if _, ok := h.View().Identity(i.ID); ok {
		t.Error("still there after it was deleted")
	}
	h.refused(t, IdentityNotFound, func(e *Edit) error { return e.DeleteUserIdentity(i.ID) })
}

func TestC21UserAssignedIsAttachedToSeveral(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	i := h.identity(t, "shared")
	for _, n := range []string{"one", "two", "three"} {
		r := h.site(t, n, false, i.ID)
		if len(r.Users) != 1 || r.Users[0].ObjectID != i.Principal.ObjectID {
			t.Errorf("%s has %+v", n, r.Users)
		}
	}
}

func TestC24AHiddenServicePrincipalAppears(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	r, i := h.site(t, "s", true), h.identity(t, "user")
	for _, p := range []*view.Principal{r.System, &i.Principal} {
		o, ok := h.View().PrincipalByObject(p.ObjectID)
		if !ok || *o.Principal() != *p || p.Tenant != h.View().Installation().Tenant {
			t.Errorf("principal %+v: found %v, %+v", p, ok, o)
		}
	}
}

func TestC25WhatIsNeededToSignInStandsOnTheIdentity(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	i := h.identity(t, "user")
	for what, id := range map[string]name.GUID{"client id": i.Principal.ClientID, "principal id": i.Principal.ObjectID, "tenant": i.Principal.Tenant} {
		if id.IsZero() {
			t.Errorf("no %s", what)
		}
	}
}

func TestC27IdentityAndResourceDieIndependently(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	i := h.identity(t, "shared")
	first, second := h.site(t, "first", false, i.ID), h.site(t, "second", false, i.ID)
	v := h.must(t, func(e *Edit) error { return e.DeleteResource(first.ID) })
	if _, ok := v.Identity(i.ID); !ok {
		t.Fatal("deleting a resource took its user-assigned identity")
	}
	v = h.must(t, func(e *Edit) error { return e.DeleteUserIdentity(i.ID) })
	r, ok := v.Resource(second.ID)
	if !ok {
		t.Fatal("deleting an identity took a resource")
	}
	if _, lives := v.PrincipalByObject(r.Users[0].ObjectID); len(r.Users) != 1 || lives {
		t.Errorf("the resource can still sign in: %+v", r.Users)
	}
	// An identity that takes the name is another one; only a new PUT attaches it.
	again := h.identity(t, "shared")
	r, _ = h.View().Resource(second.ID)
	if r.Users[0].ObjectID == again.Principal.ObjectID {
		t.Error("the resource was attached to the new identity by its name")
	}
	if r = h.site(t, "second", false, i.ID); r.Users[0].ObjectID != again.Principal.ObjectID {
		t.Error("a new PUT did not attach the new identity")
	}
}

func TestC27ADanglingIdentityStaysOnlyWhereItWas(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	i := h.identity(t, "gone")
	was := h.site(t, "was", false, i.ID)
	h.must(t, func(e *Edit) error { return e.DeleteUserIdentity(i.ID) })
	if r := h.site(t, "was", true, i.ID); len(r.Users) != 1 || r.Users[0] != was.Users[0] {
		t.Errorf("the dangling reference changed: %+v", r.Users)
	}
	h.refused(t, ReferenceMissing, func(e *Edit) error {
		_, err := e.PutResource(ResourceSpec{ID: h.id(t, "Microsoft.Web/sites", "new"), Identity: IdentitySpec{Users: []name.ResourceID{i.ID}}})
		return err
	})
}

func TestC42SeveralIdentitiesOnOneResource(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	a, b := h.identity(t, "one"), h.identity(t, "two")
	r := h.site(t, "f", true, a.ID, b.ID, a.ID)
	if r.System == nil || len(r.Users) != 2 || IdentityType(r) != "SystemAssigned,UserAssigned" {
		t.Errorf("%+v with type %s", r, IdentityType(r))
	}
	if r = h.site(t, "f", false, b.ID); len(r.Users) != 1 || r.Users[0].ObjectID != b.Principal.ObjectID || IdentityType(r) != "UserAssigned" {
		t.Errorf("PUT did not replace the set: %+v", r.Users)
	}
	if r = h.site(t, "f", false); IdentityType(r) != "None" {
		t.Errorf("type %s, want None", IdentityType(r))
	}
}

func TestC43SystemAssignedHasTheResourcesName(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	r := h.site(t, "my-function", true)
	if o, _ := h.View().PrincipalByObject(r.System.ObjectID); o.Display() != "my-function" {
		t.Errorf("it is shown as %q", o.Display())
	}
}

func TestC44UserAssignedSharesAuthorisation(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	i := h.identity(t, "shared")
	h.grant(t, i.Principal.ObjectID, i.ID.Scope())
	a, b := h.site(t, "one", false, i.ID), h.site(t, "two", false, i.ID)
	if a.Users[0].ObjectID != b.Users[0].ObjectID || len(h.View().AssignmentsOf(a.Users[0].ObjectID)) != 1 {
		t.Error("the two resources do not act as the one principal with the one grant")
	}
}

// An identity made again under its name has new ids; what trusted the old one does not trust it.
func TestF13RecreatedIdentityInheritsNothing(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	old := h.identity(t, "ident")
	h.must(t, func(e *Edit) error {
		_, err := e.PutFederated(Holder{Identity: old.ID}, credential(t, "ci-main", "https://ci.example", "repo:a"))
		return err
	})
	target := h.site(t, "target", false)
	grant := h.grant(t, old.Principal.ObjectID, target.ID.Scope())
	onIt := h.grant(t, h.site(t, "other", true).System.ObjectID, old.ID.Scope())
	h.must(t, func(e *Edit) error { return e.DeleteUserIdentity(old.ID) })
	again := h.identity(t, "ident")
	v := h.View()
	if again.Principal.ObjectID == old.Principal.ObjectID || again.Principal.ClientID == old.Principal.ClientID {
		t.Error("an id was used again")
	}
	if len(again.Federated) != 0 {
		t.Error("the federated credentials came back")
	}
	for what, id := range map[string]name.GUID{"its grant": grant, "the grant on it": onIt} {
		if _, ok := v.Assignment(id); ok {
			t.Errorf("%s survived", what)
		}
	}
	if _, ok := v.PrincipalByObject(old.Principal.ObjectID); ok {
		t.Error("the old object id, which old tokens carry, is still found")
	}
}

func TestARecreatedGroupInheritsNothing(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	i := h.identity(t, "outside")
	sub := h.View().Installation().Subscription
	h.must(t, func(e *Edit) error { _, err := e.PutGroup(GroupSpec{Subscription: sub, Name: "h"}); return err })
	scope := name.MustScope("/subscriptions/" + sub.String() + "/resourceGroups/h")
	grant := h.grant(t, i.Principal.ObjectID, scope)
	h.must(t, func(e *Edit) error { return e.DeleteGroup(sub, "H") })
	h.settled(t)
	h.must(t, func(e *Edit) error { _, err := e.PutGroup(GroupSpec{Subscription: sub, Name: "h"}); return err })
	if _, ok := h.View().Assignment(grant); ok {
		t.Error("the grant on the deleted group holds on the new one")
	}
}

func TestIdentityOfAnotherTenantIsRefused(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	var other name.ResourceID
	h.must(t, func(e *Edit) error {
		tenant, err := e.CreateTenant("other")
		if err != nil {
			return err
		}
		sub, err := e.CreateSubscription(tenant, "other")
		if err != nil {
			return err
		}
		if _, err := e.PutGroup(GroupSpec{Subscription: sub, Name: "g"}); err != nil {
			return err
		}
		if other, err = name.NewResourceID(sub, "g", view.TypeUserIdentity, "theirs"); err != nil {
			return err
		}
		_, err = e.PutUserIdentity(UserIdentitySpec{ID: other})
		return err
	})
	theirs, _ := h.View().Identity(other)
	h.refused(t, TenantMismatch, func(e *Edit) error {
		_, err := e.PutResource(ResourceSpec{ID: h.id(t, "Microsoft.Web/sites", "f"), Identity: IdentitySpec{Users: []name.ResourceID{other}}})
		return err
	})
	group := name.MustScope("/subscriptions/" + h.View().Installation().Subscription.String() + "/resourceGroups/g")
	for _, scope := range []name.Scope{group, other.Scope()} {
		spec := AssignmentSpec{Tenant: h.View().Installation().Tenant, Scope: scope, Role: name.MustGUID(reader), Principal: theirs.Principal.ObjectID}
		h.refused(t, TenantMismatch, func(e *Edit) error { _, _, err := e.PutAssignment(spec); return err })
	}
	h.refused(t, TenantMismatch, func(e *Edit) error {
		_, _, err := e.PutAssignment(AssignmentSpec{Scope: group, Role: name.MustGUID(reader), Principal: theirs.Principal.ObjectID})
		return err
	})
	h.refused(t, registration.PrincipalUnknown, func(e *Edit) error {
		_, _, err := e.PutApplication(ApplicationSpec{
			Tenant: h.View().Installation().Tenant, DisplayName: "app",
			Roles: []view.AppRole{{Value: "r", Members: []name.GUID{theirs.Principal.ObjectID}}},
		})
		return err
	})
}

func TestIdentityTypes(t *testing.T) {
	for s, want := range map[string][2]bool{
		"None": {}, "none": {}, "SystemAssigned": {true, false}, "userassigned": {false, true},
		"SystemAssigned,UserAssigned": {true, true}, "SystemAssigned, UserAssigned": {true, true}, " userAssigned , systemAssigned": {true, true},
	} {
		system, user, err := ParseIdentityType(s)
		if err != nil || [2]bool{system, user} != want {
			t.Errorf("%q: %v %v %v", s, system, user, err)
		}
	}
	for _, s := range []string{"", "System", "SystemAssigned;UserAssigned", "SystemAssigned,None", "SystemAssigned,SystemAssigned"} {
		if _, _, err := ParseIdentityType(s); !fault.Is(err, InvalidValue) {
			t.Errorf("%q: %v", s, err)
		}
	}
	if _, err := NewIdentitySpec("UserAssigned", nil); err == nil {
		t.Error("UserAssigned without identities was accepted")
	}
	if _, err := NewIdentitySpec("SystemAssigned", make([]name.ResourceID, 1)); err == nil {
		t.Error("identities without the type UserAssigned were accepted")
	}
}

func credential(tb testing.TB, n, issuer, subject string) view.FederatedCredential {
	tb.Helper()
	u, err := name.ParseIssuerURL(issuer)
	if err != nil {
		tb.Fatal(err)
	}
	return view.FederatedCredential{Name: n, Issuer: u, Subject: subject, Audiences: []string{"api://AzureADTokenExchange"}}
}

func TestFederatedCredentials(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	holder := Holder{Identity: h.identity(t, "ident").ID}
	put := func(c view.FederatedCredential) Command {
		return func(e *Edit) error { _, err := e.PutFederated(holder, c); return err }
	}
	good := credential(t, "main", "https://ci.example", "repo:a")
	h.must(t, put(good))
	h.must(t, put(good))
	both := good
	both.Name, both.Expression = "both", "claims['sub'] eq 'x'"
	flexible := both
	flexible.Name, flexible.Subject = "flex", ""
	h.must(t, put(flexible))
	broken := flexible
	broken.Name, broken.Expression = "broken", "claims['sub'] like 'x'"
	neither := good
	neither.Name, neither.Subject = "neither", ""
	nobody := credential(t, "nobody", "https://ci.example", "repo:b")
	nobody.Audiences = nil
	long := credential(t, "long", "https://ci.example", strings.Repeat("x", 601))
	for why, list := range map[fault.Reason][]view.FederatedCredential{
		CredentialRepeated: {credential(t, "other", "https://ci.example", "repo:a"), {Name: "flex2", Issuer: good.Issuer, Expression: flexible.Expression, Audiences: good.Audiences}},
		InvalidValue:       {both, neither, broken, nobody, long},
		InvalidName:        {credential(t, "a b", "https://ci.example", "repo:c"), credential(t, "x", "https://ci.example", "repo:c")},
	} {
		for _, c := range list {
			t.Run(c.Name, func(t *testing.T) { h.refused(t, why, put(c)) })
		}
	}
	h.must(t, put(credential(t, "slash", "https://ci.example/", "repo:a"))) // another issuer
	h.must(t, func(e *Edit) error { return e.DeleteFederated(holder, "MAIN") })
	h.refused(t, CredentialNotFound, func(e *Edit) error { return e.DeleteFederated(holder, "main") })
	i, _ := h.View().Identity(holder.Identity)
	if len(i.Federated) != 2 {
		t.Errorf("%d credentials are left, want 2", len(i.Federated))
	}
}
