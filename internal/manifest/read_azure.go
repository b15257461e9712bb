package manifest

import "go.yaml.in/yaml/v3"

// Label implements Spec.
func (s *Tenant) Label() string { return s.Name.Raw }

func (s *Tenant) read(f *fields) { s.Name = f.required("name") }

// Label implements Spec.
func (s *Subscription) Label() string { return s.Name.Raw }

func (s *Subscription) read(f *fields) { s.Name = f.required("name") }

// Label implements Spec.
func (s *ResourceGroup) Label() string { return s.Name.Raw }

func (s *ResourceGroup) read(f *fields) {
	s.Name, s.Location, s.Tags = f.required("name"), f.text("location"), f.tags()
}

// Label implements Spec.
func (s *Resource) Label() string { return s.ResourceGroup.Raw + "/" + s.Name.Raw }

func (s *Resource) read(f *fields) {
	s.Type, s.Name, s.ResourceGroup = f.required("type"), f.required("name"), f.required("resourceGroup")
	s.Location, s.KindOf, s.Tags = f.text("location"), f.text("kindOf"), f.tags()
	s.MaxLifetime, s.Properties = f.seconds("maxLifetime"), f.json("properties")
	n := f.node("identity")
	if n == nil {
		return
	}
	f.mapping(n, "an identity", func(inner *fields) {
		s.Identity = &Identity{At: inner.at, Type: inner.required("type"), UserAssigned: inner.texts("userAssignedIdentities")}
	})
}

// Label implements Spec.
func (s *UserAssignedIdentity) Label() string { return s.ResourceGroup.Raw + "/" + s.Name.Raw }

func (s *UserAssignedIdentity) read(f *fields) {
	s.Name, s.ResourceGroup = f.required("name"), f.required("resourceGroup")
	s.Location, s.Tags, s.MaxLifetime = f.text("location"), f.tags(), f.seconds("maxLifetime")
	s.Federated = f.federated()
}

// Label implements Spec.
func (s *StorageAccount) Label() string { return s.ResourceGroup.Raw + "/" + s.Name.Raw }

func (s *StorageAccount) read(f *fields) {
	s.Name, s.ResourceGroup = f.required("name"), f.required("resourceGroup")
	s.Location, s.Tags, s.Containers = f.text("location"), f.tags(), f.texts("containers")
}

// Label implements Spec.
func (s *KeyVault) Label() string { return s.ResourceGroup.Raw + "/" + s.Name.Raw }

func (s *KeyVault) read(f *fields) {
	s.Name, s.ResourceGroup = f.required("name"), f.required("resourceGroup")
	s.Location, s.Tags, s.Retention = f.text("location"), f.tags(), f.number("softDeleteRetentionInDays")
}

// Label implements Spec.
func (s *Application) Label() string { return s.Name.Raw }

func (s *Application) read(f *fields) {
	s.Name, s.IdentifierURIs = f.required("name"), f.texts("identifierUris")
	s.TokenVersion, s.Algorithm = f.oneOrTwo("tokenVersion"), f.text("algorithm")
	s.MaxLifetime, s.Federated, s.AWS = f.seconds("maxLifetime"), f.federated(), f.awsClaims()
	f.each("appRoles", func(n *yaml.Node) {
		f.mapping(n, "an app role", func(inner *fields) {
			s.AppRoles = append(s.AppRoles, AppRole{
				At: inner.at, Value: inner.required("value"),
				Display: inner.text("displayName"), Members: inner.texts("members"),
			})
		})
	})
}

// awsClaims reads what tokens tell AWS. An empty list of roles is refused: it could be meant as no role or as any.
func (f *fields) awsClaims() *AWSClaims {
	n := f.node("awsClaims")
	if n == nil {
		return nil
	}
	c := &AWSClaims{}
	f.mapping(n, "the mapping awsClaims", func(inner *fields) {
		c.At, c.Tags, c.TransitiveTags = inner.at, inner.tags(), inner.texts("transitiveTags")
		c.SourceIdentity, c.Roles = inner.text("sourceIdentity"), inner.texts("roles")
		if inner.nodes["roles"] != nil && len(c.Roles) == 0 {
			inner.fail(refuse(inner.keys["roles"], Missing, "%q has no entry: leave it out where tokens may assume any role that trusts them", "roles"))
		}
	})
	return c
}

func (f *fields) federated() []FederatedCredential {
	var list []FederatedCredential
	f.each("federatedCredentials", func(n *yaml.Node) {
		f.mapping(n, "a federated credential", func(inner *fields) {
			list = append(list, FederatedCredential{
				At: inner.at, Name: inner.required("name"), Issuer: inner.required("issuer"),
				Subject: inner.text("subject"), Expression: inner.text("expression"), Pattern: inner.text("pattern"),
				Audiences: inner.texts("audiences"),
			})
		})
	})
	return list
}

// Label implements Spec.
func (s *Group) Label() string { return s.Name.Raw }

func (s *Group) read(f *fields) {
	s.Name, s.Description, s.Members = f.required("name"), f.text("description"), f.texts("members")
}

// Label implements Spec.
func (s *RoleDefinition) Label() string { return s.Name.Raw }

func (s *RoleDefinition) read(f *fields) {
	s.Name, s.Description = f.required("name"), f.text("description")
	s.AssignableScopes, s.Permissions = f.texts("assignableScopes"), f.permissions()
}

// permissions reads the permission blocks of a role definition or a deny assignment; there must be one.
func (f *fields) permissions() (list []Permission) {
	f.each("permissions", func(n *yaml.Node) {
		f.mapping(n, "a permission", func(inner *fields) {
			list = append(list, Permission{
				Actions: inner.texts("actions"), NotActions: inner.texts("notActions"),
				DataActions: inner.texts("dataActions"), NotDataActions: inner.texts("notDataActions"),
			})
		})
	})
	if len(list) == 0 {
		f.missing("permissions")
	}
	return list
}

// Label implements Spec.
func (s *DenyAssignment) Label() string { return s.Name.Raw }

func (s *DenyAssignment) read(f *fields) {
	s.Name, s.Description, s.Scope = f.required("name"), f.text("description"), f.required("scope")
	s.Permissions, s.OnlyHere = f.permissions(), f.boolean("doNotApplyToChildScopes")
	s.Principals, s.Exclude = f.texts("principals"), f.texts("excludePrincipals")
	if len(s.Principals) == 0 {
		f.missing("principals")
	}
}

// Label implements Spec.
func (s *RoleAssignment) Label() string {
	return s.Role.Raw + " for " + s.Principal.Raw + " at " + s.Scope.Raw
}

func (s *RoleAssignment) read(f *fields) {
	s.Principal, s.Role, s.Scope = f.required("principal"), f.required("role"), f.required("scope")
	s.Description, s.Condition = f.text("description"), f.text("condition")
}
