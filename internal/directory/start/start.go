package start

import (
	"slices"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// OperatorRoles are the Azure roles that an operator is granted at "/" of its tenant: Owner, Storage Blob Data Owner and
// Key Vault Secrets Officer.
func OperatorRoles() []name.GUID {
	return []name.GUID{
		name.MustGUID("8e3af657-a8ff-443c-a75c-2fe8c4bcb635"),
		name.MustGUID("b7e6dc6d-f1e8-4753-8033-0f276bb0955b"), name.MustGUID("b86a8fe4-44ce-4948-aee5-eccb2c155cd7"),
	}
}

// Applications are the audiences that every tenant has from the start, under the ids that they have everywhere. In
// fills in the rest.
func Applications() []view.Application {
	app := func(display, appID string, uris ...string) view.Application {
		return view.Application{
			DisplayName: display, IDURIs: uris, TokenVersion: 1, Algorithm: "RS256", House: true,
			Principal: view.Principal{ClientID: name.MustGUID(appID)},
		}
	}
	return []view.Application{
		app("Azure Service Management", ManagementID,
			"https://management.azure.com", "https://management.core.windows.net"),
		app("Azure Storage", "e406a681-f3d4-42a8-90b6-c2b029497af1", "https://storage.azure.com"),
		app("Azure Key Vault", "cfa8b339-82a2-471a-a3c9-0fc0be7a4093", "https://vault.azure.net"),
		app("AAD Token Exchange", "fb60f99c-7a34-4190-8149-302f77469936", azwire.ExchangeAudience),
		app("Microsoft Graph", GraphID, azwire.GraphAudience),
		app("Lanyard", LanyardAppID, LanyardAudience),
	}
}

// In is an application of the house as a tenant gets it: with ids of its own, the address of its door, and what the operator
// holds of it.
func In(v *view.View, tenant name.GUID, a view.Application) view.Application {
	a.ObjectID = name.NewGUID()
	a.Principal.ObjectID, a.Principal.Tenant = name.NewGUID(), tenant
	if o, ok := v.OperatorOf(tenant); ok && a.Principal.ClientID.String() == GraphID {
		a.Roles = GraphRoles(o.ObjectID)
	}
	if i := v.Installation(); i != nil && i.URLs[DoorOf(a)] != "" { // clients ask for tokens of the address itself
		a.IDURIs = append(a.IDURIs, i.URLs[DoorOf(a)])
	}
	return a
}

// Taken tells whether a tenant has an application of the house, or another one under one of its names.
func Taken(v *view.View, tenant name.GUID, a view.Application) bool {
	for _, audience := range append([]string{a.Principal.ClientID.String()}, a.IDURIs...) {
		if _, taken := v.Audience(tenant, audience); taken {
			return true
		}
	}
	return false
}

// ManagementID is the client id of the Resource Manager in every tenant.
const ManagementID = "797f4846-ba00-4fd7-ba43-dac1f8f63013"

// GraphID is the client id of Microsoft Graph in every tenant.
const GraphID = azwire.GraphID

// DoorOf names the door that stands for an application of the house and is asked for by its address: az and Terraform know
// Microsoft Graph and the Resource Manager by nothing else. Empty for the others.
func DoorOf(a view.Application) string {
	switch a.Principal.ClientID.String() {
	case ManagementID:
		return "arm"
	case GraphID:
		return "graph"
	}
	return ""
}

// GraphRoles are the app roles that Microsoft Graph begins with. What an operator needs is held by it, to be seen and
// taken away like everybody's.
func GraphRoles(operator name.GUID) []view.AppRole {
	var roles []view.AppRole
	for _, r := range azwire.GraphRoles() {
		role := view.AppRole{ID: name.MustGUID(r.ID), Value: r.Value, Display: r.Display}
		if slices.Contains([]string{azwire.ApplicationReadWrite, azwire.AppRoleAssign, azwire.DirectoryRead, azwire.GroupReadWrite}, r.Value) {
			role.Members = []name.GUID{operator}
		}
		roles = append(roles, role)
	}
	return roles
}

// Lanyard's own application in every tenant: tokens for what Lanyard itself serves beside the clouds' protocols, such as
// the feed of revocations.
const (
	LanyardAppID    = "6c616e79-6172-4d00-8000-000000000001"
	LanyardAudience = "api://lanyard"
)

// OperatorService is the service principal as which Lanyard's operator assumes roles.
const OperatorService = "operator.lanyard"

// The operator role of an AWS account: name, path, who may assume it and what it may do.
const (
	OperatorPath  = "/lanyard/"
	OperatorName  = "Operator"
	OperatorTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"` + OperatorService +
		`"},"Action":"sts:AssumeRole"}]}`
	OperatorPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
)
