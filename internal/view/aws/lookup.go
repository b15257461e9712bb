package aws

import (
	"iter"
	"strings"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view/stored"
)

// Account finds an AWS account by id.
func (v *View) Account(id name.AccountID) (*Account, bool) { return v.accounts.Get(id.String()) }

// AccountNamed finds an AWS account by its name, ignoring case.
func (v *View) AccountNamed(n string) (*Account, bool) {
	return v.accountNames.Get(strings.ToLower(n))
}

// Accounts yields all AWS accounts.
func (v *View) Accounts() iter.Seq[*Account] { return v.accounts.All() }

// Role finds a role by its exact ARN.
func (v *View) Role(arn name.ARN) (*Role, bool) { return v.roles.Get(arn.String()) }

// RoleNamed finds a role by account and name; names are unique ignoring case.
func (v *View) RoleNamed(account name.AccountID, n string) (*Role, bool) {
	return v.roleNames.Get(entityKey(account, n))
}

// RoleByID finds a role by its unique id (AROA...): the same role, not one that took its name later.
func (v *View) RoleByID(id string) (*Role, bool) { return v.roleIDs.Get(id) }

// Policy finds a managed policy.
func (v *View) Policy(arn name.ARN) (*Policy, bool) { return v.policies.Get(arn.String()) }

// PolicyNamed finds a managed policy by account and name; names are unique ignoring case.
func (v *View) PolicyNamed(account name.AccountID, n string) (*Policy, bool) {
	return v.policyNames.Get(entityKey(account, n))
}

// InstanceProfile finds an instance profile by its exact ARN.
func (v *View) InstanceProfile(arn name.ARN) (*InstanceProfile, bool) {
	return v.profiles.Get(arn.String())
}

// InstanceProfileNamed finds an instance profile by account and name; names are unique ignoring case.
func (v *View) InstanceProfileNamed(account name.AccountID, n string) (*InstanceProfile, bool) {
	return v.profileNames.Get(entityKey(account, n))
}

// InstanceProfiles yields in order the instance profiles of an account; the zero account means all.
func (v *View) InstanceProfiles(account name.AccountID) iter.Seq[*InstanceProfile] {
	return awsRecords[*InstanceProfile](v, kindProfile, account)
}

// OIDCProvider finds a provider by ARN.
func (v *View) OIDCProvider(arn name.ARN) (*OIDCProvider, bool) {
	return v.providers.Get(arn.String())
}

// ProviderOf finds the provider that an account has for exactly this issuer text.
func (v *View) ProviderOf(account name.AccountID, issuer string) (*OIDCProvider, bool) {
	return v.issuers.Get(issuerKey(account, issuer))
}

// SAMLProvider finds a SAML provider by ARN.
func (v *View) SAMLProvider(arn name.ARN) (*SAMLProvider, bool) { return v.samls.Get(arn.String()) }

// SAMLProviderByUID finds a SAML provider by its uid: the same one, not one that took its name later.
func (v *View) SAMLProviderByUID(uid name.GUID) (*SAMLProvider, bool) {
	return v.samlUIDs.Get(uid.String())
}

// SAMLProviders yields in order the SAML providers of an account; the zero account means all.
func (v *View) SAMLProviders(account name.AccountID) iter.Seq[*SAMLProvider] {
	return awsRecords[*SAMLProvider](v, kindSAML, account)
}

// Bucket finds a bucket by name.
func (v *View) Bucket(n string) (*Bucket, bool) { return v.buckets.Get(n) }

// AWSResource finds a workload of the AWS side.
func (v *View) AWSResource(arn name.ARN) (*Resource, bool) {
	return v.resources.Get(arn.String())
}

// AWSWorkload finds a workload of the AWS side by its uid: the same one, not one that took its name later.
func (v *View) AWSWorkload(uid name.GUID) (*Resource, bool) { return v.resourceUIDs.Get(uid.String()) }

// BoundRole finds the role that a workload has; false if it has none, or the role was deleted since.
func (v *View) BoundRole(r *Resource) (*Role, bool) {
	if r.Role == "" {
		return nil, false
	}
	return v.RoleByID(r.Role)
}

// Roles yields in order the roles of an account; the zero account means all.
func (v *View) Roles(account name.AccountID) iter.Seq[*Role] {
	return awsRecords[*Role](v, kindRole, account)
}

// Policies yields in order the managed policies of an account; the zero account means all.
func (v *View) Policies(account name.AccountID) iter.Seq[*Policy] {
	return awsRecords[*Policy](v, kindPolicy, account)
}

// OIDCProviders yields in order the providers of an account; the zero account means all.
func (v *View) OIDCProviders(account name.AccountID) iter.Seq[*OIDCProvider] {
	return awsRecords[*OIDCProvider](v, kindProvider, account)
}

// AWSResources yields in order the AWS workloads of all accounts.
func (v *View) AWSResources() iter.Seq[*Resource] {
	return awsRecords[*Resource](v, kindAWSResource, name.AccountID{})
}

// Buckets yields in order the buckets of an account; the zero account means all.
func (v *View) Buckets(account name.AccountID) iter.Seq[*Bucket] {
	return func(yield func(*Bucket) bool) {
		for b := range awsRecords[*Bucket](v, kindBucket, name.AccountID{}) {
			if (account.IsZero() || b.Account == account) && !yield(b) {
				return
			}
		}
	}
}

// awsRecords lists one kind by store key; IAM keys hold the account in the ARN.
func awsRecords[R Record](v *View, kind string, account name.AccountID) iter.Seq[R] {
	prefix := stored.Key(kind, "")
	if !account.IsZero() {
		prefix += strings.Join([]string{"arn:aws:iam", "", account.String(), ""}, ":")
	}
	return func(yield func(R) bool) {
		for _, r := range v.ordered.Prefixed(prefix, "") {
			if rec, ok := r.(R); ok && !yield(rec) {
				return
			}
		}
	}
}
