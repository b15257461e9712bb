package aws

import "github.com/lanyard-id/lanyard/internal/view/stored"

// The kinds of record: the second segment of a store key.
const (
	kindAccount     = "account"
	kindRole        = "role"
	kindPolicy      = "policy"
	kindProvider    = "provider"
	kindSAML        = "samlprovider"
	kindProfile     = "instanceprofile"
	kindBucket      = "bucket"
	kindAWSResource = "awsresource"
	kindCluster     = "ekscluster"

	kindPodAssociation = "podassociation"
)

// StoreKey implements Record.
func (a *Account) StoreKey() string { return stored.Key(kindAccount, a.ID.String()) }

// StoreKey implements Record.
func (r *Role) StoreKey() string { return stored.Key(kindRole, r.ARN.String()) }

// StoreKey implements Record.
func (p *Policy) StoreKey() string { return stored.Key(kindPolicy, p.ARN.String()) }

// StoreKey implements Record.
func (p *OIDCProvider) StoreKey() string { return stored.Key(kindProvider, p.ARN.String()) }

// StoreKey implements Record.
func (p *SAMLProvider) StoreKey() string { return stored.Key(kindSAML, p.ARN.String()) }

// StoreKey implements Record.
func (b *Bucket) StoreKey() string { return stored.Key(kindBucket, b.Name) }

// StoreKey implements Record.
func (r *Resource) StoreKey() string { return stored.Key(kindAWSResource, r.ARN.String()) }

// StoreKey implements Record.
func (p *InstanceProfile) StoreKey() string { return stored.Key(kindProfile, p.ARN.String()) }
