package graph_test

import (
	"flag"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/registration"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/graph"
	"github.com/lanyard-id/lanyard/internal/keyring/ringtest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

var update = flag.Bool("update", false, "write the answers into the transcripts")

// ring is the one keyring of these tests: making keys takes time.
var ring ringtest.Shared

// The built-in roles of the cast.
const (
	owner  = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
	reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
)

// Objects of the cast.
const (
	deployer = "00000700-0000-4000-8000-000000000000" // the application of North
	southern = "00000701-0000-4000-8000-000000000000" // the application of South
	nobodys  = "00000799-0000-4000-8000-000000000000"
)

// serve makes a world and the door in it. The function owns North and holds what an operator holds.
func serve(t *testing.T) (*doortest.World, http.Handler) {
	w, door := open(t)
	w.Fill = func(words []string) string { return find(w, words[0], words[1]) }
	return w, door
}

// find gives the id of what a transcript made: {{application NAME}}, {{client NAME}}, {{service NAME}} or {{group NAME}}.
func find(w *doortest.World, kind, called string) string {
	for g := range w.View.DirectoryGroups() {
		if kind == "group" && g.Display == called {
			return g.ObjectID.String()
		}
	}
	for a := range w.View.Applications() {
		if a.DisplayName == called && a.Principal.Tenant == doortest.North() {
			return map[string]string{
				"application": a.ObjectID.String(), "client": a.Principal.ClientID.String(), "service": a.Principal.ObjectID.String(),
			}[kind]
		}
	}
	return "not-there"
}

func open(t *testing.T) (*doortest.World, *web.Door) {
	t.Helper()
	return openWith(t, func(l *doortest.Ledger) graph.Ledger { return l })
}

// openWith is open with another ledger than the world's.
func openWith(t *testing.T, ledger func(*doortest.Ledger) graph.Ledger) (*doortest.World, *web.Door) {
	t.Helper()
	w := doortest.New(t, ring.Ring(t, memory.New(), doortest.Start))
	dir := w.Live()
	door, err := graph.Door{View: w.Current, Authn: w.Authn, Directory: dir, Ledger: ledger(w.Ledger), Room: doortest.Roomy{}, Now: w.Now}.Mount(w.Config())
	if err != nil {
		t.Fatal(err)
	}
	function := doortest.GUID(doortest.FunctionID)
	w.Change(func(e *directory.Edit) error {
		_, _, err := e.PutAssignment(directory.AssignmentSpec{
			Tenant: doortest.North(), Scope: name.Root(), Role: name.MustGUID(owner), Principal: function,
		})
		return err
	})
	for _, value := range []string{azwire.ApplicationReadWrite, azwire.AppRoleAssign, azwire.GroupReadWrite, azwire.DirectoryRead} {
		hold(w, function, value)
	}
	return w, door
}

// microsoftGraph is the application of the house in North.
func microsoftGraph(w *doortest.World) *view.Application {
	a, _ := w.View.Audience(doortest.North(), azwire.GraphAudience)
	return a
}

// hold lets a principal hold an app role of Microsoft Graph in North.
func hold(w *doortest.World, principal name.GUID, value string) {
	a := microsoftGraph(w)
	at := slices.IndexFunc(a.Roles, func(r view.AppRole) bool { return r.Value == value })
	w.Change(func(e *directory.Edit) error {
		_, err := e.ChangeHolders(a.ObjectID, registration.Hold(registration.Grant{Role: a.Roles[at].ID, Principal: principal}))
		return err
	})
}

// actor makes a workload of that name in North that holds app roles of Microsoft Graph, and gives its object id.
func actor(w *doortest.World, called string, values ...string) name.GUID {
	id := doortest.ResourceID(doortest.North(), "Microsoft.Web/sites", called)
	w.Change(func(e *directory.Edit) error {
		_, err := e.PutResource(directory.ResourceSpec{ID: id, Identity: directory.IdentitySpec{System: true}})
		return err
	})
	r, _ := w.View.Resource(id)
	for _, value := range values {
		hold(w, r.System.ObjectID, value)
	}
	return r.System.ObjectID
}

// as is a request of a workload.
func as(w *doortest.World, workload, method, path, body string) doortest.Request {
	return doortest.Request{
		Method: method, Target: "/graph/v1.0" + path, Body: body, Header: http.Header{
			"Authorization": {"Bearer " + w.Token(workload, azwire.GraphAudience)}, "Content-Type": {"application/json"},
		},
	}
}

// filled is the pattern of a route with ids in the places of its parameters.
func filled(pattern, object, client string) string {
	set := "applications"
	if strings.Contains(pattern, "appRole") {
		set = "servicePrincipals"
	}
	return strings.NewReplacer("/graph/{version}", "", "{id}", object, "{key}", set+"(appId='"+client+"')", "{credential}", "workload",
		"{member}", nobodys, "{assignment}", nobodys).Replace(pattern)
}

func TestTranscripts(t *testing.T) { doortest.Transcripts(t, *update, serve) }
