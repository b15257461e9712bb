package aws

import (
	"iter"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view/stored"
)

// Cluster is an EKS cluster as far as it says who its pods are: the issuer of its service accounts' tokens, for good. One that
// is made again under its name is another one.
type Cluster struct {
	ARN     name.ARN       `json:"arn"`
	UID     name.GUID      `json:"uid"`
	Issuer  name.IssuerURL `json:"issuer"`
	Tags    Tags           `json:"tags,omitempty"`
	Created time.Time      `json:"created"`
	Rev     int64          `json:"-"`
}

// Name is the last part of the ARN.
func (c *Cluster) Name() string { return strings.TrimPrefix(c.ARN.Resource(), "cluster/") }

// PodsService is the principal that a role's trust policy must name for pods to have the role.
const PodsService = "pods.eks.amazonaws.com"

// PodAssociation says which role the pods of one service account of a cluster have (EKS Pod Identity). Cluster and role are named
// by the ids that die with them.
type PodAssociation struct {
	ARN            name.ARN  `json:"arn"`
	UID            name.GUID `json:"uid"`
	Cluster        name.GUID `json:"cluster"`
	Namespace      string    `json:"namespace"`
	ServiceAccount string    `json:"serviceAccount"`
	Role           string    `json:"role"`                         // AROA...
	NoTags         bool      `json:"disableSessionTags,omitempty"` // sessions say nothing of the pod
	Token          string    `json:"token,omitempty"`              // what the request that made it called itself, so that it can come again
	Tags           Tags      `json:"tags,omitempty"`
	Created        time.Time `json:"created"`
	Modified       time.Time `json:"modified,omitzero"` // zero: never since
	// RevokedAt is when the role last became another: sessions of an older revision are dead, also if it is the same again.
	RevokedAt int64 `json:"revokedAt,omitempty"`
	Rev       int64 `json:"-"`
}

// ID is the association's id: "a-" and what is never used again.
func (a *PodAssociation) ID() string {
	path := a.ARN.Resource()
	return path[strings.LastIndexByte(path, '/')+1:]
}

// StoreKey implements Record.
func (c *Cluster) StoreKey() string { return stored.Key(kindCluster, c.ARN.String()) }

// StoreKey implements Record.
func (a *PodAssociation) StoreKey() string { return stored.Key(kindPodAssociation, a.ARN.String()) }

// podKey is how an association is unique: one for each service account of a cluster.
func podKey(cluster name.GUID, namespace, account string) string {
	return cluster.String() + " " + namespace + " " + account
}

// Cluster finds a cluster by its ARN.
func (v *View) Cluster(arn name.ARN) (*Cluster, bool) { return v.clusters.Get(arn.String()) }

// ClusterByID finds a cluster by its uid: the same one, not one that took its name later.
func (v *View) ClusterByID(uid name.GUID) (*Cluster, bool) { return v.clusterUIDs.Get(uid.String()) }

// Clusters yields in order the clusters of all accounts.
func (v *View) Clusters() iter.Seq[*Cluster] {
	return awsRecords[*Cluster](v, kindCluster, name.AccountID{})
}

// PodAssociation finds an association by its uid.
func (v *View) PodAssociation(uid name.GUID) (*PodAssociation, bool) {
	return v.podUIDs.Get(uid.String())
}

// PodAssociationNamed finds an association by its ARN.
func (v *View) PodAssociationNamed(arn name.ARN) (*PodAssociation, bool) {
	return v.podARNs.Get(arn.String())
}

// PodAssociationAt finds the association of exactly this service account of a cluster.
func (v *View) PodAssociationAt(cluster *Cluster, namespace, account string) (*PodAssociation, bool) {
	return v.pods.Get(podKey(cluster.UID, namespace, account))
}

// PodAssociations yields in order of their ids the associations of a cluster whose id comes after the given one.
func (v *View) PodAssociations(c *Cluster, after string) iter.Seq[*PodAssociation] {
	base := strings.TrimSuffix(c.ARN.String(), c.ARN.Resource()) + "podidentityassociation/" + c.Name() + "/"
	from := ""
	if after != "" {
		from = stored.Key(kindPodAssociation, base+after)
	}
	return func(yield func(*PodAssociation) bool) {
		for key, r := range v.ordered.Prefixed(stored.Key(kindPodAssociation, base), from) {
			if a, ok := r.(*PodAssociation); ok && key != from && a.Cluster == c.UID && !yield(a) {
				return
			}
		}
	}
}
