package pods

import (
	"regexp"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Why a cluster or an association is not as somebody wants it.
const (
	// ClusterNotFound: no such cluster in the account.
	ClusterNotFound fault.Reason = "directory.cluster_not_found"
	// ClusterInUse: the cluster still has associations: delete them first.
	ClusterInUse fault.Reason = "directory.cluster_in_use"
	// IssuerFixed: a cluster keeps its issuer: who signs for another issuer would get what was bound for the pods of this one.
	IssuerFixed fault.Reason = "directory.cluster_issuer_fixed"
	// IssuerUnfit: a cluster's issuer must be registered first, and be its own: not one that everybody can get a token of.
	IssuerUnfit fault.Reason = "directory.cluster_issuer_unfit"
	// AssociationNotFound: the cluster has no such association.
	AssociationNotFound fault.Reason = "directory.association_not_found"
	// AssociationExists: the service account has an association already.
	AssociationExists fault.Reason = "directory.association_exists"
	// TooMany: the cluster has as many associations as it may have.
	TooMany fault.Reason = "directory.associations_full"
	// RoleElsewhere: the role is of another account than the cluster.
	RoleElsewhere fault.Reason = "directory.association_role_elsewhere"
)

var clusterNames = regexp.MustCompile(`^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$`)

// ClusterSpec is a cluster as somebody wants it.
type ClusterSpec struct {
	Account name.AccountID
	Name    string
	Issuer  name.IssuerURL // of its service accounts' tokens
	Tags    view.Tags
	// Associations are its whole set if Whole is said, else nothing is said of them.
	Associations []Spec
	Whole        bool
}

// ClusterARN builds the ARN of a cluster. There is one region.
func ClusterARN(v *view.View, account name.AccountID, called string) (name.ARN, error) {
	if !clusterNames.MatchString(called) {
		return name.ARN{}, invalid("%q is no name of a cluster: want 1 to 100 letters, digits, - and _, the first a letter or digit", form.Shown(called))
	}
	arn, err := name.NewARN("eks", v.Installation().Region, account, "cluster/"+called)
	if err != nil {
		return arn, invalid("%v", err)
	}
	return arn, nil
}

// Put makes a cluster, or makes it as the spec says.
func Put(e *directory.Edit, s ClusterSpec) (name.ARN, directory.Outcome, error) {
	v := e.View()
	if _, ok := v.Account(s.Account); !ok {
		return name.ARN{}, directory.Unchanged, fault.New(fault.NotFound, directory.AccountNotFound, "there is no AWS account %s", s.Account)
	}
	arn, err := ClusterARN(v, s.Account, s.Name)
	if err != nil {
		return arn, directory.Unchanged, err
	}
	if err := form.Tags(s.Tags); err != nil {
		return arn, directory.Unchanged, invalid("%v", err)
	}
	issuer, ok := v.Issuer(s.Issuer.String())
	if !ok || issuer.Shared {
		return arn, directory.Unchanged, fault.New(fault.Invalid, IssuerUnfit,
			"the issuer %s must be registered before the cluster, and be its own: not shared", s.Issuer)
	}
	c := &view.Cluster{ARN: arn, UID: name.NewGUID(), Issuer: s.Issuer, Tags: s.Tags, Created: e.Now()}
	if old, ok := v.Cluster(arn); ok {
		if old.Issuer != s.Issuer {
			return arn, directory.Unchanged, fault.New(fault.Conflict, IssuerFixed,
				"the cluster %s has the issuer %s and keeps it: delete it and make it again", s.Name, old.Issuer)
		}
		c.UID, c.Created = old.UID, old.Created
	}
	outcome, err := e.Save(c)
	if err != nil || !s.Whole {
		return arn, outcome, err
	}
	changed, err := set(e, c, s.Associations)
	if changed && outcome == directory.Unchanged {
		outcome = directory.Updated
	}
	return arn, outcome, err
}

// DeleteCluster deletes a cluster that has no associations.
func DeleteCluster(e *directory.Edit, arn name.ARN) error {
	c, ok := e.View().Cluster(arn)
	if !ok {
		return fault.New(fault.NotFound, ClusterNotFound, "there is no cluster %s", arn)
	}
	for a := range e.View().PodAssociations(c, "") {
		return fault.New(fault.Conflict, ClusterInUse, "the cluster still has the association of %s/%s", a.Namespace, a.ServiceAccount)
	}
	return e.Remove(c)
}

// Shown is how a cluster is shown.
type Shown struct {
	Account      name.AccountID  `json:"account"`
	Issuer       name.IssuerURL  `json:"issuer"`
	Tags         view.Tags       `json:"tags,omitempty"`
	Associations []ShownRelation `json:"podIdentityAssociations,omitempty"`
}

// ShownRelation is how an association is shown.
type ShownRelation struct {
	ID             string `json:"id"`
	Namespace      string `json:"namespace"`
	ServiceAccount string `json:"serviceAccount"`
	Role           string `json:"role"` // its ARN, or the unique id of one that was deleted
	NoTags         bool   `json:"disableSessionTags,omitempty"`
}

// Show gives what is shown of a cluster.
func Show(v *view.View, c *view.Cluster) Shown {
	s := Shown{Account: c.ARN.Account(), Issuer: c.Issuer, Tags: c.Tags}
	for a := range v.PodAssociations(c, "") {
		shown := ShownRelation{a.ID(), a.Namespace, a.ServiceAccount, a.Role, a.NoTags}
		if role, ok := v.RoleByID(a.Role); ok {
			shown.Role = role.ARN.String()
		}
		s.Associations = append(s.Associations, shown)
	}
	return s
}

func invalid(format string, args ...any) error {
	return fault.New(fault.Invalid, directory.InvalidValue, format, args...)
}
