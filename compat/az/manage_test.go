package az

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// denied wants a command refused to a stranger, who has no right where it acts.
func denied(t *testing.T, s *harness.Session, argv ...string) {
	t.Helper()
	s.Refused(t, "AuthorizationFailed", "access.denied", argv...)
}

// TestGroups makes, lists, shows and deletes groups.
func TestGroups(t *testing.T) {
	if !tell(t, "group create, list, show, delete", "run") {
		return
	}
	s, other := login(t, "operator"), stranger(t, "groups")
	created := s.JSON(t, "az", "group", "create", "-n", "groups-made", "-l", "westeurope", "--tags", "team=web", "-o", "json")
	want(t, "the group's state", harness.Text(created, "properties", "provisioningState"), "Succeeded")
	want(t, "the group's tag", harness.Text(created, "tags", "team"), "web")
	want(t, "the group's place", s.Must(t, "az", "group", "show", "-n", "GROUPS-Made", "--query", "location", "-o", "tsv"), "westeurope")
	if names := s.Must(t, "az", "group", "list", "--query", "[].name", "-o", "tsv"); !strings.Contains(names, "groups-made") {
		t.Errorf("the groups are %q", names)
	}
	denied(t, other, "az", "group", "show", "-n", "groups-made")
	denied(t, other, "az", "group", "create", "-n", "groups-other", "-l", "westeurope")
	denied(t, other, "az", "group", "delete", "-n", "groups-made", "--yes")
	if names := other.Must(t, "az", "group", "list", "--query", "[].name", "-o", "tsv"); strings.Contains(names, "groups-made") {
		t.Errorf("a stranger sees %q", names)
	}
	s.Refused(t, "InvalidResourceName", "directory.invalid_name", "az", "group", "create", "-n", "no*name", "-l", "westeurope")
	s.Must(t, "az", "group", "delete", "-n", "groups-made", "--yes")
	s.Refused(t, "ResourceGroupNotFound", "directory.group_not_found", "az", "group", "show", "-n", "groups-made")
	s.Refused(t, "ResourceGroupNotFound", "directory.group_not_found", "az", "group", "delete", "-n", "groups-made", "--yes")
}

// TestIdentities is told as a Contributor of the group, who has no right in the directory at all.
func TestIdentities(t *testing.T) {
	if !tell(t, "identity create, show, list, delete", "run, as a Contributor of the group") {
		return
	}
	s, other := contributor(t, "identities"), stranger(t, "identities")
	made := s.JSON(t, "az", "identity", "create", "-n", "first", "-g", "identities", "-l", "westeurope", "--tags", "team=web", "-o", "json")
	for _, field := range []string{"clientId", "principalId", "tenantId"} {
		want(t, field, harness.Text(made, field), house.Field(t, "UserAssignedIdentity", "identities/first", field))
	}
	shown := s.JSON(t, "az", "identity", "show", "-n", "first", "-g", "identities", "-o", "json")
	want(t, "the id", harness.Text(shown, "id"), harness.Text(made, "id"))
	again := s.JSON(t, "az", "identity", "create", "-n", "first", "-g", "identities", "-l", "westeurope", "-o", "json")
	want(t, "the principal after a second create", harness.Text(again, "principalId"), harness.Text(made, "principalId"))
	s.Must(t, "az", "identity", "create", "-n", "second", "-g", "identities", "-o", "json") // the place is the group's
	want(t, "the list", s.Must(t, "az", "identity", "list", "-g", "identities", "--query", "length([?name=='first' || name=='second'])", "-o", "tsv"), "2")

	denied(t, other, "az", "identity", "create", "-n", "third", "-g", "identities", "-l", "westeurope")
	denied(t, other, "az", "identity", "show", "-n", "first", "-g", "identities")
	denied(t, other, "az", "identity", "list", "-g", "identities")
	denied(t, other, "az", "identity", "delete", "-n", "first", "-g", "identities")
	s.Must(t, "az", "identity", "delete", "-n", "first", "-g", "identities")
	s.Refused(t, "ResourceNotFound", "directory.identity_not_found", "az", "identity", "show", "-n", "first", "-g", "identities")
	remade := s.JSON(t, "az", "identity", "create", "-n", "first", "-g", "identities", "-l", "westeurope", "-o", "json")
	if harness.Text(remade, "principalId") == harness.Text(made, "principalId") {
		t.Error("an identity that is made again inherits its principal")
	}
}

// contributor is a workload that is Contributor of a group of its name, signed in.
func contributor(t *testing.T, name string) *harness.Session {
	t.Helper()
	house.Apply(t, strings.ReplaceAll(`
kind: ResourceGroup
name: NAME
location: westeurope
---
kind: Resource
type: Microsoft.Web/sites
name: NAME-by
resourceGroup: NAME
identity: {type: SystemAssigned}
---
kind: RoleAssignment
principal: $(Resource/NAME-by.principalId)
role: Contributor
scope: $(ResourceGroup/NAME.id)
`, "NAME", name))
	return login(t, name+"-by")
}

// TestFederatedCredentials makes trusts and signs in by one.
func TestFederatedCredentials(t *testing.T) {
	if !tell(t, "identity federated-credential create, update, list, show, delete", "run, as a Contributor of the group") {
		return
	}
	issuer := harness.NewIssuer(t)
	house.Apply(t, issuer.Manifest())
	s, other := contributor(t, "trusts"), stranger(t, "trusts")
	identity := s.JSON(t, "az", "identity", "create", "-n", "trusting", "-g", "trusts", "-l", "westeurope", "-o", "json")
	trust := func(verb, name string, more ...string) []string {
		return append([]string{"az", "identity", "federated-credential", verb, "--name", name, "--identity-name", "trusting", "-g", "trusts"}, more...)
	}
	const main, dev = "repo:acme/a:ref:refs/heads/main", "repo:acme/a:ref:refs/heads/dev"
	made := s.JSON(t, trust("create", "main", "--issuer", issuer.URL, "--subject", dev, "-o", "json")...)
	want(t, "the audience", harness.Text(made, "audiences", 0), "api://AzureADTokenExchange")
	s.Refused(t, "Conflict", "directory.credential_repeated", trust("create", "twice", "--issuer", issuer.URL, "--subject", dev)...) // the same issuer and subject
	s.Refused(t, "BadRequest", "arm.bad_federated_credential", trust("create", "two", "--issuer", issuer.URL, "--subject", main, "--audiences", "a", "b")...)
	updated := s.JSON(t, trust("update", "main", "--issuer", issuer.URL, "--subject", main, "-o", "json")...)
	want(t, "the subject", harness.Text(updated, "subject"), main)
	want(t, "the subject that is shown", s.Must(t, trust("show", "main", "--query", "subject", "-o", "tsv")...), main)
	want(t, "the list", s.Must(t, "az", "identity", "federated-credential", "list", "--identity-name", "trusting", "-g", "trusts",
		"--query", "[].name", "-o", "tsv"), "main")

	job := house.Session(t, "")
	by := []string{"az", "login", "--service-principal", "--allow-no-subscriptions", "--username", harness.Text(identity, "clientId"),
		"--tenant", house.Fact(t, "tenant"), "--federated-token"}
	job.Must(t, append(by, issuer.Token(t, map[string]any{"sub": main}))...)
	job.Refused(t, "AADSTS700213", "federation.subject_mismatch", append(by, issuer.Token(t, map[string]any{"sub": dev}))...)

	denied(t, other, trust("create", "other", "--issuer", issuer.URL, "--subject", "repo:evil/x:ref:refs/heads/main")...)
	denied(t, other, trust("update", "main", "--issuer", issuer.URL, "--subject", "repo:evil/x:ref:refs/heads/main")...)
	denied(t, other, trust("show", "main")...)
	denied(t, other, "az", "identity", "federated-credential", "list", "--identity-name", "trusting", "-g", "trusts")
	denied(t, other, trust("delete", "main", "--yes")...)
	s.Must(t, trust("delete", "main", "--yes")...)
	job.Refused(t, "AADSTS70021", "federation.no_credential", append(by, issuer.Token(t, map[string]any{"sub": main}))...)
	s.Refused(t, "ResourceNotFound", "directory.credential_not_found", trust("show", "main")...)
}

// TestC30C32PrincipalOfAMachine lists resources by name, as people find the principal of a machine that signed in.
func TestC30C32PrincipalOfAMachine(t *testing.T) {
	if !tell(t, `resource list -n VM --query "[*].identity.principalId"`, "run, as the machine, a Reader of its group") {
		return
	}
	id := group(t, "machines")
	s, other := login(t, "operator"), stranger(t, "machines")
	for kind, version := range map[string]string{
		"Microsoft.Compute/virtualMachines": "2022-03-01", "Microsoft.Automation/automationAccounts": "2022-08-08",
		"Microsoft.HybridCompute/machines": "2022-12-27", "Microsoft.ContainerInstance/containerGroups": "2022-09-01",
	} {
		name := "m" + strings.ToLower(strings.SplitN(kind, "/", 2)[1])
		s.Must(t, rest("put", id+"/providers/"+kind+"/"+name, version, `{"location":"westeurope","identity":{"type":"SystemAssigned"},"properties":{}}`)...)
		principal := house.Field(t, "Resource", "machines/"+name, "identity.principalId")
		house.Apply(t, "kind: RoleAssignment\nprincipal: "+principal+"\nrole: Reader\nscope: "+id+"\n")
		machine := login(t, id+"/providers/"+kind+"/"+name)
		want(t, "the principal of "+kind,
			machine.Must(t, "az", "resource", "list", "-n", name, "--query", "[*].identity.principalId", "-o", "tsv"), principal)
		want(t, "what a stranger finds", other.Must(t, "az", "resource", "list", "-n", name, "--query", "[*].identity.principalId", "-o", "tsv"), "")
		denied(t, other, rest("get", id+"/providers/"+kind+"/"+name, version)...)
	}
	want(t, "the resources of the group", s.Must(t, "az", "resource", "list", "-g", "machines", "--query", "length(@)", "-o", "tsv"), "4")
}

// TestFunctionIdentity changes the identities of a function app; this version reads the whole site and writes it back.
func TestFunctionIdentity(t *testing.T) {
	if !tell(t, "functionapp identity assign, show, remove", "run, as a Contributor of the group") {
		return
	}
	s, other := contributor(t, "functions"), stranger(t, "functions")
	id := house.Field(t, "ResourceGroup", "functions", "id")
	s.Must(t, rest("put", id+"/providers/Microsoft.Web/sites/app", "2022-03-01",
		`{"kind":"functionapp","location":"westeurope","properties":{"siteConfig":{"appSettings":[{"name":"GREETING","value":"hello"}]}}}`)...)
	first := s.Must(t, "az", "identity", "create", "-n", "fn-first", "-g", "functions", "--query", "id", "-o", "tsv")
	second := s.Must(t, "az", "identity", "create", "-n", "fn-second", "-g", "functions", "--query", "id", "-o", "tsv")
	app := func(verb string, more ...string) []string {
		return append([]string{"az", "functionapp", "identity", verb, "-n", "app", "-g", "functions", "-o", "json"}, more...)
	}
	got := s.JSON(t, app("assign")...)
	want(t, "the principal", harness.Text(got, "principalId"), house.Field(t, "Resource", "functions/app", "identity.principalId"))
	got = s.JSON(t, app("assign", "--identities", "[system]", first, second)...)
	want(t, "the type", harness.Text(got, "type"), "SystemAssigned, UserAssigned")
	if ids, _ := harness.At(got, "userAssignedIdentities").(map[string]any); len(ids) != 2 {
		t.Errorf("the identities are %v", ids)
	}
	denied(t, other, app("show")...)
	denied(t, other, app("assign")...)
	denied(t, other, app("remove")...)
	s.JSON(t, app("remove", "--identities", first)...)
	got = s.JSON(t, app("show")...)
	if ids, _ := harness.At(got, "userAssignedIdentities").(map[string]any); len(ids) != 1 {
		t.Errorf("the identities are %v", ids)
	}
	s.Try(t, app("remove")...)
	got = s.JSON(t, app("show")...)
	want(t, "the type without the system-assigned one", harness.Text(got, "type"), "UserAssigned")
}

// TestMachineIdentity changes the identities of a virtual machine by PATCH. The profile is the one in which Debian's package
// of this version does not fail before it asks anything.
func TestMachineIdentity(t *testing.T) {
	if !tell(t, "vm identity assign, show, remove", "run, as a Contributor of the group; az cloud update --profile 2020-09-01-hybrid") {
		return
	}
	s, other := contributor(t, "vms"), stranger(t, "vms")
	id := house.Field(t, "ResourceGroup", "vms", "id")
	s.Must(t, rest("put", id+"/providers/Microsoft.Compute/virtualMachines/vm", "2020-06-01", `{"location":"westeurope","properties":{}}`)...)
	first := s.Must(t, "az", "identity", "create", "-n", "vm-first", "-g", "vms", "--query", "id", "-o", "tsv")
	for _, who := range []*harness.Session{s, other} {
		who.Must(t, "az", "cloud", "update", "--profile", "2020-09-01-hybrid")
	}
	vm := func(verb string, more ...string) []string {
		return append([]string{"az", "vm", "identity", verb, "-n", "vm", "-g", "vms", "-o", "json"}, more...)
	}
	got := s.JSON(t, vm("assign")...)
	want(t, "the principal", harness.Text(got, "systemAssignedIdentity"), house.Field(t, "Resource", "vms/vm", "identity.principalId"))
	s.JSON(t, vm("assign", "--identities", first)...)
	got = s.JSON(t, vm("show")...)
	want(t, "the type", harness.Text(got, "type"), "SystemAssigned, UserAssigned")
	denied(t, other, vm("show")...)
	denied(t, other, vm("assign")...)
	denied(t, other, vm("remove", "--identities", first)...)
	s.Must(t, vm("remove", "--identities", first)...)
	got = s.JSON(t, vm("show")...)
	want(t, "the type", harness.Text(got, "type"), "SystemAssigned")
	s.Must(t, vm("remove")...)
	if got := s.Must(t, vm("show", "--query", "type")...); strings.Contains(got, "SystemAssigned") {
		t.Errorf("the type without any is %s", got)
	}
}
