package authorization

import (
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
)

// Why a request about rights is refused, beside what access and the directory have against it.
const (
	// AssignmentExists means that the principal has this role at this scope already; the message names the assignment.
	AssignmentExists fault.Reason = "arm.assignment_exists"
	// DefinitionExists means that the tenant has a role of this name already.
	DefinitionExists fault.Reason = "arm.definition_exists"
	// DefinitionUsed means that the role is still granted somewhere.
	DefinitionUsed fault.Reason = "arm.definition_used"
	// DefinitionDenied means that changing the role would widen rights: somebody holds it where the caller may not grant
	// whatever it likes, or the caller may grant it under a condition.
	DefinitionDenied fault.Reason = "arm.definition_denied"
	// ConditionVersion means that a condition is of another version than the one that is read.
	ConditionVersion fault.Reason = "arm.condition_version"
	// NotOffered means that a property asks for something that Lanyard does not do.
	NotOffered fault.Reason = "arm.property_not_offered"
)

// Rows are the codes that Azure's clients look at.
func Rows() map[fault.Reason]azwire.Row {
	return map[fault.Reason]azwire.Row{
		AssignmentExists:                 {Status: 409, Code: "RoleAssignmentExists"},
		DefinitionExists:                 {Status: 409, Code: "RoleDefinitionWithSameNameExists"},
		DefinitionUsed:                   {Status: 409, Code: "RoleDefinitionHasAssignments"},
		DefinitionDenied:                 {Status: 403, Code: "AuthorizationFailed"},
		ConditionVersion:                 {Status: 400, Code: "InvalidConditionVersion"},
		NotOffered:                       {Status: 400, Code: "NotSupported"},
		directory.AssignmentFixed:        {Status: 400, Code: "RoleAssignmentUpdateNotPermitted"},
		directory.AssignmentNotFound:     {Status: 404, Code: "RoleAssignmentNotFound"},
		directory.DenyNotFound:           {Status: 404, Code: "DenyAssignmentNotFound"},
		directory.PrincipalNotFound:      {Status: 400, Code: "PrincipalNotFound"},
		directory.RoleDefinitionNotFound: {Status: 404, Code: "RoleDefinitionDoesNotExist"},
		directory.RoleUnknown:            {Status: 404, Code: "RoleDefinitionDoesNotExist"},
		directory.ConditionInvalid:       {Status: 400, Code: "InvalidCondition"},
	}
}

func invalid(why fault.Reason, format string, args ...any) error {
	return fault.New(fault.Invalid, why, format, args...)
}

func notFound(why fault.Reason, format string, args ...any) error {
	return fault.New(fault.NotFound, why, format, args...)
}

// renamed gives a fault of the directory the reason that it has for rights; others stay.
func renamed(err error, from, to fault.Reason) error {
	if !fault.Is(err, from) {
		return err
	}
	f := *fault.From(err)
	f.Reason = to
	return &f
}
