package arm_test

import (
	"net/http"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/arm"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
)

// TestARightThatIsLostMeanwhileIsNotUsed: the writer asks again by the state that it changes, for each operation that changes
// something and asks before it runs.
func TestARightThatIsLostMeanwhileIsNotUsed(t *testing.T) {
	w := doortest.New(t, ring.Ring(t, memory.New(), doortest.Start))
	dir := &doortest.Interrupted{Directory: w.Live()}
	h, err := arm.Door{View: w.Current, Authn: w.Authn, Directory: dir, Ledger: w.Ledger, Room: doortest.Roomy{}, Now: w.Now}.Mount(w.Config())
	if err != nil {
		t.Fatal(err)
	}
	actor(w, "actor", owner, northSub)
	self, _ := w.View.Resource(doortest.ResourceID(doortest.North(), "Microsoft.Web/sites", "actor"))
	var right *view.RoleAssignment
	for _, a := range w.View.AssignmentsOf(self.System.ObjectID) {
		right = a
	}
	identities := northGroup + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/fresh?api-version=2023-01-31"
	for what, c := range map[string][3]string{
		"group":      {http.MethodPut, northSub + "/resourceGroups/fresh", `{"location":"local"}`},
		"end":        {http.MethodDelete, northSub + "/resourceGroups/g", ""},
		"identity":   {http.MethodPut, identities, `{"location":"local"}`},
		"resource":   {http.MethodPut, northGroup + "/providers/Microsoft.Web/sites/fresh", `{"location":"local"}`},
		"definition": {http.MethodPut, northSub + "/providers/Microsoft.Authorization/roleDefinitions/11111111-2222-4333-8444-555555555555?api-version=2022-04-01", `{"properties":{"roleName":"r","type":"CustomRole","assignableScopes":["` + northSub + `"],"permissions":[{"actions":["*/read"]}]}}`},
		"assignment": {http.MethodPut, northSub + "/providers/Microsoft.Authorization/roleAssignments/11111111-2222-4333-8444-555555555555?api-version=2022-04-01", `{"properties":{"principalId":"` + doortest.GUID(doortest.FunctionID).String() + `","roleDefinitionId":"/providers/Microsoft.Authorization/roleDefinitions/` + reader + `"}}`},
	} {
		t.Run(what, func(t *testing.T) {
			dir.Meanwhile = func() {
				w.Change(func(e *directory.Edit) error { return e.DeleteAssignment(right.ID) })
			}
			w.Refused(w.Do(h, as(w, "actor", c[0], c[1], c[2])), http.StatusForbidden, access.Denied)
			grant(w, self.System.ObjectID, owner, northSub)
			for _, a := range w.View.AssignmentsOf(self.System.ObjectID) {
				right = a
			}
		})
	}
	dir.Meanwhile = func() {
		w.Change(func(e *directory.Edit) error { return e.RevokePrincipal(self.System.ObjectID) })
	}
	w.Refused(w.Do(h, as(w, "actor", http.MethodDelete, northSub+"/resourceGroups/g", "")), http.StatusUnauthorized, credential.TokenRevoked)
	if _, ok := w.View.Resource(self.ID); !ok {
		t.Error("a group was deleted without a right")
	}
}
