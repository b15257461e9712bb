package directory

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/view"
)

// sameAsStore compares the View with one that is loaded from the store, by everything that can be asked of them.
func sameAsStore(tb testing.TB, v *view.View, s store.Store) {
	tb.Helper()
	var all []view.Record
	for _, kv := range records(tb, s).KVs {
		r, err := view.Decode(view.Change{Key: kv.Key, Value: kv.Value, Rev: kv.Rev})
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, r)
	}
	loaded, err := view.Load(v.Rev(), all)
	if err != nil {
		tb.Fatal(err)
	}
	if d := cmp.Diff(observe(loaded, all), observe(v, all), identifiers(), ignoreCompiled()); d != "" {
		tb.Errorf("loaded from the store (-), kept by the writer (+):\n%s", d)
	}
}

func identifiers() cmp.Option {
	return cmp.Transformer("text", func(t interface{ MarshalText() ([]byte, error) }) string {
		b, _ := t.MarshalText()
		return string(b)
	})
}

func ignoreCompiled() cmp.Option {
	return cmpopts.IgnoreUnexported(view.Account{}, view.Role{}, view.Policy{}, view.Bucket{}, view.RoleDefinition{},
		view.RoleAssignment{}, view.DenyAssignment{})
}

// observe asks the View everything that it can be asked about the records and their names.
func observe(v *view.View, all []view.Record) map[string]any {
	seen := map[string]any{"installation": v.Installation(), "rev": v.Rev()}
	list(seen, "tenants", v.Tenants())
	list(seen, "subscriptions", v.Subscriptions())
	list(seen, "groups", v.Groups())
	list(seen, "applications", v.Applications())
	list(seen, "definitions", v.RoleDefinitions())
	list(seen, "assignments", v.Assignments())
	list(seen, "denies", v.Denies())
	list(seen, "tombstones", v.Tombstones())
	list(seen, "rules", v.Rules())
	list(seen, "accounts", v.Accounts())
	ordered(seen, "roles", v.Roles(name.AccountID{}))
	ordered(seen, "policies", v.Policies(name.AccountID{}))
	ordered(seen, "providers", v.OIDCProviders(name.AccountID{}))
	ordered(seen, "buckets", v.Buckets(name.AccountID{}))
	ordered(seen, "workloads", v.AWSResources())
	ordered(seen, "tree", v.Under(name.Root()))
	for _, r := range all {
		ask(seen, v, r)
	}
	return seen
}

func list[R view.Record](seen map[string]any, what string, seq iter.Seq[R]) {
	for r := range seq {
		seen[what+" "+r.StoreKey()] = r
	}
}

func ordered[R view.Record](seen map[string]any, what string, seq iter.Seq[R]) {
	var keys []string
	for r := range seq {
		keys = append(keys, r.StoreKey())
		seen[what+" "+r.StoreKey()] = r
	}
	seen[what] = keys
}

// ask looks a record up by each of its names.
func ask(seen map[string]any, v *view.View, r view.Record) {
	note := func(how string, found any, ok bool) {
		if !ok {
			found = nil
		}
		seen[how+" of "+r.StoreKey()] = found
	}
	principal := func(p *view.Principal) {
		if p == nil {
			return
		}
		byObject, ok := v.PrincipalByObject(p.ObjectID)
		note("by object id", byObject, ok)
		byClient, ok := v.PrincipalByClient(p.ClientID)
		note("by client id", byClient, ok)
		granted := slices.Clone(v.AssignmentsOf(p.ObjectID))
		slices.SortFunc(granted, func(a, b *view.RoleAssignment) int { return cmpText(a.ID, b.ID) })
		note("granted", granted, true)
	}
	switch r := r.(type) {
	case *view.Resource:
		principal(r.System)
		a, ok := v.StorageAccount(r.ID.Name())
		note("storage account", a, ok)
		a, ok = v.Vault(r.ID.Name())
		note("vault", a, ok)
		a, ok = v.Resource(r.ID)
		note("resource", a, ok)
	case *view.UserIdentity:
		principal(&r.Principal)
	case *view.Operator:
		principal(&r.Principal)
		o, ok := v.OperatorOf(r.Tenant)
		note("operator", o, ok)
	case *view.Application:
		principal(&r.Principal)
		for _, u := range append(r.IDURIs, r.Principal.ClientID.String()) {
			a, ok := v.Audience(r.Principal.Tenant, u)
			note("audience "+u, a, ok)
		}
	case *view.DenyAssignment:
		over := slices.SortedFunc(slices.Values(v.DeniesOver(r.Tenant, r.Scope)), func(a, b *view.DenyAssignment) int { return cmpText(a.ID, b.ID) })
		note("over the scope", over, true)
	case *view.Tenant:
		t, ok := v.TenantNamed(r.Name)
		note("by name", t, ok)
	case *view.Account:
		a, ok := v.AccountNamed(r.Name)
		note("by name", a, ok)
	case *view.Role:
		byID, ok := v.RoleByID(r.UniqueID)
		note("by unique id", byID, ok)
		byName, ok := v.RoleNamed(r.ARN.Account(), r.Name)
		note("by name", byName, ok)
	case *view.OIDCProvider:
		p, ok := v.ProviderOf(r.ARN.Account(), r.URL.String())
		note("by issuer", p, ok)
	case *view.WorkloadRule:
		w, ok := v.RuleByProof(r.SecretHash)
		note("by proof", w, ok)
	}
}

func cmpText(a, b name.GUID) int {
	switch {
	case a.String() < b.String():
		return -1
	case a.String() > b.String():
		return 1
	}
	return 0
}

// What the writer keeps by applying one change after the other is what a restart would load: after any commands, alone and
// together.
func TestRecoveryGivesTheSameView(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			h := newHouse(t)
			random := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // a test that can be repeated
			var refused, done atomic.Int64
			for range 100 {
				var together sync.WaitGroup
				commands := []Command{randomCommand(t, h, random), randomCommand(t, h, random), randomCommand(t, h, random), randomCommand(t, h, random)}
				for _, command := range commands {
					together.Go(func() {
						_, err := h.Do(h.ctx, command)
						switch {
						case err == nil:
							done.Add(1)
						case fault.IsKind(err, fault.Internal), fault.IsKind(err, fault.Unavailable):
							t.Error(err)
						default:
							refused.Add(1)
						}
					})
				}
				together.Wait()
			}
			if done, refused := done.Load(), refused.Load(); done < 100 || refused < 20 {
				t.Errorf("%d commands done, %d refused: the mix tests too little", done, refused)
			}
			sameAsStore(t, h.View(), h.store)
			h.settled(t)
			sameAsStore(t, h.View(), h.store)
		})
	}
}

// randomCommand picks a command about a few names, so that things are often there and often not.
func randomCommand(tb testing.TB, h *house, random *rand.Rand) Command {
	tb.Helper()
	n := fmt.Sprintf("thing-%d", random.IntN(6))
	sub, tenant, account := h.View().Installation().Subscription, h.View().Installation().Tenant, h.account()
	group := fmt.Sprintf("g%d", random.IntN(2))
	id := func(typ string) name.ResourceID {
		id, err := name.NewResourceID(sub, group, typ, n)
		if err != nil {
			tb.Fatal(err)
		}
		return id
	}
	site, user := id("Microsoft.Web/sites"), id(view.TypeUserIdentity)
	storage, err := name.NewResourceID(sub, group, view.TypeStorageAccount, fmt.Sprintf("acc%d", random.IntN(3)))
	if err != nil {
		tb.Fatal(err)
	}
	role := h.roleARN(tb, n)
	flag := random.IntN(2) == 0
	commands := []Command{
		func(e *Edit) error { _, err := e.PutGroup(GroupSpec{Subscription: sub, Name: group}); return err },
		func(e *Edit) error {
			_, err := e.PutGroup(GroupSpec{Subscription: sub, Name: group, Location: n})
			return err
		},
		func(e *Edit) error {
			if random.IntN(4) > 0 {
				return invalid(InvalidValue, "groups live longer")
			}
			return e.DeleteGroup(sub, group)
		},
		func(e *Edit) error {
			_, err := e.PutResource(ResourceSpec{ID: site, Identity: IdentitySpec{System: flag}})
			return err
		},
		func(e *Edit) error {
			_, err := e.PutResource(ResourceSpec{ID: site, Identity: IdentitySpec{System: flag, Users: []name.ResourceID{user}}})
			return err
		},
		func(e *Edit) error { return e.DeleteResource(site) },
		func(e *Edit) error {
			_, err := e.PutUserIdentity(UserIdentitySpec{ID: user, Location: group})
			return err
		},
		func(e *Edit) error { return e.DeleteUserIdentity(user) },
		func(e *Edit) error {
			_, err := e.PutFederated(Holder{Identity: user}, credential(tb, "cred", "https://ci.example", n))
			return err
		},
		func(e *Edit) error { _, err := e.PutResource(ResourceSpec{ID: storage}); return err },
		func(e *Edit) error { return e.DeleteResource(storage) },
		func(e *Edit) error { _, err := e.PutContainer(storage, n); return err },
		func(e *Edit) error { return e.DeleteContainer(storage, n) },
		func(e *Edit) error {
			i, ok := e.View().Identity(user)
			if !ok {
				return notFound(IdentityNotFound, "not yet")
			}
			_, _, err := e.PutAssignment(AssignmentSpec{Scope: site.Scope(), Role: name.MustGUID(reader), Principal: i.Principal.ObjectID})
			return err
		},
		func(e *Edit) error {
			d := view.DenyAssignment{
				Tenant: tenant, Name: n, Scope: site.Scope(), OnlyHere: flag, Principals: []name.GUID{rbac.Everyone()},
				Permissions: []view.RolePermission{{Actions: []string{"*/delete"}}},
			}
			for old := range e.View().Denies() {
				if old.Name == n && flag {
					return e.DeleteDeny(old.ID)
				} else if old.Name == n {
					d.ID = old.ID
				}
			}
			_, _, err := e.PutDeny(d)
			return err
		},
		func(e *Edit) error {
			r, ok := e.View().Resource(site)
			if !ok || r.System == nil {
				return notFound(ResourceNotFound, "not yet")
			}
			if flag {
				return e.RevokePrincipal(r.System.ObjectID)
			}
			scope := name.MustScope("/subscriptions/" + sub.String())
			_, _, err := e.PutAssignment(AssignmentSpec{Scope: scope, Role: name.MustGUID(reader), Principal: r.System.ObjectID})
			return err
		},
		func(e *Edit) error {
			_, _, err := e.PutApplication(ApplicationSpec{Tenant: tenant, DisplayName: n, IDURIs: []string{"api://" + n}})
			return err
		},
		func(e *Edit) error {
			for a := range e.View().Applications() {
				if a.DisplayName == n {
					return e.DeleteApplication(a.ObjectID)
				}
			}
			return notFound(ApplicationNotFound, "not yet")
		},
		func(e *Edit) error {
			trust := lambdaTrust
			if flag {
				trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + h.roleARN(tb, "thing-0").String() + `"},"Action":"sts:AssumeRole"}]}`
			}
			_, err := e.PutRole(RoleSpec{Account: account, Name: n, Trust: trust})
			return err
		},
		func(e *Edit) error { return e.DeleteRole(role) },
		func(e *Edit) error { _, err := e.PutBucket(BucketSpec{Account: account, Name: n}); return err },
		func(e *Edit) error { return e.DeleteBucket(n) },
		func(e *Edit) error {
			_, err := e.CreateRule(RuleSpec{SecretHash: hash(byte('a' + random.IntN(6))), Resource: site, Expires: e.Now().Add(maxRuleLife)})
			return err
		},
		func(e *Edit) error {
			id, err := e.CreateTenant(n)
			if err != nil || flag {
				return err
			}
			_, err = e.CreateSubscription(id, n)
			return err
		},
		func(e *Edit) error {
			t, ok := e.View().TenantNamed(n)
			if !ok {
				return notFound(TenantNotFound, "not yet")
			}
			return e.DeleteTenant(t.ID)
		},
	}
	return commands[random.IntN(len(commands))]
}
