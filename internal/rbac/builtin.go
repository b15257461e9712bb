package rbac

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/name"
)

// Resource types and operations that the built-in roles share.
const (
	storageType  = "Microsoft.Storage/storageAccounts"
	blobService  = storageType + "/blobServices"
	container    = blobService + "/containers"
	blob         = container + "/blobs"
	delegation   = blobService + "/generateUserDelegationKey/action"
	queue        = storageType + "/queueServices/queues"
	identityType = "Microsoft.ManagedIdentity/userAssignedIdentities"
	credential   = identityType + "/federatedIdentityCredentials"
	vaultService = "Microsoft.KeyVault"
	secret       = vaultService + "/vaults/secrets"
	authorize    = "Microsoft.Authorization"
)

// builtin is one row of the table: a role of Azure, under Azure's own id.
type builtin struct {
	id, name, description string
	// area is the resource provider that the role is made for; empty for the general roles. Hints name a role only for
	// operations of its area, so that nobody is told to take a Key Vault role to read a deployment.
	area        string
	permissions Permission
}

// builtins is the table of built-in roles, the smallest grant first: a hint names the first that is enough.
func builtins() []builtin {
	reader := builtin{
		"acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader",
		"See all resources, change nothing, read no data.", "",
		Permission{Actions: []string{"*/read"}},
	}
	return slices.Concat([]builtin{reader}, storageRoles(), vaultRoles(), identityRoles(), ownRoles(), generalRoles())
}

func storageRoles() []builtin {
	return []builtin{
		{
			"db58b8e5-c6ad-4a2a-8342-4190687cbf4a", "Storage Blob Delegator",
			"Get a user delegation key.", storageType + "/",
			Permission{Actions: []string{delegation}},
		},
		{
			"2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", "Storage Blob Data Reader",
			"Read and list containers and blobs.", storageType + "/",
			Permission{
				Actions:     []string{container + "/read", delegation},
				DataActions: []string{blob + "/read"},
			},
		},
		{
			"ba92f5b4-2d11-453d-a403-e96b0029c9fe", "Storage Blob Data Contributor",
			"Read, write and delete containers and blobs.", storageType + "/",
			Permission{
				Actions: []string{container + "/delete", container + "/read", container + "/write", delegation},
				DataActions: []string{
					blob + "/delete", blob + "/read", blob + "/write",
					blob + "/move/action", blob + "/add/action",
				},
			},
		},
		{
			"b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "Storage Blob Data Owner",
			"Everything with containers and blobs, access control included.", storageType + "/",
			Permission{
				Actions:     []string{container + "/*", delegation},
				DataActions: []string{blob + "/*"},
			},
		},
		{
			"19e7f393-937e-4f77-808e-94535e297925", "Storage Queue Data Reader",
			"Read and list queues and their messages.", storageType + "/",
			Permission{
				Actions:     []string{queue + "/read"},
				DataActions: []string{queue + "/messages/read"},
			},
		},
	}
}

func vaultRoles() []builtin {
	return []builtin{
		{
			"4633458b-17de-408a-b874-0445c86b69e6", "Key Vault Secrets User",
			"Read the contents of secrets.", vaultService + "/",
			Permission{DataActions: []string{secret + "/getSecret/action", secret + "/readMetadata/action"}},
		},
		{
			"21090545-7ca7-4776-b22c-e363652d74d2", "Key Vault Reader",
			"Read what vaults hold, but not the contents of secrets.", vaultService + "/",
			Permission{
				Actions:     vaultActions(),
				DataActions: []string{vaultService + "/vaults/*/read", secret + "/readMetadata/action"},
			},
		},
		{
			"b86a8fe4-44ce-4948-aee5-eccb2c155cd7", "Key Vault Secrets Officer",
			"Everything with the secrets of a vault, except permissions.", vaultService + "/",
			Permission{Actions: vaultActions(), DataActions: []string{secret + "/*"}},
		},
	}
}

func identityRoles() []builtin {
	return []builtin{
		{
			"f1a07417-d97a-45cb-824c-7a7467783830", "Managed Identity Operator",
			"Read and assign user-assigned identities.", identityType + "/",
			Permission{Actions: withCommon(identityType+"/*/read", identityType+"/*/assign/action")},
		},
		{
			"e40ec5ca-96e0-45a2-b4ff-59039f2c2b59", "Managed Identity Contributor",
			"Create, read, update and delete user-assigned identities.", identityType + "/",
			Permission{Actions: withCommon(
				identityType+"/read", identityType+"/write", identityType+"/delete",
				credential+"/read", credential+"/write", credential+"/delete",
				identityType+"/revokeTokens/action")},
		},
	}
}

// ownRoles are for what only Lanyard has. Azure has no such roles, so their ids are Lanyard's.
func ownRoles() []builtin {
	return []builtin{{
		"6c616e79-6172-4d00-8000-000000000101", "Lanyard Revocation Reader",
		"Be told whose tokens ended, to verify tokens elsewhere.", "Lanyard.Identity/",
		Permission{DataActions: []string{"Lanyard.Identity/revocations/read"}},
	}}
}

func generalRoles() []builtin {
	return []builtin{
		{
			"f58310d9-a9f6-439a-9e8d-f62e7b41a168", "Role Based Access Control Administrator",
			"Grant roles to others, but by no other way.", "",
			Permission{Actions: []string{
				authorize + "/roleAssignments/write", authorize + "/roleAssignments/delete",
				"*/read", "Microsoft.Support/*",
			}},
		},
		{
			"18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", "User Access Administrator",
			"Manage who has access to resources.", "",
			Permission{Actions: []string{"*/read", authorize + "/*", "Microsoft.Support/*"}},
		},
		{
			"b24988ac-6180-42a0-ab88-20f7382dd24c", "Contributor",
			"Manage all resources, but not who has access to them.", "",
			Permission{
				Actions: []string{"*"},
				NotActions: []string{
					authorize + "/*/Delete", authorize + "/*/Write", authorize + "/elevateAccess/Action",
					"Microsoft.Blueprint/blueprintAssignments/write", "Microsoft.Blueprint/blueprintAssignments/delete",
					"Microsoft.Compute/galleries/share/action",
					"Microsoft.Purview/consents/write", "Microsoft.Purview/consents/delete",
					"Microsoft.Resources/deploymentStacks/manageDenySetting/action",
					"Microsoft.Subscription/cancel/action", "Microsoft.Subscription/enable/action",
				},
			},
		},
		{
			"8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner",
			"Manage all resources and who has access to them.", "",
			Permission{Actions: []string{"*"}},
		},
	}
}

// withCommon adds the operations that most of Azure's narrow roles carry for the portal's and deployments' sake.
func withCommon(actions ...string) []string {
	return append(actions,
		authorize+"/*/read",
		"Microsoft.Insights/alertRules/*",
		"Microsoft.Resources/deployments/*",
		"Microsoft.Resources/subscriptions/resourceGroups/read",
		"Microsoft.Support/*")
}

func vaultActions() []string {
	return withCommon(
		vaultService+"/checkNameAvailability/read",
		vaultService+"/deletedVaults/read",
		vaultService+"/locations/*/read",
		vaultService+"/vaults/*/read",
		vaultService+"/operations/read")
}

func (b builtin) definition() RoleDefinition {
	return RoleDefinition{
		ID: name.MustGUID(b.id), Name: b.name, Description: b.description,
		AssignableScopes: []name.Scope{name.Root()}, Permissions: []Permission{b.permissions},
		BuiltIn: true,
	}
}

// Builtins gives the built-in roles of Azure that Lanyard knows, with Azure's ids. They are assignable everywhere.
func Builtins() []RoleDefinition {
	var list []RoleDefinition
	for _, b := range builtins() {
		list = append(list, b.definition())
	}
	return list
}

// grantHint names the smallest built-in role that permits the operation and the scope to grant it at.
func grantHint(in *Input, op operation) string {
	for _, b := range builtins() {
		if !strings.HasPrefix(op.folded, strings.ToLower(b.area)) {
			continue
		}
		set, err := CompilePermissions([]Permission{b.permissions}) // a row that does not compile is no suggestion
		if err == nil && set.verdict(op).kind == permitted {
			return fmt.Sprintf("grant %q at %s", b.name, in.Scope)
		}
	}
	return fmt.Sprintf("no built-in role has the %s operation %s: it needs a custom role, granted at %s",
		op.plane, in.Action, in.Scope)
}
