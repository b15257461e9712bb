package view

import (
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
)

// Types of resources that Lanyard itself gives a meaning.
const (
	TypeUserIdentity   = "Microsoft.ManagedIdentity/userAssignedIdentities"
	TypeStorageAccount = "Microsoft.Storage/storageAccounts"
	TypeKeyVault       = "Microsoft.KeyVault/vaults"
)

// Subscription belongs to one tenant.
type Subscription struct {
	ID      name.GUID `json:"id"`
	Tenant  name.GUID `json:"tenant"`
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
	Rev     int64     `json:"-"`
}

// ResourceGroup holds resources; deleting it deletes them.
type ResourceGroup struct {
	Subscription name.GUID `json:"subscription"`
	Name         string    `json:"name"` // as created; compared ignoring case
	Location     string    `json:"location"`
	Tags         Tags      `json:"tags,omitempty"`
	Created      time.Time `json:"created"`
	Rev          int64     `json:"-"`
}

// Resource is an ARM resource of any type but a user-assigned identity: a source, a destination or neither.
type Resource struct {
	ID         name.ResourceID `json:"id"`
	UID        name.GUID       `json:"uid"` // incarnation: a new resource of the same name has another
	Kind       string          `json:"kind,omitempty"`
	Location   string          `json:"location,omitempty"`
	Tags       Tags            `json:"tags,omitempty"`
	System     *Principal      `json:"system,omitempty"` // the system-assigned identity; lives and dies with the resource
	Users      []Attached      `json:"users,omitempty"`  // user-assigned identities
	Properties Raw             `json:"properties,omitempty"`
	Envelope   Raw             `json:"envelope,omitempty"` // an object of ARM's other members: sku, plan, zones, managedBy, extendedLocation
	// MaxLifetime bounds the tokens of the system-assigned identity, in seconds; 0 is the installation's default.
	MaxLifetime int       `json:"maxLifetime,omitempty"`
	Created     time.Time `json:"created"`
	Rev         int64     `json:"-"`
}

// Attached is a user-assigned identity on a resource: the id that people wrote and the incarnation that it named then.
type Attached struct {
	ID       name.ResourceID `json:"id"`
	ObjectID name.GUID       `json:"objectId"`
}

// UserIdentity is a user-assigned managed identity with its hidden service principal inside.
type UserIdentity struct {
	ID          name.ResourceID       `json:"id"`
	Location    string                `json:"location,omitempty"`
	Tags        Tags                  `json:"tags,omitempty"`
	Principal   Principal             `json:"principal"`
	Federated   []FederatedCredential `json:"federated,omitempty"`
	MaxLifetime int                   `json:"maxLifetime,omitempty"` // seconds; 0 is the installation's default
	Created     time.Time             `json:"created"`
	Rev         int64                 `json:"-"`
}

// FederatedCredential says which token of which issuer may be exchanged for a token of the identity or application.
type FederatedCredential struct {
	Name       string         `json:"name"`
	Issuer     name.IssuerURL `json:"issuer"`
	Subject    string         `json:"subject,omitempty"`    // exact, or
	Expression string         `json:"expression,omitempty"` // claims['sub'] matches '...', or
	Pattern    string         `json:"pattern,omitempty"`    // a subject whose * and ? do not cross / : @
	Audiences  []string       `json:"audiences"`
	// Description is for people, and Graph's alone: neither the Resource Manager nor a manifest has it.
	Description string `json:"description,omitempty"`
}

// Application is an app registration: an audience that tokens are minted for, and itself a principal.
type Application struct {
	ObjectID     name.GUID             `json:"objectId"`
	DisplayName  string                `json:"displayName"`
	IDURIs       []string              `json:"identifierUris,omitempty"`
	TokenVersion int                   `json:"tokenVersion"` // 1 or 2: the shape of tokens for this audience
	Algorithm    string                `json:"algorithm"`    // RS256 or ES256: how tokens for this audience are signed
	Roles        []AppRole             `json:"appRoles,omitempty"`
	Principal    Principal             `json:"principal"` // its service principal, whose ObjectID is zero where there is none; ClientID is the appId
	Federated    []FederatedCredential `json:"federated,omitempty"`
	Secrets      []ClientSecret        `json:"secrets,omitempty"`      // legacy proofs
	Certificates []ClientCertificate   `json:"certificates,omitempty"` // legacy proofs
	Owners       []name.GUID           `json:"owners,omitempty"`       // object ids of the principals that may change it as their own
	Disabled     bool                  `json:"disabled,omitempty"`     // its service principal gets no tokens
	House        bool                  `json:"house,omitempty"`        // made with the tenant: ARM, Storage, Key Vault, Graph
	MaxLifetime  int                   `json:"maxLifetime,omitempty"`
	AWS          *AWSClaims            `json:"awsClaims,omitempty"` // nil is none
	Created      time.Time             `json:"created"`
	Rev          int64                 `json:"-"`
}

// AppRole is a right that an application defines and that its tokens carry in "roles".
type AppRole struct {
	ID      name.GUID   `json:"id"`
	Value   string      `json:"value"`
	Display string      `json:"displayName,omitempty"`
	Detail  string      `json:"description,omitempty"`
	Members []name.GUID `json:"members,omitempty"` // object ids of the principals that hold it
}

// RoleDefinition is a custom Azure role; the built-in ones are the rbac engine's data.
type RoleDefinition struct {
	ID          name.GUID        `json:"id"`
	Tenant      name.GUID        `json:"tenant"`
	Name        string           `json:"roleName"`
	Description string           `json:"description,omitempty"`
	Assignable  []name.Scope     `json:"assignableScopes"`
	Permissions []RolePermission `json:"permissions"`
	Created     time.Time        `json:"created"`
	CreatedBy   name.GUID        `json:"createdBy,omitzero"`
	Updated     time.Time        `json:"updated,omitzero"`
	UpdatedBy   name.GUID        `json:"updatedBy,omitzero"`
	Rev         int64            `json:"-"`

	compiled *compiledDefinition
}

// RolePermission is one block of a role definition, in Azure's words.
type RolePermission struct {
	Actions        []string `json:"actions,omitempty"`
	NotActions     []string `json:"notActions,omitempty"`
	DataActions    []string `json:"dataActions,omitempty"`
	NotDataActions []string `json:"notDataActions,omitempty"`
}

// RoleAssignment grants a role to a principal on a scope of the principal's tenant.
type RoleAssignment struct {
	ID        name.GUID  `json:"id"`
	Tenant    name.GUID  `json:"tenant"`
	Scope     name.Scope `json:"scope"`
	Role      name.GUID  `json:"role"`           // role definition
	Principal name.GUID  `json:"principal"`      // object id
	Name      string     `json:"name,omitempty"` // a description
	Condition string     `json:"condition,omitempty"`
	Created   time.Time  `json:"created"`
	CreatedBy name.GUID  `json:"createdBy,omitzero"` // object id of who wrote it; zero for the installation itself
	Updated   time.Time  `json:"updated,omitzero"`   // zero: never since
	UpdatedBy name.GUID  `json:"updatedBy,omitzero"`
	Rev       int64      `json:"-"`

	compiled *compiledCondition // nil without a condition
}

// Container is a blob container of a storage account.
type Container struct {
	Account    name.ResourceID `json:"account"`
	AccountUID name.GUID       `json:"accountUid"`
	Name       string          `json:"name"`
	UID        name.GUID       `json:"uid"` // names its bytes on disk
	Created    time.Time       `json:"created"`
	Modified   time.Time       `json:"modified,omitzero"` // when its metadata were set last
	Rev        int64           `json:"-"`

	Metadata map[string]string `json:"metadata,omitempty"` // read only once it is in a View
}

// Scope is the container's place in the ARM tree, where data roles are granted.
func (c *Container) Scope() name.Scope {
	s, _ := c.Account.Scope().Join("blobServices", "default", "containers", c.Name) // parts were checked when it was made
	return s
}
