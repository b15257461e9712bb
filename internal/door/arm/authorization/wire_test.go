package authorization

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// spelled is the wire's form of a role assignment as its documentation has it, for encoding/json.
type spelled struct {
	ID         string `json:"id"`
	Type       string `json:"type"`
	Name       string `json:"name"`
	Properties struct {
		RoleDefinitionID string  `json:"roleDefinitionId"`
		PrincipalID      string  `json:"principalId"`
		PrincipalType    string  `json:"principalType"`
		Scope            string  `json:"scope"`
		Description      *string `json:"description"`
		Condition        *string `json:"condition"`
		ConditionVersion *string `json:"conditionVersion"`
		Delegated        *string `json:"delegatedManagedIdentityResourceId"`
		stamps
	} `json:"properties"`
}

// TestAnAssignmentWritesItself: the text is the one that encoding/json makes of the documented form, whatever names say.
func TestAnAssignmentWritesItself(t *testing.T) {
	const id, role, who = "00000110-0000-4000-8000-000000000000", "00000111-0000-4000-8000-000000000000", "00000112-0000-4000-8000-000000000000"
	const sub = "/subscriptions/000000a1-0000-4000-8000-000000000000"
	v, err := view.Load(1, nil)
	if err != nil {
		t.Fatal(err)
	}
	made := time.Date(2026, 1, 2, 3, 4, 5, 678_000, time.UTC)
	for _, test := range []struct{ at, on, described, condition string }{
		{"/", "/", "", ""},
		{"/", sub, "why", ""},
		{sub + "/resourceGroups/g", "/", "", "x < 'y' && \"z\""},
		{sub, sub + "/resourceGroups/g-ü\"<&>", "line\nand \u2028 é", "a"},
		{"/", sub + "/resourceGroups/g", "", "a"},
	} {
		a := &view.RoleAssignment{
			ID: name.MustGUID(id), Scope: name.MustScope(test.on), Role: name.MustGUID(role), Principal: name.MustGUID(who),
			Name: test.described, Condition: test.condition, Created: made,
		}
		if test.condition != "" {
			a.CreatedBy, a.Updated, a.UpdatedBy = name.MustGUID(who), made.Add(time.Hour), name.MustGUID(role)
		}
		var want spelled
		want.ID, want.Type, want.Name = below(test.on, "roleAssignments", a.ID), "Microsoft.Authorization/roleAssignments", id
		p := &want.Properties
		p.RoleDefinitionID = definitionID(name.MustScope(test.on), a.Role)
		if test.at != "/" {
			p.RoleDefinitionID = definitionID(name.MustScope(test.at), a.Role)
		}
		p.PrincipalID, p.PrincipalType, p.Scope, p.Description, p.Condition = who, unknownType, test.on, text(test.described), text(test.condition)
		if test.condition != "" {
			p.ConditionVersion = text("2.0")
		}
		p.stamps = stamped(a.Created, a.Updated, a.CreatedBy, a.UpdatedBy)
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(want); err != nil {
			t.Fatal(err)
		}
		got := presentAssignment(v, name.MustScope(test.at), a).AppendJSON(nil)
		if diff := cmp.Diff(b.String(), string(got)+"\n"); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", test, diff)
		}
		shown := presentAssignment(v, name.MustScope(test.at), a)
		if n := testing.AllocsPerRun(10, func() { got = shown.AppendJSON(got[:0]) }); test.described == "" && test.condition == "" && n > 0 {
			t.Errorf("%+v: %v allocations", test, n)
		}
	}
}
