package directory

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
)

// revocations lists what ended behind a mark.
func revocations(v *view.View, m view.Mark) []*view.Revocation {
	return slices.Collect(v.RevocationsAfter(m))
}

// TestWhateverEndsTokensIsRemembered plays every way in which tokens end and wants it told, in the revision that ended them.
func TestWhateverEndsTokensIsRemembered(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	var user view.Principal
	identity := h.id(t, view.TypeUserIdentity, "user")
	put := func() {
		v := h.must(t, func(e *Edit) error { _, err := e.PutUserIdentity(UserIdentitySpec{ID: identity}); return err })
		i, _ := v.Identity(identity)
		user = i.Principal
	}
	put()
	site := h.site(t, "f", true)
	var app *view.Application
	h.must(t, func(e *Edit) error {
		id, _, err := e.PutApplication(ApplicationSpec{Tenant: e.View().Installation().Tenant, DisplayName: "a"})
		app, _ = e.View().Application(id)
		return err
	})
	other := h.site(t, "other", true)
	for _, tc := range []struct {
		what      string
		do        Command
		principal name.GUID
		gone      bool
	}{
		{"revoked", func(e *Edit) error { return e.RevokePrincipal(user.ObjectID) }, user.ObjectID, false},
		{"identity deleted", func(e *Edit) error { return e.DeleteUserIdentity(identity) }, user.ObjectID, true},
		{"identity switched off", func(e *Edit) error {
			_, err := e.PutResource(ResourceSpec{ID: site.ID})
			return err
		}, site.System.ObjectID, true},
		{"application deleted", func(e *Edit) error { return e.DeleteApplication(app.ObjectID) }, app.Principal.ObjectID, true},
		{"resource deleted", func(e *Edit) error { return e.DeleteResource(other.ID) }, other.System.ObjectID, true},
	} {
		t.Run(tc.what, func(t *testing.T) {
			before, told := h.View(), h.Ended()
			v := h.must(t, tc.do)
			select {
			case <-told:
			default:
				t.Error("nobody was woken")
			}
			list := revocations(v, view.Mark{Rev: before.Rev()})
			if len(list) != 1 || list[0].Principal != tc.principal || list[0].Gone != tc.gone || list[0].Rev != v.Rev() || list[0].Tenant != v.Installation().Tenant {
				t.Fatalf("told %+v", list)
			}
			if r := list[0]; !r.Gone && (r.Before <= before.Rev() || r.Before > v.Rev()) {
				t.Errorf("tokens from before %d ended, in the revision %d", r.Before, v.Rev())
			}
			if list := revocations(v, view.Mark{Rev: v.Rev()}); len(list) != 0 {
				t.Errorf("told again: %+v", list)
			}
			if list := revocations(v, list[0].Mark()); len(list) != 0 {
				t.Errorf("told again in the middle of a revision: %+v", list)
			}
		})
	}
	t.Run("nothing ended", func(t *testing.T) {
		before, told := h.View(), h.Ended()
		put()
		h.site(t, "other", true)
		h.site(t, "other", true, identity)
		select {
		case <-told:
			t.Error("somebody was woken")
		default:
		}
		if list := revocations(h.View(), view.Mark{Rev: before.Rev()}); len(list) != 0 {
			t.Errorf("told %+v", list[0])
		}
	})
}

// TestRevocationsAreForgotten wants them gone when no token from before can be alive, and not earlier; and a restart to
// remember them.
func TestRevocationsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.New()
		start := func() (*house, func()) {
			d, err := Open(t.Context(), Config{Store: s, Now: time.Now, Logger: quiet()})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			go func() { _ = d.Run(ctx) }()
			return &house{Directory: d, store: s, ctx: ctx}, cancel
		}
		h, stop := start()
		h.must(t, func(e *Edit) error { _, err := e.Bootstrap(BootstrapSpec{}); return err })
		h.group(t)
		site := h.site(t, "f", true)
		h.must(t, func(e *Edit) error { return e.DeleteResource(site.ID) })
		time.Sleep(view.MaxTokenLife - time.Minute)
		stop()
		synctest.Wait()
		h, stop = start()
		defer stop()
		if list := revocations(h.View(), view.Mark{}); len(list) != 1 || list[0].Principal != site.System.ObjectID {
			t.Errorf("after a restart %+v", list)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if list := revocations(h.View(), view.Mark{}); len(list) != 0 {
			t.Errorf("still remembered: %+v", list[0])
		}
	})
}
