package directory

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lanyard-id/lanyard/internal/directory/commit"
	"github.com/lanyard-id/lanyard/internal/directory/start"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
)

// keys lists everything below the records' prefix.
func keys(tb testing.TB, s store.Store) []string {
	tb.Helper()
	var list []string
	for _, kv := range records(tb, s).KVs {
		list = append(list, kv.Key)
	}
	return list
}

func records(tb testing.TB, s store.Store) store.Page {
	tb.Helper()
	page, err := s.List(tb.Context(), view.Prefix, "", 0, store.MaxPage)
	if err != nil || page.Next != "" {
		tb.Fatalf("list: %v, more: %q", err, page.Next)
	}
	return page
}

// guardRev is the revision of the guard, which every write of a writer moves.
func guardRev(tb testing.TB, s store.Store) int64 {
	tb.Helper()
	kv, err := s.Get(tb.Context(), "/g/writer")
	if err != nil {
		tb.Fatal(err)
	}
	return kv.Rev
}

// failing is a store whose transactions can be made to fail.
type failing struct {
	store.Store
	fail atomic.Pointer[func() error]
}

func (f *failing) Txn(ctx context.Context, compares []store.Compare, ops []store.Op) (int64, error) {
	if fail := f.fail.Load(); fail != nil {
		if err := (*fail)(); err != nil {
			return 0, err
		}
	}
	return f.Store.Txn(ctx, compares, ops)
}

func putGroup(n string) Command {
	return func(e *Edit) error {
		_, err := e.PutGroup(GroupSpec{Subscription: e.View().Installation().Subscription, Name: n})
		return err
	}
}

func TestManyCommandsSerialiseAndGroup(t *testing.T) {
	h := newHouse(t)
	before := h.Commits()
	const n = 1000
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			v, err := h.Do(h.ctx, putGroup(fmt.Sprintf("g%d", i)))
			if err != nil {
				t.Error(err)
				return
			}
			if _, ok := v.Group(v.Installation().Subscription, fmt.Sprintf("g%d", i)); !ok {
				t.Errorf("the View that command %d was given does not show its change", i)
			}
		})
	}
	wg.Wait()
	v := h.View()
	if got := count(v.Groups()); got != n {
		t.Errorf("%d groups, want %d", got, n)
	}
	commits := h.Commits() - before
	if commits >= n/2 || commits < n/MaxOps {
		t.Errorf("%d commands took %d transactions", n, commits)
	}
	t.Logf("%d commands in %d transactions", n, commits)
}

func TestEachCommandSeesTheFormerOnes(t *testing.T) {
	h := newHouse(t)
	var wg sync.WaitGroup
	var made atomic.Int64
	for range 50 {
		wg.Go(func() {
			_, err := h.Do(h.ctx, func(e *Edit) error {
				if _, taken := e.View().TenantNamed("one"); taken {
					return conflict(Exists, "taken")
				}
				_, err := e.CreateTenant("one")
				return err
			})
			switch {
			case err == nil:
				made.Add(1)
			case !fault.Is(err, Exists):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if made.Load() != 1 {
		t.Errorf("%d commands made the one tenant", made.Load())
	}
}

func TestAFailedCommandLeavesNoTrace(t *testing.T) {
	h := newHouse(t)
	before := keys(t, h.store)
	boom := errors.New("boom")
	_, err := h.Do(h.ctx, func(e *Edit) error {
		if err := putGroup("half")(e); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
	_, err = h.Do(h.ctx, func(e *Edit) error {
		if err := putGroup("half")(e); err != nil {
			return err
		}
		panic("a defect")
	})
	if !fault.Is(err, Defect) {
		t.Errorf("got %v, want %s", err, Defect)
	}
	if len(keys(t, h.store)) != len(before) {
		t.Error("something was written")
	}
	h.must(t, putGroup("after"))
}

// A command that ends its goroutine ends the loop, but leaves nobody waiting.
func TestACommandThatExitsLeavesNobodyWaiting(t *testing.T) {
	h := newHouse(t)
	if _, err := h.Do(h.ctx, func(*Edit) error { runtime.Goexit(); return nil }); !fault.Is(err, Unavailable) {
		t.Errorf("got %v, want %s", err, Unavailable)
	}
	if _, err := h.Do(h.ctx, putGroup("g")); !fault.Is(err, Unavailable) {
		t.Errorf("got %v, want %s", err, Unavailable)
	}
}

func TestNothingChangedWritesNothing(t *testing.T) {
	h := newHouse(t)
	h.must(t, putGroup("g"))
	before, view := h.Commits(), h.View()
	h.must(t, putGroup("g"))
	if h.Commits() != before || h.View() != view {
		t.Error("an unchanged thing was written again")
	}
}

func TestIndeterminateCommitStops(t *testing.T) {
	f := &failing{Store: memory.New()}
	var fatal atomic.Int64
	d, err := Open(t.Context(), Config{Store: f, Now: now, Logger: quiet(), Fatal: func(error) { fatal.Add(1) }})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- d.Run(t.Context()) }()
	if _, err := d.Do(t.Context(), func(e *Edit) error { _, err := e.Bootstrap(BootstrapSpec{}); return err }); err != nil {
		t.Fatal(err)
	}
	lost := errors.New("no answer")
	fail := func() error { return lost }
	f.fail.Store(&fail)
	before := d.View()
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if _, err := d.Do(t.Context(), putGroup(fmt.Sprint("g", i))); !fault.Is(err, Unavailable) {
				t.Errorf("got %v, want %s", err, Unavailable)
			}
		})
	}
	wg.Wait()
	if err := <-ended; !errors.Is(err, lost) {
		t.Errorf("Run ended with %v", err)
	}
	f.fail.Store(nil)
	if _, err := d.Do(t.Context(), putGroup("later")); !fault.Is(err, Unavailable) {
		t.Errorf("a later command got %v, want %s", err, Unavailable)
	}
	if fatal.Load() != 1 {
		t.Errorf("Fatal was called %d times", fatal.Load())
	}
	if d.View() != before {
		t.Error("something was published")
	}
}

func TestADefiniteRefusalDoesNotStop(t *testing.T) {
	f := &failing{Store: memory.New()}
	h := &house{Directory: open(t, f), store: f, ctx: t.Context()}
	run(t, h.Directory)
	h.must(t, func(e *Edit) error { _, err := e.Bootstrap(BootstrapSpec{}); return err })
	full := func() error { return fault.New(fault.Unavailable, store.Full, "no space") }
	f.fail.Store(&full)
	h.refused(t, store.Full, putGroup("g"))
	f.fail.Store(nil)
	h.must(t, putGroup("g"))
}

func TestGuardDetectsASecondWriter(t *testing.T) {
	s := memory.New()
	var fatal atomic.Int64
	first, err := Open(t.Context(), Config{Store: s, Now: now, Logger: quiet(), Fatal: func(error) { fatal.Add(1) }})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- first.Run(t.Context()) }()
	if _, err := first.Do(t.Context(), func(e *Edit) error { _, err := e.Bootstrap(BootstrapSpec{}); return err }); err != nil {
		t.Fatal(err)
	}
	second := open(t, s)
	run(t, second)
	if _, err := second.Do(t.Context(), putGroup("second")); err != nil {
		t.Fatal(err)
	}
	if _, err := first.Do(t.Context(), putGroup("first")); !fault.Is(err, Unavailable) {
		t.Errorf("the first writer got %v, want %s", err, Unavailable)
	}
	if err := <-ended; err == nil {
		t.Error("the first writer's loop ended without an error")
	}
	if fatal.Load() != 1 {
		t.Errorf("Fatal was called %d times", fatal.Load())
	}
	if _, err := second.Do(t.Context(), putGroup("again")); err != nil {
		t.Errorf("the second writer was disturbed: %v", err)
	}
}

// racing writes the guard between somebody's reading and taking over.
type racing struct {
	store.Store
	once sync.Once
}

func (r *racing) Txn(ctx context.Context, compares []store.Compare, ops []store.Op) (rev int64, err error) {
	r.once.Do(func() { _, err = r.Store.Txn(ctx, nil, []store.Op{{Key: "/g/writer", Value: []byte("other")}}) })
	if err != nil {
		return 0, err
	}
	return r.Store.Txn(ctx, compares, ops)
}

func TestOpenRefusesWhenSomebodyWritesMeanwhile(t *testing.T) {
	if _, err := Open(t.Context(), Config{Store: &racing{Store: memory.New()}, Now: now, Logger: quiet()}); !fault.Is(err, Unavailable) {
		t.Errorf("got %v, want %s", err, Unavailable)
	}
}

func TestACallerThatGoesAwayIsNotServed(t *testing.T) {
	h := newHouse(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	before := h.View()
	if _, err := h.Do(ctx, putGroup("g")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if h.View() != before {
		t.Error("its command was run")
	}
}

func TestStoppingAnswersEverybody(t *testing.T) {
	s := memory.New()
	d := open(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	if _, err := d.Do(t.Context(), func(e *Edit) error { _, err := e.Bootstrap(BootstrapSpec{}); return err }); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			_, err := d.Do(t.Context(), putGroup(fmt.Sprint("g", i)))
			if err != nil && !fault.Is(err, Unavailable) {
				t.Errorf("got %v", err)
			}
		})
	}
	cancel()
	wg.Wait()
	if err := <-ended; err != nil {
		t.Errorf("Run ended with %v", err)
	}
	if err := d.Run(t.Context()); !fault.Is(err, Defect) {
		t.Errorf("a second Run gave %v", err)
	}
}

// After an acknowledged deletion no View that anybody can take shows the identity (threat T01).
func TestT01NothingAfterAnAcknowledgedDeletion(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	r := h.site(t, "f", true)
	stop := make(chan struct{})
	var deleted atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			gone := deleted.Load() // before the View is taken
			if _, ok := h.View().PrincipalByObject(r.System.ObjectID); ok && gone {
				t.Error("the principal was seen after its deletion was acknowledged")
				return
			}
		}
	})
	h.must(t, func(e *Edit) error { return e.DeleteResource(r.ID) })
	deleted.Store(true)
	for i := range 20 {
		h.must(t, putGroup(fmt.Sprint("g", i)))
	}
	close(stop)
	wg.Wait()
}

func TestLargeCommandsAreWrittenInChunks(t *testing.T) {
	h := newHouse(t)
	before := h.Commits()
	v := h.must(t, func(e *Edit) error {
		for i := range 500 {
			if err := putGroup(fmt.Sprint("g", i))(e); err != nil {
				return err
			}
		}
		return nil
	})
	if got := count(v.Groups()); got != 500 {
		t.Errorf("%d groups", got)
	}
	if got := h.Commits() - before; got != 5 {
		t.Errorf("%d transactions, want 5", got)
	}
	if v.Rev() != guardRev(t, h.store) {
		t.Errorf("the View is at %d, the last write at %d", v.Rev(), guardRev(t, h.store))
	}
}

func TestALargeCommandThatIsCutShort(t *testing.T) {
	f := &failing{Store: memory.New()}
	h := &house{Directory: open(t, f), store: f, ctx: t.Context()}
	run(t, h.Directory)
	h.must(t, func(e *Edit) error { _, err := e.Bootstrap(BootstrapSpec{}); return err })
	many := func(e *Edit) error {
		for i := range 300 {
			if err := putGroup(fmt.Sprint("g", i))(e); err != nil {
				return err
			}
		}
		return nil
	}
	calls := 0
	second := func() error {
		if calls++; calls == 2 {
			return fault.New(fault.Unavailable, store.Full, "no space")
		}
		return nil
	}
	f.fail.Store(&second)
	if _, err := h.Do(h.ctx, many); !fault.Is(err, commit.Incomplete) {
		t.Fatalf("got %v, want %s", err, commit.Incomplete)
	}
	if got := count(h.View().Groups()); got != MaxOps {
		t.Errorf("%d groups are published, %d are written", got, MaxOps)
	}
	sameAsStore(t, h.View(), f)
	if v := h.must(t, many); count(v.Groups()) != 300 {
		t.Error("giving the command again did not finish it")
	}
}

// A command that is cut into transactions must not let two records claim one thing in between, also when it comes back
// to a record that it changed long before.
func TestChunksNeverClash(t *testing.T) {
	h := newHouse(t)
	tenant := h.View().Installation().Tenant
	var a, b name.GUID
	h.must(t, func(e *Edit) (err error) {
		if a, _, err = e.PutApplication(ApplicationSpec{Tenant: tenant, DisplayName: "a", IDURIs: []string{"api://a"}}); err != nil {
			return err
		}
		b, _, err = e.PutApplication(ApplicationSpec{Tenant: tenant, DisplayName: "b", IDURIs: []string{"api://b"}})
		return err
	})
	v := h.must(t, func(e *Edit) error {
		if _, _, err := e.PutApplication(ApplicationSpec{ObjectID: a, Tenant: tenant, DisplayName: "a"}); err != nil {
			return err
		}
		for i := range 2 * MaxOps {
			if err := putGroup(fmt.Sprint("g", i))(e); err != nil {
				return err
			}
		}
		if _, _, err := e.PutApplication(ApplicationSpec{ObjectID: b, Tenant: tenant, DisplayName: "b"}); err != nil {
			return err
		}
		_, _, err := e.PutApplication(ApplicationSpec{ObjectID: a, Tenant: tenant, DisplayName: "a", IDURIs: []string{"api://b"}})
		return err
	})
	if app, ok := v.Audience(tenant, "api://b"); !ok || app.ObjectID != a {
		t.Errorf("the audience belongs to %+v", app)
	}
	sameAsStore(t, v, h.store)
}

func TestATransactionNeverGrowsTooLarge(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	raw := view.Raw(`{"x":"` + string(make200k()) + `"}`)
	h.must(t, func(e *Edit) error {
		for i := range 20 {
			_, err := e.PutResource(ResourceSpec{ID: h.id(t, "Microsoft.Web/sites", fmt.Sprint("big", i)), Properties: raw})
			if err != nil {
				return err
			}
		}
		return nil
	})
	h.refused(t, LimitExceeded, func(e *Edit) error {
		_, err := e.PutResource(ResourceSpec{ID: h.id(t, "Microsoft.Web/sites", "huge"), Properties: view.Raw(`{"x":"` + string(make200k()) + string(make200k()) + `"}`)})
		return err
	})
}

func make200k() []byte {
	b := make([]byte, 200_000)
	for i := range b {
		b[i] = 'x'
	}
	return b
}

func TestDeletingALargeGroup(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	sub := h.View().Installation().Subscription
	const n = 700
	var principals []name.GUID
	h.must(t, func(e *Edit) error {
		principals = nil
		for i := range n {
			id, err := name.NewResourceID(sub, "g", view.TypeUserIdentity, fmt.Sprintf("ident-%d", i))
			if err != nil {
				return err
			}
			if _, err := e.PutUserIdentity(UserIdentitySpec{ID: id}); err != nil {
				return err
			}
			u, _ := e.View().Identity(id)
			principals = append(principals, u.Principal.ObjectID)
			_, _, err = e.PutAssignment(AssignmentSpec{
				Scope: name.MustScope("/subscriptions/" + sub.String()),
				Role:  name.MustGUID(reader), Principal: u.Principal.ObjectID,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	before := h.View().Rev()
	v := h.must(t, func(e *Edit) error { return e.DeleteGroup(sub, "g") })
	if took := v.Rev() - before; took > 2 { // the sweep goes on behind it
		t.Errorf("the deletion itself took %d transactions", took)
	}
	for _, p := range principals {
		if _, ok := v.PrincipalByObject(p); ok {
			t.Fatal("a principal is found after its group was deleted")
		}
	}
	if _, err := h.Do(h.ctx, putGroup("g")); err != nil && !fault.Is(err, Fenced) {
		t.Errorf("making the group again at once gave %v", err)
	}
	v = h.settled(t)
	for _, p := range principals {
		if len(v.AssignmentsOf(p)) != 0 {
			t.Fatal("an assignment of a dead principal was not swept")
		}
	}
	if got := count(v.Assignments()); got != len(start.OperatorRoles()) {
		t.Errorf("%d assignments are left, want the operator's %d", got, len(start.OperatorRoles()))
	}
	h.must(t, putGroup("g"))
	sameAsStore(t, h.View(), h.store)
}

func TestASweepResumesAfterARestart(t *testing.T) {
	s := memory.New()
	d := open(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _ = d.Run(ctx) })
	do := func(c Command) {
		t.Helper()
		if _, err := d.Do(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	do(func(e *Edit) error { _, err := e.Bootstrap(BootstrapSpec{}); return err })
	do(putGroup("g"))
	sub := d.View().Installation().Subscription
	cancel()
	wg.Wait()
	// What a process leaves behind that is stopped right after it wrote the tombstone: written by hand.
	orphan := &view.RoleAssignment{
		ID: name.NewGUID(), Tenant: d.View().Installation().Tenant, Scope: name.Root(),
		Role: name.MustGUID(reader), Principal: name.NewGUID(),
	}
	group, _ := d.View().Group(sub, "g")
	for _, r := range []view.Record{&view.Tombstone{Scope: group.Scope(), Began: now()}, orphan} {
		c, err := view.Put(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Txn(t.Context(), nil, []store.Op{{Key: c.Key, Value: c.Value}}); err != nil {
			t.Fatal(err)
		}
	}
	next := open(t, s)
	if _, ok := next.View().Group(sub, "g"); ok {
		t.Error("the fenced group is found after the restart")
	}
	run(t, next)
	h := &house{Directory: next, store: s, ctx: t.Context()}
	h.settled(t)
	v := h.must(t, func(*Edit) error { return nil })
	if _, ok := v.Assignment(orphan.ID); ok {
		t.Error("the orphaned assignment was not swept")
	}
	h.must(t, putGroup("g"))
}

// An assignment whose principal is gone grants nothing even before it is swept: nobody is that principal.
func TestOrphanedAssignmentsGrantNothing(t *testing.T) {
	orphan := &view.RoleAssignment{
		ID: name.NewGUID(), Tenant: name.NewGUID(), Scope: name.Root(),
		Role: name.MustGUID(reader), Principal: name.NewGUID(),
	}
	v, err := view.Load(1, []view.Record{orphan})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := v.PrincipalByObject(orphan.Principal); ok {
		t.Error("the principal of an orphaned assignment is found")
	}
	if _, ok := v.PrincipalByClient(orphan.Principal); ok {
		t.Error("the principal of an orphaned assignment is found as a client")
	}
}

func TestExpiredRulesAreSwept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.New()
		d, err := Open(t.Context(), Config{Store: s, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() { _ = d.Run(ctx) }()
		h := &house{Directory: d, store: s, ctx: ctx}
		h.must(t, func(e *Edit) error { _, err := e.Bootstrap(BootstrapSpec{}); return err })
		h.group(t)
		r := h.site(t, "f", true)
		var short, long, dead name.GUID
		rule := func(id *name.GUID, hash string, of name.ResourceID, life time.Duration) Command {
			return func(e *Edit) (err error) {
				*id, err = e.CreateRule(RuleSpec{SecretHash: hash, Resource: of, Expires: time.Now().Add(life)})
				return err
			}
		}
		h.must(t, rule(&short, hash('a'), r.ID, time.Minute))
		h.must(t, rule(&long, hash('b'), r.ID, time.Minute))
		h.must(t, rule(&dead, hash('c'), h.site(t, "g", false).ID, time.Hour))
		h.must(t, func(e *Edit) error { return e.RenewRule(long, time.Now().Add(time.Hour)) })
		h.must(t, func(e *Edit) error { return e.DeleteResource(h.id(t, "Microsoft.Web/sites", "g")) })
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		v := h.View()
		for id, want := range map[name.GUID]bool{short: false, long: true, dead: false} {
			if _, ok := v.Rule(id); ok != want {
				t.Errorf("rule %s is there: %v, want %v", id, ok, want)
			}
		}
		if _, err := h.Do(ctx, func(e *Edit) error { return e.RenewRule(short, time.Now().Add(time.Hour)) }); !fault.Is(err, RuleNotFound) {
			t.Errorf("renewing an expired rule gave %v", err)
		}
	})
}

func hash(c byte) string {
	b := make([]byte, 64)
	for i := range b {
		b[i] = c
	}
	return string(b)
}

func TestRevocationKillsOlderRevisionsOnly(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	r := h.site(t, "f", true)
	role := h.role(t, "R", lambdaTrust)
	minted := h.View().Rev()
	v := h.must(t, func(e *Edit) error {
		return firstError(e.RevokePrincipal(r.System.ObjectID), e.RevokeRole(role.ARN), e.RevokeAccount(h.account()))
	})
	o, _ := v.PrincipalByObject(r.System.ObjectID)
	revokedRole, _ := v.Role(role.ARN)
	account, _ := v.Account(h.account())
	for what, at := range map[string]int64{"principal": o.Principal().RevokedAt, "role": revokedRole.RevokedAt, "account": account.RevokedAt} {
		if minted >= at {
			t.Errorf("%s: a token of revision %d outlives the revocation at %d", what, minted, at)
		}
		if v.Rev() < at {
			t.Errorf("%s: a token of the new revision %d is dead, revoked at %d", what, v.Rev(), at)
		}
	}
	// The revocation stays when the thing is changed.
	if again := h.site(t, "f", true); again.System.RevokedAt != o.Principal().RevokedAt {
		t.Error("putting the resource again undid the revocation")
	}
	if again := h.role(t, "R", lambdaTrust); again.RevokedAt != revokedRole.RevokedAt {
		t.Error("putting the role again undid the revocation")
	}
}

// Other keys of the store move its revision; the Views' revisions are those of the directory's own writes all the same,
// also after a restart: else a View could lie between a revocation's two sides.
func TestViewsHaveTheRevisionOfTheWritersWrites(t *testing.T) {
	h := newHouse(t)
	for range 5 {
		if _, err := h.store.Txn(t.Context(), nil, []store.Op{{Key: "/k/other", Value: []byte("x")}}); err != nil {
			t.Fatal(err)
		}
	}
	before := h.View().Rev()
	v := h.must(t, putGroup("g"))
	if v.Rev() <= before+1 {
		t.Fatalf("revision %d after %d: the test's own writes did not count", v.Rev(), before)
	}
	if guard := guardRev(t, h.store); guard != v.Rev() {
		t.Errorf("guard at %d, View at %d", guard, v.Rev())
	}
}

func BenchmarkDo16Writers(b *testing.B) {
	h := newHouse(b)
	var n atomic.Int64
	b.SetParallelism(16)
	before := h.Commits()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := h.Do(h.ctx, putGroup(fmt.Sprint("g", n.Add(1)))); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/float64(h.Commits()-before), "commands/txn")
}
