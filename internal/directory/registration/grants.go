package registration

import (
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Grant is an app role that a principal holds.
type Grant struct{ Role, Principal name.GUID }

// Hold lets the principal hold the role.
func Hold(g Grant) Change {
	return func(c Context) (*view.Application, error) {
		a := c.Application
		o, ok := c.View.PrincipalByObject(g.Principal)
		if !ok || o.Principal().Tenant != a.Principal.Tenant {
			return nil, fault.New(fault.NotFound, PrincipalUnknown, "there is no principal with the object id %s", g.Principal)
		}
		at, err := roleOf(a, g)
		if err != nil {
			return nil, err
		}
		if slices.Contains(a.Roles[at].Members, g.Principal) {
			return nil, fault.New(fault.Conflict, AppRoleHeldAlready, "Permission being assigned already exists on the object")
		}
		a.Roles = slices.Clone(a.Roles)
		a.Roles[at].Members = append(slices.Clone(a.Roles[at].Members), g.Principal)
		return &a, nil
	}
}

// Drop takes the role back.
func Drop(g Grant) Change {
	return func(c Context) (*view.Application, error) {
		a := c.Application
		at, err := roleOf(a, g)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(a.Roles[at].Members, g.Principal) {
			return nil, fault.New(fault.NotFound, AppRoleNotFound, "the principal %s does not hold the app role", g.Principal)
		}
		a.Roles = slices.Clone(a.Roles)
		a.Roles[at].Members = slices.DeleteFunc(slices.Clone(a.Roles[at].Members), func(id name.GUID) bool { return id == g.Principal })
		return &a, nil
	}
}

func roleOf(a view.Application, g Grant) (int, error) {
	at := slices.IndexFunc(a.Roles, func(r view.AppRole) bool { return r.ID == g.Role })
	if at < 0 {
		return 0, fault.New(fault.NotFound, AppRoleNotFound, "the application %q has no app role with the id %s", a.DisplayName, g.Role)
	}
	return at, nil
}

// MaxMembers bounds a group: it is one record.
const MaxMembers = 5000

// GroupSpec is a group of principals as somebody wants it.
type GroupSpec struct {
	ObjectID    name.GUID // zero makes a new one
	Tenant      name.GUID
	Display     string
	Description string
	Nickname    string
	Members     []name.GUID // object ids of principals and groups; one that is gone and was there before is dropped
}

// Group gives the record that the spec wants, in the place of the one that is there.
func Group(v *view.View, s GroupSpec, now time.Time) (*view.DirectoryGroup, error) {
	switch {
	case s.Display == "" || len(s.Display) > 256 || len(s.Description) > 1024:
		return nil, invalid("the name of a group has 1 to 256 bytes and its description at most 1,024")
	case len(s.Nickname) > 64 || strings.ContainsFunc(s.Nickname, oddInNickname):
		return nil, invalid("the mail nickname of a group has at most 64 ASCII characters without spaces and @()\\[]\";:<>,")
	case len(s.Members) > MaxMembers:
		return nil, tooMany("a group has at most %d members, not %d", MaxMembers, len(s.Members))
	}
	g := &view.DirectoryGroup{ObjectID: s.ObjectID, Tenant: s.Tenant, Created: now}
	if g.ObjectID.IsZero() {
		g.ObjectID = name.NewGUID()
	}
	old, exists := v.DirectoryGroup(g.ObjectID)
	if exists {
		g.Created = old.Created
	}
	g.Display, g.Description, g.Nickname = s.Display, s.Description, s.Nickname
	for _, id := range s.Members {
		who, ok := v.Assignee(id)
		known := exists && slices.Contains(old.Members, id)
		switch {
		case id == g.ObjectID:
			return nil, invalid("a group is no member of itself")
		case ok && who.Tenant == s.Tenant && !slices.Contains(g.Members, id):
			g.Members = append(g.Members, id)
		case (!ok || who.Tenant != s.Tenant) && !known:
			return nil, fault.New(fault.NotFound, PrincipalUnknown, "there is no principal or group with the object id %s", id)
		}
	}
	return g, nil
}

func oddInNickname(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune(`@()\[]";:<>,`, r)
}
