package manifest

// Document is one document of a file: a thing that shall exist.
type Document struct {
	Kind string
	At   Position
	// Tenant, Subscription and Account say where the thing belongs, by name or id; empty is the installation's default.
	Tenant, Subscription, Account Text
	Spec                          Spec
}

// Spec is what a document says of its kind: a pointer to one of the structs below.
type Spec interface {
	// Label is what people call the thing, as written: its name, or for a role assignment what it grants.
	Label() string
	read(f *fields)
}

// Tags are labels: the value by the key.
type Tags map[string]Text

// Tenant is an Entra tenant.
type Tenant struct{ Name Text }

// Subscription is an Azure subscription of the document's tenant.
type Subscription struct{ Name Text }

// Account is an AWS account, with the control policies of its organization.
type Account struct {
	Name                            Text
	ServiceControl, ResourceControl []NamedDocument
	KeyDays                         Number // for how many days a new access key of a user lives
}

// ResourceGroup is a group of the document's subscription.
type ResourceGroup struct {
	Name, Location Text
	Tags           Tags
}

// Resource is an ARM resource of any type but those that have a kind of their own.
type Resource struct {
	Type, Name, ResourceGroup Text
	Location, KindOf          Text // KindOf is ARM's "kind", e.g. "functionapp"
	Tags                      Tags
	Identity                  *Identity // nil is no identity
	MaxLifetime               Seconds
	Properties                JSON
}

// Identity is the identity block of a resource.
type Identity struct {
	At           Position
	Type         Text   // None, SystemAssigned, UserAssigned, or both with a comma
	UserAssigned []Text // resource ids, or names in the resource's own group, or group/name
}

// UserAssignedIdentity is a managed identity that stands alone.
type UserAssignedIdentity struct {
	Name, ResourceGroup, Location Text
	Tags                          Tags
	MaxLifetime                   Seconds
	Federated                     []FederatedCredential
}

// FederatedCredential says which outside token may be exchanged for a token of its owner.
type FederatedCredential struct {
	At                                Position
	Name, Issuer, Subject, Expression Text
	Pattern                           Text   // a subject with wildcards that do not cross / : @
	Audiences                         []Text // empty is what Azure's own clients ask for: api://AzureADTokenExchange
}

// StorageAccount is a storage account with its blob containers. Containers that are not listed stay.
type StorageAccount struct {
	Name, ResourceGroup, Location Text
	Tags                          Tags
	Containers                    []Text
}

// KeyVault is a key vault. Its secrets are no part of a manifest: a file is no place for them.
type KeyVault struct {
	Name, ResourceGroup, Location Text
	Tags                          Tags
	Retention                     Number // for how many days a deleted secret can be recovered
}

// Application is an app registration: an audience of tokens.
type Application struct {
	Name           Text
	IdentifierURIs []Text
	TokenVersion   int  // 1 or 2; 1 when the document does not say
	Algorithm      Text // RS256 or ES256; empty is RS256
	AppRoles       []AppRole
	Federated      []FederatedCredential
	MaxLifetime    Seconds
	AWS            *AWSClaims // nil is none
}

// AWSClaims is what the tokens for an application tell AWS.
type AWSClaims struct {
	At             Position
	Tags           Tags // the fact by the key of the session tag
	TransitiveTags []Text
	SourceIdentity Text   // a fact
	Roles          []Text // ARNs, or names of roles with the path "/"
}

// AppRole is a right that an application defines.
type AppRole struct {
	At             Position
	Value, Display Text
	Members        []Text // object ids
}

// RoleDefinition is a custom Azure role.
type RoleDefinition struct {
	Name, Description Text
	AssignableScopes  []Text // empty is the document's subscription
	Permissions       []Permission
}

// Permission is one block of a role definition.
type Permission struct{ Actions, NotActions, DataActions, NotDataActions []Text }

// RoleAssignment grants an Azure role.
type RoleAssignment struct {
	Principal   Text // object id
	Role        Text // name or GUID of a built-in or custom role
	Scope       Text
	Description Text
	Condition   Text
}

// DenyAssignment blocks operations, whatever roles grant.
type DenyAssignment struct {
	Name, Description, Scope Text
	OnlyHere                 bool // doNotApplyToChildScopes
	Permissions              []Permission
	Principals, Exclude      []Text // object ids; all-principals in Principals stands for everybody
}

// Group is a group of principals, to whom roles are assigned at once.
type Group struct {
	Name, Description Text
	Members           []Text // object ids of principals and of other groups
}

// Issuer is an outside issuer: where its keys come from, and what may be trusted of it.
type Issuer struct {
	URL, Preset                                          Text // the URL may be left out where the preset knows it
	Keys                                                 JSON // JWK set; absent is discovery
	CA                                                   Text // PEM
	Private, AllowHTTPLoopback, Shared, OneUse, Disabled bool
}

// OIDCProvider makes an outside issuer known to the document's AWS account.
type OIDCProvider struct {
	URL           Text
	ClientIDs     []Text
	AudienceClaim Text // azp-first or aud; empty is azp-first, as AWS does
	Thumbprints   []Text
	Tags          Tags
}

// SAMLProvider makes a SAML identity provider known to the document's AWS account.
type SAMLProvider struct {
	Name, Metadata Text // Metadata is XML
	AWSNames       bool // responses that are made for AWS's own sign-in are accepted as well
	Tags           Tags
}

// Bucket is an S3 bucket.
type Bucket struct {
	Name   Text
	Policy JSON // absent is no bucket policy
}

// Role is an IAM role.
type Role struct {
	Name, Path, Description Text
	Trust                   JSON
	Policies                []NamedDocument // inline, in the order of the file
	ManagedPolicies         []Text          // ARNs, or names of policies with the path "/"
	Boundary                Text
	MaxSessionDuration      Seconds // 0 is one hour
	MaxLifetime             Seconds
	Tags                    Tags
}

// NamedDocument is an inline policy.
type NamedDocument struct {
	Name     Text
	Document JSON
}

// Policy is a managed policy.
type Policy struct {
	Name, Path, Description Text
	Document                JSON
	Tags                    Tags
}

// AWSResource is a workload in AWS's words, named by its ARN or by kind and name.
type AWSResource struct {
	ARN          Text
	KindOf, Name Text // KindOf is lambda:function, ec2:instance or ecs:task
	Role         Text // name or ARN of the role that it has
	Tags         Tags
}

// EKSCluster is a cluster whose pods get roles by their service accounts.
type EKSCluster struct {
	Name, Issuer Text
	Tags         Tags
	Associations []PodAssociation
	Whole        bool // Associations is the whole set; false where the document says nothing about them
}

// PodAssociation says which role the pods of a service account have.
type PodAssociation struct {
	At                              Position
	Namespace, ServiceAccount, Role Text // Role is a name or an ARN
	NoTags                          bool
}

// Kinds lists the kinds of documents in the order in which one usually needs them.
func Kinds() []string {
	return []string{
		"Tenant", "Subscription", "Account", "ResourceGroup", "UserAssignedIdentity", "StorageAccount", "KeyVault", "Resource",
		"Application", "Group", "RoleDefinition", "RoleAssignment", "DenyAssignment", "Issuer", "OIDCProvider", "SAMLProvider", "Bucket", "Policy", "Role", "AWSResource", "EKSCluster",
	}
}

func newSpec(kind string) Spec {
	switch kind {
	case "Tenant":
		return &Tenant{}
	case "Subscription":
		return &Subscription{}
	case "Account":
		return &Account{}
	case "ResourceGroup":
		return &ResourceGroup{}
	case "UserAssignedIdentity":
		return &UserAssignedIdentity{}
	case "StorageAccount":
		return &StorageAccount{}
	case "KeyVault":
		return &KeyVault{}
	case "Resource":
		return &Resource{}
	case "Application":
		return &Application{}
	case "Group":
		return &Group{}
	case "RoleDefinition":
		return &RoleDefinition{}
	case "RoleAssignment":
		return &RoleAssignment{}
	case "DenyAssignment":
		return &DenyAssignment{}
	case "Issuer":
		return &Issuer{}
	}
	return newAWSSpec(kind)
}

func newAWSSpec(kind string) Spec {
	switch kind {
	case "OIDCProvider":
		return &OIDCProvider{}
	case "SAMLProvider":
		return &SAMLProvider{}
	case "Bucket":
		return &Bucket{}
	case "Policy":
		return &Policy{}
	case "Role":
		return &Role{}
	case "AWSResource":
		return &AWSResource{}
	case "EKSCluster":
		return &EKSCluster{}
	}
	return nil
}
