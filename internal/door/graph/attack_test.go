package graph_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/registration"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

const deployerService = "00000140-0000-4000-8000-000000000000" // service principal of the deployer

// register makes an application with one app role, as the tenant's owner does.
func register(t *testing.T, w *doortest.World, called, uri, role string) *view.Application {
	t.Helper()
	var id name.GUID
	w.Change(func(e *directory.Edit) (err error) {
		id, _, err = e.PutApplication(directory.ApplicationSpec{
			Tenant: doortest.North(), DisplayName: called, IDURIs: []string{uri}, Roles: []view.AppRole{{Value: role}},
		})
		return err
	})
	a, _ := w.View.Application(id)
	return a
}

// TestP07NobodyTakesANameForItsRoles: services know an application by its identifier URI and believe the roles in tokens for
// it. Who could take the URI for an application of its own would give itself these roles.
func TestP07NobodyTakesANameForItsRoles(t *testing.T) {
	w, h := serve(t)
	me := actor(w, "climber", azwire.ApplicationReadWrite, azwire.AppRoleAssign)
	sales := register(t, w, "sales", "api://sales", "Admin")
	at := "/applications/" + sales.ObjectID.String()
	for what, r := range map[string][2]string{
		"deleted":         {"DELETE", ""},
		"without its URI": {"PATCH", `{"identifierUris":[]}`},
		"another URI":     {"PATCH", `{"identifierUris":["api://other"]}`},
	} {
		t.Run(what, func(t *testing.T) {
			rec := w.Do(h, as(w, "climber", r[0], at, r[1]))
			w.Refused(rec, http.StatusForbidden, access.Denied)
			if d := w.Ledger.Last().Decision; d == nil || !strings.Contains(d.Hint, "Admin") {
				t.Errorf("it does not say why: %+v", d)
			}
		})
	}
	w.Want(h, http.StatusNoContent, as(w, "climber", "PATCH", at, `{"displayName":"Sales","identifierUris":["api://sales","api://more"]}`))
	// Whoever holds all that the name brings may take it away.
	w.Change(func(e *directory.Edit) error {
		_, err := e.ChangeHolders(sales.ObjectID, registration.Hold(registration.Grant{Role: sales.Roles[0].ID, Principal: me}))
		return err
	})
	w.Want(h, http.StatusNoContent, as(w, "climber", "PATCH", at, `{"identifierUris":["api://sales"]}`))
	w.Want(h, http.StatusNoContent, as(w, "function", "DELETE", at, ""))
}

// TestP07NobodyBecomesAnOwner: an owner gives the app roles of its application. Who could sign in as the owner could too.
func TestP07NobodyBecomesAnOwner(t *testing.T) {
	w, h := serve(t)
	actor(w, "climber", azwire.ApplicationReadWrite, azwire.AppRoleAssign)
	lord := register(t, w, "lord", "api://lord", "None")
	w.Change(func(e *directory.Edit) error {
		_, _, err := e.PutApplication(directory.ApplicationSpec{Tenant: doortest.North(), DisplayName: "owned", Roles: []view.AppRole{{Value: "Admin"}}, Owner: lord.Principal.ObjectID})
		return err
	})
	rec := w.Do(h, as(w, "climber", "POST", "/applications/"+lord.ObjectID.String()+"/addPassword", `{}`))
	w.Refused(rec, http.StatusForbidden, access.Denied)
	if d := w.Ledger.Last().Decision; d == nil || !strings.Contains(d.Hint, "owned") {
		t.Errorf("it does not say why: %+v", d)
	}
	// Another owner is not named in passing.
	body := `{"displayName":"x","owners@odata.bind":["https://graph.microsoft.com/v1.0/directoryObjects/` + lord.Principal.ObjectID.String() + `"]}`
	w.Want(h, http.StatusBadRequest, as(w, "climber", "POST", "/applications", body))
}

// TestP07TheBlockedOwnerStaysBlocked: who owns the tenant and is blocked by a deny assignment does not leave the group that it
// names.
func TestP07TheBlockedOwnerStaysBlocked(t *testing.T) {
	w, h := serve(t)
	me := actor(w, "fallen", azwire.GroupReadWrite)
	w.Change(func(e *directory.Edit) error {
		_, _, err := e.PutAssignment(directory.AssignmentSpec{Tenant: doortest.North(), Scope: name.Root(), Role: name.MustGUID(owner), Principal: me})
		return err
	})
	group := func(called string) string {
		return made(t, w.Want(h, http.StatusCreated, as(w, "function", "POST", "/groups", `{"displayName":"`+called+`","mailNickname":"g","securityEnabled":true}`)), "id")
	}
	blocked, spared := group("blocked"), group("spared")
	w.Want(h, http.StatusNoContent, as(w, "function", "POST", "/groups/"+blocked+"/members/$ref", `{"@odata.id":"https://x/directoryObjects/`+me.String()+`"}`))
	w.Change(func(e *directory.Edit) error {
		_, _, err := e.PutDeny(view.DenyAssignment{
			Tenant: doortest.North(), Name: "fence", Scope: name.Root(), Permissions: []view.RolePermission{{Actions: []string{"*"}}},
			Principals: []name.GUID{name.MustGUID(blocked)}, Exclude: []name.GUID{name.MustGUID(spared)},
		})
		return err
	})
	for _, r := range [][3]string{
		{"DELETE", "/groups/" + blocked + "/members/" + me.String() + "/$ref", ""},
		{"DELETE", "/groups/" + blocked, ""},
		{"POST", "/groups/" + spared + "/members/$ref", `{"@odata.id":"https://x/directoryObjects/` + me.String() + `"}`},
	} {
		w.Refused(w.Do(h, as(w, "fallen", r[0], r[1], r[2])), http.StatusForbidden, access.Denied)
	}
}

// TestP15IdsTellNoMoreThanMayBeRead: whoever may ask what ids are learns of those that it may not read their type alone.
func TestP15IdsTellNoMoreThanMayBeRead(t *testing.T) {
	w, h := serve(t)
	actor(w, "reader", azwire.GroupRead)
	group := made(t, w.Want(h, http.StatusCreated, as(w, "function", "POST", "/groups", `{"displayName":"crowd","mailNickname":"g","securityEnabled":true}`)), "id")
	w.Want(h, http.StatusNoContent, as(w, "function", "POST", "/groups/"+group+"/members/$ref", `{"@odata.id":"https://x/directoryObjects/`+deployerService+`"}`))
	text := doortest.Text(w.Want(h, http.StatusOK, as(w, "reader", "POST", "/directoryObjects/getByIds", `{"ids":["`+deployer+`","`+deployerService+`","`+group+`"]}`)))
	if strings.Contains(text, "deployer") || !strings.Contains(text, "crowd") || !strings.Contains(text, deployer) {
		t.Errorf("getByIds says %s", text)
	}
	text = doortest.Text(w.Want(h, http.StatusOK, as(w, "reader", "GET", "/groups/"+group+"/members", "")))
	if strings.Contains(text, "deployer") || !strings.Contains(text, deployerService) {
		t.Errorf("members says %s", text)
	}
	actor(w, "apps", azwire.ApplicationRead)
	text = doortest.Text(w.Want(h, http.StatusOK, as(w, "apps", "POST", "/directoryObjects/getByIds", `{"ids":["`+deployer+`","`+group+`"]}`)))
	if !strings.Contains(text, "deployer") || strings.Contains(text, "crowd") {
		t.Errorf("getByIds says %s", text)
	}
}

// TestF15NobodyTakesTheHousesAddress: the doors take tokens for their own addresses. An application there would be handed
// tokens that it could use at the door.
func TestF15NobodyTakesTheHousesAddress(t *testing.T) {
	w, h := serve(t)
	for _, uri := range []string{
		doortest.BlobURL + "/northdata", doortest.BlobURL, "https://northdata.blob." + strings.TrimPrefix(doortest.StorageURL, "https://"),
		"https://NORTHDATA.BLOB." + strings.ToUpper(strings.TrimPrefix(doortest.StorageURL, "https://")), doortest.VaultURL, doortest.EntraURL + "/x", doortest.ARMURL + "/x",
		"api://" + strings.TrimPrefix(doortest.BlobURL, "https://"),
	} {
		w.Refused(w.Do(h, as(w, "function", "POST", "/applications", `{"displayName":"thief","identifierUris":["`+uri+`"]}`)), http.StatusBadRequest, registration.Invalid)
	}
	w.Want(h, http.StatusCreated, as(w, "function", "POST", "/applications", `{"displayName":"honest","identifierUris":["https://orders.example/api"]}`))
}

// TestJ01ForgedTokens: whatever is made of a good token without its key, or is for somebody else, opens nothing and is nobody.
func TestJ01ForgedTokens(t *testing.T) {
	w, h := serve(t)
	good := w.Token("function", azwire.GraphAudience)
	w.Want(h, http.StatusOK, as(w, "function", "GET", "/applications", ""))
	bad := w.Forgeries(good)
	maps.Copy(bad, w.BadAudiences(good, azwire.GraphAudience))
	for name, token := range bad {
		t.Run(name, func(t *testing.T) {
			req := as(w, "function", "GET", "/applications", "")
			req.Header.Set("Authorization", "Bearer "+token)
			rec := w.Do(h, req)
			if rec.Code != http.StatusUnauthorized {
				t.Errorf("%d %s", rec.Code, rec.Body)
			}
			if who := w.Ledger.Last().Principal.ID; who != "" {
				t.Errorf("recorded as %s", who)
			}
		})
	}
}
