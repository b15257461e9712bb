package arm_test

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

func attach(ids ...string) string {
	return `{"location":"local","identity":{"type":"UserAssigned","userAssignedIdentities":{"` + strings.Join(ids, `":{},"`) + `":{}}}}`
}

// machineWriter is a workload with a role that lets it do everything on machines of the group, and no more.
func machineWriter(w *doortest.World, called string) string {
	role := name.NewGUID()
	w.Change(func(e *directory.Edit) error {
		_, _, err := e.PutRoleDefinition(directory.RoleDefinitionSpec{
			ID: role, Tenant: doortest.North(), Name: "Machines of " + called, Assignable: []name.Scope{name.MustScope(northSub)},
			Permissions: []view.RolePermission{{Actions: []string{"Microsoft.Compute/virtualMachines/*"}}},
		})
		return err
	})
	return actor(w, called, role.String(), northGroup)
}

// TestEveryOperationAsks plays each change as somebody without any right, who must be refused by name, and nothing may be
// changed.
func TestEveryOperationAsks(t *testing.T) {
	w, h := serve(t)
	nobody := actor(w, "nobody", "", "")
	before := w.View.Rev()
	for _, r := range [][3]string{
		{"PUT", northGroup, `{"location":"local"}`},
		{"PATCH", northGroup, `{"tags":{}}`},
		{"DELETE", northGroup, ""},
		{"GET", northGroup, ""},
		{"PUT", vms + "x", `{"location":"local"}`},
		{"PATCH", sites + "function", `{}`},
		{"DELETE", sites + "function", ""},
		{"GET", sites + "function", ""},
		{"GET", sites + "nothing", ""},
		{"PUT", identities + "x", `{"location":"l"}`},
		{"PATCH", identities + "one", `{}`},
		{"DELETE", identities + "one", ""},
		{"GET", identities + "one", ""},
		{"POST", identities + "one/revokeTokens", ""},
		{"POST", identities + "one/listAssociatedResources", ""},
		{"GET", identities + "one/federatedIdentityCredentials", ""},
		{"GET", identities + "one/federatedIdentityCredentials/abc", ""},
		{"PUT", identities + "one/federatedIdentityCredentials/abc", `{}`},
		{"DELETE", identities + "one/federatedIdentityCredentials/abc", ""},
		{"GET", sites + "function/providers/Microsoft.ManagedIdentity/identities/default", ""},
		{"PUT", northGroup + "/providers/Microsoft.Storage/storageAccounts/northdata/blobServices/default/containers/new", `{}`},
		{"DELETE", northGroup + "/providers/Microsoft.Storage/storageAccounts/northdata/blobServices/default/containers/photos", ""},
		{"GET", northSub, ""},
		{"GET", northSub + "/locations", ""},
		{"GET", northSub + "/providers", ""},
	} {
		version := "2021-04-01"
		if strings.Contains(r[1], "ManagedIdentity") {
			version = "2023-07-31-preview"
		}
		rec := w.Do(h, as(w, nobody, r[0], r[1]+"?api-version="+version, r[2]))
		text := doortest.Text(rec)
		client, _ := w.View.Resource(doortest.ResourceID(doortest.North(), "Microsoft.Web/sites", nobody))
		if rec.Code != http.StatusForbidden || !strings.Contains(text, `"AuthorizationFailed"`) || !strings.Contains(text, client.System.ClientID.String()) ||
			!strings.Contains(text, client.System.ObjectID.String()) || !strings.Contains(text, "to perform action 'Microsoft.") {
			t.Errorf("%s %s: %d %s", r[0], r[1], rec.Code, text)
		}
		if last := w.Ledger.Last(); last.Decision == nil || last.Stream != "ledger" || last.Reason != access.Denied {
			t.Errorf("%s %s: recorded as %+v", r[0], r[1], last)
		}
	}
	for _, list := range []string{"/resources", "/resourceGroups"} {
		if got := read(t, w.Want(h, http.StatusOK, as(w, nobody, "GET", northSub+list, ""))); len(got.Value) != 0 {
			t.Errorf("%s shows %+v", list, got.Value)
		}
	}
	if w.View.Rev() != before {
		t.Error("something was changed")
	}
}

// TestAttachNeedsAssign: who may write a machine alone cannot lend it somebody's identity, by no way of attaching it, nor
// find out which exist; Managed Identity Operator on the identity is what it takes.
func TestAttachNeedsAssign(t *testing.T) {
	w, h := serve(t)
	who := machineWriter(w, "writer")
	w.Want(h, http.StatusCreated, as(w, who, "PUT", vms+"vm", `{"location":"local","identity":{"type":"SystemAssigned"}}`))
	texts := map[string]bool{}
	for _, id := range []string{identities + "one", identities + "nothing", strings.ToUpper(identities) + "ONE"} {
		for _, method := range []string{"PUT", "PATCH"} {
			rec := w.Do(h, as(w, who, method, vms+"vm", attach(id)))
			w.Refused(rec, http.StatusForbidden, kit.LinkedDenied)
			texts[strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(doortest.Text(rec)), "/one'", "/x'"), "/nothing'", "/x'")] = true
		}
	}
	if len(texts) != 1 {
		t.Errorf("what exists answers otherwise than what does not: %v", texts)
	}
	r, _ := w.View.Resource(doortest.ResourceID(doortest.North(), "Microsoft.Web/sites", who))
	grant(w, r.System.ObjectID, miOperator, identities+"one")
	w.Want(h, http.StatusOK, as(w, who, "PATCH", vms+"vm", attach(identities+"one")))
	w.Refused(w.Do(h, as(w, who, "PATCH", vms+"vm", attach(identities+"two"))), http.StatusForbidden, kit.LinkedDenied)
	// What is attached already needs nothing to stay, also when the right is gone.
	for _, a := range w.View.AssignmentsOf(r.System.ObjectID) {
		if a.Scope.Key() == strings.ToLower(identities+"one") {
			w.Change(func(e *directory.Edit) error { return e.DeleteAssignment(a.ID) })
		}
	}
	w.Want(h, http.StatusOK, as(w, who, "PATCH", vms+"vm", `{"tags":{"a":"b"}}`))
	w.Want(h, http.StatusOK, as(w, who, "PUT", vms+"vm", attach(identities+"one")))
	// Another identity under the old name is new: keeping the name would attach it.
	w.Want(h, http.StatusOK, as(w, "function", "DELETE", identities+"one"+msi, ""))
	w.Want(h, http.StatusCreated, as(w, "function", "PUT", identities+"one"+msi, `{"location":"local"}`))
	w.Refused(w.Do(h, as(w, who, "PUT", vms+"vm", attach(identities+"one"))), http.StatusForbidden, kit.LinkedDenied)
	w.Refused(w.Do(h, as(w, who, "PATCH", vms+"vm", `{"tags":{"c":"d"}}`)), http.StatusForbidden, kit.LinkedDenied)
}

// TestF11ForeignIdentity: an identity of another tenant cannot be attached, and answers like one of a subscription that
// does not exist.
func TestF11ForeignIdentity(t *testing.T) {
	w, h := serve(t)
	w.Change(func(e *directory.Edit) error {
		_, err := e.PutUserIdentity(directory.UserIdentitySpec{ID: doortest.ResourceID(doortest.South(), view.TypeUserIdentity, "south")})
		return err
	})
	foreign := southSub + "/resourceGroups/g/providers/" + view.TypeUserIdentity + "/south"
	none := strings.ReplaceAll(foreign, "000000b1", "000000c1")
	var texts []string
	for _, id := range []string{foreign, none} {
		rec := w.Do(h, as(w, "function", "PUT", vms+"vm", attach(id)))
		w.Refused(rec, http.StatusForbidden, kit.LinkedDenied)
		if r := w.Ledger.Last(); id == foreign && (r.Tenant != doortest.South() || r.Input["caller_tenant"] != doortest.North().String() || r.Stream != "ledger") {
			t.Errorf("the record must show both tenants: %+v", r)
		}
		texts = append(texts, strings.ReplaceAll(doortest.Text(rec), "000000c1", "000000b1"))
	}
	if texts[0] != texts[1] {
		t.Errorf("%s\n%s", texts[0], texts[1])
	}
}

// TestNoSequenceWidensRights: whatever a caller with rights on machines of one group sends, in whatever order, it may do
// afterwards what it could before and nothing else, and its identity and those of others are where they were.
func TestNoSequenceWidensRights(t *testing.T) {
	w, h := serve(t)
	w.Change(func(e *directory.Edit) error {
		_, err := e.PutGroup(directory.GroupSpec{Subscription: doortest.SubscriptionOf(doortest.North()), Name: "other", Location: "local"})
		return err
	})
	who := machineWriter(w, "climber")
	site, _ := w.View.Resource(doortest.ResourceID(doortest.North(), "Microsoft.Web/sites", who))
	me := site.System
	rights := func() string {
		var b strings.Builder
		for _, action := range []string{
			"Microsoft.Compute/virtualMachines/write", "Microsoft.Web/sites/write", view.TypeUserIdentity + "/assign/action", view.TypeUserIdentity + "/write",
			view.TypeUserIdentity + "/federatedIdentityCredentials/write", "Microsoft.Authorization/roleAssignments/write", "Microsoft.Resources/subscriptions/resourceGroups/write",
		} {
			for _, at := range []string{northSub, northGroup, northSub + "/resourceGroups/other", identities + "one", sites + "function", southSub} {
				d := access.Azure(w.View, access.AzureRequest{Principal: me, Action: action, Scope: name.MustScope(at)})
				b.WriteString(action + " " + at + " " + d.Outcome.String() + "\n")
			}
		}
		for rec := range w.View.Under(name.Root()) {
			switch r := rec.(type) {
			case *view.Resource:
				for _, a := range r.Users {
					b.WriteString(r.ID.Key() + " has " + a.ObjectID.String() + "\n")
				}
			case *view.UserIdentity:
				b.WriteString(r.ID.Key() + " " + r.Principal.ObjectID.String() + "\n")
				for _, f := range r.Federated {
					b.WriteString(f.Name + f.Subject + "\n")
				}
			case *view.RoleAssignment:
				b.WriteString(r.ID.String() + r.Scope.Key() + "\n")
			}
		}
		return b.String()
	}
	before := rights()
	places := []string{
		vms + "a", vms + "b", sites + "function", sites + who, identities + "one", identities + "new", northGroup, northSub + "/resourceGroups/other",
		northSub + "/resourceGroups/fresh", strings.Replace(vms, "/g/", "/other/", 1) + "a", identities + "one/federatedIdentityCredentials/mine",
		southSub + "/resourceGroups/g", northGroup + "/providers/Microsoft.Authorization/roleAssignments/" + name.NewGUID().String(),
		vms + "a/providers/Microsoft.ManagedIdentity/identities/default", identities + "one/revokeTokens",
	}
	bodies := []string{
		`{"location":"local"}`, `{"location":"local","identity":{"type":"SystemAssigned"}}`, attach(identities + "one"), attach(identities+"one", identities+"two"),
		`{"identity":{"type":"None"}}`, `{"location":"local","identity":{"type":"SystemAssigned,UserAssigned","userAssignedIdentities":{"` + identities + `one":null}}}`,
		`{"properties":{"issuer":"https://issuer.example","subject":"me","audiences":["api://AzureADTokenExchange"]}}`,
		`{"properties":{"roleDefinitionId":"/providers/Microsoft.Authorization/roleDefinitions/` + owner + `","principalId":"` + me.ObjectID.String() + `"}}`,
		`{"properties":{"principalId":"` + me.ObjectID.String() + `","identity":{"type":"SystemAssigned"}},"identity":{"type":"SystemAssigned","principalId":"` + me.ObjectID.String() + `"}}`,
		`{"tags":{"x":"y"}}`, ``,
	}
	random := rand.New(rand.NewPCG(3, 14))
	methods := []string{"PUT", "PATCH", "DELETE", "POST", "GET"}
	for range 600 {
		at := places[random.IntN(len(places))]
		version := "2021-04-01"
		if strings.Contains(at, "Microsoft.ManagedIdentity") {
			version = "2023-07-31-preview"
		}
		rec := w.Do(h, as(w, who, methods[random.IntN(len(methods))], at+"?api-version="+version, bodies[random.IntN(len(bodies))]))
		if rec.Code >= 500 {
			t.Fatalf("%s: %d %s", at, rec.Code, doortest.Text(rec))
		}
	}
	if after := rights(); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	if _, made := w.View.Resource(mustID(vms + "a")); !made {
		if _, made = w.View.Resource(mustID(vms + "b")); !made {
			t.Error("the caller could not even do what it may")
		}
	}
	if last := w.Ledger.Last().Reason; last == fault.Unforeseen {
		t.Error("something unforeseen happened")
	}
}

func mustID(s string) name.ResourceID {
	id, err := name.ParseResourceID(s)
	if err != nil {
		panic(err)
	}
	return id
}
