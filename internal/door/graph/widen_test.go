package graph_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

const reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7" // the built-in role

// climb is a random walk of a workload through Graph, and what it got hold of on the way.
type climb struct {
	*rand.Rand
	t      *testing.T
	w      *doortest.World
	h      http.Handler
	me     name.GUID
	proven map[name.GUID]bool // applications that it can sign in as
	own    map[name.GUID]bool // applications that it made itself
}

// begin makes a tenant with what is worth having, and "climber" who holds some of what Graph asks for.
func begin(t *testing.T, r *rand.Rand) *climb {
	t.Helper()
	w, h := serve(t)
	var values []string
	for _, v := range []string{azwire.ApplicationReadWrite, azwire.ApplicationOwned, azwire.AppRoleAssign, azwire.GroupReadWrite, azwire.DirectoryRead} {
		if r.IntN(3) > 0 {
			values = append(values, v)
		}
	}
	me := actor(w, "climber", values...)
	ask := func(path, body string) string {
		return made(t, w.Want(h, http.StatusCreated, as(w, "function", "POST", path, body)), "id")
	}
	groups := map[string]string{}
	for _, g := range []string{"strong", "empty", "blocked", "spared"} {
		groups[g] = ask("/groups", `{"displayName":"`+g+`","mailNickname":"`+g+`","mailEnabled":false,"securityEnabled":true}`)
	}
	for _, app := range []string{"weak", "graphed"} {
		rec := w.Want(h, http.StatusCreated, as(w, "function", "POST", "/applications", `{"displayName":"`+app+`"}`))
		service := ask("/servicePrincipals", `{"appId":"`+made(t, rec, "appId")+`"}`)
		if app == "graphed" {
			hold(w, name.MustGUID(service), azwire.GroupRead)
			hold(w, name.MustGUID(service), azwire.ApplicationReadWrite)
		}
	}
	if r.IntN(2) == 0 {
		w.Want(h, http.StatusNoContent, as(w, "function", "POST", "/groups/"+groups["blocked"]+"/members/$ref", member(me.String())))
	}
	assigned := map[name.GUID]string{name.MustGUID(groups["strong"]): owner, doortest.GUID(doortest.DeployerID): owner}
	if r.IntN(2) == 0 {
		assigned[me] = reader
	}
	w.Change(func(e *directory.Edit) error {
		for who, role := range assigned {
			if _, _, err := e.PutAssignment(directory.AssignmentSpec{Tenant: doortest.North(), Scope: name.Root(), Role: name.MustGUID(role), Principal: who}); err != nil {
				return err
			}
		}
		_, _, err := e.PutDeny(view.DenyAssignment{
			Tenant: doortest.North(), Name: "fence", Scope: name.Root(), Permissions: []view.RolePermission{{Actions: []string{"*"}}},
			Principals: []name.GUID{name.MustGUID(groups["blocked"])}, Exclude: []name.GUID{name.MustGUID(groups["spared"])},
		})
		return err
	})
	return &climb{r, t, w, h, me, map[name.GUID]bool{}, map[name.GUID]bool{}}
}

// held are the object ids of what the climber is and can sign in as.
func (c *climb) held() []name.GUID {
	ids := []name.GUID{c.me}
	for a := range c.w.View.Applications() {
		if c.proven[a.ObjectID] && a.HasService() {
			ids = append(ids, a.Principal.ObjectID)
		}
	}
	return ids
}

func member(id string) string { return `{"@odata.id":"https://x/directoryObjects/` + id + `"}` }

// rights are the app roles that somebody's principals hold, and what they may do at the root of the tenant.
func (c *climb) rights() map[string]bool {
	all, held := map[string]bool{}, c.held()
	for a := range c.w.View.Applications() {
		for _, role := range a.Roles {
			for _, m := range role.Members {
				if slices.Contains(held, m) && !c.own[a.ObjectID] {
					all["app role "+role.Value+" of "+a.ObjectID.String()] = true
				}
			}
		}
	}
	for _, id := range held {
		o, ok := c.w.View.PrincipalByObject(id)
		if !ok {
			continue
		}
		for _, action := range []string{"Microsoft.Authorization/roleAssignments/write", "Microsoft.Storage/storageAccounts/read"} {
			if access.Azure(c.w.View, access.AzureRequest{Principal: o.Principal(), Action: action, Scope: name.Root(), Now: c.w.Now()}).Allowed() {
				all[action] = true
			}
		}
	}
	return all
}

// pick gives some application, service principal and group of the tenant.
func (c *climb) pick() (app *view.Application, service, group string) {
	var apps []*view.Application
	services := []string{c.me.String()}
	for a := range c.w.View.Applications() {
		if a.Principal.Tenant == doortest.North() {
			apps, services = append(apps, a), append(services, a.Principal.ObjectID.String())
		}
	}
	groups := []string{nobodys}
	for g := range c.w.View.DirectoryGroups() {
		groups = append(groups, g.ObjectID.String())
	}
	return apps[c.IntN(len(apps))], services[c.IntN(len(services))], groups[c.IntN(len(groups))]
}

// step makes one random call. Whoever has given an application a proof can sign in as it from then on.
func (c *climb) step(n int) string {
	app, service, group := c.pick()
	graphID, client := microsoftGraph(c.w).Principal.ObjectID.String(), app.Principal.ClientID.String()
	roles := microsoftGraph(c.w).Roles
	grant := `{"principalId":"` + service + `","resourceId":"` + graphID + `","appRoleId":"` + roles[c.IntN(len(roles))].ID.String() + `"}`
	trust := fmt.Sprintf(`{"name":"mine-%d","issuer":"https://issuer.example","subject":"me-%d","audiences":["api://AzureADTokenExchange"]}`, n, n)
	at := "/applications/" + app.ObjectID.String()
	calls := []struct {
		method, path, body string
		proves             bool
	}{
		{"POST", "/applications", `{"displayName":"mine"}`, false},
		{"POST", "/servicePrincipals", `{"appId":"` + client + `"}`, false},
		{"POST", at + "/addPassword", `{}`, true},
		{"POST", at + "/federatedIdentityCredentials", trust, true},
		{"PATCH", at + "/federatedIdentityCredentials/workload", `{"subject":"me"}`, true},
		{"PATCH", at, `{"displayName":"other"}`, false},
		{"DELETE", at, "", false},
		{"DELETE", "/servicePrincipals/" + app.Principal.ObjectID.String(), "", false},
		{"POST", "/servicePrincipals/" + service + "/appRoleAssignments", grant, false},
		{"POST", "/servicePrincipals/" + graphID + "/appRoleAssignedTo", grant, false},
		{"POST", "/groups", `{"displayName":"mine","mailNickname":"mine","mailEnabled":false,"securityEnabled":true}`, false},
		{"POST", "/groups/" + group + "/members/$ref", member([]string{service, group, app.Principal.ObjectID.String()}[c.IntN(3)]), false},
		{"DELETE", "/groups/" + group + "/members/" + service + "/$ref", "", false},
		{"DELETE", "/groups/" + group, "", false},
	}
	call := calls[c.IntN(len(calls))]
	rec := c.w.Do(c.h, as(c.w, "climber", call.method, call.path, call.body))
	if rec.Code/100 == 2 {
		if call.proves {
			c.proven[app.ObjectID] = true
		}
		if call.path == "/applications" {
			c.own[name.MustGUID(made(c.t, rec, "id"))] = true
		}
	}
	if rec.Code/100 == 5 {
		c.t.Fatalf("%s %s: %d %s", call.method, call.path, rec.Code, rec.Body)
	}
	return fmt.Sprintf("%s %s %s: %d", call.method, call.path, call.body, rec.Code)
}

// TestP07NoSequenceOfGraphCallsWidens walks at random: whatever somebody holds of Graph's app roles, no sequence of calls gives
// it, or what it can sign in as, more than it had.
func TestP07NoSequenceOfGraphCallsWidens(t *testing.T) {
	const walks, steps = 60, 40
	done := map[int]int{}
	for seed := range walks {
		c := begin(t, rand.New(rand.NewPCG(7, uint64(seed)))) //nolint:gosec // a test's chance is to be the same each time
		had, way := c.rights(), []string(nil)
		for n := range steps {
			way = append(way, c.step(n))
			for right := range c.rights() {
				if !had[right] {
					t.Fatalf("walk %d gained %q by\n%s", seed, right, way[len(way)-1])
				}
			}
		}
		for _, w := range way {
			var status int
			if _, err := fmt.Sscanf(w[len(w)-3:], "%d", &status); err != nil {
				t.Fatal(err)
			}
			done[status/100]++
		}
	}
	if done[2] < walks*2 || done[4] < walks*2 {
		t.Errorf("too few calls were made or refused to show anything: %v", done)
	}
	t.Logf("answers by class: %v", done)
}
