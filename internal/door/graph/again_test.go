package graph_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/graph"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
)

// meanwhile is a directory in which something happens once between a request's View and its command.
type meanwhile struct {
	*directory.Directory
	first func()
}

// Do runs the command after what happens first.
func (m *meanwhile) Do(ctx context.Context, command directory.Command) (*view.View, error) {
	if first := m.first; first != nil {
		m.first = nil
		first()
	}
	return m.Directory.Do(ctx, command)
}

// TestARightThatIsLostMeanwhileIsNotUsed: the writer asks again by the state that it changes.
func TestARightThatIsLostMeanwhileIsNotUsed(t *testing.T) {
	w := doortest.New(t, ring.Ring(t, memory.New(), doortest.Start))
	dir := &meanwhile{Directory: w.Live()}
	h, err := graph.Door{View: w.Current, Authn: w.Authn, Directory: dir, Ledger: w.Ledger, Room: doortest.Roomy{}, Now: w.Now}.Mount(w.Config())
	if err != nil {
		t.Fatal(err)
	}
	me := actor(w, "actor", azwire.GroupReadWrite)
	before := w.View.Rev()
	dir.first = func() {
		w.Change(func(e *directory.Edit) error { return e.RevokePrincipal(me) })
	}
	body := `{"displayName":"x","mailNickname":"x","mailEnabled":false,"securityEnabled":true}`
	w.Refused(w.Do(h, as(w, "actor", http.MethodPost, "/groups", body)), http.StatusForbidden, access.Denied)
	if w.View.Rev() != before+1 {
		t.Error("more was changed than the revocation")
	}
}
