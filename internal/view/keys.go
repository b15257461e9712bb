package view

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/name"
)

// Prefix is where all records lie in the store.
const Prefix = "/d/"

// The kinds of record: the second segment of a store key.
const (
	kindInstallation  = "installation"
	kindTenant        = "tenant"
	kindOperator      = "operator"
	kindSubscription  = "subscription"
	kindGroup         = "group"
	kindResource      = "resource"
	kindIdentity      = "identity"
	kindApplication   = "application"
	kindRoleDef       = "roledefinition"
	kindAssignment    = "assignment"
	kindDeny          = "deny"
	kindContainer     = "container"
	kindSecret        = "secret"
	kindSecretVersion = "secretversion"
	kindAccount       = "account"
	kindRole          = "role"
	kindPolicy        = "policy"
	kindProvider      = "provider"
	kindBucket        = "bucket"
	kindAWSResource   = "awsresource"
	kindRule          = "rule"
	kindIssuer        = "issuer"
	kindTombstone     = "tombstone"
	kindRevocation    = "revocation"

	kindDirectoryGroup = "directorygroup"
)

// Record is one noun: what lies under one store key.
type Record interface {
	// StoreKey is the key in the store, always below Prefix.
	StoreKey() string
}

func storeKey(kind, id string) string { return Prefix + kind + "/" + id }

// splitKey gives kind and id of a store key.
func splitKey(key string) (kind, id string, ok bool) {
	rest, ok := strings.CutPrefix(key, Prefix)
	if !ok {
		return "", "", false
	}
	return strings.Cut(rest, "/")
}

// InstallationKey is the key of the one Installation record.
const InstallationKey = Prefix + kindInstallation + "/this"

// GroupKey is the id of a resource group in keys and indexes.
func GroupKey(sub name.GUID, group string) string {
	return "/subscriptions/" + sub.String() + "/resourcegroups/" + strings.ToLower(group)
}

func containerKey(account name.ResourceID, container string) string {
	return account.Key() + "/" + container
}

// StoreKey implements Record.
func (*Installation) StoreKey() string { return InstallationKey }

// StoreKey implements Record.
func (t *Tenant) StoreKey() string { return storeKey(kindTenant, t.ID.String()) }

// StoreKey implements Record.
func (o *Operator) StoreKey() string { return storeKey(kindOperator, o.Tenant.String()) }

// StoreKey implements Record.
func (s *Subscription) StoreKey() string { return storeKey(kindSubscription, s.ID.String()) }

// StoreKey implements Record.
func (g *ResourceGroup) StoreKey() string {
	return storeKey(kindGroup, GroupKey(g.Subscription, g.Name))
}

// StoreKey implements Record.
func (r *Resource) StoreKey() string { return storeKey(kindResource, r.ID.Key()) }

// StoreKey implements Record.
func (i *UserIdentity) StoreKey() string { return storeKey(kindIdentity, i.ID.Key()) }

// StoreKey implements Record.
func (a *Application) StoreKey() string { return storeKey(kindApplication, a.ObjectID.String()) }

// StoreKey implements Record.
func (d *RoleDefinition) StoreKey() string { return storeKey(kindRoleDef, d.ID.String()) }

// StoreKey implements Record.
func (a *RoleAssignment) StoreKey() string { return storeKey(kindAssignment, a.ID.String()) }

// StoreKey implements Record.
func (c *Container) StoreKey() string {
	return storeKey(kindContainer, containerKey(c.Account, c.Name))
}

// StoreKey implements Record.
func (a *Account) StoreKey() string { return storeKey(kindAccount, a.ID.String()) }

// StoreKey implements Record.
func (r *Role) StoreKey() string { return storeKey(kindRole, r.ARN.String()) }

// StoreKey implements Record.
func (p *Policy) StoreKey() string { return storeKey(kindPolicy, p.ARN.String()) }

// StoreKey implements Record.
func (p *OIDCProvider) StoreKey() string { return storeKey(kindProvider, p.ARN.String()) }

// StoreKey implements Record.
func (b *Bucket) StoreKey() string { return storeKey(kindBucket, b.Name) }

// StoreKey implements Record.
func (r *AWSResource) StoreKey() string { return storeKey(kindAWSResource, r.ARN.String()) }

// StoreKey implements Record.
func (r *WorkloadRule) StoreKey() string { return storeKey(kindRule, r.ID.String()) }

// StoreKey implements Record.
func (t *Tombstone) StoreKey() string { return storeKey(kindTombstone, t.Scope.Key()) }

// Scope is the group's place in the ARM tree.
func (g *ResourceGroup) Scope() name.Scope {
	s, _ := name.ParseScope("/subscriptions/" + g.Subscription.String() + "/resourceGroups/" + g.Name) // checked when it was made
	return s
}

// Scope is the subscription's place in the ARM tree.
func (s *Subscription) Scope() name.Scope {
	scope, _ := name.ParseScope("/subscriptions/" + s.ID.String()) // a GUID is a good segment
	return scope
}
