package azwire

// Microsoft Graph's application permissions that are offered, by the value that tokens carry in "roles" (Microsoft Graph,
// "Permissions reference").
const (
	ApplicationRead      = "Application.Read.All"
	ApplicationReadWrite = "Application.ReadWrite.All"
	ApplicationOwned     = "Application.ReadWrite.OwnedBy"
	AppRoleAssign        = "AppRoleAssignment.ReadWrite.All"
	DirectoryRead        = "Directory.Read.All"
	GroupRead            = "Group.Read.All"
	GroupReadWrite       = "Group.ReadWrite.All"
)

// GraphAudience is the audience of Microsoft Graph.
const GraphAudience = "https://graph.microsoft.com"

// GraphID is the client id of Microsoft Graph in every tenant.
const GraphID = "00000003-0000-0000-c000-000000000000"

// ExchangeAudience is the audience of tokens that are meant to be exchanged for others, and of nothing else.
const ExchangeAudience = "api://AzureADTokenExchange"

// GraphRole is one of the permissions under the id that it has everywhere.
type GraphRole struct{ ID, Value, Display string }

// GraphRoles are the permissions that are offered.
func GraphRoles() []GraphRole {
	return []GraphRole{
		{"9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30", ApplicationRead, "Read all applications"},
		{"1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9", ApplicationReadWrite, "Read and write all applications"},
		{"18a4783c-866b-4cc7-a460-3d5e5662c884", ApplicationOwned, "Manage apps that this app creates or owns"},
		{"06b708a9-e830-4db3-a914-8e69da51d44f", AppRoleAssign, "Manage app permission grants and app role assignments"},
		{"7ab1d382-f21e-4acd-a863-ba3e13f7da61", DirectoryRead, "Read directory data"},
		{"5b567255-7703-4780-807c-7be8301ae99b", GroupRead, "Read all groups"},
		{"62a82d76-70ea-41e2-9197-370581804d09", GroupReadWrite, "Read and write all groups"},
	}
}
