package doortest

import (
	"fmt"

	"github.com/lanyard-id/lanyard/internal/attest/resolve"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Public URLs of the installation.
const (
	STSURL   = "https://127.0.0.1:8444"
	EntraURL = "https://127.0.0.1:8443"
	ARMURL   = EntraURL
	GraphURL = EntraURL + "/graph"
	BlobURL  = "https://127.0.0.1:8446"
	// StorageURL is the domain below which accounts have names of their own.
	StorageURL = "https://storage.localhost:8446"
	VaultURL   = "https://vault.localhost:8447"
)

// Audiences that are registered in both tenants, but for South's own.
const (
	StorageAudience  = "https://storage.azure.com"
	ExchangeAudience = "api://AzureADTokenExchange"
	AWSAudience      = "api://aws"
	ARMAudience      = "https://management.azure.com"
	SouthAudience    = "api://south"
)

const (
	siteType        = "Microsoft.Web/sites"
	blobReader      = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
	blobContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
)

// GUID is the nth id of the cast.
func GUID(n int) name.GUID { return name.MustGUID(fmt.Sprintf("%08x-0000-4000-8000-000000000000", n)) }

// North is one of the two tenants; each has one subscription.
func North() name.GUID { return GUID(0xa0) }

// South is the other tenant.
func South() name.GUID { return GUID(0xb0) }

// principal is a service principal whose object id is n and whose client id is one above.
func principal(n int, tenant name.GUID) view.Principal {
	return view.Principal{ObjectID: GUID(n), ClientID: GUID(n + 1), Tenant: tenant}
}

// Object ids of the cast; the client ids are one above.
const (
	FunctionID = 0x100 // system-assigned identity of the workload "function" in North
	OneID      = 0x110 // user-assigned identity of "shared" and "several" in North
	TwoID      = 0x120 // user-assigned identity of "several" in North
	StrangerID = 0x130 // system-assigned identity of the workload "stranger" in South
	DeployerID = 0x140 // application of North that trusts the function
	SouthernID = 0x150 // application of South that trusts the stranger
	OperatorID = 0x160 // operator of North, whose secret is that of the workload "operator"
)

// ResourceID is a resource of the cast, in the only group of its tenant.
func ResourceID(tenant name.GUID, typ, called string) name.ResourceID {
	sub := GUID(0xa1)
	if tenant == South() {
		sub = GUID(0xb1)
	}
	id, err := name.NewResourceID(sub, "g", typ, called)
	if err != nil {
		panic(err) // the cast is wrong
	}
	return id
}

// Issuers of a tenant's tokens.
func Issuers(tenant name.GUID) (v1, v2 string) {
	return EntraURL + "/" + tenant.String() + "/", EntraURL + "/" + tenant.String() + "/v2.0"
}

func cast() []view.Record {
	all := []view.Record{&view.Installation{
		StoreID: GUID(1), Incarnation: "first", Region: "us-east-2", Tenant: North(), Subscription: GUID(0xa1), Account: Main(),
		URLs: map[string]string{"entra": EntraURL, "arm": ARMURL, "sts": STSURL, "graph": GraphURL, "blob": BlobURL, "storage": StorageURL, "keyvault": VaultURL},
	}}
	for at, tenant := range []name.GUID{North(), South()} {
		called := [...]string{"north", "south"}[at]
		all = append(all,
			&view.Tenant{ID: tenant, Name: called},
			&view.Subscription{ID: SubscriptionOf(tenant), Tenant: tenant, Name: called},
			&view.ResourceGroup{Subscription: SubscriptionOf(tenant), Name: "g", Location: "here"},
		)
		all = append(all, audiences(0x200+0x100*at, tenant)...)
		all = append(all, microsoftGraph(0x2f0+0x100*at, tenant))
	}
	all = append(all, workloads()...)
	all = append(all, applications()...)
	all = append(all, storage()...)
	return append(all, awsCast()...)
}

// SubscriptionOf is the subscription of a tenant.
func SubscriptionOf(tenant name.GUID) name.GUID {
	id, _ := ResourceID(tenant, siteType, "any").Scope().Subscription()
	return id
}

func audiences(first int, tenant name.GUID) (all []view.Record) {
	uris := []string{StorageAudience, ExchangeAudience, AWSAudience, ARMAudience}
	if tenant == South() {
		uris = append(uris, SouthAudience)
	}
	for i, uri := range uris {
		p := principal(first+0x10*i, tenant)
		all = append(all, &view.Application{
			ObjectID: GUID(first + 0x10*i + 2), DisplayName: uri, IDURIs: []string{uri}, TokenVersion: 1, Algorithm: "ES256", Principal: p,
		})
	}
	return all
}

// microsoftGraph is the house's application, whose app roles nobody holds yet.
func microsoftGraph(n int, tenant name.GUID) view.Record {
	a := &view.Application{
		ObjectID: GUID(n + 2), DisplayName: "Microsoft Graph", IDURIs: []string{azwire.GraphAudience, GraphURL}, TokenVersion: 1, Algorithm: "ES256",
		House: true, Principal: view.Principal{ObjectID: GUID(n), ClientID: name.MustGUID(azwire.GraphID), Tenant: tenant},
	}
	for _, r := range azwire.GraphRoles() {
		a.Roles = append(a.Roles, view.AppRole{ID: name.MustGUID(r.ID), Value: r.Value, Display: r.Display})
	}
	return a
}

func workloads() (all []view.Record) {
	function, stranger := principal(FunctionID, North()), principal(StrangerID, South())
	one := &view.UserIdentity{ID: ResourceID(North(), view.TypeUserIdentity, "one"), Principal: principal(OneID, North())}
	two := &view.UserIdentity{ID: ResourceID(North(), view.TypeUserIdentity, "two"), Principal: principal(TwoID, North())}
	attached := func(i *view.UserIdentity) view.Attached {
		return view.Attached{ID: i.ID, ObjectID: i.Principal.ObjectID}
	}
	sites := []*view.Resource{
		{ID: ResourceID(North(), siteType, "function"), System: &function},
		{ID: ResourceID(North(), siteType, "shared"), Users: []view.Attached{attached(one)}},
		{ID: ResourceID(North(), siteType, "several"), Users: []view.Attached{attached(one), attached(two)}},
		{ID: ResourceID(North(), siteType, "bare")},
		{ID: ResourceID(South(), siteType, "stranger"), System: &stranger},
	}
	for i, r := range sites {
		r.UID = GUID(0x500 + i)
		all = append(all, r, &view.WorkloadRule{
			ID: GUID(0x600 + i), SecretHash: resolve.HashSecret(Secret(r.ID.Name())), Resource: r.ID, ResourceUID: r.UID,
			Expires: Start().AddDate(0, 0, 1),
		})
	}
	operator := principal(OperatorID, North())
	return append(all, one, two, &view.Operator{Principal: operator}, &view.WorkloadRule{
		ID: GUID(0x650), SecretHash: resolve.HashSecret(Secret("operator")), Operator: operator.ObjectID, Expires: Start().AddDate(0, 0, 1),
	})
}

// Secret is what the launcher gave to a workload.
func Secret(workload string) string { return "secret-of-" + workload }

func applications() []view.Record {
	trust := func(tenant name.GUID, subject int) []view.FederatedCredential {
		v1, _ := Issuers(tenant)
		return []view.FederatedCredential{{
			Name: "workload", Issuer: mustIssuer(v1), Subject: GUID(subject).String(), Audiences: []string{ExchangeAudience},
		}}
	}
	return []view.Record{
		&view.Application{
			ObjectID: GUID(0x700), DisplayName: "deployer", TokenVersion: 1, Algorithm: "ES256",
			Principal: principal(DeployerID, North()), Federated: trust(North(), FunctionID),
		},
		&view.Application{
			ObjectID: GUID(0x701), DisplayName: "southern", TokenVersion: 1, Algorithm: "ES256",
			Principal: principal(SouthernID, South()), Federated: trust(South(), StrangerID),
		},
	}
}

func mustIssuer(s string) name.IssuerURL {
	u, err := name.ParseIssuerURL(s)
	if err != nil {
		panic(err) // the cast is wrong
	}
	return u
}

// ContainerUID names the bytes of the nth container or bucket of the cast: photos, photos10, south's photos.
func ContainerUID(n int) name.GUID { return GUID(0x800 + n) }

func storage() []view.Record {
	north := &view.Resource{ID: ResourceID(North(), view.TypeStorageAccount, "northdata"), UID: GUID(0x580)}
	south := &view.Resource{ID: ResourceID(South(), view.TypeStorageAccount, "southdata"), UID: GUID(0x581)}
	in := func(account *view.Resource, called string, n int) *view.Container {
		return &view.Container{Account: account.ID, AccountUID: account.UID, Name: called, UID: ContainerUID(n), Created: Start()}
	}
	may := func(n int, who view.Principal, role string, scope name.Scope) *view.RoleAssignment {
		return &view.RoleAssignment{
			ID: GUID(0x900 + n), Tenant: who.Tenant, Principal: who.ObjectID, Role: name.MustGUID(role), Scope: scope,
		}
	}
	photos := func(account *view.Resource) name.Scope {
		return name.MustScope(account.ID.String() + "/blobServices/default/containers/photos")
	}
	return []view.Record{
		north, south, in(north, "photos", 0), in(north, "photos10", 1), in(south, "photos", 2),
		may(0, principal(FunctionID, North()), blobReader, photos(north)),
		may(1, principal(OneID, North()), blobContributor, north.ID.Scope()),
		may(2, principal(StrangerID, South()), blobReader, photos(south)),
	}
}
