package aws

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view/table"
)

// Put enters a record into v, which holds none under its key. An error means that it claims what is taken.
func Put(v *View, r Record) error {
	if _, account := r.(*Account); !account {
		v.ordered.Set(r.StoreKey(), r)
	}
	switch r := r.(type) {
	case *Account:
		v.accounts.Set(r.ID.String(), r)
		return table.Unique(&v.accountNames, "account name", strings.ToLower(r.Name), r)
	case *Role:
		v.roles.Set(r.ARN.String(), r)
		if err := table.Unique(&v.roleNames, "role name", entityKey(r.ARN.Account(), r.Name), r); err != nil {
			return err
		}
		return table.Unique(&v.roleIDs, "role id", r.UniqueID, r)
	case *User:
		v.users.Set(r.ARN.String(), r)
		if err := table.Unique(&v.userNames, "user name", entityKey(r.ARN.Account(), r.Name), r); err != nil {
			return err
		}
		return table.Unique(&v.userIDs, "user id", r.UniqueID, r)
	case *Group:
		v.groups.Set(r.ARN.String(), r)
		if err := table.Unique(&v.groupNames, "group name", entityKey(r.ARN.Account(), r.Name), r); err != nil {
			return err
		}
		return table.Unique(&v.groupIDs, "group id", r.UniqueID, r)
	case *AccessKey:
		v.accessKeys.Set(r.place(), r)
		return table.Unique(&v.keyIDs, "access key id", r.ID, r)
	case *Policy:
		v.policies.Set(r.ARN.String(), r)
		return table.Unique(&v.policyNames, "policy name", entityKey(r.ARN.Account(), r.Name), r)
	case *OIDCProvider:
		v.providers.Set(r.ARN.String(), r)
		return table.Unique(&v.issuers, "issuer", issuerKey(r.ARN.Account(), r.URL.String()), r)
	case *SAMLProvider:
		v.samls.Set(r.ARN.String(), r)
		return table.Unique(&v.samlUIDs, "SAML provider id", r.UID.String(), r)
	case *InstanceProfile:
		v.profiles.Set(r.ARN.String(), r)
		return table.Unique(&v.profileNames, "instance profile name", entityKey(r.ARN.Account(), r.Name), r)
	case *Bucket:
		v.buckets.Set(r.Name, r)
	case *Resource:
		v.resources.Set(r.ARN.String(), r)
		return table.Unique(&v.resourceUIDs, "workload id", r.UID.String(), r)
	case *Cluster:
		v.clusters.Set(r.ARN.String(), r)
		return table.Unique(&v.clusterUIDs, "cluster id", r.UID.String(), r)
	case *PodAssociation:
		v.podARNs.Set(r.ARN.String(), r)
		if err := table.Unique(&v.podUIDs, "association id", r.UID.String(), r); err != nil {
			return err
		}
		return table.Unique(&v.pods, "service account", podKey(r.Cluster, r.Namespace, r.ServiceAccount), r)
	}
	return nil
}

// Drop takes a record out of v.
func Drop(v *View, r Record) {
	v.ordered.Delete(r.StoreKey())
	switch r := r.(type) {
	case *Account:
		v.accounts.Delete(r.ID.String())
		v.accountNames.Delete(strings.ToLower(r.Name))
	case *Role:
		v.roles.Delete(r.ARN.String())
		v.roleNames.Delete(entityKey(r.ARN.Account(), r.Name))
		v.roleIDs.Delete(r.UniqueID)
	case *User:
		v.users.Delete(r.ARN.String())
		v.userNames.Delete(entityKey(r.ARN.Account(), r.Name))
		v.userIDs.Delete(r.UniqueID)
	case *Group:
		v.groups.Delete(r.ARN.String())
		v.groupNames.Delete(entityKey(r.ARN.Account(), r.Name))
		v.groupIDs.Delete(r.UniqueID)
	case *AccessKey:
		v.accessKeys.Delete(r.place())
		v.keyIDs.Delete(r.ID)
	case *Policy:
		v.policies.Delete(r.ARN.String())
		v.policyNames.Delete(entityKey(r.ARN.Account(), r.Name))
	case *OIDCProvider:
		v.providers.Delete(r.ARN.String())
		v.issuers.Delete(issuerKey(r.ARN.Account(), r.URL.String()))
	case *SAMLProvider:
		v.samls.Delete(r.ARN.String())
		v.samlUIDs.Delete(r.UID.String())
	case *InstanceProfile:
		v.profiles.Delete(r.ARN.String())
		v.profileNames.Delete(entityKey(r.ARN.Account(), r.Name))
	case *Bucket:
		v.buckets.Delete(r.Name)
	case *Resource:
		v.resources.Delete(r.ARN.String())
		v.resourceUIDs.Delete(r.UID.String())
	case *Cluster:
		v.clusters.Delete(r.ARN.String())
		v.clusterUIDs.Delete(r.UID.String())
	case *PodAssociation:
		v.podARNs.Delete(r.ARN.String())
		v.podUIDs.Delete(r.UID.String())
		v.pods.Delete(podKey(r.Cluster, r.Namespace, r.ServiceAccount))
	}
}

// entityKey is how the name of a role, policy or instance profile is unique in its account: ignoring case.
func entityKey(account name.AccountID, entity string) string {
	return account.String() + " " + strings.ToLower(entity)
}

func issuerKey(account name.AccountID, issuer string) string { return account.String() + " " + issuer }
