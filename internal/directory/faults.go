package directory

import (
	"cmp"
	"errors"

	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Reasons of the writer itself.
const (
	// Unavailable: the directory does not take writes: it is stopping, another writer took over, or the store could not
	// say whether a write happened. Nothing is known to be written.
	Unavailable fault.Reason = "directory.unavailable"
	// Defect: a command failed in a way that only a defect of Lanyard explains. Nothing was written.
	Defect fault.Reason = "directory.defect"
)

// Reasons for which a thing is not found.
const (
	// TenantNotFound: no tenant of this id or name.
	TenantNotFound fault.Reason = "directory.tenant_not_found"
	// SubscriptionNotFound: no subscription of this id or name.
	SubscriptionNotFound fault.Reason = "directory.subscription_not_found"
	// AccountNotFound: no AWS account of this id or name.
	AccountNotFound fault.Reason = "directory.account_not_found"
	// GroupNotFound: no such resource group.
	GroupNotFound fault.Reason = "directory.group_not_found"
	// ResourceNotFound: no such ARM resource, or the parent of a nested one is missing.
	ResourceNotFound fault.Reason = "directory.resource_not_found"
	// IdentityNotFound: no such user-assigned identity.
	IdentityNotFound fault.Reason = "directory.identity_not_found"
	// CredentialNotFound: the identity or application has no federated credential of this name.
	CredentialNotFound fault.Reason = "directory.credential_not_found"
	// CredentialRepeated means that another federated credential of the same holder trusts the same subject of the same
	// issuer.
	CredentialRepeated fault.Reason = "directory.credential_repeated"
	// ApplicationNotFound: no such application.
	ApplicationNotFound fault.Reason = "directory.application_not_found"
	// PrincipalNotFound: no service principal with this object id in the tenant.
	PrincipalNotFound fault.Reason = "directory.principal_not_found"
	// RoleDefinitionNotFound: no custom role definition of this id or name.
	RoleDefinitionNotFound fault.Reason = "directory.role_definition_not_found"
	// AssignmentNotFound: no role assignment of this id.
	AssignmentNotFound fault.Reason = "directory.assignment_not_found"
	// DenyNotFound: no such deny assignment in the tenant.
	DenyNotFound fault.Reason = "directory.deny_not_found"
	// ContainerExists: the storage account has a container of this name already.
	ContainerExists fault.Reason = "directory.container_exists"
	// ContainerNotFound: the storage account has no such container.
	ContainerNotFound fault.Reason = "directory.container_not_found"
	// BucketNotFound: no such bucket.
	BucketNotFound fault.Reason = "directory.bucket_not_found"
	// RoleNotFound: no such IAM role.
	RoleNotFound fault.Reason = "directory.role_not_found"
	// PolicyNotFound: no such managed policy, or no such inline policy of the role.
	PolicyNotFound fault.Reason = "directory.policy_not_found"
	// ProviderNotFound: no such OIDC provider.
	ProviderNotFound fault.Reason = "directory.provider_not_found"
	// AWSResourceNotFound: no such AWS workload.
	AWSResourceNotFound fault.Reason = "directory.aws_resource_not_found"
	// RuleNotFound: no such workload rule, or it has expired.
	RuleNotFound fault.Reason = "directory.rule_not_found"
)

// Reasons for which a change is refused.
const (
	// Exists: something has this name, this audience or this combination already.
	Exists fault.Reason = "directory.exists"
	// InUse: something else still depends on it, or lives in it.
	InUse fault.Reason = "directory.in_use"
	// InvalidName: the name breaks the rule for names of its kind.
	InvalidName fault.Reason = "directory.invalid_name"
	// InvalidValue: a field has a value that cannot be.
	InvalidValue fault.Reason = "directory.invalid_value"
	// ReferenceMissing: the change names something that does not exist.
	ReferenceMissing fault.Reason = "directory.reference_missing"
	// RoleUnknown: a role assignment names a role that the tenant does not have.
	RoleUnknown fault.Reason = "directory.role_unknown"
	// RoleNotAssignable: the role may not be assigned at this scope.
	RoleNotAssignable fault.Reason = "directory.role_not_assignable"
	// AssignmentFixed: principal, role and scope of a role assignment cannot be changed; delete it and make another.
	AssignmentFixed fault.Reason = "directory.assignment_fixed"
	// Fenced: the place is being deleted; try again when that is done.
	Fenced fault.Reason = "directory.fenced"
	// TenantMismatch: the two things belong to different tenants.
	TenantMismatch fault.Reason = "directory.tenant_mismatch"
	// LimitExceeded: there are too many of these, or the record would be too large.
	LimitExceeded fault.Reason = "directory.limit_exceeded"
	// HouseOwned: Lanyard made this thing and looks after it itself.
	HouseOwned fault.Reason = "directory.house_owned"
	// ConditionInvalid: the condition of a role assignment is not well formed; the message says at which position.
	ConditionInvalid fault.Reason = "directory.condition_invalid"
)

func notFound(why fault.Reason, format string, args ...any) *fault.Fault {
	return fault.New(fault.NotFound, why, format, args...)
}

func invalid(why fault.Reason, format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, why, format, args...)
}

func conflict(why fault.Reason, format string, args ...any) *fault.Fault {
	return fault.New(fault.Conflict, why, format, args...)
}

func unavailable(cause error) *fault.Fault {
	return fault.New(fault.Unavailable, Unavailable, "changes are not accepted now").Because(cause)
}

// refused turns the View's refusal of a record into a fault.
func refused(err error) error {
	if taken, ok := errors.AsType[*view.Taken](err); ok {
		return conflict(Exists, "this %s is taken already", taken.What).Because(err)
	}
	return fault.New(fault.Internal, Defect, "").Because(err)
}

// because gives an error of a check its reason; nil stays nil.
func because(why fault.Reason, err error) error {
	if err == nil {
		return nil
	}
	return invalid(why, "%v", err)
}

// shown cuts what an error repeats.
func shown(s string) string { return form.Shown(s) }

// firstError gives the first of several checks that failed.
func firstError(checks ...error) error { return cmp.Or(checks...) }
