package az

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

const (
	authorization  = "/providers/Microsoft.Authorization/"
	readerRole     = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	blobReaderRole = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
	ownerRole      = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
)

// assign is the body of a role assignment.
func assign(role, principal string, more ...string) string {
	return `{"properties":{"roleDefinitionId":"` + authorization + "roleDefinitions/" + role + `","principalId":"` + principal + `","principalType":"ServicePrincipal"` +
		strings.Join(more, "") + `}}`
}

// TestRolesByRest grants and takes away by "az rest": this version's own commands fail before they ask anything.
func TestRolesByRest(t *testing.T) {
	if !tell(t, "rest: role definitions and role assignments", "run; az rest --url /subscriptions/… in place of az role") {
		return
	}
	s, other := login(t, "operator"), stranger(t, "roles")
	id := group(t, "roles")
	principal := house.Field(t, "Resource", "roles-stranger", "identity.principalId")

	found := s.JSON(t, rest("get", id+authorization+"roleDefinitions?$filter=roleName eq 'Reader'", "2022-04-01")...)
	want(t, "the id of Reader", strings.HasSuffix(harness.Text(found, "value", 0, "id"), readerRole), true)
	const at, custom = "11111111-2222-4333-8444-555555555555", "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
	grant := id + authorization + "roleAssignments/" + at
	denied(t, other, rest("get", id, "2021-04-01")...)
	denied(t, other, rest("put", grant, "2022-04-01", assign(ownerRole, principal))...)
	made := s.JSON(t, rest("put", grant, "2022-04-01", assign(readerRole, principal))...)
	want(t, "the scope", strings.ToLower(harness.Text(made, "properties", "scope")), strings.ToLower(id))
	other.Must(t, rest("get", id, "2021-04-01")...)
	denied(t, other, rest("delete", grant, "2022-04-01")...)
	list := s.JSON(t, rest("get", id+authorization+"roleAssignments?$filter=principalId eq '"+principal+"'", "2022-04-01")...)
	want(t, "the assignment that is listed", strings.HasSuffix(harness.Text(list, "value", 0, "id"), at), true)
	s.Refused(t, "RoleAssignmentExists", "arm.assignment_exists", rest("put", id+authorization+"roleAssignments/22222222-2222-4333-8444-555555555555", "2022-04-01",
		assign(readerRole, principal))...)
	s.Refused(t, "PrincipalNotFound", "directory.principal_not_found", rest("put", id+authorization+"roleAssignments/33333333-2222-4333-8444-555555555555", "2022-04-01",
		assign(readerRole, "00000000-0000-4000-8000-00000000dead"))...)
	s.Must(t, rest("delete", grant, "2022-04-01")...)
	denied(t, other, rest("get", id, "2021-04-01")...)

	role := id + authorization + "roleDefinitions/" + custom
	body := `{"properties":{"roleName":"Group looker","type":"CustomRole","description":"","assignableScopes":["` + id + `"],` +
		`"permissions":[{"actions":["Microsoft.Resources/subscriptions/resourceGroups/read"],"notActions":[]}]}}`
	denied(t, other, rest("put", role, "2022-04-01", body)...)
	s.Must(t, rest("put", role, "2022-04-01", body)...)
	s.Must(t, rest("put", grant, "2022-04-01", assign(custom, principal))...)
	other.Must(t, rest("get", id, "2021-04-01")...)
	s.Refused(t, "RoleDefinitionHasAssignments", "arm.definition_used", rest("delete", role, "2022-04-01")...) // it is granted
	s.Must(t, rest("delete", grant, "2022-04-01")...)
	s.Must(t, rest("delete", role, "2022-04-01")...)
}

// TestC29AnIdentityIsFoundByName grants to what only its name is known of.
func TestC29AnIdentityIsFoundByName(t *testing.T) {
	if !tell(t, "ad sp list --display-name, then rest: the role assignment", "run") {
		return
	}
	s := login(t, "operator")
	id := group(t, "byname")
	house.Apply(t, "kind: Resource\ntype: Microsoft.Web/sites\nname: byname-site\nresourceGroup: byname\nidentity: {type: SystemAssigned}\n")
	principal := s.Must(t, "az", "ad", "sp", "list", "--display-name", "byname-site", "--query", "[0].id", "-o", "tsv")
	want(t, "the principal", principal, house.Field(t, "Resource", "byname-site", "identity.principalId"))
	s.Must(t, rest("put", id+authorization+"roleAssignments/44444444-2222-4333-8444-555555555555", "2022-04-01", assign(readerRole, principal))...)
	site := login(t, "byname-site")
	site.Refused(t, "Insufficient privileges to complete the operation", "access.denied", "az", "ad", "sp", "list", "--display-name", "byname-site") // it reads the group, and no directory
	want(t, "the group", site.Must(t, "az", "group", "show", "-n", "byname", "--query", "name", "-o", "tsv"), "byname")
}

// TestCommandsThatFailByThemselves shows what Debian's package of this version cannot do against any cloud: it fails before
// the first request. A version in which it works makes this test fail, and the row is to be told anew.
func TestCommandsThatFailByThemselves(t *testing.T) {
	t.Parallel()
	var s *harness.Session
	for _, c := range []struct {
		flow, words, why string
		argv             []string
	}{
		{
			"role assignment create, role definition list", "has no attribute 'config'",
			"Debian's 2.45 fails before its first request: mismatched packages; the same calls are made by az rest",
			[]string{"az", "role", "definition", "list"},
		},
		{
			"vm identity, profile latest", "does not have operation group 'virtual_machines'",
			"Debian's 2.45 fails before its first request: mismatched packages; the profile 2020-09-01-hybrid works",
			[]string{"az", "vm", "identity", "show", "-g", "fails", "-n", "vm"},
		},
		{
			"keyvault secret set, show, list, delete", "azure.keyvault.v7_0",
			"Debian's 2.45 fails before its first request: a module is missing; the same calls are made by az rest",
			[]string{"az", "keyvault", "secret", "set", "--vault-name", "v", "-n", "s", "--value", "x"},
		},
	} {
		if !harness.Fails(t, "az", c.flow, c.why) {
			continue
		}
		if s == nil {
			s = login(t, "operator")
		}
		s.Failed(t, c.words, c.argv...)
	}
}
