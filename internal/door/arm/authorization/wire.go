package authorization

import (
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/view"
)

// provider is where everything of this package lies below a scope.
const provider = "/providers/Microsoft.Authorization/"

// thing is what every answer of Microsoft.Authorization looks like.
type thing struct {
	ID         string `json:"id"`
	Type       string `json:"type"`
	Name       string `json:"name"`
	Properties any    `json:"properties"`
}

// below is the id of something on a scope.
func below(scope, kind string, id name.GUID) string {
	return strings.TrimSuffix(scope, "/") + provider + kind + "/" + id.String()
}

// stamps say who wrote a thing and when. The installation itself is nobody.
type stamps struct {
	CreatedOn string  `json:"createdOn"`
	UpdatedOn string  `json:"updatedOn"`
	CreatedBy *string `json:"createdBy"`
	UpdatedBy *string `json:"updatedBy"`
}

func stamped(created, updated time.Time, by, since name.GUID) stamps {
	if updated.IsZero() {
		updated, since = created, by
	}
	return stamps{created.Format(time.RFC3339), updated.Format(time.RFC3339), text(by.String()), text(since.String())}
}

// definitionID spells the id of a role as it is listed at a scope: within a subscription it names that subscription. The
// command line compares these texts, so the same spelling stands in assignments.
func definitionID(at name.Scope, role name.GUID) string {
	if sub, ok := at.Subscription(); ok {
		return below("/subscriptions/"+sub.String(), "roleDefinitions", role)
	}
	return below("", "roleDefinitions", role)
}

// permission is the wire's form; lists are never null.
type permission struct {
	Actions          []string `json:"actions"`
	NotActions       []string `json:"notActions"`
	DataActions      []string `json:"dataActions"`
	NotDataActions   []string `json:"notDataActions"`
	Condition        *string  `json:"condition,omitempty"`
	ConditionVersion *string  `json:"conditionVersion,omitempty"`
}

func presentPermissions(list []rbac.Permission) []permission {
	out := make([]permission, 0, len(list))
	for _, p := range list {
		out = append(out, permission{
			Actions: filled(p.Actions), NotActions: filled(p.NotActions), DataActions: filled(p.DataActions), NotDataActions: filled(p.NotDataActions),
		})
	}
	return out
}

func filled(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// definition is the properties of a role definition (Role Definitions - Get).
type definition struct {
	RoleName         string       `json:"roleName"`
	Type             string       `json:"type"`
	Description      string       `json:"description"`
	AssignableScopes []name.Scope `json:"assignableScopes"`
	Permissions      []permission `json:"permissions"`
	*stamps
}

// The two types of roles.
const (
	builtInRole = "BuiltInRole"
	customRole  = "CustomRole"
)

func presentRole(v *view.View, at name.Scope, role *rbac.Role) thing {
	d := role.Definition()
	p := definition{
		RoleName: d.Name, Type: builtInRole, Description: d.Description, AssignableScopes: d.AssignableScopes,
		Permissions: presentPermissions(d.Permissions),
	}
	if r, ok := v.RoleDefinition(d.ID); ok && !role.BuiltIn() {
		s := stamped(r.Created, r.Updated, r.CreatedBy, r.UpdatedBy)
		p.Type, p.stamps = customRole, &s
	}
	return thing{definitionID(at, d.ID), "Microsoft.Authorization/roleDefinitions", d.ID.String(), p}
}

// text is nil for an empty one.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// deny is the properties of a deny assignment (Deny Assignments - Get).
type deny struct {
	Name        string       `json:"denyAssignmentName"`
	Description string       `json:"description"`
	Permissions []permission `json:"permissions"`
	Scope       name.Scope   `json:"scope"`
	OnlyHere    bool         `json:"doNotApplyToChildScopes"`
	Principals  []principal  `json:"principals"`
	Exclude     []principal  `json:"excludePrincipals"`
	Protected   bool         `json:"isSystemProtected"`
}

type principal struct {
	ID   name.GUID `json:"id"`
	Type string    `json:"type"`
}

func presentDeny(v *view.View, d *view.DenyAssignment) thing {
	var permissions []rbac.Permission
	for _, p := range d.Permissions {
		permissions = append(permissions, rbac.Permission(p))
	}
	return thing{below(d.Scope.String(), "denyAssignments", d.ID), "Microsoft.Authorization/denyAssignments", d.ID.String(), deny{
		Name: d.Name, Description: d.Description, Permissions: presentPermissions(permissions), Scope: d.Scope, OnlyHere: d.OnlyHere,
		Principals: presentPrincipals(v, d.Tenant, d.Principals), Exclude: presentPrincipals(v, d.Tenant, d.Exclude), Protected: true,
	}}
}

func presentPrincipals(v *view.View, tenant name.GUID, ids []name.GUID) []principal {
	out := make([]principal, 0, len(ids))
	for _, id := range ids {
		p := principal{id, principalType(v, tenant, id)}
		if id == rbac.Everyone() {
			p.Type = "SystemDefined"
		}
		out = append(out, p)
	}
	return out
}

// guid reads the id at the end of the path.
func guid(c *kit.Call) (name.GUID, error) {
	id, err := name.ParseGUID(c.Param("id"))
	if err != nil {
		return id, invalid(kit.BadParameter, "The id '%s' is not a GUID.", kit.Shown(c.Param("id")))
	}
	return id, nil
}
