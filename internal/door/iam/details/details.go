package details

import (
	"maps"
	"slices"
	"time"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/iam/kit"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// Operations is the room's table.
func Operations() []kit.Operation {
	return []kit.Operation{{
		Name: "GetAccountAuthorizationDetails", Do: details, Doc: "users, groups, roles and policies of the account, and what each was given",
		Params: kit.Paged("Filter.member.N"),
	}}
}

// The kinds, as Filter names them and as the answer lists them (IAM API Reference, GetAccountAuthorizationDetails).
const (
	users, userList   = "User", "UserDetailList"
	groups, groupList = "Group", "GroupDetailList"
	roles, roleList   = "Role", "RoleDetailList"
	local, policyList = "LocalManagedPolicy", "Policies"
	amazons           = "AWSManagedPolicy" // there is none
)

func details(c *kit.Call) (kit.Result, error) {
	filter, err := c.Form.List("Filter", 5)
	if err != nil {
		return nil, err
	}
	for _, kind := range filter {
		if !slices.Contains([]string{users, roles, groups, local, amazons}, kind) {
			return nil, query.Constraint(kind, "filter", "satisfy enum value set: [User, Role, Group, LocalManagedPolicy, AWSManagedPolicy]")
		}
	}
	if err := c.Allow(kit.Only(kit.Ask{Resource: "*"})); err != nil {
		return nil, err
	}
	var items []kit.Item
	for kind, list := range map[string]func(*kit.Call) []kit.Item{users: allUsers, groups: allGroups, roles: allRoles, local: allPolicies} {
		if len(filter) == 0 || slices.Contains(filter, kind) {
			items = append(items, list(c)...)
		}
	}
	return c.Lists([]string{userList, groupList, roleList, policyList}, items)
}

// item is an entry whose place is by its list first.
func item(list, called string, arn name.ARN, write func(*awswire.XML)) kit.Item {
	return kit.Item{Key: list + " " + kit.Place(called, arn), List: list, Write: write}
}

func allUsers(c *kit.Call) (items []kit.Item) {
	for u := range c.View.Users(c.Account()) {
		items = append(items, item(userList, u.Name, u.ARN, func(x *awswire.XML) {
			entry{"User", u.Path, u.Name, u.UniqueID, u.ARN, u.Created}.write(x)
			given(c.View, x, "User", u.Inline, u.Managed)
			var member []string
			for _, id := range u.Groups {
				if g, ok := c.View.UserGroupByID(id); ok {
					member = append(member, g.Name)
				}
			}
			kit.WriteList(x, "GroupList", member)
			kit.WriteBoundary(x, u.Boundary)
			kit.WriteTags(x, u.Tags)
		}))
	}
	return items
}

func allGroups(c *kit.Call) (items []kit.Item) {
	for g := range c.View.UserGroups(c.Account()) {
		items = append(items, item(groupList, g.Name, g.ARN, func(x *awswire.XML) {
			entry{"Group", g.Path, g.Name, g.UniqueID, g.ARN, g.Created}.write(x)
			given(c.View, x, "Group", g.Inline, g.Managed)
		}))
	}
	return items
}

func allRoles(c *kit.Call) (items []kit.Item) {
	profiles := map[string][]*view.InstanceProfile{}
	for p := range c.View.InstanceProfiles(c.Account()) {
		profiles[p.RoleID] = append(profiles[p.RoleID], p)
	}
	for r := range c.View.Roles(c.Account()) {
		items = append(items, item(roleList, r.Name, r.ARN, func(x *awswire.XML) {
			entry{"Role", r.Path, r.Name, r.UniqueID, r.ARN, r.Created}.write(x)
			kit.WriteDocument(x, "AssumeRolePolicyDocument", directory.Readable(c.View, r.Trust, iampolicy.Trust))
			given(c.View, x, "Role", r.Inline, r.Managed)
			x.Begin("InstanceProfileList")
			for _, p := range profiles[r.UniqueID] {
				x.Begin("member")
				c.WriteProfile(x, p)
				x.End()
			}
			x.End()
			kit.WriteBoundary(x, r.Boundary)
			kit.WriteTags(x, r.Tags)
			x.Begin("RoleLastUsed") // use is not tracked
			x.End()
		}))
	}
	return items
}

// entry is what everybody's entry begins with.
type entry struct {
	kind, path, name, id string
	arn                  name.ARN
	made                 time.Time
}

func (e entry) write(x *awswire.XML) {
	x.Text("Path", e.path)
	x.Text(e.kind+"Name", e.name)
	x.Text(e.kind+"Id", e.id)
	x.Text("Arn", e.arn.String())
	x.Time("CreateDate", e.made)
}

// given writes the policies that somebody was given, inline and attached.
func given(v *view.View, x *awswire.XML, kind string, inline map[string]string, managed []name.ARN) {
	x.Begin(kind + "PolicyList")
	for _, called := range slices.Sorted(maps.Keys(inline)) {
		x.Begin("member")
		x.Text("PolicyName", called)
		kit.WriteDocument(x, "PolicyDocument", inline[called])
		x.End()
	}
	x.End()
	x.Begin("AttachedManagedPolicies")
	for _, arn := range managed {
		if p, ok := v.Policy(arn); ok {
			x.Begin("member")
			x.Text("PolicyName", p.Name)
			x.Text("PolicyArn", arn.String())
			x.End()
		}
	}
	x.End()
}

func allPolicies(c *kit.Call) (items []kit.Item) {
	uses := kit.Uses(c.View, c.Account())
	for p := range c.View.Policies(c.Account()) {
		items = append(items, item(policyList, p.Name, p.ARN, func(x *awswire.XML) {
			kit.WritePolicy(x, p, uses[p.ARN])
			if p.Description != "" {
				x.Text("Description", p.Description)
			}
			x.Begin("PolicyVersionList")
			for _, version := range p.Versions() {
				x.Begin("member")
				kit.WriteDocument(x, "Document", version.Document)
				kit.WriteVersion(x, version, version.N == p.DefaultVersion().N)
				x.End()
			}
			x.End()
		}))
	}
	return items
}
