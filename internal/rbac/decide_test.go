package rbac

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
)

const (
	subscription = "/subscriptions/11111111-1111-1111-1111-111111111111"
	groupScope   = subscription + "/resourceGroups/rg"
	account      = groupScope + "/providers/Microsoft.Storage/storageAccounts/st1"
	photos       = account + "/blobServices/default/containers/photos"
	readBlob     = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
)

// id makes a GUID that ends in n.
func id(n int) name.GUID { return name.MustGUID(fmt.Sprintf("00000000-0000-4000-8000-%012d", n)) }

var alice = id(1) //nolint:gochecknoglobals // a constant of the tests

func builtinRole(t testing.TB, roleName string) *Role {
	t.Helper()
	for _, def := range Builtins() {
		if def.Name == roleName {
			return compiled(t, def)
		}
	}
	t.Fatalf("no built-in role %q", roleName)
	return nil
}

func compiled(t testing.TB, def RoleDefinition) *Role {
	t.Helper()
	role, err := Compile(def)
	if err != nil {
		t.Fatal(err)
	}
	return role
}

func customRole(t testing.TB, roleName string, permissions ...Permission) *Role {
	t.Helper()
	return compiled(t, RoleDefinition{ID: id(900), Name: roleName, Permissions: permissions})
}

func grant(n int, role *Role, scope string) Assignment {
	return Assignment{ID: id(n), Rev: int64(n), Principal: alice, Scope: name.MustScope(scope), Role: role}
}

// ask is a question of alice for reading a blob in the container photos.
func ask(grants ...Assignment) Input {
	return Input{
		Principal: alice, Action: readBlob, Data: true, Scope: name.MustScope(photos),
		Assignments: slices.Values(grants),
	}
}

func TestDecideAllows(t *testing.T) {
	got := Decide(ask(
		grant(10, builtinRole(t, "Reader"), subscription),
		grant(11, builtinRole(t, "Storage Blob Data Reader"), strings.ToUpper(account)),
	))
	want := reason.Decision{
		Outcome:  reason.Allow,
		Question: reason.Question{Principal: alice.String(), Action: readBlob, Resource: photos},
		Decisive: []reason.Clause{{
			Kind: KindAssignment, Rule: id(11).String(), Rev: 11,
			Text: `role "Storage Blob Data Reader" allows ` + readBlob + " at " + strings.ToUpper(account),
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecideThroughGroup(t *testing.T) {
	a := grant(10, builtinRole(t, "Storage Blob Data Reader"), photos)
	a.Principal = id(70)
	in := ask(a)
	if d := Decide(in); d.Allowed() || len(d.Nearest) != 0 {
		t.Errorf("somebody else's assignment counted: %v", d)
	}
	in.Groups = []name.GUID{id(71), id(70)}
	d := Decide(in)
	if !d.Allowed() || !strings.HasSuffix(d.Decisive[0].Text, "through group "+id(70).String()) {
		t.Errorf("group's assignment: %v", d)
	}
}

// TestP09ScopeSegments: a scope covers what lies below it by whole segments, ignoring case, and nothing else.
func TestP09ScopeSegments(t *testing.T) {
	owner := customRole(t, "All", Permission{DataActions: []string{"*"}})
	for _, tc := range []struct {
		assigned, asked string
		want            reason.Outcome
		text            string
	}{
		{"/subscriptions/1", "/subscriptions/1", reason.Allow, ""},
		{"/subscriptions/1", "/subscriptions/1/resourceGroups/a", reason.Allow, ""},
		{"/SUBSCRIPTIONS/1", "/subscriptions/1/resourcegroups/A", reason.Allow, ""},
		{"/", "/subscriptions/10", reason.Allow, ""},
		{"/subscriptions/1", "/subscriptions/10", reason.ImplicitDeny, "only begins with the same letters"},
		{"/subscriptions/1/resourceGroups/a", "/subscriptions/1/resourceGroups/ab", reason.ImplicitDeny, "same letters"},
		{"/subscriptions/1/resourceGroups/a", "/subscriptions/1", reason.ImplicitDeny, "lies below what was asked"},
		{"/subscriptions/2", "/subscriptions/1", reason.ImplicitDeny, "does not cover"},
	} {
		in := ask(grant(10, owner, tc.assigned))
		in.Scope = name.MustScope(tc.asked)
		d := Decide(in)
		if d.Outcome != tc.want {
			t.Errorf("%s on %s: %v, want %v", tc.assigned, tc.asked, d.Outcome, tc.want)
		}
		if tc.want != reason.Allow && (len(d.Nearest) != 1 || d.Nearest[0].Met != metRole ||
			!strings.Contains(d.Nearest[0].Text, tc.text)) {
			t.Errorf("%s on %s: near miss %v, want %q", tc.assigned, tc.asked, d.Nearest, tc.text)
		}
	}
}

func TestControlNeverSatisfiesData(t *testing.T) {
	d := Decide(ask(grant(10, builtinRole(t, "Owner"), "/")))
	want := reason.Decision{
		Question: reason.Question{Principal: alice.String(), Action: readBlob, Resource: photos},
		Nearest: []reason.Clause{{
			Kind: KindAssignment, Rule: id(10).String(), Rev: 10, Met: metListed,
			Text: `role "Owner" lists ` + readBlob + ` by "*", but as a control operation and this is a data operation at /`,
		}},
		Hint: `grant "Storage Blob Data Reader" at ` + photos,
	}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Error(diff)
	}
	in := ask(grant(10, customRole(t, "Data", Permission{DataActions: []string{"*"}}), "/"))
	in.Data = false
	if d := Decide(in); d.Allowed() || !strings.Contains(d.Nearest[0].Text, "as a data operation and this is a control") {
		t.Errorf("data actions satisfied a control operation: %v", d)
	}
}

// TestNotActionsWithinOneRole: an exclusion takes back only what its own permission gives.
func TestNotActionsWithinOneRole(t *testing.T) {
	all := Permission{DataActions: []string{"*"}, NotDataActions: []string{"*/READ"}}
	some := Permission{DataActions: []string{"Microsoft.Storage/*/read"}}
	if d := Decide(ask(grant(10, customRole(t, "AllButRead", all), photos))); d.Allowed() ||
		d.Nearest[0].Met != metPlane || !strings.Contains(d.Nearest[0].Text, `takes it back by "*/READ"`) {
		t.Errorf("excluded action: %v", d)
	}
	for what, grants := range map[string][]Assignment{
		"another role":       {grant(10, customRole(t, "A", all), photos), grant(11, customRole(t, "B", some), photos)},
		"another permission": {grant(11, customRole(t, "AB", all, some), photos)},
	} {
		if d := Decide(ask(grants...)); !d.Allowed() || d.Decisive[0].Rule != id(11).String() {
			t.Errorf("%s should grant: %v", what, d)
		}
	}
}

// TestBrokenConditionNeverGrants: a condition that cannot be read is not no condition.
func TestBrokenConditionNeverGrants(t *testing.T) {
	a := grant(10, builtinRole(t, "Storage Blob Data Reader"), photos)
	a.Broken = true
	d := Decide(ask(a))
	if d.Allowed() || d.Nearest[0].Met != metScope || !strings.Contains(d.Nearest[0].Text, "cannot be read") {
		t.Errorf("got %v", d)
	}
}

func TestRoleGoneNeverGrants(t *testing.T) {
	d := Decide(ask(grant(10, nil, photos), grant(11, nil, "/subscriptions/2")))
	if d.Allowed() || len(d.Nearest) != 1 || !strings.Contains(d.Nearest[0].Text, "definition of its role is gone") {
		t.Errorf("got %v", d)
	}
}

func TestNearestFirst(t *testing.T) {
	withCondition := grant(15, builtinRole(t, "Storage Blob Data Owner"), photos)
	withCondition.Condition = condition(t, "@Resource[a:b] StringEquals 'x'")
	d := Decide(ask(
		grant(10, builtinRole(t, "Key Vault Secrets User"), photos),
		grant(11, builtinRole(t, "Key Vault Secrets User"), "/subscriptions/2"), // neither role nor scope: no near miss
		grant(12, builtinRole(t, "Owner"), photos),
		grant(13, builtinRole(t, "Owner"), "/subscriptions/2"),
		grant(14, builtinRole(t, "Storage Blob Data Reader"), account+"2"),
		withCondition,
		grant(16, builtinRole(t, "Storage Blob Data Reader"), "/subscriptions/3"),
	))
	var got []string
	for _, c := range d.Nearest {
		got = append(got, c.Rule)
	}
	if diff := cmp.Diff([]string{id(15).String(), id(14).String(), id(16).String()}, got); diff != "" {
		t.Errorf("%s\n%v", diff, d)
	}
	one := Decide(ask(grant(10, builtinRole(t, "Key Vault Secrets User"), photos)))
	if len(one.Nearest) != 1 || !strings.Contains(one.Nearest[0].Text, "does not list "+readBlob+" at "+photos) {
		t.Errorf("role without the operation: %v", one)
	}
}

func TestDenyAssignments(t *testing.T) {
	set, err := CompilePermissions([]Permission{{
		Actions: []string{"*"}, DataActions: []string{"*/blobs/*"},
		NotDataActions: []string{"*/blobs/delete"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	base := DenyAssignment{
		ID: id(50), Rev: 5, Name: "lock", Scope: name.MustScope(groupScope), AppliesToChildren: true,
		Permissions: set, Principals: []name.GUID{alice},
	}
	for _, tc := range []struct {
		name   string
		change func(d *DenyAssignment, in *Input)
		want   reason.Outcome
	}{
		{"named", func(*DenyAssignment, *Input) {}, reason.ExplicitDeny},
		{"everyone", func(d *DenyAssignment, _ *Input) { d.Principals = []name.GUID{Everyone()} }, reason.ExplicitDeny},
		{"group", func(d *DenyAssignment, in *Input) {
			d.Principals, in.Groups = []name.GUID{id(70)}, []name.GUID{id(70)}
		}, reason.ExplicitDeny},
		{"somebody else", func(d *DenyAssignment, _ *Input) { d.Principals = []name.GUID{id(2)} }, reason.Allow},
		{"zero id is nobody", func(d *DenyAssignment, _ *Input) { d.Principals = []name.GUID{{}} }, reason.Allow},
		{"excluded", func(d *DenyAssignment, _ *Input) {
			d.Principals, d.Exclude = []name.GUID{Everyone()}, []name.GUID{alice}
		}, reason.Allow},
		{"excluded by group", func(d *DenyAssignment, in *Input) {
			d.Exclude, in.Groups = []name.GUID{id(70)}, []name.GUID{id(70)}
		}, reason.Allow},
		{"everyone cannot be excluded", func(d *DenyAssignment, _ *Input) {
			d.Exclude = []name.GUID{Everyone()}
		}, reason.ExplicitDeny},
		{"not for children", func(d *DenyAssignment, _ *Input) { d.AppliesToChildren = false }, reason.Allow},
		{"exactly here", func(d *DenyAssignment, _ *Input) {
			d.AppliesToChildren, d.Scope = false, name.MustScope(strings.ToUpper(photos))
		}, reason.ExplicitDeny},
		{"elsewhere", func(d *DenyAssignment, _ *Input) { d.Scope = name.MustScope(account + "2") }, reason.Allow},
		{"its own exclusion", func(_ *DenyAssignment, in *Input) {
			in.Action = strings.Replace(readBlob, "/read", "/delete", 1)
		}, reason.Allow},
		{"permits nothing", func(d *DenyAssignment, _ *Input) { d.Permissions = PermissionSet{} }, reason.Allow},
	} {
		t.Run(tc.name, func(t *testing.T) {
			deny, in := base, ask(grant(10, builtinRole(t, "Storage Blob Data Owner"), "/"))
			tc.change(&deny, &in)
			in.Denies = slices.Values([]DenyAssignment{deny})
			if d := Decide(in); d.Outcome != tc.want {
				t.Errorf("got %v", d)
			}
		})
	}
}

func TestDenyExplainsItself(t *testing.T) {
	set, err := CompilePermissions([]Permission{{DataActions: []string{"*/read"}}})
	if err != nil {
		t.Fatal(err)
	}
	in := ask(grant(10, builtinRole(t, "Storage Blob Data Reader"), photos))
	in.Denies = slices.Values([]DenyAssignment{{
		ID: id(50), Rev: 5, Name: "lock", Scope: name.Root(),
		AppliesToChildren: true, Permissions: set, Principals: []name.GUID{Everyone()},
	}})
	want := reason.Decision{
		Outcome:  reason.ExplicitDeny,
		Question: reason.Question{Principal: alice.String(), Action: readBlob, Resource: photos},
		Decisive: []reason.Clause{{
			Kind: KindDeny, Rule: id(50).String(), Rev: 5,
			Text: `"lock" blocks ` + readBlob + ` at / by its pattern "*/read"`,
		}},
		Hint: `no role overrides a deny assignment: exclude the principal from "lock" at /`,
	}
	if diff := cmp.Diff(want, Decide(in)); diff != "" {
		t.Error(diff)
	}
}

// TestABrokenDenyBlocks: nobody knows what a deny assignment that cannot be read would have blocked.
func TestABrokenDenyBlocks(t *testing.T) {
	reader := builtinRole(t, "Storage Blob Data Reader")
	in := ask(grant(10, reader, photos))
	in.Denies = slices.Values([]DenyAssignment{{
		ID: id(50), Name: "lock", Scope: name.Root(), AppliesToChildren: true, Broken: true, Principals: []name.GUID{Everyone()},
	}})
	if d := Decide(in); d.Outcome != reason.ExplicitDeny || d.Decisive[0].Text != `"lock" at / cannot be read, so it blocks everything there` {
		t.Errorf("got %+v", d)
	}
	if !reader.BuiltIn() || customRole(t, "Mine", Permission{Actions: []string{"*"}}).BuiltIn() {
		t.Error("built-in and custom roles are not told apart")
	}
}

func TestQuestionsThatNobodyMayAsk(t *testing.T) {
	all := customRole(t, "All", Permission{Actions: []string{"*"}, DataActions: []string{"*"}})
	good := ask(grant(10, all, "/"))
	if !Decide(good).Allowed() {
		t.Fatal("the good question must be allowed")
	}
	for what, change := range map[string]func(in *Input){
		"no action":         func(in *Input) { in.Action = "" },
		"wildcard action":   func(in *Input) { in.Action = "Microsoft.Storage/*" },
		"odd action":        func(in *Input) { in.Action = "Microsoft.Storage/read\x00" },
		"non-ASCII action":  func(in *Input) { in.Action = "\u212Aelvin/read" },
		"long action":       func(in *Input) { in.Action = strings.Repeat("a", MaxOperation+1) },
		"no scope":          func(in *Input) { in.Scope = name.Scope{} },
		"no principal":      func(in *Input) { in.Principal = name.GUID{} },
		"zero principal":    func(in *Input) { in.Principal = Everyone() },
		"no rules":          func(in *Input) { in.Assignments = nil },
		"zero id for group": func(in *Input) { in.Principal, in.Groups = id(2), []name.GUID{{}} },
	} {
		in := good
		change(&in)
		if d := Decide(in); d.Allowed() || d.Hint == "" {
			t.Errorf("%s: %v", what, d)
		}
	}
	nobody := grant(10, all, "/")
	nobody.Principal = name.GUID{}
	in := ask(nobody)
	in.Groups = []name.GUID{{}}
	if Decide(in).Allowed() {
		t.Error("an assignment to nobody granted")
	}
}

func TestHints(t *testing.T) {
	for _, tc := range []struct {
		action string
		data   bool
		want   string
	}{
		{readBlob, true, "Storage Blob Data Reader"},
		{container + "/blobs/write", true, "Storage Blob Data Contributor"},
		{container + "/blobs/manageOwnership/action", true, "Storage Blob Data Owner"},
		{delegation, false, "Storage Blob Delegator"},
		{container + "/read", false, "Reader"},
		{queue + "/messages/read", true, "Storage Queue Data Reader"},
		{secret + "/getSecret/action", true, "Key Vault Secrets User"},
		{secret + "/setSecret/action", true, "Key Vault Secrets Officer"},
		{secret + "/read", true, "Key Vault Reader"},
		{identityType + "/assign/action", false, "Managed Identity Operator"},
		{identityType + "/write", false, "Managed Identity Contributor"},
		{"Microsoft.Resources/deployments/write", false, "Contributor"},
		{"Microsoft.Authorization/roleAssignments/read", false, "Reader"},
		{"Microsoft.Authorization/roleAssignments/write", false, "Role Based Access Control Administrator"},
		{"Microsoft.Authorization/roleDefinitions/write", false, "User Access Administrator"},
		{"Microsoft.Web/sites/write", false, "Contributor"},
		{"Microsoft.Blueprint/blueprintAssignments/write", false, "Owner"},
	} {
		in := ask()
		in.Action, in.Data = tc.action, tc.data
		if got, want := Decide(in).Hint, fmt.Sprintf("grant %q at %s", tc.want, photos); got != want {
			t.Errorf("%s: %s, want %s", tc.action, got, want)
		}
	}
	in := ask()
	in.Action = "Contoso.Widgets/spin/action"
	want := "no built-in role has the data operation Contoso.Widgets/spin/action: it needs a custom role, granted at " + photos
	if got := Decide(in).Hint; got != want {
		t.Error(got)
	}
}
