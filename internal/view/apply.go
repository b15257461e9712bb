package view

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/name"
)

// At finds the record that lies under a store key now, fenced or not; nil if there is none.
func (v *View) At(key string) Record {
	kind, id, _ := splitKey(key)
	switch kind {
	case kindInstallation:
		if v.installation != nil {
			return v.installation
		}
		return nil
	case kindTenant:
		return find(&v.tenants, id)
	case kindOperator:
		return find(&v.operators, id)
	case kindSubscription:
		return find(&v.subscriptions, id)
	case kindGroup:
		return find(&v.groups, id)
	case kindResource:
		return find(&v.resources, id)
	case kindIdentity:
		return find(&v.identities, id)
	case kindApplication:
		return find(&v.applications, id)
	case kindRoleDef:
		return find(&v.roleDefs, id)
	case kindAssignment:
		return find(&v.assignments, id)
	case kindDeny:
		return find(&v.denies, id)
	case kindContainer:
		return find(&v.containers, id)
	case kindSecret:
		return found(v.vaults.secrets.get(id))
	case kindSecretVersion:
		return found(v.vaults.versions.get(id))
	case kindTombstone:
		return find(&v.tombstones, id)
	case kindRevocation:
		return find(&v.ended.byPrincipal, id)
	case kindRule:
		return find(&v.rules, id)
	case kindIssuer:
		return find(&v.outside, id)
	case kindDirectoryGroup:
		return find(&v.memberships.groups, id)
	}
	return v.aws.at(kind, id)
}

func (a *awsTables) at(kind, id string) Record {
	switch kind {
	case kindAccount:
		return find(&a.accounts, id)
	case kindRole:
		return find(&a.roles, id)
	case kindPolicy:
		return find(&a.policies, id)
	case kindProvider:
		return find(&a.providers, id)
	case kindBucket:
		return find(&a.buckets, id)
	case kindAWSResource:
		return find(&a.resources, id)
	}
	return nil
}

// find turns a missing entry into a nil Record, not into a Record that holds a nil pointer.
func find[V Record](t *table[V], id string) Record { return found(t.get(id)) }

func found[V Record](r V, ok bool) Record {
	if ok {
		return r
	}
	return nil
}

// put enters the record and its index entries.
func (v *View) put(r Record) error {
	switch r := r.(type) {
	case *Installation:
		v.installation = r
	case *Tenant:
		v.tenants.set(r.ID.String(), r)
		return unique(&v.tenantNames, "tenant name", strings.ToLower(r.Name), r)
	case *Operator:
		v.operators.set(r.Tenant.String(), r)
		return v.putPrincipal(Owner{Operator: r})
	case *Subscription:
		v.subscriptions.set(r.ID.String(), r)
	case *ResourceGroup:
		k := GroupKey(r.Subscription, r.Name)
		v.groups.set(k, r)
		v.scopes.set(k, r)
	case *Resource:
		return v.putResource(r)
	case *UserIdentity:
		v.identities.set(r.ID.Key(), r)
		v.scopes.set(r.ID.Key(), r)
		return v.putPrincipal(Owner{Identity: r})
	case *Application:
		return v.putApplication(r)
	case *RoleDefinition:
		v.roleDefs.set(r.ID.String(), r)
	case *RoleAssignment:
		v.putAssignment(r)
	case *DenyAssignment:
		v.putDeny(r)
	case *Container:
		v.containers.set(containerKey(r.Account, r.Name), r)
		v.scopes.set(r.Scope().Key(), r)
	case *Secret:
		v.vaults.put(r)
		v.scopes.set(r.Scope().Key(), r)
	case *SecretVersion:
		v.vaults.put(r)
		v.scopes.set(r.versionScopeKey(), r)
	case *Tombstone:
		v.tombstones.set(r.Scope.Key(), r)
	case *Revocation:
		v.putRevocation(r)
	case *WorkloadRule:
		v.rules.set(r.ID.String(), r)
		return unique(&v.proofs, "launch secret", r.SecretHash, r)
	case *Issuer:
		v.outside.set(r.URL.String(), r)
	case *DirectoryGroup:
		v.memberships.put(r)
	default:
		return v.aws.put(r)
	}
	return nil
}

// unique enters the record under a key that no other may claim.
func unique[V any](t *table[V], what, key string, r V) error {
	if _, taken := t.get(key); taken {
		return &Taken{What: what, Key: key}
	}
	t.set(key, r)
	return nil
}

func (v *View) putResource(r *Resource) error {
	v.resources.set(r.ID.Key(), r)
	v.scopes.set(r.ID.Key(), r)
	if k, ok := endpointKey(r.ID); ok {
		if err := unique(&v.endpoints, "name of a resource with an endpoint of its own", k, r); err != nil {
			return err
		}
	}
	if r.System == nil {
		return nil
	}
	return v.putPrincipal(Owner{Resource: r})
}

// endpointKey is the index key of a resource whose name is part of a URL and so unique in the installation.
func endpointKey(id name.ResourceID) (string, bool) {
	if id.IsType(TypeStorageAccount) || id.IsType(TypeKeyVault) {
		return strings.ToLower(id.Type() + " " + id.Name()), true
	}
	return "", false
}

func (v *View) putPrincipal(o Owner) error {
	p := o.Principal()
	if !p.ObjectID.IsZero() { // an application without a service principal
		if err := unique(&v.principals, "object id", p.ObjectID.String(), o); err != nil {
			return err
		}
	}
	if o.house() {
		return nil
	}
	return unique(&v.clients, "client id", p.ClientID.String(), o)
}

// house tells an application of the house from all others: nobody signs in as one, and each tenant has its own with the
// same well-known client id. It is found as an audience of its tenant, not by client id.
func (o Owner) house() bool { return o.Application != nil && o.Application.House }

func (v *View) putApplication(r *Application) error {
	v.applications.set(r.ObjectID.String(), r)
	for _, a := range audiencesOf(r) {
		if err := unique(&v.audiences, "audience", a, r); err != nil {
			return err
		}
	}
	return v.putPrincipal(Owner{Application: r})
}

// audiencesOf lists the index keys under which tokens for the application may be asked for.
func audiencesOf(r *Application) []string {
	keys := []string{audienceKey(r.Principal.Tenant, r.Principal.ClientID.String())}
	for _, u := range r.IDURIs {
		keys = append(keys, audienceKey(r.Principal.Tenant, u))
	}
	return keys
}

// audienceKey drops one trailing slash: SDKs ask for the same resource with and without it.
func audienceKey(tenant name.GUID, audience string) string {
	return tenant.String() + " " + strings.TrimSuffix(audience, "/")
}

func (v *View) putAssignment(r *RoleAssignment) {
	if r.Condition != "" && r.compiled == nil { // few assignments have one, and there are many assignments
		r.compiled = new(compiledCondition)
	}
	v.assignments.set(r.ID.String(), r)
	v.scopes.set(assignmentScopeKey(r), r)
	list, _ := v.granted.get(r.Principal.String())
	if v.granted.b == nil {
		list = slices.Clip(list) // a sealed View keeps its own slice: append must copy
	}
	v.granted.set(r.Principal.String(), append(list, r))
}

// assignmentScopeKey sorts assignments right behind the scope they are made on and before anything below it.
func assignmentScopeKey(r *RoleAssignment) string {
	return strings.TrimSuffix(r.Scope.Key(), "/") + "/\x00" + r.ID.String()
}

func (a *awsTables) put(r Record) error {
	if _, account := r.(*Account); !account {
		a.ordered.set(r.StoreKey(), r)
	}
	switch r := r.(type) {
	case *Account:
		a.accounts.set(r.ID.String(), r)
		return unique(&a.accountNames, "account name", strings.ToLower(r.Name), r)
	case *Role:
		a.roles.set(r.ARN.String(), r)
		if err := unique(&a.roleNames, "role name", roleNameKey(r.ARN.Account(), r.Name), r); err != nil {
			return err
		}
		return unique(&a.roleIDs, "role id", r.UniqueID, r)
	case *Policy:
		a.policies.set(r.ARN.String(), r)
	case *OIDCProvider:
		a.providers.set(r.ARN.String(), r)
		return unique(&a.issuers, "issuer", issuerKey(r.ARN.Account(), r.URL.String()), r)
	case *Bucket:
		a.buckets.set(r.Name, r)
	case *AWSResource:
		a.resources.set(r.ARN.String(), r)
	}
	return nil
}

func roleNameKey(account name.AccountID, role string) string {
	return account.String() + " " + strings.ToLower(role)
}

func issuerKey(account name.AccountID, issuer string) string { return account.String() + " " + issuer }

// drop removes the record and its index entries; nil is nothing.
func (v *View) drop(r Record) {
	switch r := r.(type) {
	case *Installation:
		v.installation = nil
	case *Tenant:
		v.tenants.del(r.ID.String())
		v.tenantNames.del(strings.ToLower(r.Name))
	case *Operator:
		v.operators.del(r.Tenant.String())
		v.dropPrincipal(Owner{Operator: r})
	case *Subscription:
		v.subscriptions.del(r.ID.String())
	case *ResourceGroup:
		k := GroupKey(r.Subscription, r.Name)
		v.groups.del(k)
		v.scopes.del(k)
	case *Resource:
		v.resources.del(r.ID.Key())
		v.scopes.del(r.ID.Key())
		if k, ok := endpointKey(r.ID); ok {
			v.endpoints.del(k)
		}
		if r.System != nil {
			v.dropPrincipal(Owner{Resource: r})
		}
	case *UserIdentity:
		v.identities.del(r.ID.Key())
		v.scopes.del(r.ID.Key())
		v.dropPrincipal(Owner{Identity: r})
	case *Application:
		v.applications.del(r.ObjectID.String())
		for _, a := range audiencesOf(r) {
			v.audiences.del(a)
		}
		v.dropPrincipal(Owner{Application: r})
	case *RoleDefinition:
		v.roleDefs.del(r.ID.String())
	case *RoleAssignment:
		v.dropAssignment(r)
	case *DenyAssignment:
		v.dropDeny(r)
	case *Container:
		v.containers.del(containerKey(r.Account, r.Name))
		v.scopes.del(r.Scope().Key())
	case *Secret:
		v.vaults.drop(r)
		v.scopes.del(r.Scope().Key())
	case *SecretVersion:
		v.vaults.drop(r)
		v.scopes.del(r.versionScopeKey())
	case *Tombstone:
		v.tombstones.del(r.Scope.Key())
	case *Revocation:
		v.dropRevocation(r)
	case *WorkloadRule:
		v.rules.del(r.ID.String())
		v.proofs.del(r.SecretHash)
	case *Issuer:
		v.outside.del(r.URL.String())
	case *DirectoryGroup:
		v.memberships.drop(r)
	case nil:
	default:
		v.aws.drop(r)
	}
}

func (v *View) dropPrincipal(o Owner) {
	p := o.Principal()
	v.principals.del(p.ObjectID.String())
	if !o.house() {
		v.clients.del(p.ClientID.String())
	}
}

func (v *View) dropAssignment(r *RoleAssignment) {
	v.assignments.del(r.ID.String())
	v.scopes.del(assignmentScopeKey(r))
	list, _ := v.granted.get(r.Principal.String())
	kept := make([]*RoleAssignment, 0, len(list))
	for _, a := range list {
		if a.ID != r.ID {
			kept = append(kept, a)
		}
	}
	if len(kept) == 0 {
		v.granted.del(r.Principal.String())
		return
	}
	v.granted.set(r.Principal.String(), kept)
}

func (a *awsTables) drop(r Record) {
	a.ordered.del(r.StoreKey())
	switch r := r.(type) {
	case *Account:
		a.accounts.del(r.ID.String())
		a.accountNames.del(strings.ToLower(r.Name))
	case *Role:
		a.roles.del(r.ARN.String())
		a.roleNames.del(roleNameKey(r.ARN.Account(), r.Name))
		a.roleIDs.del(r.UniqueID)
	case *Policy:
		a.policies.del(r.ARN.String())
	case *OIDCProvider:
		a.providers.del(r.ARN.String())
		a.issuers.del(issuerKey(r.ARN.Account(), r.URL.String()))
	case *Bucket:
		a.buckets.del(r.Name)
	case *AWSResource:
		a.resources.del(r.ARN.String())
	}
}
