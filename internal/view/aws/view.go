package aws

import (
	"github.com/lanyard-id/lanyard/internal/view/table"
)

// View holds the AWS records of one revision. It is immutable once it is sealed, except by its owner, who copies it first.
type View struct {
	accounts     table.Map[*Account]
	accountNames table.Map[*Account]
	roles        table.Map[*Role]            // by ARN
	roleNames    table.Map[*Role]            // by account and lower-case name: unique ignoring case
	roleIDs      table.Map[*Role]            // by unique id
	policies     table.Map[*Policy]          // by ARN
	policyNames  table.Map[*Policy]          // by account and lower-case name: unique ignoring case
	users        table.Map[*User]            // by ARN
	userNames    table.Map[*User]            // by account and lower-case name: unique ignoring case
	userIDs      table.Map[*User]            // by unique id
	groups       table.Map[*Group]           // by ARN
	groupNames   table.Map[*Group]           // by account and lower-case name: unique ignoring case
	groupIDs     table.Map[*Group]           // by unique id
	accessKeys   table.Map[*AccessKey]       // by user and id
	keyIDs       table.Map[*AccessKey]       // by id
	profiles     table.Map[*InstanceProfile] // by ARN
	profileNames table.Map[*InstanceProfile] // by account and lower-case name: unique ignoring case
	providers    table.Map[*OIDCProvider]    // by ARN
	issuers      table.Map[*OIDCProvider]    // by account and exact issuer
	samls        table.Map[*SAMLProvider]    // by ARN
	samlUIDs     table.Map[*SAMLProvider]    // by uid
	buckets      table.Map[*Bucket]
	resources    table.Map[*Resource]       // by ARN
	resourceUIDs table.Map[*Resource]       // by uid
	clusters     table.Map[*Cluster]        // by ARN
	clusterUIDs  table.Map[*Cluster]        // by uid
	pods         table.Map[*PodAssociation] // by cluster, namespace and service account
	podARNs      table.Map[*PodAssociation] // by ARN
	podUIDs      table.Map[*PodAssociation] // by uid
	ordered      table.Ordered[Record]      // all but accounts, by store key
}

// Record is one noun: what lies under one store key.
type Record interface {
	// StoreKey is the key in the store.
	StoreKey() string
}

// Seal ends the loading of v.
func Seal(v *View) {
	all := []interface{ Seal() }{
		&v.accounts, &v.accountNames, &v.roles, &v.roleNames, &v.roleIDs, &v.policies, &v.policyNames,
		&v.users, &v.userNames, &v.userIDs, &v.groups, &v.groupNames, &v.groupIDs, &v.accessKeys, &v.keyIDs,
		&v.profiles, &v.profileNames, &v.providers, &v.issuers, &v.samls, &v.samlUIDs, &v.buckets, &v.resources, &v.resourceUIDs,
		&v.clusters, &v.clusterUIDs, &v.pods, &v.podARNs, &v.podUIDs, &v.ordered,
	}
	for _, t := range all {
		t.Seal()
	}
}

// At finds the record of a kind and an id; nil if there is none.
func At(v *View, kind, id string) Record {
	switch kind {
	case kindAccount:
		return find(&v.accounts, id)
	case kindRole:
		return find(&v.roles, id)
	case kindUser:
		return find(&v.users, id)
	case kindUserGroup:
		return find(&v.groups, id)
	case kindAccessKey:
		return find(&v.accessKeys, id)
	case kindPolicy:
		return find(&v.policies, id)
	case kindProvider:
		return find(&v.providers, id)
	case kindSAML:
		return find(&v.samls, id)
	case kindProfile:
		return find(&v.profiles, id)
	case kindBucket:
		return find(&v.buckets, id)
	case kindAWSResource:
		return find(&v.resources, id)
	case kindCluster:
		return find(&v.clusters, id)
	case kindPodAssociation:
		return find(&v.podARNs, id)
	}
	return nil
}

func find[V Record](t *table.Map[V], id string) Record {
	if r, ok := t.Get(id); ok {
		return r
	}
	return nil
}

// New makes an empty record of a kind; nil if there is no such kind.
func New(kind string, rev int64) Record {
	switch kind {
	case kindAccount:
		return &Account{Rev: rev, compiled: new(compiledAccount)}
	case kindRole:
		return &Role{Rev: rev, compiled: new(compiledRole)}
	case kindUser:
		return &User{Rev: rev, compiled: new(compiledInline)}
	case kindUserGroup:
		return &Group{Rev: rev, compiled: new(compiledInline)}
	case kindAccessKey:
		return &AccessKey{Rev: rev}
	case kindPolicy:
		return &Policy{Rev: rev, compiled: new(compiledPolicy)}
	case kindProvider:
		return &OIDCProvider{Rev: rev}
	case kindSAML:
		return &SAMLProvider{Rev: rev, compiled: new(compiledMetadata)}
	case kindProfile:
		return &InstanceProfile{Rev: rev}
	case kindBucket:
		return &Bucket{Rev: rev, compiled: new(compiledPolicy)}
	case kindAWSResource:
		return &Resource{Rev: rev}
	case kindCluster:
		return &Cluster{Rev: rev}
	case kindPodAssociation:
		return &PodAssociation{Rev: rev}
	}
	return nil
}
