package mint

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// TestC45ARemovedRoleIsInNoTokenFromThenOn: the app roles that a token tells are those that are held when it is asked for. A
// token that was issued before is not served again once one was taken away, or given; nobody asks twice in vain.
func TestC45ARemovedRoleIsInNoTokenFromThenOn(t *testing.T) {
	w := newWorks(t)
	me := w.one.Principal.ObjectID
	holding := func(roles ...string) {
		app, _ := w.view.Application(w.app.ObjectID)
		changed := *app
		changed.Roles = slices.Clone(app.Roles)
		for i := range changed.Roles {
			changed.Roles[i].Members = nil
			if slices.Contains(roles, changed.Roles[i].Value) {
				changed.Roles[i].Members = []name.GUID{me}
			}
		}
		w.put(t, &changed)
	}
	told := map[string]Token{}
	for _, roles := range [][]string{{"Read", "Write"}, {"Write"}, {}, {"Read"}} {
		holding(roles...)
		got, err := w.ask(t, "single", Selector{})
		if err != nil {
			t.Fatal(err)
		}
		set, err := jose.Verify(got.Access.Reveal(), func(string, string) []jose.Key {
			return []jose.Key{w.Keys.Signer("ES256").Public()}
		}, jose.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var have []string
		if raw, ok := set.Raw("roles"); ok {
			if err := json.Unmarshal(raw, &have); err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(have, roles) {
			t.Errorf("held %v, the token tells %v", roles, have)
		}
		if _, again := told[got.ID]; again {
			t.Errorf("held %v: an older token was served", roles)
		}
		told[got.ID] = got
	}
	w.put(t, &view.UserIdentity{ID: w.two.ID, Principal: w.two.Principal}) // somebody else's change makes nothing new
	before, _ := w.ask(t, "single", Selector{})
	if _, again := told[before.ID]; !again {
		t.Error("a token was signed for a change of somebody else")
	}
}
