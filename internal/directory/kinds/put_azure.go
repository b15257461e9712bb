package kinds

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/registration"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/manifest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/view"
)

// put makes what the document says so. It gives the thing's id and what was done.
func (p *planner) put(spec manifest.Spec) (id string, outcome directory.Outcome, err error) {
	switch s := spec.(type) {
	case *manifest.Tenant:
		return p.putTenant(s)
	case *manifest.Subscription:
		return p.putSubscription(s)
	case *manifest.ResourceGroup:
		return p.putGroup(s)
	case *manifest.Resource:
		return p.putResource(s)
	case *manifest.StorageAccount:
		return p.putStorageAccount(s)
	case *manifest.KeyVault:
		return p.putVault(s)
	case *manifest.UserAssignedIdentity:
		return p.putIdentity(s)
	case *manifest.Application:
		return p.putApplication(s)
	case *manifest.RoleDefinition:
		return p.putDefinition(s)
	case *manifest.RoleAssignment:
		return p.putAssignment(s)
	case *manifest.DenyAssignment:
		return p.putDeny(s)
	case *manifest.Issuer:
		return p.putIssuer(s)
	case *manifest.Group:
		return p.putDirectoryGroup(s)
	}
	return p.putAWS(spec)
}

func (p *planner) putTenant(s *manifest.Tenant) (string, directory.Outcome, error) {
	tenant, err := p.text(s.Name)
	if err != nil {
		return "", directory.Unchanged, err
	}
	if t, ok := p.e.View().TenantNamed(tenant); ok {
		return t.ID.String(), directory.Unchanged, nil
	}
	id, err := p.e.CreateTenant(tenant)
	return id.String(), directory.Created, err
}

func (p *planner) putSubscription(s *manifest.Subscription) (string, directory.Outcome, error) {
	subscription, err := p.text(s.Name)
	if err != nil {
		return "", directory.Unchanged, err
	}
	for sub := range p.e.View().Subscriptions() {
		if strings.EqualFold(sub.Name, subscription) && sub.Tenant == p.tenant {
			return sub.ID.String(), directory.Unchanged, nil
		}
	}
	id, err := p.e.CreateSubscription(p.tenant, subscription)
	return id.String(), directory.Created, err
}

func (p *planner) putGroup(s *manifest.ResourceGroup) (string, directory.Outcome, error) {
	sub, err := p.inSubscription()
	if err != nil {
		return "", directory.Unchanged, err
	}
	spec := directory.GroupSpec{Subscription: sub}
	if err := p.all(pair{&spec.Name, s.Name}, pair{&spec.Location, s.Location}); err != nil {
		return "", directory.Unchanged, err
	}
	if spec.Tags, err = p.tags(s.Tags); err != nil {
		return "", directory.Unchanged, err
	}
	outcome, err := p.e.PutGroup(spec)
	if err != nil {
		return "", outcome, err
	}
	g, _ := p.e.View().Group(sub, spec.Name)
	return g.Scope().String(), outcome, nil
}

// resourceID builds the id of what lies in a resource group of the document's subscription.
func (p *planner) resourceID(typ string, group, resource manifest.Text) (name.ResourceID, error) {
	sub, err := p.inSubscription()
	if err != nil {
		return name.ResourceID{}, err
	}
	var groupName, resourceName string
	if err := p.all(pair{&groupName, group}, pair{&resourceName, resource}); err != nil {
		return name.ResourceID{}, err
	}
	if strings.Contains(groupName+resourceName, "/") {
		return name.ResourceID{}, at(resource.At, invalidID("a name has no slash"))
	}
	id, err := name.NewResourceID(sub, groupName, typ, resourceName)
	if err != nil {
		return name.ResourceID{}, at(resource.At, invalidID("%v", err))
	}
	return id, nil
}

func (p *planner) putResource(s *manifest.Resource) (string, directory.Outcome, error) {
	typ, err := p.text(s.Type)
	if err != nil {
		return "", directory.Unchanged, err
	}
	spec := directory.ResourceSpec{MaxLifetime: s.MaxLifetime.N}
	if spec.ID, err = p.resourceID(typ, s.ResourceGroup, s.Name); err != nil {
		return "", directory.Unchanged, err
	}
	if slices.ContainsFunc([]string{view.TypeStorageAccount, view.TypeKeyVault, view.TypeUserIdentity}, spec.ID.IsType) {
		return "", directory.Unchanged, at(s.Type.At, invalidID("%s has a kind of its own: StorageAccount, KeyVault or UserAssignedIdentity", typ))
	}
	if old, ok := p.e.View().Resource(spec.ID); ok { // what only ARM's callers say stays as they said it
		spec.Envelope = old.Envelope
	}
	var properties string
	if properties, err = p.document(s.Properties); err != nil {
		return "", directory.Unchanged, err
	}
	spec.Properties = view.Raw(properties)
	if err := p.all(pair{&spec.Location, s.Location}, pair{&spec.Kind, s.KindOf}); err != nil {
		return "", directory.Unchanged, err
	}
	if spec.Tags, err = p.tags(s.Tags); err != nil {
		return "", directory.Unchanged, err
	}
	if s.Identity != nil {
		if spec.Identity, err = p.identityBlock(spec.ID, s.Identity); err != nil {
			return "", directory.Unchanged, at(s.Identity.At, err)
		}
	}
	return p.saveResource(spec)
}

// saveResource puts a resource and gives the id as it was created.
func (p *planner) saveResource(spec directory.ResourceSpec) (string, directory.Outcome, error) {
	outcome, err := p.e.PutResource(spec)
	if err != nil {
		return "", outcome, err
	}
	r, _ := p.e.View().Resource(spec.ID)
	return r.ID.String(), outcome, nil
}

func (p *planner) identityBlock(of name.ResourceID, block *manifest.Identity) (directory.IdentitySpec, error) {
	typ, err := p.text(block.Type)
	if err != nil {
		return directory.IdentitySpec{}, err
	}
	var users []name.ResourceID
	for _, t := range block.UserAssigned {
		said, err := p.text(t)
		if err != nil {
			return directory.IdentitySpec{}, err
		}
		id, err := identityID(of, said)
		if err != nil {
			return directory.IdentitySpec{}, at(t.At, err)
		}
		users = append(users, id)
	}
	return directory.NewIdentitySpec(typ, users)
}

// identityID reads a resource id, or a name in the resource's own group, or group/name in its subscription.
func identityID(of name.ResourceID, said string) (name.ResourceID, error) {
	var id name.ResourceID
	var err error
	group, identity, grouped := strings.Cut(said, "/")
	switch {
	case strings.HasPrefix(said, "/"):
		id, err = name.ParseResourceID(said)
	case grouped:
		id, err = name.NewResourceID(of.Subscription(), group, view.TypeUserIdentity, identity)
	default:
		id, err = name.NewResourceID(of.Subscription(), of.Group(), view.TypeUserIdentity, said)
	}
	if err != nil || !id.IsType(view.TypeUserIdentity) {
		return name.ResourceID{}, invalidID("%q is no user-assigned identity: want its name, group/name or its resource id", said)
	}
	return id, nil
}

// asBefore is a destination with the identity and properties that it has, which its kind of manifest does not say.
func (p *planner) asBefore(id name.ResourceID) directory.ResourceSpec {
	spec := directory.ResourceSpec{ID: id}
	old, ok := p.e.View().Resource(id)
	if !ok {
		return spec
	}
	spec.Kind, spec.Properties, spec.Envelope, spec.MaxLifetime = old.Kind, old.Properties, old.Envelope, old.MaxLifetime
	spec.Identity.System = old.System != nil
	for _, a := range old.Users {
		spec.Identity.Users = append(spec.Identity.Users, a.ID)
	}
	return spec
}

func (p *planner) putStorageAccount(s *manifest.StorageAccount) (string, directory.Outcome, error) {
	id, err := p.resourceID(view.TypeStorageAccount, s.ResourceGroup, s.Name)
	if err != nil {
		return "", directory.Unchanged, err
	}
	spec := p.asBefore(id)
	if err := p.all(pair{&spec.Location, s.Location}); err != nil {
		return "", directory.Unchanged, err
	}
	if spec.Tags, err = p.tags(s.Tags); err != nil {
		return "", directory.Unchanged, err
	}
	full, outcome, err := p.saveResource(spec)
	if err != nil {
		return "", outcome, err
	}
	containers, err := p.texts(s.Containers)
	if err != nil {
		return "", outcome, err
	}
	for i, c := range containers {
		made, err := p.e.PutContainer(id, c)
		if err != nil {
			return "", outcome, at(s.Containers[i].At, err)
		}
		outcome = both(outcome, made)
	}
	return full, outcome, nil
}

// both is the outcome of a thing that was put in two steps.
func both(thing, part directory.Outcome) directory.Outcome {
	if thing == directory.Unchanged && part != directory.Unchanged {
		return directory.Updated
	}
	return thing
}

func (p *planner) putIdentity(s *manifest.UserAssignedIdentity) (string, directory.Outcome, error) {
	id, err := p.resourceID(view.TypeUserIdentity, s.ResourceGroup, s.Name)
	if err != nil {
		return "", directory.Unchanged, err
	}
	spec := directory.UserIdentitySpec{ID: id, MaxLifetime: s.MaxLifetime.N}
	if err := p.all(pair{&spec.Location, s.Location}); err != nil {
		return "", directory.Unchanged, err
	}
	if spec.Tags, err = p.tags(s.Tags); err != nil {
		return "", directory.Unchanged, err
	}
	outcome, err := p.e.PutUserIdentity(spec)
	if err != nil {
		return "", outcome, err
	}
	outcome, err = p.putFederated(directory.Holder{Identity: id}, s.Federated, outcome)
	if err != nil {
		return "", outcome, err
	}
	i, _ := p.e.View().Identity(id)
	return i.ID.String(), outcome, nil
}

// putFederated makes the list the holder's whole set of federated credentials.
func (p *planner) putFederated(h directory.Holder, list []manifest.FederatedCredential, done directory.Outcome) (directory.Outcome, error) {
	var credentials []view.FederatedCredential
	for _, f := range list {
		var c view.FederatedCredential
		var issuer string
		err := p.all(pair{&c.Name, f.Name}, pair{&issuer, f.Issuer}, pair{&c.Subject, f.Subject}, pair{&c.Expression, f.Expression},
			pair{&c.Pattern, f.Pattern})
		if err != nil {
			return done, err
		}
		if c.Issuer, err = name.ParseIssuerURL(issuer); err != nil {
			return done, at(f.Issuer.At, invalidID("%v", err))
		}
		if c.Audiences, err = p.texts(f.Audiences); err != nil {
			return done, err
		}
		if len(c.Audiences) == 0 {
			c.Audiences = []string{"api://AzureADTokenExchange"}
		}
		credentials = append(credentials, c)
	}
	outcome, err := p.e.SetFederated(h, credentials)
	if err != nil && len(list) > 0 {
		return done, at(list[0].At, err)
	}
	return both(done, outcome), err
}

func (p *planner) putApplication(s *manifest.Application) (string, directory.Outcome, error) {
	spec := directory.ApplicationSpec{Tenant: p.tenant, TokenVersion: s.TokenVersion, MaxLifetime: s.MaxLifetime.N}
	err := p.all(pair{&spec.DisplayName, s.Name}, pair{&spec.Algorithm, s.Algorithm})
	if err != nil {
		return "", directory.Unchanged, err
	}
	if spec.IDURIs, err = p.texts(s.IdentifierURIs); err != nil {
		return "", directory.Unchanged, err
	}
	var same []thing
	for a := range p.e.View().Applications() {
		if t, _ := thingOf(p.e.View(), a); t.tenant == p.tenant && strings.EqualFold(a.DisplayName, spec.DisplayName) {
			same = append(same, t)
			spec.ObjectID = a.ObjectID
		}
	}
	if len(same) > 1 {
		_, err := single("Application", spec.DisplayName, same)
		return "", directory.Unchanged, err
	}
	for _, r := range s.AppRoles {
		role, err := p.appRole(r)
		if err != nil {
			return "", directory.Unchanged, err
		}
		spec.Roles = append(spec.Roles, role)
	}
	id, outcome, err := p.e.PutApplication(spec)
	if err != nil {
		return "", outcome, err
	}
	if a, ok := p.e.View().Application(id); ok && !a.HasService() { // Graph makes them apart, a manifest says both
		if _, err := p.e.ChangeApplication(id, registration.NewService()); err != nil {
			return "", outcome, err
		}
		outcome = both(outcome, directory.Updated)
	}
	said, err := p.awsClaims(s.AWS)
	if err != nil {
		return "", outcome, err
	}
	told, err := p.e.ChangeApplication(id, registration.TellAWS(said))
	if err != nil {
		return "", outcome, err
	}
	outcome, err = p.putFederated(directory.Holder{Application: id}, s.Federated, both(outcome, told))
	return id.String(), outcome, err
}

func (p *planner) appRole(r manifest.AppRole) (view.AppRole, error) {
	var role view.AppRole
	if err := p.all(pair{&role.Value, r.Value}, pair{&role.Display, r.Display}); err != nil {
		return role, err
	}
	for _, m := range r.Members {
		id, err := p.objectID(m)
		if err != nil {
			return role, err
		}
		role.Members = append(role.Members, id)
	}
	return role, nil
}

// objectID reads the object id of a principal.
func (p *planner) objectID(t manifest.Text) (name.GUID, error) {
	said, err := p.text(t)
	if err != nil {
		return name.GUID{}, err
	}
	id, err := name.ParseGUID(said)
	if err != nil {
		return name.GUID{}, at(t.At, invalidID("%q is no object id: write it, or a reference such as "+
			"$(UserAssignedIdentity/NAME.principalId)", said))
	}
	return id, nil
}

func (p *planner) putDefinition(s *manifest.RoleDefinition) (string, directory.Outcome, error) {
	spec := directory.RoleDefinitionSpec{Tenant: p.tenant}
	err := p.all(pair{&spec.Name, s.Name}, pair{&spec.Description, s.Description})
	if err != nil {
		return "", directory.Unchanged, err
	}
	if old, ok := p.e.View().AzureRoleNamed(p.tenant, spec.Name); ok {
		spec.ID = old.ID()
	}
	for _, t := range s.AssignableScopes {
		scope, err := p.scope(t)
		if err != nil {
			return "", directory.Unchanged, err
		}
		spec.Assignable = append(spec.Assignable, scope)
	}
	if len(spec.Assignable) == 0 {
		sub, err := p.inSubscription()
		if err != nil {
			return "", directory.Unchanged, err
		}
		spec.Assignable = []name.Scope{name.MustScope("/subscriptions/" + sub.String())}
	}
	if spec.Permissions, err = p.permissions(s.Permissions); err != nil {
		return "", directory.Unchanged, err
	}
	id, outcome, err := p.e.PutRoleDefinition(spec)
	return id.String(), outcome, err
}

func (p *planner) permissions(blocks []manifest.Permission) (list []view.RolePermission, err error) {
	for _, block := range blocks {
		permission, err := p.permission(block)
		if err != nil {
			return nil, err
		}
		list = append(list, permission)
	}
	return list, nil
}

func (p *planner) permission(s manifest.Permission) (out view.RolePermission, err error) {
	for _, part := range []struct {
		to   *[]string
		from []manifest.Text
	}{{&out.Actions, s.Actions}, {&out.NotActions, s.NotActions}, {&out.DataActions, s.DataActions}, {&out.NotDataActions, s.NotDataActions}} {
		if *part.to, err = p.texts(part.from); err != nil {
			return out, err
		}
	}
	return out, nil
}

// scope reads a place in the ARM tree.
func (p *planner) scope(t manifest.Text) (name.Scope, error) {
	said, err := p.text(t)
	if err != nil {
		return name.Scope{}, err
	}
	s, err := name.ParseScope(said)
	if err != nil {
		return name.Scope{}, at(t.At, invalidID("%v", err))
	}
	return s, nil
}

func (p *planner) putAssignment(s *manifest.RoleAssignment) (string, directory.Outcome, error) {
	spec := directory.AssignmentSpec{Tenant: p.tenant}
	var role string
	err := p.all(pair{&role, s.Role}, pair{&spec.Name, s.Description}, pair{&spec.Condition, s.Condition})
	if err != nil {
		return "", directory.Unchanged, err
	}
	if spec.Principal, err = p.objectID(s.Principal); err != nil {
		return "", directory.Unchanged, err
	}
	if spec.Scope, err = p.scope(s.Scope); err != nil {
		return "", directory.Unchanged, err
	}
	if spec.Role, err = name.ParseGUID(role); err != nil {
		found, ok := p.e.View().AzureRoleNamed(p.tenant, role)
		if !ok {
			return "", directory.Unchanged, at(s.Role.At, roleUnknown(role))
		}
		spec.Role = found.ID()
	}
	for _, a := range p.e.View().AssignmentsOf(spec.Principal) {
		if a.Role == spec.Role && a.Scope.Key() == spec.Scope.Key() {
			spec.ID = a.ID // the same grant: only description and condition are left to say
			if s.Description.IsZero() {
				spec.Name = a.Name
			}
		}
	}
	id, outcome, err := p.e.PutAssignment(spec)
	return id.String(), outcome, err
}

// allPrincipals is how a manifest names everybody.
const allPrincipals = "all-principals"

func (p *planner) putDeny(s *manifest.DenyAssignment) (string, directory.Outcome, error) {
	d := view.DenyAssignment{Tenant: p.tenant, OnlyHere: s.OnlyHere}
	err := p.all(pair{&d.Name, s.Name}, pair{&d.Description, s.Description})
	if err != nil {
		return "", directory.Unchanged, err
	}
	if d.Scope, err = p.scope(s.Scope); err != nil {
		return "", directory.Unchanged, err
	}
	if d.Permissions, err = p.permissions(s.Permissions); err != nil {
		return "", directory.Unchanged, err
	}
	for _, t := range s.Principals {
		id := rbac.Everyone()
		if t.Raw != allPrincipals {
			if id, err = p.objectID(t); err != nil {
				return "", directory.Unchanged, err
			}
		}
		d.Principals = append(d.Principals, id)
	}
	for _, t := range s.Exclude {
		id, err := p.objectID(t)
		if err != nil {
			return "", directory.Unchanged, err
		}
		d.Exclude = append(d.Exclude, id)
	}
	for old := range p.e.View().Denies() {
		if old.Tenant == p.tenant && old.Name == d.Name {
			d.ID = old.ID
		}
	}
	id, outcome, err := p.e.PutDeny(d)
	return id.String(), outcome, err
}

// roleUnknown names the built-in roles, because no listing of the tenant's own things shows them.
func roleUnknown(role string) error {
	var builtin []string
	for _, r := range rbac.Builtins() {
		builtin = append(builtin, r.Name)
	}
	slices.Sort(builtin)
	return fault.New(fault.NotFound, directory.RoleUnknown, "the tenant has no role of its own named %q, and the built-in ones are %s",
		role, strings.Join(builtin, ", "))
}
