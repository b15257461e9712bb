package view

import (
	"iter"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
)

// Tenant finds a tenant by id.
func (v *View) Tenant(id name.GUID) (*Tenant, bool) { return v.tenants.Get(id.String()) }

// TenantNamed finds a tenant by its name, ignoring case.
func (v *View) TenantNamed(n string) (*Tenant, bool) { return v.tenantNames.Get(strings.ToLower(n)) }

// Tenants yields all tenants.
func (v *View) Tenants() iter.Seq[*Tenant] { return v.tenants.All() }

// OperatorOf is the operator principal of a tenant.
func (v *View) OperatorOf(tenant name.GUID) (*Operator, bool) {
	return v.operators.Get(tenant.String())
}

// Subscription finds a subscription by id.
func (v *View) Subscription(id name.GUID) (*Subscription, bool) {
	return v.subscriptions.Get(id.String())
}

// Subscriptions yields all subscriptions.
func (v *View) Subscriptions() iter.Seq[*Subscription] { return v.subscriptions.All() }

// TenantOf gives the tenant that a scope's subscription belongs to.
func (v *View) TenantOf(s name.Scope) (name.GUID, bool) {
	id, ok := s.Subscription()
	if !ok {
		return name.GUID{}, false
	}
	sub, ok := v.Subscription(id)
	if !ok {
		return name.GUID{}, false
	}
	return sub.Tenant, true
}

// Group finds a resource group; one that is being deleted is not found.
func (v *View) Group(sub name.GUID, group string) (*ResourceGroup, bool) {
	k := GroupKey(sub, group)
	g, ok := v.groups.Get(k)
	return g, ok && !v.fenced(k)
}

// Groups yields all resource groups, fenced or not.
func (v *View) Groups() iter.Seq[*ResourceGroup] { return v.groups.All() }

// Resource finds a resource that is not a user-assigned identity.
func (v *View) Resource(id name.ResourceID) (*Resource, bool) {
	r, ok := v.resources.Get(id.Key())
	return r, ok && !v.fenced(id.Key())
}

// Identity finds a user-assigned identity.
func (v *View) Identity(id name.ResourceID) (*UserIdentity, bool) {
	i, ok := v.identities.Get(id.Key())
	return i, ok && !v.fenced(id.Key())
}

// PrincipalByObject finds whose service principal an object id is.
func (v *View) PrincipalByObject(id name.GUID) (Owner, bool) {
	o, ok := v.principals.Get(id.String())
	return o, ok && !v.fenced(o.scopeKey())
}

// PrincipalByClient finds whose service principal a client id is.
func (v *View) PrincipalByClient(id name.GUID) (Owner, bool) {
	o, ok := v.clients.Get(id.String())
	return o, ok && !v.fenced(o.scopeKey())
}

// Application finds an application by its object id.
func (v *View) Application(id name.GUID) (*Application, bool) {
	return v.applications.Get(id.String())
}

// Audience finds the application that is registered in the tenant under an ID URI or client id; one trailing slash is
// ignored. The domain of the installation's key vaults is another name of the Key Vault, because clients ask for the domain
// that the vault's challenge names; the address of a storage account of the tenant is another name of the storage service.
func (v *View) Audience(tenant name.GUID, audience string) (*Application, bool) {
	if i := v.installation; i != nil {
		bare := strings.TrimSuffix(audience, "/")
		if bare != "" && bare == i.URLs["keyvault"] {
			audience = VaultAudience
		} else if account, ok := i.accountAt(bare); ok && v.accountOf(account, tenant) {
			audience = StorageAudience
		}
	}
	return v.audiences.Get(audienceKey(tenant, audience))
}

// accountOf tells whether the tenant has a storage account of this name.
func (v *View) accountOf(account string, tenant name.GUID) bool {
	r, ok := v.StorageAccount(account)
	if !ok || r.ID.Name() != account {
		return false
	}
	of, ok := v.TenantOf(r.ID.Scope())
	return ok && of == tenant
}

// StorageAudience is the audience of tokens for every storage account, under the name that it has everywhere.
const StorageAudience = "https://storage.azure.com"

// StorageAudiences are the audiences of which a token opens the account: the one of all, and the account's own addresses
// (Azure Storage, "Authorize with Microsoft Entra ID", resource id), by its path and by its name.
func (i *Installation) StorageAudiences(account string) []string {
	all := []string{StorageAudience, i.URLs["blob"] + "/" + account}
	if _, domain, ok := strings.Cut(i.URLs["storage"], "://"); ok {
		all = append(all, "https://"+account+".blob."+domain)
	}
	return all
}

// accountAt reads the account out of an address that StorageAudiences could have made.
func (i *Installation) accountAt(address string) (account string, ok bool) {
	if path, under := strings.CutPrefix(address, i.URLs["blob"]+"/"); under && i.URLs["blob"] != "" {
		return path, true
	}
	host, secure := strings.CutPrefix(address, "https://")
	account, domain, named := strings.Cut(host, ".blob.")
	_, ours, ok := strings.Cut(i.URLs["storage"], "://")
	return account, ok && secure && named && domain == ours
}

// Applications yields all applications.
func (v *View) Applications() iter.Seq[*Application] { return v.applications.All() }

// RoleDefinition finds a custom role definition.
func (v *View) RoleDefinition(id name.GUID) (*RoleDefinition, bool) {
	return v.roleDefs.Get(id.String())
}

// RoleDefinitions yields all custom role definitions.
func (v *View) RoleDefinitions() iter.Seq[*RoleDefinition] { return v.roleDefs.All() }

// AzureRole finds a role by the id of its definition, built in or custom in the tenant, ready to decide by.
func (v *View) AzureRole(tenant, id name.GUID) (*rbac.Role, bool) {
	if role, ok := v.builtins.byID[id]; ok {
		return role, true
	}
	d, ok := v.RoleDefinition(id)
	if !ok || d.Tenant != tenant {
		return nil, false
	}
	role, err := d.Compiled()
	return role, err == nil
}

// BuiltinRoles gives the built-in roles. The slice is shared: read only.
func (v *View) BuiltinRoles() []*rbac.Role { return v.builtins.list }

// AzureRoleNamed finds a role of the tenant, built in or custom, by its display name, ignoring case.
func (v *View) AzureRoleNamed(tenant name.GUID, roleName string) (*rbac.Role, bool) {
	for _, role := range v.builtins.list {
		if strings.EqualFold(role.Name(), roleName) {
			return role, true
		}
	}
	for d := range v.RoleDefinitions() {
		if d.Tenant == tenant && strings.EqualFold(d.Name, roleName) {
			return v.AzureRole(tenant, d.ID)
		}
	}
	return nil, false
}

// Assignment finds a role assignment by id.
func (v *View) Assignment(id name.GUID) (*RoleAssignment, bool) {
	return v.assignments.Get(id.String())
}

// AssignmentsOf gives the assignments of one principal in the order of their ids. The slice is shared: read only.
func (v *View) AssignmentsOf(principal name.GUID) []*RoleAssignment {
	list, _ := v.granted.Get(principal.String())
	return list
}

// Assignments yields all role assignments.
func (v *View) Assignments() iter.Seq[*RoleAssignment] { return v.assignments.All() }

// Orphans yields the role assignments whose principal is gone. It looks at each principal once.
func (v *View) Orphans() iter.Seq[*RoleAssignment] {
	return func(yield func(*RoleAssignment) bool) {
		for list := range v.granted.All() {
			if _, lives := v.Assignee(list[0].Principal); lives {
				continue
			}
			for _, a := range list {
				if !yield(a) {
					return
				}
			}
		}
	}
}

// AssignmentsFrom yields with their keys, and in the order of these, the assignments on a scope and above it, and below it
// too if it is to; only those behind the key after.
func (v *View) AssignmentsFrom(s name.Scope, below bool, after string) iter.Seq2[string, *RoleAssignment] {
	return func(yield func(string, *RoleAssignment) bool) {
		above := slices.Collect(s.Ancestors())
		slices.Reverse(above) // "/" first
		var prefixes []string
		for _, key := range above {
			prefixes = append(prefixes, strings.TrimSuffix(key, "/")+"/\x00")
		}
		if below {
			prefixes[len(prefixes)-1] = strings.TrimSuffix(s.Key(), "/") + "/"
		}
		for _, prefix := range prefixes {
			for key, r := range v.scopes.Prefixed(prefix, after) {
				if a, ok := r.(*RoleAssignment); ok && key > after && !yield(key, a) {
					return
				}
			}
		}
	}
}

// StorageAccount finds a storage account by its name, unique in the installation.
func (v *View) StorageAccount(account string) (*Resource, bool) {
	return v.endpoint(TypeStorageAccount, account)
}

// Vault finds a key vault by its name, unique in the installation.
func (v *View) Vault(vault string) (*Resource, bool) { return v.endpoint(TypeKeyVault, vault) }

func (v *View) endpoint(typ, name string) (*Resource, bool) {
	r, ok := v.endpoints.Get(strings.ToLower(typ + " " + name))
	return r, ok && !v.fenced(r.ID.Key())
}

// Container finds a container of a storage account; one that belongs to an earlier account of that name is not found.
func (v *View) Container(account *Resource, container string) (*Container, bool) {
	c, ok := v.containers.Get(containerKey(account.ID, container))
	return c, ok && c.AccountUID == account.UID && !v.fenced(account.ID.Key())
}

// Under yields in order everything that lies in the ARM tree at or below a scope, fenced or not: groups, resources,
// identities, containers, role assignments and deny assignments.
func (v *View) Under(s name.Scope) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		key := strings.TrimSuffix(s.Key(), "/")
		if r, ok := v.scopes.Get(key); ok && !yield(r) {
			return
		}
		for _, r := range v.scopes.Prefixed(key+"/", "") {
			if !yield(r) {
				return
			}
		}
	}
}

// UnderAfter is Under without the scope itself, with the key of each, from the first key behind after on: for lists that
// are given out page by page.
func (v *View) UnderAfter(s name.Scope, after string) iter.Seq2[string, Record] {
	from := ""
	if after != "" {
		from = after + "\x00" // the next key that there can be
	}
	return v.scopes.Prefixed(strings.TrimSuffix(s.Key(), "/")+"/", from)
}

// Place gives what lies in the ARM tree at exactly this scope: a group, resource, identity or container; nil if nothing
// does, fenced or not.
func (v *View) Place(s name.Scope) Record {
	r, _ := v.scopes.Get(s.Key())
	return r
}

// Tombstones yields the subtrees that a sweep has still to remove.
func (v *View) Tombstones() iter.Seq[*Tombstone] { return v.tombstones.All() }

// Rule finds a workload rule by id.
func (v *View) Rule(id name.GUID) (*WorkloadRule, bool) { return v.rules.Get(id.String()) }

// RuleByProof finds the workload rule whose launch secret has this hex SHA-256.
func (v *View) RuleByProof(hash string) (*WorkloadRule, bool) { return v.proofs.Get(hash) }

// Rules yields all workload rules.
func (v *View) Rules() iter.Seq[*WorkloadRule] { return v.rules.All() }

// Principals yields the owners of all service principals, without those that are being deleted.
func (v *View) Principals() iter.Seq[Owner] {
	return func(yield func(Owner) bool) {
		for o := range v.principals.All() {
			if !v.fenced(o.scopeKey()) && !yield(o) {
				return
			}
		}
	}
}
