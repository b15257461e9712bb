package access

import (
	"slices"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

// DirectoryAction is what somebody wants to do in the directory of its tenant, in Microsoft Entra's words for it.
type DirectoryAction string

// The actions of the directory.
const (
	ReadApplications   DirectoryAction = "microsoft.directory/applications/read"
	CreateApplications DirectoryAction = "microsoft.directory/applications/create"
	WriteApplications  DirectoryAction = "microsoft.directory/applications/update"
	// ProveApplications is giving an application a proof: whoever holds it signs in as the application.
	ProveApplications DirectoryAction = "microsoft.directory/applications/credentials/update"
	// NameApplications is taking a name away from an application: whoever registers it next answers for the roles that
	// services believe under it.
	NameApplications DirectoryAction = "microsoft.directory/applications/audience/update"
	AssignAppRoles   DirectoryAction = "microsoft.directory/servicePrincipals/appRoleAssignedTo/update"
	ReadGroups       DirectoryAction = "microsoft.directory/groups/read"
	WriteGroups      DirectoryAction = "microsoft.directory/groups/update"
	// FillGroups is adding a member to a group: it gets what the group was granted, and is spared what the group is spared.
	FillGroups    DirectoryAction = "microsoft.directory/groups/members/update"
	ReadDirectory DirectoryAction = "microsoft.directory/organization/read"
)

// DirectoryRequest asks whether a service principal may do something in the directory of its own tenant.
type DirectoryRequest struct {
	Principal   *view.Principal
	Action      DirectoryAction
	Application *view.Application    // that is read or changed; nil for all or none
	Group       *view.DirectoryGroup // that is changed; nil for none
	Gives       name.GUID            // app role of the application that somebody is to hold; zero for none
	Target      string               // names it in the decision
}

// DirectoryNeeds lists the app roles of Microsoft Graph of which one is needed for an action; owner is the one that is
// enough for whoever owns the application.
func DirectoryNeeds(a DirectoryAction) (anyOf []string, owner string) {
	switch a {
	case ReadApplications:
		return []string{azwire.ApplicationRead, azwire.ApplicationReadWrite, azwire.DirectoryRead}, azwire.ApplicationOwned
	case CreateApplications:
		return []string{azwire.ApplicationReadWrite, azwire.ApplicationOwned}, ""
	case WriteApplications, NameApplications, ProveApplications:
		return []string{azwire.ApplicationReadWrite}, azwire.ApplicationOwned
	case AssignAppRoles:
		return []string{azwire.AppRoleAssign}, ""
	case ReadGroups:
		return []string{azwire.GroupRead, azwire.GroupReadWrite, azwire.DirectoryRead}, ""
	case WriteGroups, FillGroups:
		return []string{azwire.GroupReadWrite}, ""
	case ReadDirectory:
		return []string{
			azwire.DirectoryRead, azwire.ApplicationRead, azwire.ApplicationReadWrite, azwire.ApplicationOwned, azwire.GroupRead, azwire.GroupReadWrite,
		}, ""
	}
	return nil, ""
}

// Directory decides by the app roles of Microsoft Graph that the principal holds now, whatever its token says. Who gives
// a proof to an application, a member to a group or an app role to anybody must have itself what is gained by it: no right
// on the directory is a right on everything else (threat P07).
func Directory(v *view.View, req DirectoryRequest) reason.Decision {
	d := reason.Decision{Question: reason.Question{
		Principal: req.Principal.ObjectID.String(), Action: string(req.Action), Resource: req.Target,
	}}
	if other := foreign(req); other {
		d.Hint = "the principal belongs to another tenant"
		return d
	}
	needs, owner := DirectoryNeeds(req.Action)
	owns := owner != "" && req.Application != nil && slices.Contains(req.Application.Owners, req.Principal.ObjectID)
	for _, role := range graphRoles(v, req.Principal.Tenant) {
		needed := slices.Contains(needs, role.Value) || owns && role.Value == owner
		switch {
		case !needed:
		case slices.Contains(role.Members, req.Principal.ObjectID):
			d.Decisive = []reason.Clause{{Kind: "app role", Rule: role.Value, Text: "is held by the principal"}}
		default:
			d.AddNearest(reason.Clause{Kind: "app role", Rule: role.Value, Text: "is not held by the principal"})
		}
	}
	if len(d.Decisive) == 0 {
		d.Hint = "one of these app roles of Microsoft Graph would allow it"
		return d
	}
	if gain := gained(v, req); gain != "" {
		d.Decisive, d.Hint = nil, gain
		return d
	}
	d.Outcome, d.Nearest = reason.Allow, nil
	return d
}

func foreign(req DirectoryRequest) bool {
	return req.Application != nil && req.Application.Principal.Tenant != req.Principal.Tenant ||
		req.Group != nil && req.Group.Tenant != req.Principal.Tenant
}

// graphRoles are the app roles of the tenant's own Microsoft Graph.
func graphRoles(v *view.View, tenant name.GUID) []view.AppRole {
	graph, ok := v.Audience(tenant, azwire.GraphAudience)
	if !ok || !graph.House { // an application of somebody's that took the name grants nothing
		return nil
	}
	return graph.Roles
}

// holdsGraphRole tells whether a principal holds an app role of Microsoft Graph.
func holdsGraphRole(v *view.View, p *view.Principal, value string) bool {
	return slices.ContainsFunc(graphRoles(v, p.Tenant), func(r view.AppRole) bool {
		return r.Value == value && slices.Contains(r.Members, p.ObjectID)
	})
}

// DirectoryRefusal is the fault of a decision about the directory that does not allow; nil for one that does.
func DirectoryRefusal(d reason.Decision) error {
	if d.Allowed() {
		return nil
	}
	return fault.New(fault.Denied, Denied, "Insufficient privileges to complete the operation.").Explained(d)
}
