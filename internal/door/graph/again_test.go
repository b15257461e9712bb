package graph_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/registration"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/graph"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
)

// TestARightThatIsLostMeanwhileIsNotUsed: the writer asks again by the state that it changes.
func TestARightThatIsLostMeanwhileIsNotUsed(t *testing.T) {
	w := doortest.New(t, ring.Ring(t, memory.New(), doortest.Start))
	dir := &doortest.Interrupted{Directory: w.Live()}
	h, err := graph.Door{View: w.Current, Authn: w.Authn, Directory: dir, Ledger: w.Ledger, Room: doortest.Roomy{}, Now: w.Now}.Mount(w.Config())
	if err != nil {
		t.Fatal(err)
	}
	me, of := actor(w, "actor", azwire.GroupReadWrite), microsoftGraph(w)
	at := slices.IndexFunc(of.Roles, func(r view.AppRole) bool { return r.Value == azwire.GroupReadWrite })
	before := w.View.Rev()
	body := `{"displayName":"x","mailNickname":"x","mailEnabled":false,"securityEnabled":true}`
	for _, lost := range []directory.Command{
		func(e *directory.Edit) error { return e.RevokePrincipal(me) },
		func(e *directory.Edit) error {
			_, err := e.ChangeHolders(of.ObjectID, registration.Drop(registration.Grant{Role: of.Roles[at].ID, Principal: me}))
			return err
		},
	} {
		dir.Meanwhile = func() { w.Change(lost) }
		w.Refused(w.Do(h, as(w, "actor", http.MethodPost, "/groups", body)), http.StatusForbidden, access.Denied)
	}
	if w.View.Rev() != before+2 {
		t.Error("more was changed than what was taken away")
	}
}
