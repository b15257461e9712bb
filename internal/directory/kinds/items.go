package kinds

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/pods"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Head is what every item begins with.
type Head struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	ID   string `json:"id"`
}

func (t thing) head() Head { return Head{t.kind, t.name, t.id} }

// TenantItem shows a tenant.
type TenantItem struct {
	Head
	Operator string `json:"operator"` // object id of its operator principal
	Issuer   string `json:"issuer"`   // of v1 tokens
}

// SubscriptionItem shows a subscription.
type SubscriptionItem struct {
	Head
	Tenant name.GUID `json:"tenant"`
}

// GroupItem shows a resource group.
type GroupItem struct {
	Head
	Subscription name.GUID `json:"subscription"`
	Location     string    `json:"location,omitempty"`
	Tags         view.Tags `json:"tags,omitempty"`
}

// ResourceItem shows a resource or a storage account.
type ResourceItem struct {
	Head
	Type          string        `json:"type"`
	ResourceGroup string        `json:"resourceGroup"`
	Subscription  name.GUID     `json:"subscription"`
	Location      string        `json:"location,omitempty"`
	KindOf        string        `json:"kindOf,omitempty"`
	Tags          view.Tags     `json:"tags,omitempty"`
	Identity      *IdentityItem `json:"identity,omitempty"`
	MaxLifetime   int           `json:"maxLifetime,omitempty"` // seconds
	Properties    view.Raw      `json:"properties,omitempty"`
	Containers    []string      `json:"containers,omitempty"`
	VaultURI      string        `json:"vaultUri,omitempty"`
	Secrets       []string      `json:"secrets,omitempty"` // names; deleted ones are not shown
}

// IdentityItem shows an identity block as ARM does.
type IdentityItem struct {
	Type        string                      `json:"type"`
	PrincipalID string                      `json:"principalId,omitempty"`
	ClientID    string                      `json:"clientId,omitempty"`
	TenantID    string                      `json:"tenantId,omitempty"`
	Users       map[string]AttachedIdentity `json:"userAssignedIdentities,omitempty"`
}

// AttachedIdentity shows a user-assigned identity on a resource. Dangling says that the one that was attached is gone.
type AttachedIdentity struct {
	PrincipalID string `json:"principalId"`
	ClientID    string `json:"clientId,omitempty"`
	Dangling    bool   `json:"dangling,omitempty"`
}

// UserIdentityItem shows a user-assigned identity.
type UserIdentityItem struct {
	Head
	ResourceGroup string                     `json:"resourceGroup"`
	Subscription  name.GUID                  `json:"subscription"`
	Location      string                     `json:"location,omitempty"`
	Tags          view.Tags                  `json:"tags,omitempty"`
	PrincipalID   name.GUID                  `json:"principalId"`
	ClientID      name.GUID                  `json:"clientId"`
	TenantID      name.GUID                  `json:"tenantId"`
	MaxLifetime   int                        `json:"maxLifetime,omitempty"` // seconds
	Federated     []view.FederatedCredential `json:"federatedCredentials,omitempty"`
}

// ContainerItem shows a blob container.
type ContainerItem struct {
	Head
	StorageAccount string `json:"storageAccount"`
}

// ApplicationItem shows an application.
type ApplicationItem struct {
	Head
	Tenant         name.GUID                  `json:"tenant"`
	ClientID       name.GUID                  `json:"clientId"`
	IdentifierURIs []string                   `json:"identifierUris,omitempty"`
	TokenVersion   int                        `json:"tokenVersion"`
	Algorithm      string                     `json:"algorithm"`
	AppRoles       []view.AppRole             `json:"appRoles,omitempty"`
	MaxLifetime    int                        `json:"maxLifetime,omitempty"` // seconds
	Federated      []view.FederatedCredential `json:"federatedCredentials,omitempty"`
	House          bool                       `json:"house,omitempty"`
	Disabled       bool                       `json:"disabled,omitempty"`
	Secrets        []ProofItem                `json:"secrets,omitempty"`
	Certificates   []ProofItem                `json:"certificates,omitempty"`
	AWSClaims      *view.AWSClaims            `json:"awsClaims,omitempty"`
}

// ProofItem shows that there is a secret or a certificate, and no more of it.
type ProofItem struct {
	ID      name.GUID `json:"keyId"`
	Display string    `json:"displayName,omitempty"`
	Hint    string    `json:"hint,omitempty"`
	End     time.Time `json:"endDateTime"`
}

// DirectoryGroupItem shows a group of principals.
type DirectoryGroupItem struct {
	Head
	Tenant      name.GUID   `json:"tenant"`
	Description string      `json:"description,omitempty"`
	Members     []name.GUID `json:"members,omitempty"`
}

// DefinitionItem shows a custom role definition.
type DefinitionItem struct {
	Head
	Tenant           name.GUID             `json:"tenant"`
	Description      string                `json:"description,omitempty"`
	AssignableScopes []name.Scope          `json:"assignableScopes"`
	Permissions      []view.RolePermission `json:"permissions"`
}

// AssignmentItem shows a role assignment. Orphaned says that its principal is gone: it grants nothing.
type AssignmentItem struct {
	Head
	Tenant        name.GUID  `json:"tenant"`
	Scope         name.Scope `json:"scope"`
	Role          name.GUID  `json:"roleDefinitionId"`
	RoleName      string     `json:"roleDefinitionName,omitempty"`
	Principal     name.GUID  `json:"principalId"`
	PrincipalName string     `json:"principalName,omitempty"`
	Orphaned      bool       `json:"orphaned,omitempty"`
	Description   string     `json:"description,omitempty"`
	Condition     string     `json:"condition,omitempty"`
}

// DenyItem shows a deny assignment.
type DenyItem struct {
	Head
	Tenant      name.GUID             `json:"tenant"`
	Scope       name.Scope            `json:"scope"`
	Description string                `json:"description,omitempty"`
	OnlyHere    bool                  `json:"doNotApplyToChildScopes,omitempty"`
	Permissions []view.RolePermission `json:"permissions"`
	Principals  []name.GUID           `json:"principals"` // the zero GUID is everybody
	Exclude     []name.GUID           `json:"excludePrincipals,omitempty"`
}

// AccountItem shows an AWS account.
type AccountItem struct {
	Head
	ServiceControl  map[string]json.RawMessage `json:"serviceControlPolicies,omitempty"`
	ResourceControl map[string]json.RawMessage `json:"resourceControlPolicies,omitempty"`
	KeyDays         int                        `json:"accessKeyDays,omitempty"`
}

// RoleItem shows an IAM role. Its documents are as people write them: roles by ARN.
type RoleItem struct {
	Head
	Account            name.AccountID             `json:"account"`
	UniqueID           string                     `json:"roleId"`
	Path               string                     `json:"path"`
	Description        string                     `json:"description,omitempty"`
	Trust              json.RawMessage            `json:"trust"`
	Policies           map[string]json.RawMessage `json:"policies,omitempty"`
	ManagedPolicies    []name.ARN                 `json:"managedPolicies,omitempty"`
	Boundary           name.ARN                   `json:"boundary,omitzero"`
	MaxSessionDuration int                        `json:"maxSessionDuration"`    // seconds
	MaxLifetime        int                        `json:"maxLifetime,omitempty"` // seconds
	Tags               view.Tags                  `json:"tags,omitempty"`
}

// PolicyItem shows a managed policy.
type PolicyItem struct {
	Head
	Account  name.AccountID  `json:"account"`
	UniqueID string          `json:"policyId"`
	Path     string          `json:"path"`
	Document json.RawMessage `json:"document"`
}

// ProviderItem shows an OIDC provider.
type ProviderItem struct {
	Head
	Account       name.AccountID `json:"account"`
	ClientIDs     []string       `json:"clientIds,omitempty"`
	AudienceClaim string         `json:"audienceClaim"`
}

// SAMLItem shows a SAML provider.
type SAMLItem struct {
	Head
	Account  name.AccountID `json:"account"`
	Metadata string         `json:"metadata"`
	AWSNames bool           `json:"awsNames,omitempty"`
	Tags     view.Tags      `json:"tags,omitempty"`
}

// BucketItem shows a bucket.
type BucketItem struct {
	Head
	ARN     name.ARN        `json:"arn"`
	Account name.AccountID  `json:"account"`
	Region  string          `json:"region"`
	Policy  json.RawMessage `json:"policy,omitempty"`
}

// AWSResourceItem shows a workload of the AWS side.
type AWSResourceItem struct {
	Head
	Account name.AccountID `json:"account"`
	KindOf  string         `json:"kindOf"`
	Role    string         `json:"role,omitempty"` // its ARN, or the unique id of one that was deleted
	Tags    view.Tags      `json:"tags,omitempty"`
}

// ClusterItem shows an EKS cluster with its pod identity associations.
type ClusterItem struct {
	Head
	pods.Shown
}

// item is how the thing is shown.
func (t thing) item(v *view.View) any {
	switch r := t.record.(type) {
	case *view.Tenant:
		item := TenantItem{Head: t.head(), Issuer: v.Installation().IssuerV1(r.ID)}
		if o, ok := v.OperatorOf(r.ID); ok {
			item.Operator = o.ObjectID.String()
		}
		return item
	case *view.Subscription:
		return SubscriptionItem{t.head(), r.Tenant}
	case *view.ResourceGroup:
		return GroupItem{t.head(), r.Subscription, r.Location, r.Tags}
	case *view.Resource:
		return t.resourceItem(v, r)
	case *view.UserIdentity:
		return UserIdentityItem{
			Head: t.head(), ResourceGroup: r.ID.Group(), Subscription: r.ID.Subscription(),
			Location: r.Location, Tags: r.Tags, PrincipalID: r.Principal.ObjectID, ClientID: r.Principal.ClientID,
			TenantID: r.Principal.Tenant, MaxLifetime: r.MaxLifetime, Federated: r.Federated,
		}
	case *view.Container:
		return ContainerItem{t.head(), r.Account.Name()}
	case *view.Application:
		return t.applicationItem(r)
	case *view.DirectoryGroup:
		return DirectoryGroupItem{t.head(), r.Tenant, r.Description, r.Members}
	case *view.RoleDefinition:
		return DefinitionItem{t.head(), r.Tenant, r.Description, r.Assignable, r.Permissions}
	case *view.RoleAssignment:
		return t.assignmentItem(v, r)
	case *view.DenyAssignment:
		return DenyItem{t.head(), r.Tenant, r.Scope, r.Description, r.OnlyHere, r.Permissions, r.Principals, r.Exclude}
	}
	if r, ok := t.record.(*view.Issuer); ok {
		return t.issuerItem(r)
	}
	return t.awsItem(v)
}

func (t thing) resourceItem(v *view.View, r *view.Resource) ResourceItem {
	item := ResourceItem{
		Head: t.head(), Type: r.ID.Type(), ResourceGroup: r.ID.Group(), Subscription: r.ID.Subscription(),
		Location: r.Location, KindOf: r.Kind, Tags: r.Tags, MaxLifetime: r.MaxLifetime, Properties: r.Properties,
	}
	if typ := directory.IdentityType(r); typ != "None" {
		item.Identity = &IdentityItem{Type: typ}
		if r.System != nil {
			item.Identity.PrincipalID, item.Identity.ClientID = r.System.ObjectID.String(), r.System.ClientID.String()
			item.Identity.TenantID = r.System.Tenant.String()
		}
		for _, a := range r.Users {
			if item.Identity.Users == nil {
				item.Identity.Users = map[string]AttachedIdentity{}
			}
			shown := AttachedIdentity{PrincipalID: a.ObjectID.String()}
			o, lives := v.PrincipalByObject(a.ObjectID)
			if shown.Dangling = !lives; lives {
				shown.ClientID = o.Principal().ClientID.String()
			}
			item.Identity.Users[a.ID.String()] = shown
		}
	}
	if r.ID.IsType(view.TypeStorageAccount) {
		for below := range v.Under(r.ID.Scope()) {
			if c, ok := below.(*view.Container); ok && c.AccountUID == r.UID {
				item.Containers = append(item.Containers, c.Name)
			}
		}
	}
	if r.ID.IsType(view.TypeKeyVault) {
		item.VaultURI = view.VaultURL(v.Installation(), r.ID.Name())
		for s := range v.Secrets(r, "") {
			if !s.IsDeleted() {
				item.Secrets = append(item.Secrets, s.Name)
			}
		}
	}
	return item
}

func (t thing) applicationItem(r *view.Application) ApplicationItem {
	item := ApplicationItem{
		Head: t.head(), Tenant: r.Principal.Tenant, ClientID: r.Principal.ClientID,
		IdentifierURIs: r.IDURIs, TokenVersion: r.TokenVersion, Algorithm: r.Algorithm, AppRoles: r.Roles,
		MaxLifetime: r.MaxLifetime, Federated: r.Federated, House: r.House, Disabled: r.Disabled,
		AWSClaims: r.AWS,
	}
	for _, s := range r.Secrets {
		item.Secrets = append(item.Secrets, ProofItem{s.ID, s.Display, s.Hint, s.End})
	}
	for _, c := range r.Certificates {
		item.Certificates = append(item.Certificates, ProofItem{c.ID, c.Display, "", c.End})
	}
	return item
}

func (t thing) assignmentItem(v *view.View, r *view.RoleAssignment) AssignmentItem {
	item := AssignmentItem{
		Head: t.head(), Tenant: r.Tenant, Scope: r.Scope, Role: r.Role, Principal: r.Principal, Description: r.Name,
		Condition: r.Condition,
	}
	if role, ok := v.AzureRole(r.Tenant, r.Role); ok {
		item.RoleName = role.Name()
	}
	who, lives := v.Assignee(r.Principal)
	if item.Orphaned = !lives; lives {
		item.PrincipalName = who.Display
	}
	return item
}

func (t thing) awsItem(v *view.View) any {
	switch r := t.record.(type) {
	case *view.Role:
		item := RoleItem{
			Head: t.head(), Account: r.ARN.Account(), UniqueID: r.UniqueID, Path: r.Path, Description: r.Description,
			Trust: shownDocument(v, r.Trust, iampolicy.Trust), ManagedPolicies: r.Managed, Boundary: r.Boundary,
			MaxSessionDuration: r.MaxSession, MaxLifetime: r.MaxLifetime, Tags: r.Tags,
		}
		item.Policies = shownDocuments(r.Inline)
		return item
	case *view.Account:
		return AccountItem{t.head(), shownDocuments(r.ServiceControl), shownDocuments(r.ResourceControl), r.KeyDays}
	case *view.Policy:
		return PolicyItem{t.head(), r.ARN.Account(), r.UniqueID, r.Path, json.RawMessage(r.Document)}
	case *view.OIDCProvider:
		return ProviderItem{t.head(), r.ARN.Account(), r.ClientIDs, r.AudienceClaim}
	case *view.SAMLProvider:
		return SAMLItem{t.head(), r.ARN.Account(), r.Metadata, r.AWSNames, r.Tags}
	case *view.Bucket:
		return BucketItem{t.head(), r.ARN(), r.Account, r.Region, shownDocument(v, r.Policy, iampolicy.Resource)}
	case *view.AWSResource:
		item := AWSResourceItem{t.head(), r.ARN.Account(), r.Kind, r.Role, r.Tags}
		if role, ok := v.BoundRole(r); ok {
			item.Role = role.ARN.String()
		}
		return item
	case *view.Cluster:
		return ClusterItem{t.head(), pods.Show(v, r)}
	}
	return t.head()
}

func shownDocuments(documents map[string]string) map[string]json.RawMessage {
	if len(documents) == 0 {
		return nil
	}
	shown := map[string]json.RawMessage{}
	for n, doc := range documents {
		shown[n] = json.RawMessage(doc)
	}
	return shown
}

func shownDocument(v *view.View, doc string, kind iampolicy.Kind) json.RawMessage {
	if doc == "" {
		return nil
	}
	return json.RawMessage(directory.Readable(v, doc, kind))
}

// assignmentName says what an assignment grants to whom, in names where there are any.
func assignmentName(v *view.View, r *view.RoleAssignment) string {
	role, who := r.Role.String(), r.Principal.String()
	if found, ok := v.AzureRole(r.Tenant, r.Role); ok {
		role = found.Name()
	}
	if assignee, ok := v.Assignee(r.Principal); ok {
		who = assignee.Display
	}
	return fmt.Sprintf("%s for %s at %s", role, who, r.Scope)
}

// awsResourceName is the last part of a workload's ARN.
func awsResourceName(arn name.ARN) string {
	if _, rest, ok := strings.Cut(arn.Resource(), "/"); ok {
		return rest
	}
	_, rest, _ := strings.Cut(arn.Resource(), ":")
	return rest
}
