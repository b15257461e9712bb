package graph_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/graph"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// free are the operations that need a token and nothing else.
func free() map[string]bool { return map[string]bool{"GetMe": true} }

// TestEveryOperationAsks plays each route of the table as somebody without any right, who must be refused by name, and
// nothing may be changed.
func TestEveryOperationAsks(t *testing.T) {
	w, door := open(t)
	actor(w, "nobody")
	before := w.View.Rev()
	for _, r := range door.Routes() {
		if free()[r.Name] {
			continue
		}
		target := filled(r.Pattern, deployer, "00000141-0000-4000-8000-000000000000")
		body := ""
		if r.Method == http.MethodPost || r.Method == http.MethodPatch {
			body = bodyOf(r.Name)
		}
		rec := w.Do(door, as(w, "nobody", r.Method, target, body))
		text := doortest.Text(rec)
		if rec.Code != http.StatusForbidden || !strings.Contains(text, `"Authorization_RequestDenied"`) || strings.Contains(text, "deployer") {
			t.Errorf("%s %s: %d %s", r.Method, target, rec.Code, text)
		}
		if last := w.Ledger.Last(); last.Decision == nil || last.Stream != "ledger" || last.Reason != access.Denied {
			t.Errorf("%s %s: recorded as %+v", r.Method, target, last)
		}
	}
	if w.View.Rev() != before {
		t.Error("something was changed")
	}
}

// bodyOf is a body that an operation would take.
func bodyOf(operation string) string {
	return map[string]string{
		"CreateApplication": `{"displayName":"x"}`, "CreateServicePrincipal": `{"appId":"00000141-0000-4000-8000-000000000000"}`,
		"UpdateServicePrincipal": `{"accountEnabled":false}`, "CreateGroup": `{"displayName":"x","mailNickname":"x","mailEnabled":false,"securityEnabled":true}`,
	}[operation]
}

// TestF11P15EveryRouteAtAnotherTenant plays each route that names an object with one of South's and with one that is nowhere:
// the answers are the same word for word, nothing is changed, and the record shows both tenants.
func TestF11P15EveryRouteAtAnotherTenant(t *testing.T) {
	w, door := open(t)
	var group name.GUID
	w.Change(func(e *directory.Edit) (err error) {
		group, _, err = e.PutDirectoryGroup(directory.GroupMembersSpec{Tenant: doortest.South(), Display: "southerners"})
		return err
	})
	before := w.View.Rev()
	missing := "00000999-0000-4000-8000-000000000000"
	for _, r := range door.Routes() {
		if !strings.Contains(r.Pattern, "{id}") && !strings.Contains(r.Pattern, "{key}") {
			continue
		}
		object, client := southern, "00000151-0000-4000-8000-000000000000"
		if strings.Contains(r.Pattern, "/servicePrincipals/") {
			object = "00000150-0000-4000-8000-000000000000"
		}
		if strings.Contains(r.Pattern, "/groups/") {
			object = group.String()
		}
		answers := map[string]bool{}
		for _, ids := range [][2]string{{object, client}, {missing, missing}} {
			rec := w.Do(door, as(w, "function", r.Method, filled(r.Pattern, ids[0], ids[1]), bodyOf(r.Name)))
			if rec.Code != http.StatusNotFound {
				t.Errorf("%s %s: %d %s", r.Method, r.Pattern, rec.Code, doortest.Text(rec))
			}
			if last := w.Ledger.Last(); ids[0] == object && (last.Reason != graph.ForeignTenant || last.Stream != "ledger" || last.Tenant != doortest.South() ||
				last.Input["caller_tenant"] != doortest.North().String() || last.Principal.ID != doortest.GUID(doortest.FunctionID).String()) {
				t.Errorf("%s %s: the record must show both tenants and the caller: %+v", r.Method, r.Pattern, last)
			}
			answers[strings.NewReplacer(ids[0], "ID", ids[1], "ID").Replace(doortest.Text(rec))] = true
		}
		if len(answers) != 1 {
			t.Errorf("%s %s: %v", r.Method, r.Pattern, answers)
		}
	}
	if w.View.Rev() != before {
		t.Error("something was changed")
	}
}

// TestF11TokenOfAnotherTenant: whoever comes with a token of South sees South and nothing of North, whatever it holds there.
func TestF11TokenOfAnotherTenant(t *testing.T) {
	w, h := serve(t)
	rec := w.Do(h, as(w, "stranger", "GET", "/applications/"+deployer, ""))
	w.Refused(rec, http.StatusForbidden, access.Denied)
	rec = w.Do(h, as(w, "stranger", "POST", "/directoryObjects/getByIds", `{"ids":["`+deployer+`"]}`))
	w.Refused(rec, http.StatusForbidden, access.Denied)
	rec = w.Want(h, http.StatusOK, as(w, "function", "POST", "/directoryObjects/getByIds", `{"ids":["`+southern+`","00000150-0000-4000-8000-000000000000"]}`))
	if text := doortest.Text(rec); !strings.Contains(text, `"value":[]`) {
		t.Errorf("another tenant's: %s", text)
	}
	w.Refused(w.Do(h, as(w, "function", "POST", "/servicePrincipals", `{"appId":"00000151-0000-4000-8000-000000000000"}`)), http.StatusBadRequest, graph.BadBody)
}

// TestF15AudienceOfAnother: a token for another audience of the same tenant opens nothing here.
func TestF15AudienceOfAnother(t *testing.T) {
	w, h := serve(t)
	for _, audience := range []string{doortest.ARMAudience, doortest.StorageAudience, doortest.ExchangeAudience} {
		req := as(w, "function", "GET", "/applications", "")
		req.Header.Set("Authorization", "Bearer "+w.Token("function", audience))
		rec := w.Do(h, req)
		w.Refused(rec, http.StatusUnauthorized, authn.WrongAudience)
		if !strings.Contains(doortest.Text(rec), "InvalidAuthenticationToken") {
			t.Error(doortest.Text(rec))
		}
	}
}

// made gives a member of an answer.
func made(t *testing.T, rec *httptest.ResponseRecorder, member string) string {
	t.Helper()
	var body map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	s, _ := body[member].(string)
	return s
}

// TestP07NobodyGivesItselfMore plays the ways to climb that Entra is known for, each as somebody with the right that the way
// begins with and no other.
func TestP07NobodyGivesItselfMore(t *testing.T) {
	w, h := serve(t)
	role := func(value string) string {
		for _, r := range microsoftGraph(w).Roles {
			if r.Value == value {
				return r.ID.String()
			}
		}
		return ""
	}
	me := actor(w, "climber", azwire.ApplicationReadWrite, azwire.AppRoleAssign, azwire.GroupReadWrite).String()
	graphID := microsoftGraph(w).Principal.ObjectID.String()
	grant := func(to, value string) string {
		return `{"principalId":"` + to + `","resourceId":"` + graphID + `","appRoleId":"` + role(value) + `"}`
	}
	// The deployer becomes what the climber is not.
	w.Change(func(e *directory.Edit) error {
		_, _, err := e.PutAssignment(directory.AssignmentSpec{
			Tenant: doortest.North(), Scope: name.Root(), Role: name.MustGUID(owner), Principal: doortest.GUID(doortest.DeployerID),
		})
		return err
	})
	strong := made(t, w.Want(h, http.StatusCreated, as(w, "function", "POST", "/groups", `{"displayName":"strong","mailNickname":"strong","securityEnabled":true}`)), "id")
	spared := made(t, w.Want(h, http.StatusCreated, as(w, "function", "POST", "/groups", `{"displayName":"spared","mailNickname":"spared","securityEnabled":true}`)), "id")
	blocked := made(t, w.Want(h, http.StatusCreated, as(w, "function", "POST", "/groups", `{"displayName":"blocked","mailNickname":"blocked","securityEnabled":true}`)), "id")
	w.Want(h, http.StatusNoContent, as(w, "function", "POST", "/groups/"+blocked+"/members/$ref", `{"@odata.id":"https://x/directoryObjects/`+me+`"}`))
	w.Change(func(e *directory.Edit) error {
		_, _, err := e.PutAssignment(directory.AssignmentSpec{Tenant: doortest.North(), Scope: name.Root(), Role: name.MustGUID(owner), Principal: name.MustGUID(strong)})
		return err
	})
	w.Change(func(e *directory.Edit) error {
		_, _, err := e.PutDeny(view.DenyAssignment{
			Tenant: doortest.North(), Name: "fence", Scope: name.Root(), Permissions: []view.RolePermission{{Actions: []string{"*"}}},
			Principals: []name.GUID{name.MustGUID(blocked)}, Exclude: []name.GUID{name.MustGUID(spared)},
		})
		return err
	})
	before := w.View.Rev()
	for what, r := range map[string][3]string{
		"app role of Graph to itself":             {"POST", "/servicePrincipals/" + me + "/appRoleAssignments", grant(me, azwire.DirectoryRead)},
		"app role of Graph to itself, other side": {"POST", "/servicePrincipals/" + graphID + "/appRoleAssignedTo", grant(me, azwire.DirectoryRead)},
		"app role that it lacks to another":       {"POST", "/servicePrincipals/00000140-0000-4000-8000-000000000000/appRoleAssignments", grant("00000140-0000-4000-8000-000000000000", azwire.DirectoryRead)},
		"secret on what is stronger":              {"POST", "/applications/" + deployer + "/addPassword", `{}`},
		"trust on what is stronger":               {"POST", "/applications/" + deployer + "/federatedIdentityCredentials", `{"name":"mine","issuer":"https://issuer.example","subject":"me","audiences":["api://AzureADTokenExchange"]}`},
		"trust changed on what is stronger":       {"PATCH", "/applications/" + deployer + "/federatedIdentityCredentials/workload", `{"subject":"` + me + `"}`},
		"key on what is stronger":                 {"PATCH", "/applications/" + deployer, `{"keyCredentials":[]}`},
		"into a group with a role":                {"POST", "/groups/" + strong + "/members/$ref", `{"@odata.id":"https://x/directoryObjects/` + me + `"}`},
		"into a group that is spared":             {"POST", "/groups/" + spared + "/members/$ref", `{"@odata.id":"https://x/directoryObjects/` + me + `"}`},
		"out of a group that is blocked":          {"DELETE", "/groups/" + blocked + "/members/" + me + "/$ref", ""},
		"the blocked group away":                  {"DELETE", "/groups/" + blocked, ""},
	} {
		t.Run(what, func(t *testing.T) {
			rec := w.Do(h, as(w, "climber", r[0], r[1], r[2]))
			w.Refused(rec, http.StatusForbidden, access.Denied)
			if d := w.Ledger.Last().Decision; d == nil || d.Hint == "" {
				t.Errorf("it does not say why: %+v", d)
			}
		})
	}
	if w.View.Rev() != before {
		t.Error("something was changed")
	}
	// What it holds itself it may give.
	w.Want(h, http.StatusCreated, as(w, "climber", "POST", "/servicePrincipals/"+graphID+"/appRoleAssignedTo", grant("00000140-0000-4000-8000-000000000000", azwire.GroupReadWrite)))
}

// TestF13TheServicePrincipalIsNew: a service principal that was deleted and made again has none of what the old one had.
func TestF13TheServicePrincipalIsNew(t *testing.T) {
	w, h := serve(t)
	rec := w.Want(h, http.StatusCreated, as(w, "function", "POST", "/applications", `{"displayName":"twice"}`))
	app, client := made(t, rec, "id"), made(t, rec, "appId")
	create := func() string {
		return made(t, w.Want(h, http.StatusCreated, as(w, "function", "POST", "/servicePrincipals", `{"appId":"`+client+`"}`)), "id")
	}
	old := create()
	hold(w, name.MustGUID(old), azwire.DirectoryRead)
	w.Refused(w.Do(h, as(w, "function", "POST", "/servicePrincipals", `{"appId":"`+client+`"}`)), http.StatusConflict, "directory.service_exists")
	w.Want(h, http.StatusNoContent, as(w, "function", "DELETE", "/servicePrincipals/"+old, ""))
	w.Want(h, http.StatusOK, as(w, "function", "GET", "/applications/"+app, ""))
	w.Want(h, http.StatusNotFound, as(w, "function", "GET", "/servicePrincipals/"+old, ""))
	fresh := create()
	if fresh == old {
		t.Fatal("the object id is the same")
	}
	rec = w.Want(h, http.StatusOK, as(w, "function", "GET", "/servicePrincipals/"+fresh+"/appRoleAssignments", ""))
	if !strings.Contains(doortest.Text(rec), `"value":[]`) {
		t.Errorf("the new one holds %s", doortest.Text(rec))
	}
}

// TestPagesBelongToTheirQuery: a page token opens the next page of its own query and of no other.
func TestPagesBelongToTheirQuery(t *testing.T) {
	w, h := serve(t)
	rec := w.Want(h, http.StatusOK, as(w, "function", "GET", "/servicePrincipals?$top=2", ""))
	next, err := url.Parse(made(t, rec, "@odata.nextLink"))
	if err != nil || next.Query().Get("$skiptoken") == "" {
		t.Fatalf("no next page: %s", doortest.Text(rec))
	}
	token := next.Query().Get("$skiptoken")
	req := as(w, "function", "GET", "", "")
	req.Target = next.RequestURI()
	if second := w.Want(h, http.StatusOK, req); second.Body.String() == rec.Body.String() {
		t.Error("the second page is the first")
	}
	for _, other := range []string{
		"/applications?$skiptoken=" + token, "/servicePrincipals?$skiptoken=" + token + "&$filter=" + url.QueryEscape("displayName eq 'x'"),
		"/servicePrincipals?$skiptoken=" + token + "A", "/servicePrincipals?$skiptoken=", "/servicePrincipals?$skiptoken=e30",
	} {
		w.Refused(w.Do(h, as(w, "function", "GET", other, "")), http.StatusBadRequest, graph.BadPageToken)
	}
	for _, top := range []string{"0", "-1", "1000", "x", "1e2"} {
		w.Refused(w.Do(h, as(w, "function", "GET", "/applications?$top="+top, "")), http.StatusBadRequest, graph.UnsupportedQuery)
	}
}
