package arm_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/view"
)

// More built-in roles.
const (
	userAccess = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9" // User Access Administrator
	rbacAdmin  = "f58310d9-a9f6-439a-9e8d-f62e7b41a168" // Role Based Access Control Administrator
	blobReader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
	auth       = "/providers/Microsoft.Authorization/"
	rest       = "?api-version=2022-04-01"
)

// guidOf makes a GUID that ends in n.
func guidOf(n int) string { return fmt.Sprintf("0000ffff-0000-4000-8000-%012d", n) }

// grantBody is what a client sends to grant a role.
func grantBody(role string, principal fmt.Stringer, more string) string {
	return fmt.Sprintf(`{"properties":{"roleDefinitionId":"%sroleDefinitions/%s","principalId":"%s"%s}}`, auth, role, principal, more)
}

// principalOf is the system identity of an actor.
func principalOf(t *testing.T, w *doortest.World, called string) *view.Principal {
	t.Helper()
	r, ok := w.View.Resource(doortest.ResourceID(doortest.North(), "Microsoft.Web/sites", called))
	if !ok {
		t.Fatalf("no %s", called)
	}
	return r.System
}

// ask sends a request of a workload, "METHOD target", and gives status and body.
func ask(w *doortest.World, h http.Handler, who, line, body string) (int, string) {
	method, target, _ := strings.Cut(line, " ")
	rec := w.Do(h, as(w, who, method, target, body))
	return rec.Code, doortest.Text(rec)
}

// names reads a list's answer: the ids' last segments, and the next page.
func names(t *testing.T, body string) (list []string, next string) {
	t.Helper()
	var page struct {
		Value    []struct{ ID, Name string }
		NextLink string
	}
	if err := json.Unmarshal([]byte(body), &page); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	for _, v := range page.Value {
		if !strings.HasSuffix(v.ID, "/"+v.Name) {
			t.Errorf("the id %s does not end in the name %s", v.ID, v.Name)
		}
		list = append(list, v.Name)
	}
	return list, page.NextLink
}

func TestRoleAssignments(t *testing.T) {
	w, h := serve(t)
	actor(w, "someone", "", "")
	who := principalOf(t, w, "someone")
	at := northGroup + auth + "roleAssignments/"
	first, second := at+guidOf(1)+rest, at+guidOf(2)+rest
	for _, tc := range []struct {
		name, method, target, body string
		status                     int
		says                       string
	}{
		{"create", "PUT", first, grantBody(reader, who.ObjectID, `,"description":"d"`), 201, `"principalType":"ServicePrincipal"`},
		{"the same again", "PUT", first, grantBody(reader, who.ObjectID, `,"description":"d"`), 200, `"description":"d"`},
		{"under another id", "PUT", second, grantBody(reader, who.ObjectID, ""), 409, "RoleAssignmentExists"},
		{"which names the first", "PUT", second, grantBody(reader, who.ObjectID, ""), 409, guidOf(1)},
		{"another role under the id", "PUT", first, grantBody(contributor, who.ObjectID, ""), 400, "RoleAssignmentUpdateNotPermitted"},
		{"condition added", "PUT", first, grantBody(reader, who.ObjectID, `,"condition":"Exists @Request[a]","conditionVersion":"2.0"`), 200, `"conditionVersion":"2.0"`},
		{"bad condition", "PUT", first, grantBody(reader, who.ObjectID, `,"condition":"Exists"`), 400, "position 7"},
		{"condition of another version", "PUT", first, grantBody(reader, who.ObjectID, `,"condition":"Exists @Request[a]","conditionVersion":"1.0"`), 400, "InvalidConditionVersion"},
		{"no such principal", "PUT", second, grantBody(reader, name.MustGUID(guidOf(9)), ""), 400, "PrincipalNotFound"},
		{"the client id", "PUT", second, grantBody(reader, who.ClientID, ""), 400, "PrincipalNotFound"},
		{"another tenant's principal", "PUT", second, grantBody(reader, doortest.GUID(doortest.StrangerID), ""), 400, "PrincipalNotFound"},
		{"no such role", "PUT", second, grantBody(guidOf(9), who.ObjectID, ""), 404, "RoleDefinitionDoesNotExist"},
		{"wrong type", "PUT", second, grantBody(contributor, who.ObjectID, `,"principalType":"Group"`), 400, "ServicePrincipal"},
		{"delegated", "PUT", second, grantBody(contributor, who.ObjectID, `,"delegatedManagedIdentityResourceId":"/x"`), 400, "NotSupported"},
		{"delegable", "PUT", second, grantBody(contributor, who.ObjectID, `,"canDelegate":true`), 400, "NotSupported"},
		{"no GUID", "PUT", at + "x" + rest, grantBody(reader, who.ObjectID, ""), 400, "not a GUID"},
		{"role of another kind", "PUT", second, `{"properties":{"roleDefinitionId":"/x/` + reader + `","principalId":"` + who.ObjectID.String() + `"}}`, 400, "role definition id"},
		{"no principal", "PUT", second, `{"properties":{"roleDefinitionId":"` + reader + `"}}`, 400, "principal id"},
		{"no properties", "PUT", second, `{}`, 400, "properties"},
		{"null properties", "PUT", second, `{"properties":null}`, 400, "properties"},
		{"a text twice", "PUT", second, `{"properties":{"principalId":"a","PRINCIPALID":"b"}}`, 400, "InvalidRequestContent"},
		{"no JSON", "PUT", second, `{`, 400, "InvalidRequestContent"},
		{"a number", "PUT", second, `{"properties":{"condition":1}}`, 400, "not a string"},
		{"get", "GET", first, "", 200, `"roleDefinitionId":"` + northSub + auth + `roleDefinitions/` + reader + `"`},
		{"get, folded", "GET", strings.Replace(strings.ToLower(at), "resourcegroups", "RESOURCEGROUPS", 1) + guidOf(1) + rest, "", 200, guidOf(1)},
		{"get at another scope", "GET", northSub + auth + "roleAssignments/" + guidOf(1) + rest, "", 404, "RoleAssignmentNotFound"},
		{"get none", "GET", second, "", 404, "RoleAssignmentNotFound"},
		{"odd version", "GET", at + guidOf(1) + "?api-version=2022-04-02", "", 400, "2018-01-01-preview"},
		{"post", "POST", first, "", 405, "HttpMethodNotAllowed"},
		{"delete", "DELETE", at + guidOf(1) + "?api-version=2020-04-01-preview", "", 200, guidOf(1)},
		{"delete again", "DELETE", first, "", 204, ""},
		{"delete with a body", "DELETE", first, `{"a":1}`, 400, "Nothing is read"},
		{"short role id", "PUT", first, `{"properties":{"roleDefinitionId":"` + reader + `","principalId":"` + who.ObjectID.String() + `"}}`, 201, "conditionVersion\":null"},
	} {
		if status, body := ask(w, h, "function", tc.method+" "+tc.target, tc.body); status != tc.status || !strings.Contains(body, tc.says) {
			t.Errorf("%s: %d %s, want %d with %q", tc.name, status, body, tc.status, tc.says)
		}
	}
}

// TestRoleAssignmentLists: what each filter lets through, at a group with grants at it, above it and below it.
func TestRoleAssignmentLists(t *testing.T) {
	w, h := serve(t)
	actor(w, "someone", "", "")
	who := principalOf(t, w, "someone").ObjectID
	site := northGroup + "/providers/Microsoft.Web/sites/someone"
	ids := map[string]string{}
	for i, scope := range []string{northSub, northGroup, site} {
		w.Change(func(e *directory.Edit) error {
			ids[scope] = guidOf(10 + i)
			_, _, err := e.PutAssignment(directory.AssignmentSpec{
				ID: name.MustGUID(ids[scope]), Scope: name.MustScope(scope), Role: name.MustGUID(contributor), Principal: who,
			})
			return err
		})
	}
	all := []string{ids[northSub], ids[northGroup], ids[site]}
	for filter, want := range map[string][]string{
		"principalId eq '" + who.String() + "'":                                all,
		"PRINCIPALID EQ '" + strings.ToUpper(who.String()) + "'":               all,
		"assignedTo('" + who.String() + "')":                                   all,
		"atScope() and principalId eq '" + who.String() + "'":                  all[:2],
		"assignedTo('" + who.String() + "') and  atScope()":                    all[:2],
		"principalId eq '" + guidOf(99) + "'":                                  nil,
		"principalId eq '" + doortest.GUID(doortest.StrangerID).String() + "'": nil,
	} {
		status, body := ask(w, h, "function", "GET "+northGroup+auth+"roleAssignments"+rest+"&$filter="+strings.ReplaceAll(filter, " ", "%20"), "")
		if got, _ := names(t, body); status != 200 || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %d %v, want %v", filter, status, got, want)
		}
	}
	for _, filter := range []string{"principalId eq x", "atScope()x", "atScope() or atScope()", "atScope() and", "atScope() and atScope()", "roleName eq 'x'", "principalId eq 'x'", "assignedTo(x)", "assignedTo('" + guidOf(1) + "'", "principalId eq '" + guidOf(1) + "' and assignedTo('" + guidOf(2) + "')"} {
		if status, body := ask(w, h, "function", "GET "+northGroup+auth+"roleAssignments"+rest+"&$filter="+strings.ReplaceAll(filter, " ", "%20"), ""); status != 400 || !strings.Contains(body, "InvalidFilterInQueryString") {
			t.Errorf("%s: %d %s", filter, status, body)
		}
	}
	// Page by page, without a filter: each once, and nothing of the other tenant.
	seen, next := []string{}, northGroup+auth+"roleAssignments"+rest+"&$top=1"
	for next != "" {
		status, body := ask(w, h, "function", "GET "+next, "")
		got, link := names(t, body)
		if status != 200 || len(got) > 1 {
			t.Fatalf("%d %s", status, body)
		}
		seen, next = append(seen, got...), strings.TrimPrefix(link, w.View.Installation().URLs["arm"])
	}
	_, body := ask(w, h, "function", "GET "+northGroup+auth+"roleAssignments"+rest, "")
	whole, _ := names(t, body)
	if fmt.Sprint(seen) != fmt.Sprint(whole) || len(whole) < 4 {
		t.Errorf("page by page %v, at once %v", seen, whole)
	}
	for a := range w.View.Assignments() {
		if listed := strings.Contains(body, a.ID.String()); listed != (a.Tenant == doortest.North() && (a.Scope.Covers(name.MustScope(northGroup)) || name.MustScope(northGroup).Covers(a.Scope))) {
			t.Errorf("the assignment %s at %s: listed %t", a.ID, a.Scope, listed)
		}
	}
	if status, _ := ask(w, h, "someone", "GET /providers/Microsoft.Authorization/roleAssignments"+rest, ""); status != 403 {
		t.Errorf("a listing at the root without a right there: %d", status)
	}
}

// TestTheGrantsOfOnePrincipalComeInOrder: whatever the pages, each once and by ids, with those of its groups among them.
func TestTheGrantsOfOnePrincipalComeInOrder(t *testing.T) {
	w, h := serve(t)
	actor(w, "someone", "", "")
	who := principalOf(t, w, "someone").ObjectID
	var left, right name.GUID // two groups that are members of each other
	w.Change(func(e *directory.Edit) (err error) {
		north := doortest.North()
		if left, _, err = e.PutDirectoryGroup(directory.GroupMembersSpec{Tenant: north, Display: "left", Members: []name.GUID{who}}); err != nil {
			return err
		}
		if right, _, err = e.PutDirectoryGroup(directory.GroupMembersSpec{Tenant: north, Display: "right", Members: []name.GUID{left}}); err != nil {
			return err
		}
		_, _, err = e.PutDirectoryGroup(directory.GroupMembersSpec{Tenant: north, ObjectID: left, Display: "left", Members: []name.GUID{who, right}})
		return err
	})
	scopes := []string{northSub, northGroup, northGroup + "/providers/Microsoft.Web/sites/someone"}
	roles := []string{contributor, reader, userAccess, rbacAdmin, blobReader}
	want := map[name.GUID][]string{}
	for i := range len(scopes) * len(roles) {
		n := i * 7 % (len(scopes) * len(roles)) // written in another order than they are listed in
		holder := []name.GUID{who, left, right, who}[n%4]
		want[holder] = append(want[holder], guidOf(100+n))
		w.Change(func(e *directory.Edit) error {
			_, _, err := e.PutAssignment(directory.AssignmentSpec{
				ID: name.MustGUID(guidOf(100 + n)), Scope: name.MustScope(scopes[n%len(scopes)]), Role: name.MustGUID(roles[n%len(roles)]), Principal: holder,
			})
			return err
		})
	}
	groups := slices.Concat(want[left], want[right])
	for filter, want := range map[string][]string{
		"principalId eq '" + who.String() + "'": want[who], "assignedTo('" + who.String() + "')": slices.Concat(want[who], groups),
		"assignedTo('" + left.String() + "')": groups,
	} {
		slices.Sort(want)
		for _, top := range []int{1, 4, 15, 1000} {
			var seen []string
			next := fmt.Sprintf("%s%sroleAssignments%s&$filter=%s&$top=%d", northGroup, auth, rest, url.PathEscape(filter), top)
			for next != "" {
				_, body := ask(w, h, "function", "GET "+next, "")
				got, link := names(t, body)
				seen, next = append(seen, got...), strings.TrimPrefix(link, w.View.Installation().URLs["arm"])
			}
			if diff := cmp.Diff(want, seen); diff != "" {
				t.Errorf("%s in pages of %d (-want +got):\n%s", filter, top, diff)
			}
		}
	}
}

func definitionBody(name, actions string, scopes ...string) string {
	b, _ := json.Marshal(scopes)
	return fmt.Sprintf(`{"properties":{"roleName":%q,"type":"CustomRole","assignableScopes":%s,"permissions":[{"actions":[%s],"dataActions":[]}]}}`, name, b, actions)
}

func TestRoleDefinitions(t *testing.T) {
	w, h := serve(t)
	at := northGroup + auth + "roleDefinitions"
	first, second := at+"/"+guidOf(1)+rest, at+"/"+guidOf(2)+rest
	for _, tc := range []struct {
		name, method, target, body string
		status                     int
		says                       string
	}{
		{"create", "PUT", first, definitionBody("Starter", `"Microsoft.Web/sites/start/action"`, northGroup), 201, `"type":"CustomRole"`},
		{"same name", "PUT", second, definitionBody("starter", `"*/read"`, northGroup), 409, "RoleDefinitionWithSameNameExists"},
		{"built-in name", "PUT", second, definitionBody("Reader", `"*/read"`, northGroup), 409, "RoleDefinitionWithSameNameExists"},
		{"built-in id", "PUT", at + "/" + reader + rest, definitionBody("Mine", `"*/read"`, northGroup), 409, "built-in"},
		{"built-in type", "PUT", second, strings.Replace(definitionBody("Mine", `"*/read"`, northGroup), "CustomRole", "BuiltInRole", 1), 400, "CustomRole"},
		{"elsewhere", "PUT", second, definitionBody("Mine", `"*/read"`, northGroup, southSub), 403, "AuthorizationFailed"},
		{"at the root", "PUT", second, definitionBody("Mine", `"*/read"`, "/"), 403, "AuthorizationFailed"},
		{"no scope", "PUT", second, definitionBody("Mine", `"*/read"`), 400, "assignable"},
		{"bad scope", "PUT", second, definitionBody("Mine", `"*/read"`, "a"), 400, "not valid"},
		{"bad action", "PUT", second, definitionBody("Mine", `"a b"`, northGroup), 400, "permissions[0].actions[0]"},
		{"no permissions", "PUT", second, `{"properties":{"roleName":"x","assignableScopes":["` + northGroup + `"]}}`, 400, "not an array"},
		{"a permission that is none", "PUT", second, `{"properties":{"roleName":"x","assignableScopes":["` + northGroup + `"],"permissions":[1]}}`, 400, "InvalidRequestContent"},
		{"a condition inside", "PUT", second, `{"properties":{"roleName":"x","assignableScopes":["` + northGroup + `"],"permissions":[{"actions":[],"condition":"x"}]}}`, 400, "NotSupported"},
		{"no properties", "PUT", second, `{}`, 400, "properties"},
		{"update", "PUT", first, definitionBody("Starter", `"Microsoft.Web/sites/*"`, northGroup), 200, `"Microsoft.Web/sites/*"`},
		{"get", "GET", northSub + auth + "roleDefinitions/" + guidOf(1) + rest, "", 200, `"id":"` + northSub + auth + `roleDefinitions/` + guidOf(1) + `"`},
		{"get built-in at the root", "GET", auth + "roleDefinitions/" + reader + rest, "", 403, "AuthorizationFailed"},
		{"list by name", "GET", northSub + auth + "roleDefinitions" + rest + "&$filter=roleName%20eq%20'Contributor'", "", 200, contributor},
		{"list by type", "GET", northGroup + auth + "roleDefinitions" + rest + "&$filter=atScope()%20and%20type%20eq%20'CustomRole'", "", 200, guidOf(1)},
		{"list below", "GET", northSub + auth + "roleDefinitions" + rest + "&$filter=atScopeAndBelow()%20and%20type%20eq%20'CustomRole'", "", 200, guidOf(1)},
		{"az's version", "GET", northGroup + auth + "roleDefinitions?$filter=roleName%20eq%20'Starter'&api-version=2018-01-01-preview", "", 200, guidOf(1)},
		{"delete a built-in", "DELETE", at + "/" + reader + rest, "", 400, "built in"},
		{"delete", "DELETE", first, "", 200, guidOf(1)},
		{"delete again", "DELETE", first, "", 204, ""},
	} {
		if status, body := ask(w, h, "function", tc.method+" "+tc.target, tc.body); status != tc.status || !strings.Contains(body, tc.says) {
			t.Errorf("%s: %d %s, want %d with %q", tc.name, status, body, tc.status, tc.says)
		}
	}
	w.Want(h, 201, as(w, "function", "PUT", first, definitionBody("Starter", `"*/read"`, northGroup)))
	grant(w, doortest.GUID(doortest.FunctionID), guidOf(1), northGroup)
	if status, body := ask(w, h, "function", "DELETE "+first, ""); status != 409 || !strings.Contains(body, "RoleDefinitionHasAssignments") {
		t.Errorf("a role in use: %d %s", status, body)
	}
}

func TestDenyAssignmentsAndPermissions(t *testing.T) {
	w, h := serve(t)
	actor(w, "someone", reader, northGroup)
	var id name.GUID
	w.Change(func(e *directory.Edit) (err error) {
		id, _, err = e.PutDeny(view.DenyAssignment{
			Tenant: doortest.North(), Name: "lock", Scope: name.MustScope(northGroup), Principals: []name.GUID{rbac.Everyone()},
			Exclude: []name.GUID{doortest.GUID(doortest.FunctionID)}, Permissions: []view.RolePermission{{Actions: []string{"Microsoft.Authorization/roleAssignments/read"}}},
		})
		return err
	})
	at := northGroup + auth + "denyAssignments"
	for _, tc := range []struct {
		name, who, method, target string
		status                    int
		says                      string
	}{
		{"get", "someone", "GET", at + "/" + id.String() + rest, 200, `"principals":[{"id":"00000000-0000-0000-0000-000000000000","type":"SystemDefined"}]`},
		{"get elsewhere", "function", "GET", northSub + auth + "denyAssignments/" + id.String() + rest, 404, "DenyAssignmentNotFound"},
		{"list above", "function", "GET", northSub + auth + "denyAssignments" + rest, 200, id.String()},
		{"list at scope only, above", "function", "GET", northSub + auth + "denyAssignments" + rest + "&$filter=atScope()", 200, `{"value":[]}`},
		{"list by name", "someone", "GET", at + rest + "&$filter=denyAssignmentName%20eq%20'LOCK'%20and%20principalId%20eq%20'" + guidOf(1) + "'", 200, id.String()},
		{"list by another name", "someone", "GET", at + rest + "&$filter=denyAssignmentName%20eq%20'x'", 200, `{"value":[]}`},
		{"put", "function", "PUT", at + "/" + id.String() + rest, 405, "HttpMethodNotAllowed"},
		{"delete", "function", "DELETE", at + "/" + id.String() + rest, 405, "HttpMethodNotAllowed"},
		{"blocked", "someone", "GET", northGroup + auth + "roleAssignments" + rest, 403, "AuthorizationFailed"},
		{"not blocked", "function", "GET", northGroup + auth + "roleAssignments" + rest, 200, "value"},
		{"permissions", "someone", "GET", northGroup + auth + "permissions" + rest, 200, `{"value":[{"actions":["*/read"],"notActions":[],"dataActions":[],"notDataActions":[]}]}`},
		{"permissions where there are none", "someone", "GET", northSub + auth + "permissions" + rest, 200, `{"value":[]}`},
	} {
		if status, body := ask(w, h, tc.who, tc.method+" "+tc.target, ""); status != tc.status || !strings.Contains(body, tc.says) {
			t.Errorf("%s: %d %s, want %d with %q", tc.name, status, body, tc.status, tc.says)
		}
	}
}

// TestF11ForeignRights: nothing of another tenant is told or touched, whatever scope and id are named.
func TestF11ForeignRights(t *testing.T) {
	w, h := serve(t)
	grant(w, doortest.GUID(doortest.FunctionID), owner, "/")
	south, foreign := 0, ""
	for a := range w.View.Assignments() {
		if a.Tenant == doortest.South() {
			south++
			foreign = a.ID.String()
		}
	}
	if south == 0 {
		t.Fatal("the other tenant has no assignments to find")
	}
	_, body := ask(w, h, "function", "GET "+auth+"roleAssignments"+rest, "")
	for a := range w.View.Assignments() {
		if strings.Contains(body, a.ID.String()) != (a.Tenant == doortest.North()) {
			t.Errorf("the list at the root is wrong about %s of %s", a.ID, a.Tenant)
		}
	}
	for _, method := range []string{"GET", "DELETE", "PUT"} {
		missing, _ := ask(w, h, "function", method+" "+auth+"roleAssignments/"+guidOf(77)+rest, "{}")
		if got, text := ask(w, h, "function", method+" "+auth+"roleAssignments/"+foreign+rest, "{}"); got != missing {
			t.Errorf("%s of another tenant's assignment: %d, of none: %d: %s", method, got, missing, text)
		}
		if r := w.Ledger.Last(); method == "GET" && (r.Tenant != doortest.South() || r.Input["caller_tenant"] != doortest.North().String()) {
			t.Errorf("the record must show both tenants: %+v", r)
		}
		if status, text := ask(w, h, "function", method+" "+southSub+auth+"roleAssignments/"+foreign+rest, ""); status != 404 || !strings.Contains(text, "SubscriptionNotFound") {
			t.Errorf("%s in another tenant's subscription: %d %s", method, status, text)
		}
	}
	if _, ok := w.Current().Assignment(name.MustGUID(foreign)); !ok {
		t.Error("the other tenant's assignment is gone")
	}
}
