package view

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view/stored"
)

// Prefix is where all records lie in the store.
const Prefix = stored.Prefix

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
func (t *Tenant) StoreKey() string { return stored.Key(kindTenant, t.ID.String()) }

// StoreKey implements Record.
func (o *Operator) StoreKey() string { return stored.Key(kindOperator, o.Tenant.String()) }

// StoreKey implements Record.
func (s *Subscription) StoreKey() string { return stored.Key(kindSubscription, s.ID.String()) }

// StoreKey implements Record.
func (g *ResourceGroup) StoreKey() string {
	return stored.Key(kindGroup, GroupKey(g.Subscription, g.Name))
}

// StoreKey implements Record.
func (r *Resource) StoreKey() string { return stored.Key(kindResource, r.ID.Key()) }

// StoreKey implements Record.
func (i *UserIdentity) StoreKey() string { return stored.Key(kindIdentity, i.ID.Key()) }

// StoreKey implements Record.
func (a *Application) StoreKey() string { return stored.Key(kindApplication, a.ObjectID.String()) }

// StoreKey implements Record.
func (d *RoleDefinition) StoreKey() string { return stored.Key(kindRoleDef, d.ID.String()) }

// StoreKey implements Record.
func (a *RoleAssignment) StoreKey() string { return stored.Key(kindAssignment, a.ID.String()) }

// StoreKey implements Record.
func (c *Container) StoreKey() string {
	return stored.Key(kindContainer, containerKey(c.Account, c.Name))
}

// StoreKey implements Record.
func (r *WorkloadRule) StoreKey() string { return stored.Key(kindRule, r.ID.String()) }

// StoreKey implements Record.
func (t *Tombstone) StoreKey() string { return stored.Key(kindTombstone, t.Scope.Key()) }

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
