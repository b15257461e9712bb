package arm_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// delegation is the documented condition: grant and take back these roles, to service principals, and nothing else.
func delegation(roles ...string) string {
	set := "{" + strings.Join(roles, ", ") + "}"
	return "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (" +
		"@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals " + set +
		" AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] StringEqualsIgnoreCase 'ServicePrincipal')) AND " +
		"((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (" +
		"@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals " + set + "))"
}

// delegate makes a workload that may grant roles in North's group under a condition.
func delegate(t *testing.T, w *doortest.World, called, condition string) *view.Principal {
	t.Helper()
	actor(w, called, "", "")
	who := principalOf(t, w, called)
	w.Change(func(e *directory.Edit) error {
		_, _, err := e.PutAssignment(directory.AssignmentSpec{
			Scope: name.MustScope(northGroup), Role: name.MustGUID(rbacAdmin), Principal: who.ObjectID, Condition: condition,
		})
		return err
	})
	return who
}

// TestConstrainedDelegation: an RBAC administrator under the documented condition grants and takes back what it names.
func TestConstrainedDelegation(t *testing.T) {
	w, h := serve(t)
	who := delegate(t, w, "delegate", delegation(reader, blobReader))
	actor(w, "someone", "", "")
	other := principalOf(t, w, "someone").ObjectID
	at := northGroup + auth + "roleAssignments/"
	w.Want(h, 201, as(w, "function", "PUT", at+guidOf(90)+rest, grantBody(contributor, other, "")))
	for _, tc := range []struct {
		name, method, target, body string
		status                     int
	}{
		{"a named role", "PUT", at + guidOf(1) + rest, grantBody(reader, other, ""), 201},
		{"below the scope", "PUT", northGroup + "/providers/Microsoft.Web/sites/someone" + auth + "roleAssignments/" + guidOf(2) + rest, grantBody(reader, other, ""), 201},
		{"to itself", "PUT", at + guidOf(3) + rest, grantBody(reader, who.ObjectID, ""), 201},
		{"another role", "PUT", at + guidOf(4) + rest, grantBody(owner, other, ""), 403},
		{"another role to itself", "PUT", at + guidOf(5) + rest, grantBody(owner, who.ObjectID, ""), 403},
		{"its own role", "PUT", at + guidOf(6) + rest, grantBody(rbacAdmin, who.ObjectID, ""), 403},
		{"to nobody", "PUT", at + guidOf(7) + rest, grantBody(reader, name.MustGUID(guidOf(99)), ""), 403}, // it has no type
		{"above the scope", "PUT", northSub + auth + "roleAssignments/" + guidOf(8) + rest, grantBody(reader, other, ""), 403},
		{"at the root", "PUT", auth + "roleAssignments/" + guidOf(8) + rest, grantBody(reader, other, ""), 403},
		{"take back a named role", "DELETE", at + guidOf(1) + rest, "", 200},
		{"take back another role", "DELETE", at + guidOf(90) + rest, "", 403},
		{"take back nothing", "DELETE", at + guidOf(91) + rest, "", 403},
		{"define a role", "PUT", northGroup + auth + "roleDefinitions/" + guidOf(1) + rest, definitionBody("Mine", `"*"`, northGroup), 403},
	} {
		if status, body := ask(w, h, "delegate", tc.method+" "+tc.target, tc.body); status != tc.status {
			t.Errorf("%s: %d %s, want %d", tc.name, status, body, tc.status)
		}
	}
	_, _ = ask(w, h, "delegate", "PUT "+at+guidOf(4)+rest, grantBody(owner, other, ""))
	d := w.Ledger.Last().Decision
	if d == nil || len(d.Nearest) == 0 || !strings.Contains(d.Nearest[0].Text, "ForAnyOfAnyValues:GuidEquals @Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]: have \""+owner+"\"") {
		t.Errorf("the refusal does not say which test of the condition failed: %v", d)
	}
}

// TestP07P19AzureEscalations: each way of raising one's rights that is known of Azure, with nothing but that right;
// among them the administrator of a scope who reaches for the root (P19).
func TestP07P19AzureEscalations(t *testing.T) {
	w, h := serve(t)
	assign := func(n int, scope, role string, to fmt.Stringer) (string, string, string) {
		return "PUT", strings.TrimSuffix(scope, "/") + auth + "roleAssignments/" + guidOf(n) + rest, grantBody(role, to, "")
	}
	custom := func(n int, called, actions string) string {
		w.Change(func(e *directory.Edit) error {
			_, _, err := e.PutRoleDefinition(directory.RoleDefinitionSpec{
				ID: name.MustGUID(guidOf(n)), Tenant: doortest.North(), Name: called, Assignable: []name.Scope{name.MustScope(northGroup)},
				Permissions: []view.RolePermission{{Actions: strings.Split(actions, ",")}},
			})
			return err
		})
		return guidOf(n)
	}
	definer := custom(500, "Definer", "Microsoft.Authorization/roleDefinitions/write")
	harmless := custom(501, "Harmless", "Microsoft.Web/sites/read")
	actor(w, "contributor", contributor, northSub)
	actor(w, "operator2", miOperator, northSub)
	actor(w, "definer", definer, northGroup)
	grant(w, principalOf(t, w, "definer").ObjectID, harmless, northGroup)
	actor(w, "access", userAccess, northGroup)
	limited := delegate(t, w, "limited", delegation(harmless))
	grant(w, limited.ObjectID, definer, northGroup)
	put := func(id string) string { return northGroup + auth + "roleDefinitions/" + id + rest }
	for _, tc := range []struct {
		name, who string
		call      func() (method, target, body string)
		status    int
	}{
		{"Contributor grants", "contributor", func() (string, string, string) {
			return assign(1, northSub, owner, principalOf(t, w, "contributor").ObjectID)
		}, 403},
		{"Contributor defines", "contributor", func() (string, string, string) {
			return "PUT", put(guidOf(502)), definitionBody("C", `"*"`, northGroup)
		}, 403},
		{"an operator of identities grants", "operator2", func() (string, string, string) {
			return assign(1, northSub, owner, principalOf(t, w, "operator2").ObjectID)
		}, 403},
		{"User Access Administrator above its scope", "access", func() (string, string, string) {
			return assign(1, northSub, owner, principalOf(t, w, "access").ObjectID)
		}, 403},
		{"User Access Administrator at the root (P19)", "access", func() (string, string, string) { return assign(1, "/", owner, principalOf(t, w, "access").ObjectID) }, 403},
		{"User Access Administrator in its scope: the right itself", "access", func() (string, string, string) {
			return assign(1, northGroup, owner, principalOf(t, w, "access").ObjectID)
		}, 201},
		{"a group whose name begins alike (P09)", "access", func() (string, string, string) {
			return assign(2, northGroup+"x", owner, principalOf(t, w, "access").ObjectID)
		}, 403},
		{"the role that defines, redefined by its holder", "definer", func() (string, string, string) {
			return "PUT", put(definer), definitionBody("Definer", `"*"`, northGroup)
		}, 403},
		{"a harmless role, redefined by its holder", "definer", func() (string, string, string) {
			return "PUT", put(harmless), definitionBody("Harmless", `"*"`, northGroup)
		}, 403},
		{"a harmless role, renamed by its holder", "definer", func() (string, string, string) {
			return "PUT", put(harmless), definitionBody("Harmless indeed", `"Microsoft.Web/sites/read"`, northGroup)
		}, 200},
		{"a role that is assignable above", "definer", func() (string, string, string) { return "PUT", put(guidOf(503)), definitionBody("D", `"*"`, northSub) }, 403},
		{"a role of its own that it cannot grant", "definer", func() (string, string, string) {
			return "PUT", put(guidOf(504)), definitionBody("D", `"*"`, northGroup)
		}, 201},
		{"and grants it", "definer", func() (string, string, string) {
			return assign(3, northGroup, guidOf(504), principalOf(t, w, "definer").ObjectID)
		}, 403},
		{"the one role that a condition lets it grant, redefined", "limited", func() (string, string, string) {
			return "PUT", put(harmless), definitionBody("Harmless", `"*"`, northGroup)
		}, 403},
		{"a new role where a condition limits it", "limited", func() (string, string, string) {
			return "PUT", put(guidOf(505)), definitionBody("L", `"*"`, northGroup)
		}, 403},
	} {
		method, target, body := tc.call()
		if status, text := ask(w, h, tc.who, method+" "+target, body); status != tc.status {
			t.Errorf("%s: %d %s, want %d", tc.name, status, text, tc.status)
		}
	}
}

// TestP18NothingSwitchesChecksOff: no parameter, header or version of a request changes who may grant what.
func TestP18NothingSwitchesChecksOff(t *testing.T) {
	w, h := serve(t)
	actor(w, "nobody", "", "")
	who := principalOf(t, w, "nobody").ObjectID
	for _, query := range []string{"&force=true", "&skipAuthorization=true", "&tenantId=x"} {
		req := as(w, "nobody", "PUT", northGroup+auth+"roleAssignments/"+guidOf(1)+rest+query, grantBody(owner, who, ""))
		req.Header.Set("X-Ms-Authorization-Auxiliary", "Bearer "+w.Token("function", doortest.ARMAudience))
		w.Want(h, http.StatusForbidden, req)
	}
}

// TestDelegatesRightsNeverGrow plays random calls of a principal that may grant two roles and define roles. After each call
// its rights are what a slow reading of its condition names, and no more: its own grants, and what the two roles allow.
func TestDelegatesRightsNeverGrow(t *testing.T) {
	for seed := range uint64(3) {
		w, h := serve(t)
		who := delegate(t, w, "delegate", delegation(reader, blobReader))
		w.Change(func(e *directory.Edit) error {
			_, _, err := e.PutRoleDefinition(directory.RoleDefinitionSpec{
				ID: name.MustGUID(guidOf(500)), Tenant: doortest.North(), Name: "Definer", Assignable: []name.Scope{name.MustScope(northGroup)},
				Permissions: []view.RolePermission{{Actions: []string{"Microsoft.Authorization/roleDefinitions/write", "Microsoft.Authorization/roleDefinitions/delete"}}},
			})
			return err
		})
		grant(w, who.ObjectID, guidOf(500), northGroup)
		rnd := rand.New(rand.NewPCG(seed, 9)) //nolint:gosec // repeatable on purpose
		pick := func(from ...string) string { return from[rnd.IntN(len(from))] }
		done := 0
		for range 120 {
			scope := pick(northGroup, northGroup+"/providers/Microsoft.Web/sites/delegate", northSub, "", southSub)
			method, target, body := pick("PUT", "PUT", "DELETE"), scope+auth+"roleAssignments/"+guidOf(rnd.IntN(6))+rest, ""
			if rnd.IntN(3) == 0 {
				target = scope + auth + "roleDefinitions/" + pick(guidOf(500), guidOf(501), reader) + rest
				body = definitionBody(pick("Definer", "New"), pick(`"*"`, `"*/read"`), pick(northGroup, northSub))
			} else if method == "PUT" {
				body = grantBody(pick(reader, blobReader, owner, rbacAdmin, userAccess, guidOf(500), guidOf(501)), who.ObjectID, pick("", `,"condition":"Exists @Request[a]"`))
			}
			if method == "DELETE" {
				body = ""
			}
			if status, _ := ask(w, h, "delegate", method+" "+target, body); status < 300 {
				done++
			}
			rightsAsNamed(t, w.Current(), who)
		}
		if done < 5 {
			t.Errorf("seed %d: only %d of the calls did anything", seed, done)
		}
	}
}

// rightsAsNamed compares what a delegate may do with what its condition names: the roles Reader and Storage Blob Data
// Reader within its group, and to grant and define there what it could from the beginning.
func rightsAsNamed(t *testing.T, v *view.View, who *view.Principal) {
	t.Helper()
	for _, at := range []string{"/", northSub, northGroup, northGroup + "/providers/Microsoft.Web/sites/delegate"} {
		inside := strings.HasPrefix(at, northGroup)
		for action, named := range map[string]bool{
			"Microsoft.Web/sites/write": false, "Microsoft.Web/sites/delete": false, "Microsoft.Authorization/roleAssignments/write": false,
			"Microsoft.Authorization/locks/write": false, "Microsoft.Web/sites/read": true,
			"Microsoft.Authorization/roleDefinitions/write": true,
		} {
			d := access.Azure(v, access.AzureRequest{Principal: who, Action: action, Scope: name.MustScope(at)})
			if d.Allowed() && (!named || !inside) {
				t.Fatalf("the delegate may do %s at %s: %v", action, at, d)
			}
		}
	}
}
