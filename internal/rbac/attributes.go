package rbac

import "strings"

// Attribute is one fact of a request that conditions may ask for. Several values of one key are several attributes.
type Attribute struct {
	Key   string // lower case, source included, e.g. "@resource[microsoft.storage/storageaccounts:name]"
	Value string
}

// Attributes are the facts of a request that conditions may ask for. A door writes them as a literal:
//
//	rbac.Attributes{
//		{Key: rbac.AccountName, Value: account},
//		{Key: rbac.ContainerName, Value: container},
//		{Key: rbac.BlobPath, Value: path},
//	}
//
// What the request does not have is left out, not set to the empty text: a comparison with an attribute that is not there
// fails, whatever its operator. So a list without a prefix has no BlobPrefix, and a request for a container no BlobPath.
type Attributes []Attribute

// Keys of attributes that doors set (Microsoft, "Actions and attributes for Azure role assignment conditions"). Those of
// blobs are the Blob door's to fill, those of role assignments the ARM door's.
const (
	// AccountName is the storage account's name: for every operation below an account.
	AccountName = "@resource[microsoft.storage/storageaccounts:name]"
	// ContainerName is the container's name: for every operation at or below a container.
	ContainerName = "@resource[microsoft.storage/storageaccounts/blobservices/containers:name]"
	// BlobPath is the blob's name without the container: for every operation on one blob, so not for a list.
	BlobPath = "@resource[microsoft.storage/storageaccounts/blobservices/containers/blobs:path]"
	// BlobPrefix is the prefix that a list was asked for, if it was.
	BlobPrefix = "@request[microsoft.storage/storageaccounts/blobservices/containers/blobs:prefix]"
	// BlobInclude is what a list is to include beside names; one attribute for each.
	BlobInclude = "@request[microsoft.storage/storageaccounts/blobservices/containers/blobs:include]"

	// RequestRoleDefinition is the GUID of the role that an assignment is to grant; RequestPrincipal the object id that it is
	// to be granted to, and RequestPrincipalType ServicePrincipal, Group or User: for roleAssignments/write.
	RequestRoleDefinition = "@request[microsoft.authorization/roleassignments:roledefinitionid]"
	RequestPrincipal      = "@request[microsoft.authorization/roleassignments:principalid]"
	RequestPrincipalType  = "@request[microsoft.authorization/roleassignments:principaltype]"
	// ResourceRoleDefinition and its neighbours are the same of the assignment that exists: for roleAssignments/delete.
	ResourceRoleDefinition = "@resource[microsoft.authorization/roleassignments:roledefinitionid]"
	ResourcePrincipal      = "@resource[microsoft.authorization/roleassignments:principalid]"
	ResourcePrincipalType  = "@resource[microsoft.authorization/roleassignments:principaltype]"
)

// AttributeNames are the attributes that some door sets, as Microsoft's documentation writes them: a condition on any other
// never holds.
func AttributeNames() []string {
	return []string{
		"@Resource[Microsoft.Storage/storageAccounts:name]",
		"@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]",
		"@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path]",
		"@Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:prefix]",
		"@Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:include]",
		"@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]",
		"@Request[Microsoft.Authorization/roleAssignments:PrincipalId]",
		"@Request[Microsoft.Authorization/roleAssignments:PrincipalType]",
		"@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId]",
		"@Resource[Microsoft.Authorization/roleAssignments:PrincipalId]",
		"@Resource[Microsoft.Authorization/roleAssignments:PrincipalType]",
	}
}

// AttributeKeys are the keys of AttributeNames: case does not count.
func AttributeKeys() []string {
	keys := AttributeNames()
	for i, written := range keys {
		keys[i] = strings.ToLower(written)
	}
	return keys
}

// Names of sub-operations: requests that need the same action and can be told apart by conditions.
const (
	BlobList = "Blob.List" // of .../blobs/read; a read of one blob has none
)
