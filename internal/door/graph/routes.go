package graph

import (
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Mount makes the door. cfg brings the house's part: ids, clock, log, witness.
func (d Door) Mount(cfg web.Config) (*web.Door, error) {
	cfg.Name, cfg.Dialect = "graph", dialect{errors: azwire.GraphErrors(rows()), now: d.Now}
	cfg.IDHeaders = []string{"request-id"}
	return web.New(cfg, d.routes())
}

// line is one operation on what is below /graph/{version}.
type line struct {
	method, path, name, doc string
	action                  access.DirectoryAction
	do                      func(*call) (answer, error)
}

// routes is the table of the door. An object is named by its object id, or by its client id as in applications(appId='..').
func (d Door) routes() []web.Route {
	var table []web.Route
	for _, set := range [][]line{applicationLines(), serviceLines(), otherLines()} {
		for _, l := range set {
			needs := "none but a token"
			if anyOf, owner := access.DirectoryNeeds(l.action); len(anyOf) > 0 {
				needs = strings.Join(anyOf, " or ")
				if owner != "" {
					needs += ", or " + owner + " of an owner"
				}
			}
			table = append(table, web.Route{
				Method: l.method, Pattern: "/graph/{version}" + l.path, Name: l.name, Doc: l.doc, Permission: needs, Fold: true, Handler: d.on(l.do),
			})
		}
	}
	return table
}

// both gives a line for the object named by {id} in its set, and by {key}.
func both(l line, set string) []line {
	byID, byKey := l, l
	byID.path, byKey.path = "/"+set+"/{id}"+l.path, "/{key}"+l.path
	return []line{byID, byKey}
}

func applicationLines() []line {
	const set = "applications"
	all := []line{
		{http.MethodGet, "/applications", "ListApplications", "the applications of the tenant", access.ReadApplications, listApplications},
		{http.MethodPost, "/applications", "CreateApplication", "register an application, without a service principal", access.CreateApplications, createApplication},
		{http.MethodGet, "/applications/{id}", "GetApplication", "an application", access.ReadApplications, getApplication},
		{http.MethodPatch, "/applications/{id}", "UpdateApplication", "change an application", access.WriteApplications, updateApplication},
		{http.MethodDelete, "/applications/{id}", "DeleteApplication", "delete an application with all that it has", access.WriteApplications, deleteApplication},
	}
	for _, l := range []line{
		{http.MethodGet, "/owners", "ListOwners", "who may change an application as its own", access.ReadApplications, listOwners},
		{http.MethodPost, "/addPassword", "AddPassword", "give an application a secret, which is shown once", access.ProveApplications, addPassword},
		{http.MethodPost, "/removePassword", "RemovePassword", "take a secret away", access.WriteApplications, removePassword},
		{http.MethodGet, "/federatedIdentityCredentials", "ListFederatedCredentials", "whose tokens an application trusts", access.ReadApplications, listFederated},
		{http.MethodPost, "/federatedIdentityCredentials", "CreateFederatedCredential", "trust the tokens of an issuer", access.ProveApplications, createFederated},
		{http.MethodGet, "/federatedIdentityCredentials/{credential}", "GetFederatedCredential", "a federated credential, by id or name", access.ReadApplications, getFederated},
		{http.MethodPatch, "/federatedIdentityCredentials/{credential}", "UpdateFederatedCredential", "change a federated credential", access.ProveApplications, updateFederated},
		{http.MethodDelete, "/federatedIdentityCredentials/{credential}", "DeleteFederatedCredential", "trust no longer", access.WriteApplications, deleteFederated},
	} {
		all = append(all, both(l, set)...)
	}
	return all
}

func serviceLines() []line {
	const set = "servicePrincipals"
	all := []line{
		{http.MethodGet, "/servicePrincipals", "ListServicePrincipals", "the service principals of the tenant", access.ReadApplications, listServices},
		{http.MethodPost, "/servicePrincipals", "CreateServicePrincipal", "give an application a service principal", access.ProveApplications, createService},
		{http.MethodGet, "/servicePrincipals/{id}", "GetServicePrincipal", "a service principal", access.ReadApplications, getService},
		{http.MethodPatch, "/servicePrincipals/{id}", "UpdateServicePrincipal", "enable or disable a service principal", access.WriteApplications, updateService},
		{http.MethodDelete, "/servicePrincipals/{id}", "DeleteServicePrincipal", "delete a service principal; its application stays", access.WriteApplications, deleteService},
	}
	for _, l := range []line{
		{http.MethodGet, "/appRoleAssignments", "ListAppRoleAssignments", "the app roles that a service principal holds", access.ReadApplications, listHeld},
		{http.MethodPost, "/appRoleAssignments", "CreateAppRoleAssignment", "let a service principal hold an app role", access.AssignAppRoles, grantHeld},
		{http.MethodDelete, "/appRoleAssignments/{assignment}", "DeleteAppRoleAssignment", "take an app role back", access.AssignAppRoles, dropHeld},
		{http.MethodGet, "/appRoleAssignedTo", "ListAppRoleAssignedTo", "who holds the app roles of an application", access.ReadApplications, listGranted},
		{http.MethodPost, "/appRoleAssignedTo", "CreateAppRoleAssignedTo", "let a service principal hold an app role", access.AssignAppRoles, grantGranted},
		{http.MethodDelete, "/appRoleAssignedTo/{assignment}", "DeleteAppRoleAssignedTo", "take an app role back", access.AssignAppRoles, dropGranted},
	} {
		all = append(all, both(l, set)...)
	}
	return all
}

func otherLines() []line {
	return []line{
		{http.MethodPost, "/directoryObjects/getByIds", "GetByIDs", "what the ids are", access.ReadDirectory, getByIDs},
		{http.MethodGet, "/groups", "ListGroups", "the groups of the tenant", access.ReadGroups, listGroups},
		{http.MethodPost, "/groups", "CreateGroup", "make a group", access.WriteGroups, createGroup},
		{http.MethodGet, "/groups/{id}", "GetGroup", "a group", access.ReadGroups, getGroup},
		{http.MethodDelete, "/groups/{id}", "DeleteGroup", "delete a group and what was granted to it", access.WriteGroups, deleteGroup},
		{http.MethodGet, "/groups/{id}/members", "ListMembers", "the members of a group", access.ReadGroups, listMembers},
		{http.MethodPost, "/groups/{id}/members/$ref", "AddMember", "put a service principal or a group into a group", access.FillGroups, addMember},
		{http.MethodDelete, "/groups/{id}/members/{member}/$ref", "RemoveMember", "take a member out of a group", access.WriteGroups, removeMember},
		{http.MethodGet, "/organization", "GetOrganization", "the tenant", access.ReadDirectory, organization},
		{http.MethodGet, "/me", "GetMe", "always an error: nobody is signed in as a user", "", noUser},
		{http.MethodGet, "/users", "ListUsers", "always an empty list: there are no users", access.ReadDirectory, noUsers},
		{http.MethodGet, "/{key}", "GetByKey", "an application or service principal by its client id", access.ReadApplications, getByKey},
	}
}

// noUser answers as Graph does when an application asks who it is.
func noUser(*call) (answer, error) {
	return answer{}, fault.New(fault.Invalid, NotOffered, "/me request is only valid with delegated authentication flow.")
}

func noUsers(c *call) (answer, error) {
	if err := c.permit(access.DirectoryRequest{Action: access.ReadDirectory, Target: "users"}); err != nil {
		return answer{}, err
	}
	return answer{http.StatusOK, page{Context: c.context("users"), Value: []any{}}}, nil
}

// getByKey is the read of one object under {key}.
func getByKey(c *call) (answer, error) {
	if strings.HasPrefix(web.Param(c.r, "key"), "applications(") {
		return getApplication(c)
	}
	return getService(c)
}
