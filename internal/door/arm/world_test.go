package arm_test

import (
	"flag"
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/arm"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/keyring/ringtest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
)

var update = flag.Bool("update", false, "write the answers into the transcripts")

// ring is the one keyring of these tests: making keys takes time.
var ring ringtest.Shared

// Built-in roles that tests grant.
const (
	owner       = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
	contributor = "b24988ac-6180-42a0-ab88-20f7382dd24c"
	reader      = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	miOperator  = "f1a07417-d97a-45cb-824c-7a7467783830"
)

// Paths of the cast.
const (
	northSub   = "/subscriptions/000000a1-0000-4000-8000-000000000000"
	southSub   = "/subscriptions/000000b1-0000-4000-8000-000000000000"
	northGroup = northSub + "/resourceGroups/g"
)

func serve(t *testing.T) (*doortest.World, http.Handler) { return open(t) }

// open makes a world with more records and the door in it; the function is the owner of North's subscription.
func open(t testing.TB, more ...view.Record) (*doortest.World, http.Handler) {
	t.Helper()
	w := doortest.New(t, ring.Ring(t, memory.New(), doortest.Start))
	dir := w.Live(more...)
	door, err := arm.Door{View: w.Current, Authn: w.Authn, Directory: dir, Ledger: w.Ledger, Room: doortest.Roomy{}, Now: w.Now}.Mount(w.Config())
	if err != nil {
		t.Fatal(err)
	}
	grant(w, doortest.GUID(doortest.FunctionID), owner, northSub)
	return w, door
}

// grant gives a principal a role at a scope.
func grant(w *doortest.World, principal name.GUID, role, scope string) {
	w.Change(func(e *directory.Edit) error {
		_, _, err := e.PutAssignment(directory.AssignmentSpec{Scope: name.MustScope(scope), Role: name.MustGUID(role), Principal: principal})
		return err
	})
}

// actor makes a workload of that name in North's group with a role at a scope.
func actor(w *doortest.World, called, role, scope string) string {
	id := doortest.ResourceID(doortest.North(), "Microsoft.Web/sites", called)
	w.Change(func(e *directory.Edit) error {
		_, err := e.PutResource(directory.ResourceSpec{ID: id, Identity: directory.IdentitySpec{System: true}})
		return err
	})
	r, _ := w.View.Resource(id)
	if role != "" {
		grant(w, r.System.ObjectID, role, scope)
	}
	return called
}

// as is a request of a workload.
func as(w *doortest.World, workload, method, target, body string) doortest.Request {
	if !strings.Contains(target, "api-version") {
		sep := "?"
		if strings.Contains(target, "?") {
			sep = "&"
		}
		target += sep + "api-version=2021-04-01"
	}
	return doortest.Request{
		Method: method, Target: target, Body: body, Header: http.Header{
			"Authorization": {"Bearer " + w.Token(workload, doortest.ARMAudience)}, "Content-Type": {"application/json"},
		},
	}
}

func TestTranscripts(t *testing.T) { doortest.Transcripts(t, *update, serve) }

// TestF11ForeignSubscription: another tenant's subscription answers word for word like one that does not exist, and the
// record says where it was tried and by whom.
func TestF11ForeignSubscription(t *testing.T) {
	w, h := serve(t)
	texts := map[string]string{}
	for _, sub := range []string{"000000b1-0000-4000-8000-000000000000", "000000c1-0000-4000-8000-000000000000"} {
		for _, path := range []string{"", "/locations"} {
			rec := w.Want(h, http.StatusNotFound, as(w, "function", "GET", "/subscriptions/"+sub+path, ""))
			texts[sub+path] = strings.ReplaceAll(doortest.Text(rec), sub, "SUB")
			if r := w.Ledger.Last(); sub[6:8] == "b1" && (r.Tenant != doortest.South() || r.Input["caller_tenant"] != doortest.North().String() || r.Stream != "ledger") {
				t.Errorf("%s: recorded as %+v", path, r)
			}
			if texts[sub+path] != texts["000000b1-0000-4000-8000-000000000000"] {
				t.Errorf("%s%s answers otherwise: %s", sub, path, texts[sub+path])
			}
		}
	}
}
