package kit

import (
	"cmp"
	"slices"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// WritePolicy writes what every answer shows of a policy.
func WritePolicy(x *awswire.XML, p *view.Policy, u Usage) {
	x.Text("PolicyName", p.Name)
	x.Text("PolicyId", p.UniqueID)
	x.Text("Arn", p.ARN.String())
	x.Text("Path", p.Path)
	x.Text("DefaultVersionId", p.DefaultVersion().ID())
	x.Int("AttachmentCount", int64(len(u.Attached)))
	x.Int("PermissionsBoundaryUsageCount", int64(len(u.Bounding)))
	x.Bool("IsAttachable", true)
	x.Time("CreateDate", p.Created)
	updated := p.Updated
	if updated.IsZero() {
		updated = p.Created
	}
	x.Time("UpdateDate", updated)
}

// WriteVersion writes what every answer shows of a version.
func WriteVersion(x *awswire.XML, v view.PolicyVersion, decides bool) {
	x.Text("VersionId", v.ID())
	x.Bool("IsDefaultVersion", decides)
	x.Time("CreateDate", v.Created)
}

// Entity is a role, a user or a group that a policy is attached to or bounds.
type Entity struct {
	Kind string // as in EntityFilter
	Path string
	ARN  name.ARN
	Name string
	ID   string
}

// Usage lists whom a policy is attached to, and whom it bounds.
type Usage struct{ Attached, Bounding []Entity }

// Uses gives the usage of every policy of an account.
func Uses(v *view.View, account name.AccountID) map[name.ARN]Usage {
	all := map[name.ARN]Usage{}
	enter := func(who Entity, managed []name.ARN, boundary name.ARN) {
		for _, arn := range managed {
			u := all[arn]
			u.Attached = append(u.Attached, who)
			all[arn] = u
		}
		if !boundary.IsZero() {
			u := all[boundary]
			u.Bounding = append(u.Bounding, who)
			all[boundary] = u
		}
	}
	for r := range v.Roles(account) {
		enter(Entity{"Role", r.Path, r.ARN, r.Name, r.UniqueID}, r.Managed, r.Boundary)
	}
	for u := range v.Users(account) {
		enter(Entity{"User", u.Path, u.ARN, u.Name, u.UniqueID}, u.Managed, u.Boundary)
	}
	for g := range v.UserGroups(account) {
		enter(Entity{"Group", g.Path, g.ARN, g.Name, g.UniqueID}, g.Managed, name.ARN{})
	}
	return all
}

// By gives those who use the policy in one way, or in any.
func (u Usage) By(way string) []Entity {
	switch way {
	case "PermissionsPolicy":
		return u.Attached
	case "PermissionsBoundary":
		return u.Bounding
	}
	both := slices.Concat(u.Attached, u.Bounding)
	slices.SortFunc(both, func(a, b Entity) int { return cmp.Compare(a.ID, b.ID) })
	return slices.Compact(both)
}
