//go:build unix

package proof

import (
	"fmt"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// crowd is a tenant with so many role assignments, of which so many are the caller's. None of the caller's but the last
// grants what is asked for, and they are looked at in the order of their ids, so that all are.
func crowd(tb testing.TB, rules, own int) (*view.View, access.AzureRequest) {
	tb.Helper()
	tenant, sub := name.NewGUID(), name.NewGUID()
	identity := func(n string) *view.UserIdentity {
		id, err := name.NewResourceID(sub, "crowd", view.TypeUserIdentity, n)
		if err != nil {
			tb.Fatal(err)
		}
		return &view.UserIdentity{ID: id, Principal: view.Principal{ObjectID: name.NewGUID(), ClientID: name.NewGUID(), Tenant: tenant}}
	}
	caller := identity("caller")
	records := []view.Record{
		&view.Installation{Incarnation: "life", URLs: map[string]string{"entra": "https://127.0.0.1:8443"}, Tenant: tenant},
		&view.Tenant{ID: tenant, Name: "default"}, &view.Subscription{ID: sub, Tenant: tenant, Name: "default"}, caller,
	}
	container := func(n int) name.Scope {
		return name.MustScope(fmt.Sprintf("/subscriptions/%s/resourceGroups/crowd/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/c%d", sub, n))
	}
	reader := name.MustGUID("2a2b9908-6ea1-4ae2-8e65-a410df84e7d1") // Storage Blob Data Reader
	holder := caller
	for n := range rules {
		if n >= own && (n-own)%100 == 0 {
			holder = identity(fmt.Sprintf("neighbour-%d", n))
			records = append(records, holder)
		}
		records = append(records, &view.RoleAssignment{ID: name.MustGUID(fmt.Sprintf("%08x-0000-4000-8000-000000000000", n)), Tenant: tenant, Scope: container(n), Role: reader, Principal: holder.Principal.ObjectID})
	}
	v, err := view.Load(7, records)
	if err != nil {
		tb.Fatal(err)
	}
	return v, access.AzureRequest{
		Principal: &caller.Principal, Action: "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read", Data: true, Scope: container(own - 1),
	}
}

// sizes are the tenants that decisions are measured in.
func sizes() []struct{ rules, own int } {
	return []struct{ rules, own int }{{10, 10}, {1_000, 200}, {100_000, 200}, {10_000, 10_000}}
}

func BenchmarkDecide(b *testing.B) {
	for _, size := range sizes() {
		b.Run(fmt.Sprintf("%d rules, %d apply", size.rules, size.own), func(b *testing.B) {
			v, req := crowd(b, size.rules, size.own)
			b.ReportAllocs()
			for b.Loop() {
				if d := access.Azure(v, req); !d.Allowed() {
					b.Fatalf("refused: %+v", d)
				}
			}
		})
	}
}
