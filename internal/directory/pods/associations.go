package pods

import (
	"regexp"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// MaxAssociations is how many associations a cluster has at most (Amazon EKS, "service quotas": 5,000).
const MaxAssociations = 5000

var (
	namespaces      = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	serviceAccounts = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$`)
	tokens          = regexp.MustCompile(`^[\x21-\x7e]{0,64}$`)
)

// Spec is an association as somebody wants it.
type Spec struct {
	Cluster                   name.GUID
	Namespace, ServiceAccount string
	Role                      string   // unique id
	RoleARN                   name.ARN // where a manifest names it
	NoTags                    bool
	Token                     string // of the request; empty is none
	Tags                      view.Tags
}

// Create makes an association. The request that made one may come again.
func Create(e *directory.Edit, s Spec) (a *view.PodAssociation, made bool, err error) {
	c, role, err := s.settle(e)
	if err != nil {
		return nil, false, err
	}
	if old, ok := e.View().PodAssociationAt(c, s.Namespace, s.ServiceAccount); ok {
		if s.Token != "" && old.Token == s.Token && old.Role == role.UniqueID && old.NoTags == s.NoTags {
			return old, false, nil
		}
		return nil, false, fault.New(fault.Conflict, AssociationExists,
			"Association already exists: %s", old.ID())
	}
	n := 0
	for range e.View().PodAssociations(c, "") {
		n++
	}
	if n >= MaxAssociations {
		return nil, false, fault.New(fault.Conflict, TooMany, "a cluster has at most %d associations", MaxAssociations)
	}
	id := "a-" + strings.ToLower(form.UniqueID(""))
	arn, err := name.NewARN("eks", c.ARN.Region(), c.ARN.Account(), "podidentityassociation/"+c.Name()+"/"+id)
	if err != nil {
		return nil, false, invalid("%v", err)
	}
	a = &view.PodAssociation{
		ARN: arn, UID: name.NewGUID(), Cluster: c.UID, Namespace: s.Namespace, ServiceAccount: s.ServiceAccount, Role: role.UniqueID,
		NoTags: s.NoTags, Token: s.Token, Tags: s.Tags, Created: e.Now(),
	}
	_, err = e.Save(a)
	return a, true, err
}

// settle checks the spec and finds what it names.
func (s *Spec) settle(e *directory.Edit) (*view.Cluster, *view.Role, error) {
	switch {
	case !namespaces.MatchString(s.Namespace):
		return nil, nil, invalid("%q is no namespace of Kubernetes", form.Shown(s.Namespace))
	case !serviceAccounts.MatchString(s.ServiceAccount):
		return nil, nil, invalid("%q is no service account of Kubernetes", form.Shown(s.ServiceAccount))
	case !tokens.MatchString(s.Token):
		return nil, nil, invalid("the client's request token has at most 64 characters")
	}
	if err := form.Tags(s.Tags); err != nil {
		return nil, nil, invalid("%v", err)
	}
	c, ok := e.View().ClusterByID(s.Cluster)
	if !ok {
		return nil, nil, fault.New(fault.NotFound, ClusterNotFound, "the cluster was deleted")
	}
	role, err := roleFor(e, c, s.Role)
	return c, role, err
}

// roleFor finds a role of the cluster's own account by its unique id.
func roleFor(e *directory.Edit, c *view.Cluster, id string) (*view.Role, error) {
	role, ok := e.View().RoleByID(id)
	if !ok {
		return nil, fault.New(fault.NotFound, directory.RoleNotFound, "the role was deleted")
	}
	if role.ARN.Account() != c.ARN.Account() {
		return nil, fault.New(fault.Invalid, RoleElsewhere, "%s gives pods roles of its own account only, and %s is not.", c.ARN, role.ARN)
	}
	return role, nil
}

// Change is what is changed of an association; nil leaves it as it is.
type Change struct {
	Role   *string // unique id
	NoTags *bool
}

// Update changes an association. Where the role becomes another, all sessions end, and stay ended if it becomes the
// same again.
func Update(e *directory.Edit, uid name.GUID, change Change) (*view.PodAssociation, error) {
	old, ok := e.View().PodAssociation(uid)
	if !ok {
		return nil, fault.New(fault.NotFound, AssociationNotFound, "the association was deleted")
	}
	c, ok := e.View().ClusterByID(old.Cluster)
	if !ok {
		return nil, fault.New(fault.NotFound, ClusterNotFound, "the cluster was deleted")
	}
	a := *old
	if change.Role != nil {
		role, err := roleFor(e, c, *change.Role)
		if err != nil {
			return nil, err
		}
		if a.Role != role.UniqueID {
			a.Role, a.RevokedAt = role.UniqueID, e.NextRev()
		}
	}
	if change.NoTags != nil {
		a.NoTags = *change.NoTags
	}
	if a.Role != old.Role || a.NoTags != old.NoTags {
		a.Modified = e.Now()
	}
	_, err := e.Save(&a)
	return &a, err
}

// Delete deletes an association. Its sessions end.
func Delete(e *directory.Edit, uid name.GUID) (*view.PodAssociation, error) {
	a, ok := e.View().PodAssociation(uid)
	if !ok {
		return nil, fault.New(fault.NotFound, AssociationNotFound, "the association was deleted")
	}
	return a, e.Remove(a)
}

// set makes a list the whole set of a cluster's associations. One that stays keeps its id.
func set(e *directory.Edit, c *view.Cluster, list []Spec) (changed bool, err error) {
	kept := map[name.GUID]bool{}
	for _, s := range list {
		role, ok := e.View().Role(s.RoleARN)
		if !ok {
			return changed, fault.New(fault.NotFound, directory.RoleNotFound, "The role with ARN %s cannot be found.", s.RoleARN)
		}
		s.Cluster, s.Role = c.UID, role.UniqueID
		a, exists := e.View().PodAssociationAt(c, s.Namespace, s.ServiceAccount)
		switch {
		case exists && kept[a.UID]:
			return changed, invalid("the service account %s/%s is listed twice", s.Namespace, s.ServiceAccount)
		case !exists:
			a, _, err = Create(e, s)
			changed = true
		case a.Role != s.Role || a.NoTags != s.NoTags:
			a, err = Update(e, a.UID, Change{Role: &s.Role, NoTags: &s.NoTags})
			changed = true
		}
		if err != nil {
			return changed, err
		}
		kept[a.UID] = true
	}
	for _, a := range slices.Collect(e.View().PodAssociations(c, "")) {
		if !kept[a.UID] {
			changed = true
			if _, err := Delete(e, a.UID); err != nil {
				return changed, err
			}
		}
	}
	return changed, nil
}
