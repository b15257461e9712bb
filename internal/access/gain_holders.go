package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// holder is a role or a user, as far as it may be got hold of.
type holder struct {
	what     string // role, user
	arn      name.ARN
	id       string // unique id
	called   string
	rights   rights
	policies func() ([]iampolicy.Named, error)
	boundary func() (*iampolicy.Named, error)
}

// rights are what a role or a user has rights by: its own policies and those of its groups.
type rights struct {
	trust    string
	inline   map[string]string // document by name, and by group and name
	managed  []name.ARN
	boundary name.ARN
}

func (g *gainer) roleHolder(r *view.Role) holder {
	return holder{
		what: "role", arn: r.ARN, id: r.UniqueID, called: r.Name, rights: rightsOfRole(r),
		policies: func() ([]iampolicy.Named, error) { return r.Policies(g.after) },
		boundary: func() (*iampolicy.Named, error) { return r.BoundaryPolicy(g.after) },
	}
}

func (g *gainer) userHolder(u *view.User) holder {
	return holder{
		what: "user", arn: u.ARN, id: u.UniqueID, called: u.Name, rights: rightsOfUser(g.after, u),
		policies: func() ([]iampolicy.Named, error) { return u.Policies(g.after) },
		boundary: func() (*iampolicy.Named, error) { return u.BoundaryPolicy(g.after) },
	}
}

func rightsOfRole(r *view.Role) rights {
	return rights{trust: r.Trust, inline: r.Inline, managed: r.Managed, boundary: r.Boundary}
}

func rightsOfUser(v *view.View, u *view.User) rights {
	all := rights{inline: maps.Clone(u.Inline), managed: slices.Clone(u.Managed), boundary: u.Boundary}
	if all.inline == nil {
		all.inline = map[string]string{}
	}
	for _, id := range u.Groups {
		group, ok := v.UserGroupByID(id)
		if !ok {
			continue // its policies cannot be gathered: lacks refuses
		}
		for called, doc := range group.Inline {
			all.inline[id+"/"+called] = doc
		}
		all.managed = append(all.managed, group.Managed...)
	}
	return all
}

// wider tells whether a change may let somebody do more than before. Taking away what only allows does not.
func (g *gainer) wider(old, now rights) bool {
	if old.trust != now.trust || old.boundary != now.boundary || g.changed(now.boundary) {
		return true
	}
	for called, doc := range now.inline {
		if old.inline[called] != doc {
			return true
		}
	}
	for called, doc := range old.inline {
		if _, kept := now.inline[called]; !kept && mayDeny(doc) {
			return true
		}
	}
	for _, arn := range now.managed {
		if !slices.Contains(old.managed, arn) || g.changed(arn) {
			return true
		}
	}
	for _, arn := range old.managed {
		if p, ok := g.before.Policy(arn); !slices.Contains(now.managed, arn) && (!ok || mayDeny(p.Document)) {
			return true
		}
	}
	return false
}

// roles finds a role of the account that has more by the change than the caller.
func (g *gainer) roles() string {
	for r := range g.after.Roles(g.account) {
		old, existed := g.before.RoleByID(r.UniqueID)
		looks := !existed || !maps.Equal(old.Tags, r.Tags)
		if !looks && !g.wider(rightsOfRole(old), rightsOfRole(r)) {
			continue
		}
		if why := g.lacks(g.roleHolder(r), looks); why != "" {
			return why
		}
	}
	return ""
}

// users finds a user of the account that has more by the change than the caller, or that somebody can sign as by the change and
// could not before. Who signs with a key of its own may have another: it is no more by it than it is.
func (g *gainer) users(s *credential.Session) string {
	for u := range g.after.Users(g.account) {
		old, existed := g.before.UserByID(u.UniqueID)
		looks := !existed || !maps.Equal(old.Tags, u.Tags) || old.ARN != u.ARN
		self := s.Kind == credential.UserKey && s.User.ID == u.UniqueID
		if !looks && !g.wider(rightsOfUser(g.before, old), rightsOfUser(g.after, u)) && (self || !g.opened(u)) {
			continue
		}
		if why := g.lacks(g.userHolder(u), looks); why != "" {
			return why
		}
	}
	return ""
}

// opened tells whether a user has a key that signs and did not before.
func (g *gainer) opened(u *view.User) bool {
	for k := range g.after.AccessKeys(u.UniqueID) {
		if old, existed := g.before.AccessKey(k.ID); !k.Inactive && (!existed || old.Inactive) {
			return true
		}
	}
	return false
}

// groups finds a group of the account to which the change gives what the caller does not have, whether or not somebody is in it.
func (g *gainer) groups() string {
	for group := range g.after.UserGroups(g.account) {
		now := rights{inline: group.Inline, managed: group.Managed}
		old, existed := g.before.UserGroupByID(group.UniqueID)
		if existed && !g.wider(rights{inline: old.Inline, managed: old.Managed}, now) {
			continue
		}
		policies, err := group.Policies(g.after)
		if err != nil {
			return "a policy of the group cannot be read: " + err.Error()
		}
		if why := g.lacksStatements(policies, g.account); why != "" {
			return fmt.Sprintf("the group %s has what the caller does not plainly have: %s", group.ARN, why)
		}
	}
	return ""
}

// isNamed tells whether an AWS principal is the holder or a session of it.
func (h holder) isNamed(value string) bool {
	return value == h.id || value == h.arn.String() ||
		h.what == "role" && strings.HasPrefix(value, "arn:aws:sts::"+h.arn.Account().String()+":assumed-role/"+h.called+"/") ||
		h.what == "user" && strings.HasPrefix(value, "arn:aws:sts::"+h.arn.Account().String()+":federated-user/")
}
