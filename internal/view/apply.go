package view

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view/aws"
	"github.com/lanyard-id/lanyard/internal/view/stored"
	"github.com/lanyard-id/lanyard/internal/view/table"
)

// At finds the record that lies under a store key now, fenced or not; nil if there is none.
func (v *View) At(key string) Record {
	kind, id, _ := stored.SplitKey(key)
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
		return found(v.vaults.secrets.Get(id))
	case kindSecretVersion:
		return found(v.vaults.versions.Get(id))
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
	return aws.At(&v.awsHalf, kind, id)
}

// find turns a missing entry into a nil Record, not into a Record that holds a nil pointer.
func find[V Record](t *table.Map[V], id string) Record { return found(t.Get(id)) }

func found[V Record](r V, ok bool) Record {
	if ok {
		return r
	}
	return nil
}

// scopeKey is where the record lies in the ARM tree, with everything below it right behind it; empty for what does not.
func scopeKey(r Record) string {
	switch r := r.(type) {
	case *ResourceGroup:
		return GroupKey(r.Subscription, r.Name)
	case *Resource:
		return r.ID.Key()
	case *UserIdentity:
		return r.ID.Key()
	case *RoleAssignment:
		return assignmentScopeKey(r)
	case *DenyAssignment:
		return denyScopeKey(r)
	case *Container:
		return r.Scope().Key()
	case *Secret:
		return r.Scope().Key()
	case *SecretVersion:
		return r.versionScopeKey()
	}
	return ""
}

// put enters the record and all its index entries.
func (v *View) put(r Record) error {
	v.place(r)
	return v.enter(r)
}

// place enters the record into the ARM tree.
func (v *View) place(r Record) {
	if k := scopeKey(r); k != "" {
		v.scopes.Set(k, r)
	}
}

// enter enters the record into every table but the ARM tree.
func (v *View) enter(r Record) error {
	switch r := r.(type) {
	case *Installation:
		v.installation = r
	case *Tenant:
		v.tenants.Set(r.ID.String(), r)
		return table.Unique(&v.tenantNames, "tenant name", strings.ToLower(r.Name), r)
	case *Operator:
		v.operators.Set(r.Tenant.String(), r)
		return v.putPrincipal(Owner{Operator: r})
	case *Subscription:
		v.subscriptions.Set(r.ID.String(), r)
	case *ResourceGroup:
		v.groups.Set(GroupKey(r.Subscription, r.Name), r)
	case *Resource:
		return v.putResource(r)
	case *UserIdentity:
		v.identities.Set(r.ID.Key(), r)
		return v.putPrincipal(Owner{Identity: r})
	case *Application:
		return v.putApplication(r)
	case *RoleDefinition:
		v.roleDefs.Set(r.ID.String(), r)
	case *RoleAssignment:
		v.putAssignment(r)
	case *DenyAssignment:
		v.putDeny(r)
	case *Container:
		v.containers.Set(containerKey(r.Account, r.Name), r)
	case *Secret, *SecretVersion:
		v.vaults.put(r)
	case *Tombstone:
		v.tombstones.Set(r.Scope.Key(), r)
	case *Revocation:
		v.putRevocation(r)
	case *WorkloadRule:
		v.rules.Set(r.ID.String(), r)
		return table.Unique(&v.proofs, "launch secret", r.SecretHash, r)
	case *Issuer:
		v.outside.Set(r.URL.String(), r)
	case *DirectoryGroup:
		v.memberships.put(r)
	default:
		return aws.Put(&v.awsHalf, r)
	}
	return nil
}

func (v *View) putResource(r *Resource) error {
	v.resources.Set(r.ID.Key(), r)
	if k, ok := endpointKey(r.ID); ok {
		if err := table.Unique(&v.endpoints, "name of a storage account or key vault", k, r); err != nil {
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
		if err := table.Unique(&v.principals, "object id", p.ObjectID.String(), o); err != nil {
			return err
		}
	}
	if o.house() {
		return nil
	}
	return table.Unique(&v.clients, "client id", p.ClientID.String(), o)
}

// house tells an application of the house from all others: nobody signs in as one, and each tenant has its own with the
// same well-known client id. It is found as an audience of its tenant, not by client id.
func (o Owner) house() bool { return o.Application != nil && o.Application.House }

func (v *View) putApplication(r *Application) error {
	v.applications.Set(r.ObjectID.String(), r)
	for _, a := range audiencesOf(r) {
		if err := table.Unique(&v.audiences, "audience", a, r); err != nil {
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
	v.assignments.Set(r.ID.String(), r)
	list, _ := v.granted.Get(r.Principal.String())
	at, _ := assignmentAt(list, r.ID)
	if !v.granted.Loading() {
		list = slices.Clip(list) // a sealed View keeps its own slice: an insertion must copy
	}
	v.granted.Set(r.Principal.String(), slices.Insert(list, at, r))
}

// assignmentAt is where an id stands, or would stand, in a list of one principal's assignments.
func assignmentAt(list []*RoleAssignment, id name.GUID) (at int, found bool) {
	return slices.BinarySearchFunc(list, id, func(a *RoleAssignment, id name.GUID) int { return strings.Compare(a.ID.String(), id.String()) })
}

// assignmentScopeKey sorts assignments right behind the scope they are made on and before anything below it.
func assignmentScopeKey(r *RoleAssignment) string {
	return strings.TrimSuffix(r.Scope.Key(), "/") + "/\x00" + r.ID.String()
}

// drop removes the record and its index entries; nil is nothing.
func (v *View) drop(r Record) {
	if k := scopeKey(r); k != "" {
		v.scopes.Delete(k)
	}
	switch r := r.(type) {
	case *Installation:
		v.installation = nil
	case *Tenant:
		v.tenants.Delete(r.ID.String())
		v.tenantNames.Delete(strings.ToLower(r.Name))
	case *Operator:
		v.operators.Delete(r.Tenant.String())
		v.dropPrincipal(Owner{Operator: r})
	case *Subscription:
		v.subscriptions.Delete(r.ID.String())
	case *ResourceGroup:
		v.groups.Delete(GroupKey(r.Subscription, r.Name))
	case *Resource:
		v.resources.Delete(r.ID.Key())
		if k, ok := endpointKey(r.ID); ok {
			v.endpoints.Delete(k)
		}
		if r.System != nil {
			v.dropPrincipal(Owner{Resource: r})
		}
	case *UserIdentity:
		v.identities.Delete(r.ID.Key())
		v.dropPrincipal(Owner{Identity: r})
	case *Application:
		v.applications.Delete(r.ObjectID.String())
		for _, a := range audiencesOf(r) {
			v.audiences.Delete(a)
		}
		v.dropPrincipal(Owner{Application: r})
	case *RoleDefinition:
		v.roleDefs.Delete(r.ID.String())
	case *RoleAssignment:
		v.dropAssignment(r)
	case *DenyAssignment:
		v.dropDeny(r)
	case *Container:
		v.containers.Delete(containerKey(r.Account, r.Name))
	case *Secret, *SecretVersion:
		v.vaults.drop(r)
	case *Tombstone:
		v.tombstones.Delete(r.Scope.Key())
	case *Revocation:
		v.dropRevocation(r)
	case *WorkloadRule:
		v.rules.Delete(r.ID.String())
		v.proofs.Delete(r.SecretHash)
	case *Issuer:
		v.outside.Delete(r.URL.String())
	case *DirectoryGroup:
		v.memberships.drop(r)
	case nil:
	default:
		aws.Drop(&v.awsHalf, r)
	}
}

func (v *View) dropPrincipal(o Owner) {
	p := o.Principal()
	v.principals.Delete(p.ObjectID.String())
	if !o.house() {
		v.clients.Delete(p.ClientID.String())
	}
}

func (v *View) dropAssignment(r *RoleAssignment) {
	v.assignments.Delete(r.ID.String())
	list, _ := v.granted.Get(r.Principal.String())
	if at, found := assignmentAt(list, r.ID); found {
		list = slices.Concat(list[:at], list[at+1:])
	}
	if len(list) == 0 {
		v.granted.Delete(r.Principal.String())
		return
	}
	v.granted.Set(r.Principal.String(), list)
}
