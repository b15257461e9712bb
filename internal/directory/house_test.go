package directory

import (
	"context"
	"iter"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
)

// house is a directory that runs, with an installation in it.
type house struct {
	*Directory
	store store.Store
	ctx   context.Context
}

var testURLs = map[string]string{"entra": "https://127.0.0.1:8443", "arm": "https://127.0.0.1:8443"}

// now is the time in all tests.
func now() time.Time { return time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC) }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func open(tb testing.TB, s store.Store) *Directory {
	tb.Helper()
	d, err := Open(tb.Context(), Config{Store: s, Now: now, Logger: quiet()})
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// run runs the writer loop until the test ends.
func run(tb testing.TB, d *Directory) {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = d.Run(ctx) })
	tb.Cleanup(func() { cancel(); wg.Wait() })
}

func newHouse(tb testing.TB) *house {
	tb.Helper()
	s := memory.New()
	d := open(tb, s)
	run(tb, d)
	h := &house{Directory: d, store: s, ctx: tb.Context()}
	h.must(tb, func(e *Edit) error {
		_, err := e.Bootstrap(BootstrapSpec{URLs: testURLs})
		return err
	})
	return h
}

// must runs a command that has to succeed.
func (h *house) must(tb testing.TB, c Command) *view.View {
	tb.Helper()
	v, err := h.Do(h.ctx, c)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

// refused runs a command that has to fail for this reason and must not change anything.
func (h *house) refused(tb testing.TB, why fault.Reason, c Command) {
	tb.Helper()
	before := h.View()
	if _, err := h.Do(h.ctx, c); !fault.Is(err, why) {
		tb.Errorf("got %v, want %s", err, why)
	}
	if h.View() != before {
		tb.Error("a refused command changed the View")
	}
}

// id is a resource of the default subscription's group "g".
func (h *house) id(tb testing.TB, typ, n string) name.ResourceID {
	tb.Helper()
	id, err := name.NewResourceID(h.View().Installation().Subscription, "g", typ, n)
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

func (h *house) group(tb testing.TB) {
	tb.Helper()
	h.must(tb, func(e *Edit) error {
		_, err := e.PutGroup(GroupSpec{Subscription: e.View().Installation().Subscription, Name: "g"})
		return err
	})
}

// site puts a web site with an identity block.
func (h *house) site(tb testing.TB, n string, system bool, users ...name.ResourceID) *view.Resource {
	tb.Helper()
	id := h.id(tb, "Microsoft.Web/sites", n)
	v := h.must(tb, func(e *Edit) error {
		_, err := e.PutResource(ResourceSpec{ID: id, Identity: IdentitySpec{System: system, Users: users}})
		return err
	})
	r, ok := v.Resource(id)
	if !ok {
		tb.Fatalf("%s is not there after it was put", id)
	}
	return r
}

func (h *house) identity(tb testing.TB, n string) *view.UserIdentity {
	tb.Helper()
	id := h.id(tb, view.TypeUserIdentity, n)
	v := h.must(tb, func(e *Edit) error {
		_, err := e.PutUserIdentity(UserIdentitySpec{ID: id})
		return err
	})
	i, ok := v.Identity(id)
	if !ok {
		tb.Fatalf("%s is not there after it was put", id)
	}
	return i
}

const reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7"

func (h *house) grant(tb testing.TB, principal name.GUID, scope name.Scope) name.GUID {
	tb.Helper()
	var id name.GUID
	h.must(tb, func(e *Edit) error {
		var err error
		id, _, err = e.PutAssignment(AssignmentSpec{Scope: scope, Role: name.MustGUID(reader), Principal: principal})
		return err
	})
	return id
}

func (h *house) account() name.AccountID { return h.View().Installation().Account }

// arn parses an ARN in which ACCOUNT stands for the default account.
func (h *house) roleARN(tb testing.TB, n string) name.ARN {
	tb.Helper()
	arn, err := name.NewARN("iam", "", h.account(), "role/"+n)
	if err != nil {
		tb.Fatal(err)
	}
	return arn
}

const lambdaTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

func (h *house) role(tb testing.TB, n, trust string) *view.Role {
	tb.Helper()
	v := h.must(tb, func(e *Edit) error {
		_, err := e.PutRole(RoleSpec{Account: h.account(), Name: n, Trust: trust})
		return err
	})
	r, ok := v.RoleNamed(h.account(), n)
	if !ok {
		tb.Fatalf("the role %s is not there after it was put", n)
	}
	return r
}

// settled waits until nothing is left to sweep.
func (h *house) settled(tb testing.TB) *view.View {
	tb.Helper()
	for {
		v := h.must(tb, func(*Edit) error { return nil })
		if count(v.Tombstones()) == 0 {
			return v
		}
	}
}

// count is how many values a sequence has.
func count[T any](seq iter.Seq[T]) int {
	n := 0
	for range seq {
		n++
	}
	return n
}
