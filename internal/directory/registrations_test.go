package directory

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/directory/registration"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// app makes an application of the default tenant.
func (h *house) app(tb testing.TB, called string) name.GUID {
	tb.Helper()
	var id name.GUID
	h.must(tb, func(e *Edit) (err error) {
		id, _, err = e.PutApplication(ApplicationSpec{Tenant: e.View().Installation().Tenant, DisplayName: called})
		return err
	})
	return id
}

func testSecret() view.ClientSecret {
	return view.ClientSecret{
		ID: name.NewGUID(), Hint: "abc", Hash: strings.Repeat("0", 64), Start: now(), End: now().Add(time.Hour),
	}
}

func change(e *Edit, id name.GUID, how registration.Change) error {
	_, err := e.ChangeApplication(id, how)
	return err
}

func holders(e *Edit, id name.GUID, how registration.Change) error {
	_, err := e.ChangeHolders(id, how)
	return err
}

func TestSecretsAreBounded(t *testing.T) {
	h := newHouse(t)
	id := h.app(t, "app")
	add := func(with func(*view.ClientSecret)) Command {
		s := testSecret()
		with(&s)
		return func(e *Edit) error { return change(e, id, registration.AddSecret(s)) }
	}
	for called, with := range map[string]func(*view.ClientSecret){
		"the secret itself":     func(s *view.ClientSecret) { s.Hash = "secret" },
		"upper-case hash":       func(s *view.ClientSecret) { s.Hash = strings.Repeat("A", 64) },
		"no key id":             func(s *view.ClientSecret) { s.ID = name.GUID{} },
		"a long hint":           func(s *view.ClientSecret) { s.Hint = "abcd" },
		"over":                  func(s *view.ClientSecret) { s.Start, s.End = now().Add(-2*time.Hour), now().Add(-time.Hour) },
		"ends before it starts": func(s *view.ClientSecret) { s.Start = now().Add(2 * time.Hour) },
		"for ever":              func(s *view.ClientSecret) { s.End = now().AddDate(3, 0, 0) },
		"no end":                func(s *view.ClientSecret) { s.End = time.Time{} },
	} {
		t.Run(called, func(t *testing.T) { h.refused(t, registration.Invalid, add(with)) })
	}
	for range registration.MaxSecrets {
		h.must(t, add(func(*view.ClientSecret) {}))
	}
	h.refused(t, registration.TooMany, add(func(*view.ClientSecret) {}))
	a, _ := h.View().Application(id)
	h.must(t, func(e *Edit) error { return change(e, id, registration.RemoveSecret(a.Secrets[0].ID)) })
	h.refused(t, registration.ProofNotFound, func(e *Edit) error { return change(e, id, registration.RemoveSecret(a.Secrets[0].ID)) })
	h.must(t, add(func(*view.ClientSecret) {}))
	graph, _ := h.View().Audience(h.View().Installation().Tenant, "https://graph.microsoft.com")
	h.refused(t, HouseOwned, func(e *Edit) error { return change(e, graph.ObjectID, registration.AddSecret(testSecret())) })
}

// certificateOf is a certificate of a key.
func certificateOf(t *testing.T, public, private any, end time.Time) view.ClientCertificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "c"}, NotBefore: now().Add(-time.Hour), NotAfter: end}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	return view.ClientCertificate{ID: name.NewGUID(), DER: der}
}

func TestCertificates(t *testing.T) {
	h := newHouse(t)
	id := h.app(t, "app")
	set := func(list ...view.ClientCertificate) Command {
		return func(e *Edit) error { return change(e, id, registration.SetCertificates(list)) }
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := certificateOf(t, key.Public(), key, now().Add(time.Hour))
	good.End = now().AddDate(1, 0, 0) // longer than the certificate
	v := h.must(t, set(good))
	if a, _ := v.Application(id); len(a.Certificates) != 1 || !a.Certificates[0].End.Equal(now().Add(time.Hour)) {
		t.Errorf("%+v", a.Certificates)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	twice := good
	twice.ID = name.NewGUID()
	for called, list := range map[string][]view.ClientCertificate{
		"J11 an elliptic curve": {certificateOf(t, curve.Public(), curve, now().Add(time.Hour))},
		"over":                  {certificateOf(t, key.Public(), key, now().Add(-time.Minute))},
		"no certificate":        {{ID: name.NewGUID(), DER: []byte("hello")}},
		"a private key":         {{ID: name.NewGUID(), DER: private}},
		"no key id":             {{DER: good.DER}},
		"twice":                 {good, twice},
	} {
		t.Run(called, func(t *testing.T) { h.refused(t, registration.Invalid, set(list...)) })
	}
	v = h.must(t, set())
	if a, _ := v.Application(id); len(a.Certificates) != 0 {
		t.Error("the certificates stayed")
	}
}

// TestF13TheServicePrincipalIsNew: what is made again under an application inherits nothing.
func TestF13TheServicePrincipalIsNew(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	id := h.app(t, "app")
	before, _ := h.View().Application(id)
	h.grant(t, before.Principal.ObjectID, name.MustScope("/subscriptions/"+h.View().Installation().Subscription.String()+"/resourceGroups/g"))
	h.refused(t, registration.ServiceExists, func(e *Edit) error { return change(e, id, registration.NewService()) })
	v := h.must(t, func(e *Edit) error { return change(e, id, registration.NoService()) })
	if _, lives := v.PrincipalByObject(before.Principal.ObjectID); lives || len(v.AssignmentsOf(before.Principal.ObjectID)) > 0 {
		t.Error("the service principal or what it was granted is still there")
	}
	if o, ok := v.PrincipalByClient(before.Principal.ClientID); !ok || o.Application.HasService() {
		t.Error("the application went with its service principal")
	}
	v = h.must(t, func(e *Edit) error { return change(e, id, registration.NewService()) })
	after, _ := v.Application(id)
	if !after.HasService() || after.Principal.ObjectID == before.Principal.ObjectID || after.Principal.ClientID != before.Principal.ClientID {
		t.Errorf("%+v", after.Principal)
	}
	v = h.must(t, func(e *Edit) error { return change(e, id, registration.Enabled(false)) })
	if a, _ := v.Application(id); !a.Disabled || a.Principal.RevokedAt <= after.Rev {
		t.Errorf("disabling leaves the tokens: %+v", a.Principal)
	}
}

func TestAppRolesAreHeld(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	i := h.identity(t, "holder")
	tenant := h.View().Installation().Tenant
	spec := ApplicationSpec{Tenant: tenant, DisplayName: "api", Roles: []view.AppRole{{Value: "Read"}, {Value: "Write"}}}
	h.must(t, func(e *Edit) (err error) { spec.ObjectID, _, err = e.PutApplication(spec); return err })
	a, _ := h.View().Application(spec.ObjectID)
	g := registration.Grant{Role: a.Roles[0].ID, Principal: i.Principal.ObjectID}
	h.must(t, func(e *Edit) error { return holders(e, a.ObjectID, registration.Hold(g)) })
	h.refused(t, registration.AppRoleHeldAlready, func(e *Edit) error { return holders(e, a.ObjectID, registration.Hold(g)) })
	for called, tc := range map[string]struct {
		change func(*registration.Grant)
		why    fault.Reason
	}{
		"unknown role":      {func(g *registration.Grant) { g.Role = name.NewGUID() }, registration.AppRoleNotFound},
		"unknown principal": {func(g *registration.Grant) { g.Principal = name.NewGUID() }, registration.PrincipalUnknown},
	} {
		bad := g
		tc.change(&bad)
		t.Run(called, func(t *testing.T) {
			h.refused(t, tc.why, func(e *Edit) error { return holders(e, a.ObjectID, registration.Hold(bad)) })
		})
	}
	// P07: a role that is held keeps its value, because the value is the right; its holders survive a redefinition.
	renamed := spec
	renamed.Roles = []view.AppRole{{ID: a.Roles[0].ID, Value: "Admin"}, a.Roles[1]}
	redefine := func(s ApplicationSpec) Command {
		return func(e *Edit) error { _, _, err := e.RedefineAppRoles(s); return err }
	}
	h.refused(t, registration.AppRoleHeld, redefine(renamed))
	renamed.Roles = []view.AppRole{a.Roles[1]}
	h.refused(t, registration.AppRoleHeld, redefine(renamed))
	renamed.Roles = []view.AppRole{{ID: a.Roles[0].ID, Value: "Read", Display: "reads", Members: []name.GUID{name.NewGUID()}}}
	v := h.must(t, redefine(renamed))
	if a, _ := v.Application(spec.ObjectID); len(a.Roles) != 1 || len(a.Roles[0].Members) != 1 || a.Roles[0].Members[0] != i.Principal.ObjectID {
		t.Errorf("%+v", a.Roles)
	}
	h.must(t, func(e *Edit) error { return holders(e, a.ObjectID, registration.Drop(g)) })
	h.refused(t, registration.AppRoleNotFound, func(e *Edit) error { return holders(e, a.ObjectID, registration.Drop(g)) })
}

func TestOperatorHoldsGraphRolesVisibly(t *testing.T) {
	h := newHouse(t)
	tenant := h.View().Installation().Tenant
	operator, _ := h.View().OperatorOf(tenant)
	graph, _ := h.View().Audience(tenant, "https://graph.microsoft.com")
	var held []string
	for _, r := range graph.Roles {
		if len(r.Members) == 1 && r.Members[0] == operator.ObjectID {
			held = append(held, r.Value)
		}
	}
	want := "Application.ReadWrite.All AppRoleAssignment.ReadWrite.All Directory.Read.All Group.ReadWrite.All"
	if got := strings.Join(held, " "); got != want {
		t.Errorf("the operator holds %s", got)
	}
	h.must(t, func(e *Edit) error {
		return holders(e, graph.ObjectID, registration.Drop(registration.Grant{Role: graph.Roles[1].ID, Principal: operator.ObjectID}))
	})
}

func TestDirectoryGroups(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	i := h.identity(t, "member")
	tenant := h.View().Installation().Tenant
	put := func(s GroupMembersSpec) name.GUID {
		var id name.GUID
		h.must(t, func(e *Edit) (err error) { id, _, err = e.PutDirectoryGroup(s); return err })
		return id
	}
	inner := put(GroupMembersSpec{Tenant: tenant, Display: "inner", Members: []name.GUID{i.Principal.ObjectID}})
	outer := put(GroupMembersSpec{Tenant: tenant, Display: "outer", Members: []name.GUID{inner}})
	put(GroupMembersSpec{ObjectID: inner, Tenant: tenant, Display: "inner", Members: []name.GUID{i.Principal.ObjectID, outer}}) // a circle
	if got := h.View().GroupsOf(i.Principal.ObjectID); len(got) != 2 {
		t.Errorf("the member is in %v", got)
	}
	h.grant(t, outer, name.MustScope("/subscriptions/"+h.View().Installation().Subscription.String()+"/resourceGroups/g"))
	for called, s := range map[string]GroupMembersSpec{
		"no name": {Tenant: tenant}, "odd nickname": {Tenant: tenant, Display: "x", Nickname: "a b"}, "itself": {ObjectID: outer, Tenant: tenant, Display: "outer", Members: []name.GUID{outer}},
	} {
		t.Run(called, func(t *testing.T) {
			h.refused(t, registration.Invalid, func(e *Edit) error { _, _, err := e.PutDirectoryGroup(s); return err })
		})
	}
	h.refused(t, registration.PrincipalUnknown, func(e *Edit) error {
		_, _, err := e.PutDirectoryGroup(GroupMembersSpec{Tenant: tenant, Display: "x", Members: []name.GUID{name.NewGUID()}})
		return err
	})
	h.refused(t, PrincipalNotFound, func(e *Edit) error {
		_, _, err := e.PutDirectoryGroup(GroupMembersSpec{ObjectID: name.NewGUID(), Tenant: tenant, Display: "x"})
		return err
	})
	v := h.must(t, func(e *Edit) error { return e.DeleteDirectoryGroup(outer) })
	if got := v.GroupsOf(i.Principal.ObjectID); len(v.AssignmentsOf(outer)) > 0 || len(got) != 1 || got[0] != inner {
		t.Errorf("after the deletion: %v, %v", v.AssignmentsOf(outer), got)
	}
	h.must(t, func(e *Edit) error { return e.DeleteUserIdentity(i.ID) })
	put(GroupMembersSpec{ObjectID: inner, Tenant: tenant, Display: "inner", Members: []name.GUID{i.Principal.ObjectID, outer}}) // both are gone
	if g, _ := h.View().DirectoryGroup(inner); len(g.Members) != 0 {
		t.Errorf("%v", g.Members)
	}
}
