package authorization

import (
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/jsonwrite"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/view"
)

// assignment is a role assignment as a request at a scope sees it (Role Assignments - Get). Lists of many thousands are
// asked for, so it writes itself.
type assignment struct {
	v   *view.View
	sub string // the subscription of the request's scope; empty where it has none
	a   *view.RoleAssignment
}

// presentAssignment shows an assignment to a request at a scope.
func presentAssignment(v *view.View, at name.Scope, a *view.RoleAssignment) *assignment {
	return &assignment{v, subscriptionOf(at), a}
}

func subscriptionOf(s name.Scope) string {
	id, _ := s.Subscription()
	return id.String()
}

// AppendJSON implements kit.Appender.
func (s *assignment) AppendJSON(b []byte) []byte {
	a := s.a
	b = jsonwrite.AppendText(append(b, `{"id":`...), strings.TrimSuffix(a.Scope.String(), "/"), provider, "roleAssignments/", a.ID.String())
	b = appendText(append(b, `,"type":"Microsoft.Authorization/roleAssignments"`...), "name", a.ID.String())
	b = append(b, `,"properties":{"roleDefinitionId":`...)
	sub := s.sub
	if sub == "" {
		sub = subscriptionOf(a.Scope)
	}
	if sub == "" {
		b = jsonwrite.AppendText(b, provider, "roleDefinitions/", a.Role.String())
	} else {
		b = jsonwrite.AppendText(b, "/subscriptions/", sub, provider, "roleDefinitions/", a.Role.String())
	}
	b = appendText(b, "principalId", a.Principal.String())
	b = appendText(b, "principalType", principalType(s.v, a.Tenant, a.Principal))
	b = appendText(b, "scope", a.Scope.String())
	b = appendText(b, "description", a.Name)
	b = appendText(b, "condition", a.Condition)
	version := ""
	if a.Condition != "" {
		version = rbac.ConditionVersion
	}
	b = appendText(b, "conditionVersion", version)
	b = append(b, `,"delegatedManagedIdentityResourceId":null`...)
	updated, by := a.Updated, a.UpdatedBy
	if updated.IsZero() {
		updated, by = a.Created, a.CreatedBy
	}
	b = appendTime(b, "createdOn", a.Created)
	b = appendTime(b, "updatedOn", updated)
	b = appendText(b, "createdBy", a.CreatedBy.String())
	b = appendText(b, "updatedBy", by.String())
	return append(b, "}}"...)
}

// appendText writes a member behind others; what is empty is null.
func appendText(b []byte, called, value string) []byte {
	b = append(append(append(b, `,"`...), called...), `":`...)
	if value == "" {
		return append(b, "null"...)
	}
	return jsonwrite.AppendText(b, value)
}

func appendTime(b []byte, called string, at time.Time) []byte {
	b = append(append(append(b, `,"`...), called...), `":"`...)
	return append(at.AppendFormat(b, time.RFC3339), '"')
}
