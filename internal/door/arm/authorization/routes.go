package authorization

import (
	"net/http"

	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/name"
)

// The actions of this provider.
const (
	readDefinitions   = "Microsoft.Authorization/roleDefinitions/read"
	writeDefinitions  = "Microsoft.Authorization/roleDefinitions/write"
	deleteDefinitions = "Microsoft.Authorization/roleDefinitions/delete"
	readAssignments   = "Microsoft.Authorization/roleAssignments/read"
	writeAssignments  = "Microsoft.Authorization/roleAssignments/write"
	deleteAssignments = "Microsoft.Authorization/roleAssignments/delete"
	readDenies        = "Microsoft.Authorization/denyAssignments/read"
)

// Versions are those that clients ask for; whatever they ask, the answers are the same.
func Versions() kit.Versions {
	return kit.Listed("Microsoft.Authorization",
		"2014-07-01-preview", "2014-10-01-preview", "2015-05-01-preview", "2015-06-01", "2015-07-01", "2016-07-01", "2017-09-01",
		"2017-10-01-preview", "2018-01-01-preview", "2018-05-01-preview", "2018-07-01", "2018-07-01-preview",
		"2018-09-01-preview", "2019-04-01-preview", "2020-03-01-preview", "2020-04-01-preview", "2020-08-01-preview",
		"2020-10-01", "2020-10-01-preview", "2021-04-01-preview", "2022-04-01", "2022-05-01-preview", "2024-07-01-preview")
}

// Operations is the table: each line once for "/" and once for every other scope.
func Operations() (table []kit.Operation) {
	for _, op := range []kit.Operation{
		{Method: http.MethodGet, Pattern: "roleDefinitions", Name: "ListRoleDefinitions", Doc: "the roles that can be granted at the scope", Action: readDefinitions, Do: listDefinitions},
		{Method: http.MethodGet, Pattern: "roleDefinitions/{id}", Name: "GetRoleDefinition", Doc: "a role, built in or custom", Action: readDefinitions, Do: getDefinition},
		{
			Method: http.MethodPut, Pattern: "roleDefinitions/{id}", Name: "PutRoleDefinition", Doc: "make or replace a custom role",
			Action: writeDefinitions, Do: putDefinition,
		},
		{
			Method: http.MethodDelete, Pattern: "roleDefinitions/{id}", Name: "DeleteRoleDefinition", Doc: "delete a custom role that nobody holds",
			Action: deleteDefinitions, Do: deleteDefinition,
		},
		{Method: http.MethodGet, Pattern: "roleAssignments", Name: "ListRoleAssignments", Doc: "who has which role at the scope, above and below it", Action: readAssignments, Do: listAssignments},
		{Method: http.MethodGet, Pattern: "roleAssignments/{id}", Name: "GetRoleAssignment", Doc: "a role assignment", Action: readAssignments, Do: getAssignment},
		{
			Method: http.MethodPut, Pattern: "roleAssignments/{id}", Name: "PutRoleAssignment", Doc: "grant a role, or change the condition of a grant",
			Action: writeAssignments, Late: true, Do: putAssignment,
		},
		{
			Method: http.MethodDelete, Pattern: "roleAssignments/{id}", Name: "DeleteRoleAssignment", Doc: "take a role back",
			Action: deleteAssignments, Late: true, Do: deleteAssignment,
		},
		{Method: http.MethodGet, Pattern: "denyAssignments", Name: "ListDenyAssignments", Doc: "what is blocked at the scope, above and below it", Action: readDenies, Do: listDenies},
		{Method: http.MethodGet, Pattern: "denyAssignments/{id}", Name: "GetDenyAssignment", Doc: "a deny assignment", Action: readDenies, Do: getDeny},
		{Method: http.MethodGet, Pattern: "permissions", Name: "ListPermissions", Doc: "what the caller's roles allow at the scope", Asks: "a token", Do: listPermissions},
	} {
		op.Versions = Versions()
		atRoot, anywhere := op, op
		atRoot.Pattern, atRoot.Scope = provider+op.Pattern, func(*kit.Call) (name.Scope, error) { return name.Root(), nil }
		anywhere.Pattern, anywhere.Scope = "/{scope...}"+provider+op.Pattern, kit.AtScope
		table = append(table, atRoot, anywhere)
	}
	return table
}
