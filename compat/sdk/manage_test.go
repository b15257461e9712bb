package sdk

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// people are a group with a contributor, an owner, and somebody without a right in it.
const people = `
kind: ResourceGroup
name: GROUP
location: westeurope
---
kind: Resource
type: Microsoft.Web/sites
name: GROUP-contributor
resourceGroup: GROUP
identity: {type: SystemAssigned}
---
kind: Resource
type: Microsoft.Web/sites
name: GROUP-owner
resourceGroup: GROUP
identity: {type: SystemAssigned}
---
kind: Resource
type: Microsoft.Web/sites
name: GROUP-none
resourceGroup: GROUP
identity: {type: SystemAssigned}
---
kind: RoleAssignment
principal: $(Resource/GROUP-contributor.principalId)
role: Contributor
scope: $(ResourceGroup/GROUP.id)
---
kind: RoleAssignment
principal: $(Resource/GROUP-owner.principalId)
role: Owner
scope: $(ResourceGroup/GROUP.id)
`

// value is what a program printed.
func value(t *testing.T, s *harness.Session, argv ...string) any {
	t.Helper()
	var v any
	text := s.Must(t, argv...)
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%q: %v: %s", argv, err, text)
	}
	return v
}

const denied, noRight = "AuthorizationFailed", "access.denied"

// TestIdentitiesBySDK makes, reads, lists and deletes identities and trusts with Go's and Node's SDK.
func TestIdentitiesBySDK(t *testing.T) {
	for _, c := range []struct {
		key, client string
		argv        func(op string, args ...string) []string
	}{
		{"go", "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi", func(op string, args ...string) []string {
			goName := map[string]string{
				"create": "identity-create", "get": "identity-get", "list": "identity-list", "delete": "identity-delete",
				"system": "system-get", "trust": "trust-create", "trusts": "trust-list", "distrust": "trust-delete",
			}[op]
			return append([]string{harness.GoClient(), goName}, args...)
		}},
		{"js", "@azure/arm-msi", func(op string, args ...string) []string {
			return append([]string{"node", harness.Node() + "/identities.mjs", op}, args...)
		}},
	} {
		t.Run(c.key, func(t *testing.T) {
			t.Parallel()
			if !harness.Tell(t, c.client, "identities and federated credentials: create, get, list, delete", "run; the cloud's addresses as client options") {
				return
			}
			group := "msi-" + c.key
			house.Apply(t, strings.ReplaceAll(people, "GROUP", group))
			s, none := house.Session(t, group+"-contributor"), house.Session(t, group+"-none")
			made := value(t, s, c.argv("create", group, "made")...)
			id := harness.Text(made, "id")
			if got := house.Field(t, "UserAssignedIdentity", group+"/made", "id"); !strings.EqualFold(got, id) {
				t.Errorf("made %s, there is %s", id, got)
			}
			value(t, s, c.argv("get", group, "made")...)
			if list, _ := value(t, s, c.argv("list", group)...).([]any); len(list) != 1 {
				t.Errorf("the list is %v", list)
			}
			site := house.Field(t, "Resource", group+"-owner", "id")
			system := value(t, s, c.argv("system", strings.TrimPrefix(site, "/"))...)
			if !strings.Contains(toText(t, system), house.Field(t, "Resource", group+"-owner", "identity.principalId")) {
				t.Errorf("the system-assigned identity is %v", system)
			}
			const issuer, subject = "https://ci.example.com", "repo:acme/a:ref:refs/heads/main"
			value(t, s, c.argv("trust", group, "made", "main", issuer, subject)...)
			if list, _ := value(t, s, c.argv("trusts", group, "made")...).([]any); len(list) != 1 {
				t.Errorf("the trusts are %v", list)
			}
			s.Refused(t, "Conflict", "directory.credential_repeated", c.argv("trust", group, "made", "twice", issuer, subject)...) // the same issuer and subject
			for _, argv := range [][]string{
				c.argv("create", group, "other"), c.argv("get", group, "made"), c.argv("list", group), c.argv("delete", group, "made"),
				c.argv("trust", group, "made", "other", issuer, "repo:evil/x:ref:refs/heads/main"), c.argv("trusts", group, "made"),
				c.argv("distrust", group, "made", "main"),
			} {
				none.Refused(t, denied, noRight, argv...)
			}
			s.Must(t, c.argv("distrust", group, "made", "main")...)
			s.Must(t, c.argv("delete", group, "made")...)
			s.Refused(t, "ResourceNotFound", "directory.identity_not_found", c.argv("get", group, "made")...)
		})
	}
}

func toText(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestResourcesByGo makes and lists groups and resources of any type with armresources.
func TestResourcesByGo(t *testing.T) {
	t.Parallel()
	if !harness.Tell(t, "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources",
		"groups, generic resources, providers", "run; the cloud's addresses as client options") {
		return
	}
	house.Apply(t, strings.ReplaceAll(people, "GROUP", "generic"))
	operator, none := house.Session(t, "operator"), house.Session(t, "generic-none")
	value(t, operator, harness.GoClient(), "group-create", "generic-made")
	none.Refused(t, denied, noRight, harness.GoClient(), "group-create", "generic-other")
	id := house.Field(t, "ResourceGroup", "generic-made", "id") + "/providers/Microsoft.ContainerInstance/containerGroups/job"
	made := value(t, operator, harness.GoClient(), "resource-put", id, "2022-09-01",
		`{"location":"westeurope","identity":{"type":"SystemAssigned"},"properties":{"any":{"thing":[1,2]}}}`)
	if got := harness.Text(made, "identity", "principalId"); got != house.Field(t, "Resource", "generic-made/job", "identity.principalId") {
		t.Errorf("the principal is %s", got)
	}
	value(t, operator, harness.GoClient(), "resource-get", id, "2022-09-01")
	if list, _ := value(t, operator, harness.GoClient(), "resource-list", "name eq 'job'").([]any); len(list) != 1 {
		t.Errorf("the resources are %v", list)
	}
	none.Refused(t, denied, noRight, harness.GoClient(), "resource-get", id, "2022-09-01")
	none.Refused(t, denied, noRight, harness.GoClient(), "resource-delete", id, "2022-09-01")
	value(t, operator, harness.GoClient(), "provider-get", "Microsoft.Web")
	operator.Must(t, harness.GoClient(), "resource-delete", id, "2022-09-01")
	operator.Must(t, harness.GoClient(), "group-delete", "generic-made")
	operator.Refused(t, "ResourceGroupNotFound", "directory.group_not_found", harness.GoClient(), "group-get", "generic-made")
}

// TestGrantsByGo grants and takes away with armauthorization. Who may not grant is refused, a Contributor too.
func TestGrantsByGo(t *testing.T) {
	t.Parallel()
	if !harness.Tell(t, "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2",
		"role definitions and role assignments", "run; the cloud's addresses as client options") {
		return
	}
	house.Apply(t, strings.ReplaceAll(people, "GROUP", "grants"))
	owner, contributor, none := house.Session(t, "grants-owner"), house.Session(t, "grants-contributor"), house.Session(t, "grants-none")
	scope := strings.TrimPrefix(house.Field(t, "ResourceGroup", "grants", "id"), "/")
	principal := house.Field(t, "Resource", "grants-none", "identity.principalId")
	const at, reader = "11111111-2222-4333-8444-555555555556", "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
	grant := []string{harness.GoClient(), "grant", scope, at, reader, principal}
	none.Refused(t, denied, noRight, harness.GoClient(), "group-get", "grants")
	contributor.Refused(t, denied, noRight, grant...)
	none.Refused(t, denied, noRight, grant...)
	value(t, owner, grant...)
	value(t, none, harness.GoClient(), "group-get", "grants")
	if list, _ := value(t, owner, harness.GoClient(), "grants", scope, "principalId eq '"+principal+"'").([]any); len(list) != 1 {
		t.Errorf("the assignments are %v", list)
	}
	if list, _ := value(t, owner, harness.GoClient(), "roles", scope, "roleName eq 'Reader'").([]any); len(list) != 1 {
		t.Errorf("the roles are %v", list)
	}
	owner.Refused(t, "RoleAssignmentExists", "arm.assignment_exists", harness.GoClient(), "grant", scope, "21111111-2222-4333-8444-555555555556", reader, principal)
	contributor.Refused(t, denied, noRight, harness.GoClient(), "revoke", scope, at)
	owner.Must(t, harness.GoClient(), "revoke", scope, at)
	none.Refused(t, denied, noRight, harness.GoClient(), "group-get", "grants")
	const custom = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeef"
	contributor.Refused(t, denied, noRight, harness.GoClient(), "role-create", scope, custom, "Looker", "*/read")
	value(t, owner, harness.GoClient(), "role-create", scope, custom, "Looker", "*/read")
	owner.Must(t, harness.GoClient(), "role-delete", scope, custom)
}
