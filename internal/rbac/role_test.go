package rbac

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/glob"
	"github.com/lanyard-id/lanyard/internal/name"
)

func TestPatterns(t *testing.T) {
	for _, tc := range []struct {
		pattern, op string
		want        bool
	}{
		{"*", "a/b", true},
		{"*/read", "Microsoft.Storage/storageAccounts/read", true},
		{"*/READ", "microsoft.storage/read", true},
		{"*/read", "Microsoft.Storage/read/action", false},
		{"*/read", "Microsoft.Storage/spread", false},
		{"Microsoft.Storage/*", "Microsoft.Storage/storageAccounts/read", true},
		{"Microsoft.Storage/*", "Microsoft.Storage", false},
		{"Microsoft.Storage/*", "Microsoft.StorageSync/read", false},
		{"Microsoft.Storage/*/read", "Microsoft.Storage/a/b/c/read", true},
		{"MI/*/read", "MI/read", true}, // the segment may be absent
		{"MI/*/read", "MI/x/read", true},
		{"MI/*/read", "MI/spread", false},
		{"MI/*/read", "MIread", false},
		{"MI/*/assign/action", "MI/assign/action", true},
		{"MI/*/assign/action", "MI/action", false},
		{"a/*/b/*/c", "a/b/c", true},
		{"a/*/b/*/c", "a/c", false},
		{"a/*/*/c", "a/c", true},
		{"a/x*/c", "a/c", false}, // not a whole segment
		{"a/*x/c", "a/c", false}, // not a whole segment
		{"*/b", "b", false},      // the first segment is not optional
		{"a/*", "a", false},      // nor is the last
		{"a.b/read", "axb/read", false},
	} {
		p, err := compilePattern(tc.pattern)
		if err != nil {
			t.Errorf("%s: %v", tc.pattern, err)
			continue
		}
		if got := p.match(glob.Lower(tc.op)); got != tc.want {
			t.Errorf("%s on %s: %v", tc.pattern, tc.op, got)
		}
		if spec := specMatch(strings.ToLower(tc.pattern), strings.ToLower(tc.op)); spec != tc.want {
			t.Errorf("specification of %s on %s: %v", tc.pattern, tc.op, spec)
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	many := make([]string, MaxPatterns+1)
	for i := range many {
		many[i] = "a"
	}
	for what, tc := range map[string]struct {
		permission Permission
		want       string
	}{
		"empty":            {Permission{Actions: []string{"a", ""}}, `role "R": permissions[0].actions[1]: an operation is empty`},
		"question mark":    {Permission{NotActions: []string{"a/?"}}, `permissions[0].notActions[0]: "a/?" has a character at position 3`},
		"space":            {Permission{DataActions: []string{" a"}}, `permissions[0].dataActions[0]: " a" has a character at position 1`},
		"not ASCII":        {Permission{NotDataActions: []string{"a/é"}}, "permissions[0].notDataActions[0]:"},
		"too many stars":   {Permission{Actions: []string{"a/*/b/*/c/*/d/*/e"}}, "more than 3 segments that are only a star"},
		"too long":         {Permission{Actions: []string{strings.Repeat("a", glob.MaxPattern+1)}}, "longer than"},
		"too many actions": {Permission{Actions: many}, "more than 2048 patterns"},
	} {
		_, err := Compile(RoleDefinition{Name: "R", Permissions: []Permission{tc.permission}})
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestBuiltins holds the table to Azure's ids and to what each role is known to give and to withhold.
func TestBuiltins(t *testing.T) {
	ids := map[string]string{
		"Owner":                     "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
		"Contributor":               "b24988ac-6180-42a0-ab88-20f7382dd24c",
		"Reader":                    "acdd72a7-3385-48ef-bd42-f606fba81ae7",
		"User Access Administrator": "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
		"Role Based Access Control Administrator": "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
		"Managed Identity Operator":               "f1a07417-d97a-45cb-824c-7a7467783830",
		"Managed Identity Contributor":            "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59",
		"Storage Blob Data Reader":                "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
		"Storage Blob Data Contributor":           "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
		"Storage Blob Data Owner":                 "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
		"Storage Blob Delegator":                  "db58b8e5-c6ad-4a2a-8342-4190687cbf4a",
		"Storage Queue Data Reader":               "19e7f393-937e-4f77-808e-94535e297925",
		"Key Vault Secrets User":                  "4633458b-17de-408a-b874-0445c86b69e6",
		"Lanyard Revocation Reader":               "6c616e79-6172-4d00-8000-000000000101", // ours
		"Key Vault Secrets Officer":               "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
		"Key Vault Reader":                        "21090545-7ca7-4776-b22c-e363652d74d2",
	}
	got := map[string]string{}
	for _, def := range Builtins() {
		role := compiled(t, def)
		got[role.Name()] = role.ID().String()
		if !role.Assignable(name.MustScope(photos)) || role.Definition().Description == "" {
			t.Errorf("%s: not assignable everywhere or without description", role.Name())
		}
	}
	if diff := cmp.Diff(ids, got); diff != "" {
		t.Error(diff)
	}
}

func TestBuiltinPermissions(t *testing.T) {
	for _, tc := range []struct {
		role, action string
		data, want   bool
	}{
		{"Owner", readBlob, true, false},
		{"Owner", "Microsoft.Authorization/roleAssignments/write", false, true},
		{"Contributor", "Microsoft.Authorization/roleAssignments/write", false, false},
		{"Contributor", "Microsoft.Authorization/roleAssignments/delete", false, false},
		{"Contributor", "Microsoft.Authorization/roleAssignments/read", false, true},
		{"Contributor", identityType + "/write", false, true},
		{"Contributor", identityType + "/assign/action", false, true},
		{"Reader", identityType + "/read", false, true},
		{"Reader", identityType + "/write", false, false},
		{"Managed Identity Operator", identityType + "/read", false, true},
		{"Managed Identity Operator", identityType + "/assign/action", false, true},
		{"Managed Identity Operator", identityType + "/write", false, false},
		{"Managed Identity Contributor", identityType + "/assign/action", false, false},
		{"Managed Identity Contributor", credential + "/write", false, true},
		{"Storage Blob Data Reader", readBlob, true, true},
		{"Storage Blob Data Reader", readBlob, false, false},
		{"Storage Blob Data Reader", blob + "/write", true, false},
		{"Storage Blob Data Contributor", blob + "/add/action", true, true},
		{"Storage Blob Data Contributor", blob + "/manageOwnership/action", true, false},
		{"Key Vault Secrets User", secret + "/getSecret/action", true, true},
		{"Key Vault Secrets User", secret + "/setSecret/action", true, false},
		{"Key Vault Reader", secret + "/getSecret/action", true, false},
		{"Key Vault Secrets Officer", secret + "/setSecret/action", true, true},
		{"Key Vault Secrets Officer", secret + "/*", true, false},
		{"Role Based Access Control Administrator", "Microsoft.Authorization/roleDefinitions/write", false, false},
		{"User Access Administrator", "Microsoft.Web/sites/write", false, false},
	} {
		if got := builtinRole(t, tc.role).Permits(tc.action, tc.data); got != tc.want {
			t.Errorf("%s, %s (data %v): %v", tc.role, tc.action, tc.data, got)
		}
	}
}

func TestAssignable(t *testing.T) {
	role := compiled(t, RoleDefinition{Name: "R", AssignableScopes: []name.Scope{name.MustScope(groupScope)}})
	for scope, want := range map[string]bool{groupScope: true, account: true, subscription: false, groupScope + "2": false} {
		if got := role.Assignable(name.MustScope(scope)); got != want {
			t.Errorf("%s: %v", scope, got)
		}
	}
}

// TestP17HostilePattern would not end in this universe if matching tried its stars one after the other.
func TestP17HostilePattern(t *testing.T) {
	p, err := compilePattern(strings.Repeat("*a", 1024) + "*b")
	if err != nil {
		t.Fatal(err)
	}
	if p.match(strings.Repeat("a", MaxOperation)) || !p.match(strings.Repeat("a", 1500)+"b") {
		t.Error("wrong answer")
	}
}
