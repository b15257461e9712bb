package arm_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// TestP07DefinitionWidensWhereItIsHeld: to change what a role means is to grant it anew to everybody who holds it, wherever
// they do. Moving the role's assignable scopes to where the author may grant anything does not help.
func TestP07DefinitionWidensWhereItIsHeld(t *testing.T) {
	const elsewhere = northSub + "/resourceGroups/elsewhere"
	w, h := serve(t)
	w.Want(h, http.StatusCreated, as(w, "function", "PUT", elsewhere, `{"location":"local"}`))
	define := func(n int, called, action string) string {
		w.Change(func(e *directory.Edit) error {
			_, _, err := e.PutRoleDefinition(directory.RoleDefinitionSpec{
				ID: name.MustGUID(guidOf(n)), Tenant: doortest.North(), Name: called, Assignable: []name.Scope{name.MustScope(northSub)},
				Permissions: []view.RolePermission{{Actions: []string{action}}},
			})
			return err
		})
		return guidOf(n)
	}
	definer, harmless, theirs := define(700, "Definer", "Microsoft.Authorization/roleDefinitions/write"), define(701, "Harmless", "Microsoft.Web/sites/read"), define(702, "Theirs", "Microsoft.Web/sites/read")
	actor(w, "author", definer, northSub)
	actor(w, "holder", theirs, northSub)
	me := principalOf(t, w, "author")
	grant(w, me.ObjectID, harmless, northSub)
	grant(w, me.ObjectID, userAccess, elsewhere) // there the author may grant whatever it likes
	named := define(704, "Named", "Microsoft.Web/sites/read")
	delegate(t, w, "delegate", delegation(named)) // in northGroup, where the author may define and not grant
	put := func(id, called string, scopes ...string) (int, string) {
		return ask(w, h, "author", "PUT "+elsewhere+auth+"roleDefinitions/"+id+rest, definitionBody(called, `"*"`, scopes...))
	}
	for what, try := range map[string]func() (int, string){
		"its own role, made assignable elsewhere only":         func() (int, string) { return put(harmless, "Harmless", elsewhere) },
		"its own role, where it is":                            func() (int, string) { return put(harmless, "Harmless", northSub) },
		"a role that another holds, made assignable elsewhere": func() (int, string) { return put(theirs, "Theirs", elsewhere) },
		"a role that another's condition names":                func() (int, string) { return put(named, "Named", northGroup) },
		"a role that another holds":                            func() (int, string) { return put(theirs, "Theirs", northSub) },
	} {
		if status, text := try(); status != http.StatusForbidden {
			t.Errorf("%s: %d %s", what, status, text)
		}
	}
	if d := access.Azure(w.Current(), access.AzureRequest{Principal: me, Action: "Microsoft.Web/sites/write", Scope: name.MustScope(northSub)}); d.Allowed() {
		t.Errorf("the author may now write anything in the subscription: %v", d)
	}
	if status, text := put(guidOf(703), "Fresh", elsewhere); status != http.StatusCreated {
		t.Errorf("a new role where it may grant everything: %d %s", status, text)
	}
}

// TestM05PathTricksReachNoOtherPlace: spellings of a path that a lenient reader would take for another place. None of them
// makes anything, and none is answered with what lies at the place that it looks like.
func TestM05PathTricksReachNoOtherPlace(t *testing.T) {
	w, h := serve(t)
	actor(w, "inside", owner, northGroup) // owns the group and nothing else
	me := principalOf(t, w, "inside").ObjectID
	before := w.View.Rev()
	for _, target := range []string{
		northGroup + "/../..", northGroup + "/%2e%2e/other", northGroup + "%2f..", northGroup + "x", northGroup + "%20", northGroup + "./", northGroup + ";x",
		northGroup + "%00", strings.Replace(northGroup, "/g", "/%EF%BC%87", 1), // a fullwidth letter
		strings.Replace(northGroup, "resourceGroups", "re%C5%BFourceGroups", 1), // a long s
		northSub + "//resourceGroups/other", northSub + "1/resourceGroups/g", northSub + "/resourceGroups", "/subscriptions/", northSub + `\resourceGroups\x`,
		strings.Replace(identities, "user", "u%C5%BFer", 1) + "mine", strings.Replace(identities, "userAssigned", "user%41ssigned", 1) + "mine",
		strings.Replace(identities, "Identity", "%C4%B0dentity", 1) + "mine",
		northGroup + "/providers/Microsoft.%41uthorization/roleAssignments/" + guidOf(1), northGroup + "/providers/Microsoft.Authorization/role%41ssignments/" + guidOf(1),
		northGroup + "/providers/Microsoft.Storage/storageAccounts/northdata/blobServ%69ces/default/containers/mine",
	} {
		for _, r := range [][2]string{
			{"PUT", `{"location":"local"}`}, {"PUT", grantBody(owner, me, "")}, {"PUT", attach(identities + "one")}, {"PATCH", `{"tags":{"a":"b"}}`}, {"DELETE", ""},
		} {
			rec := w.Do(h, as(w, "inside", r[0], target, r[1]))
			if rec.Code < 300 && rec.Code != http.StatusNoContent || rec.Code >= 500 {
				t.Errorf("%s %s: %d %s", r[0], target, rec.Code, doortest.Text(rec))
			}
		}
	}
	if w.View.Rev() != before {
		t.Error("something was changed")
	}
}

// TestJ01ForgedTokens: whatever is made of a good token without its key, or is for somebody else, opens nothing and is nobody.
func TestJ01ForgedTokens(t *testing.T) {
	w, h := serve(t)
	good := w.Token("function", doortest.ARMAudience)
	w.Want(h, http.StatusOK, as(w, "function", "GET", northGroup, ""))
	bad := w.Forgeries(good)
	maps.Copy(bad, w.BadAudiences(good, doortest.ARMAudience))
	for name, token := range bad {
		t.Run(name, func(t *testing.T) {
			req := as(w, "function", "GET", northGroup, "")
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
