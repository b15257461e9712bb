package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/glob"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

// gained says what right a principal would get hold of by the change that it does not have itself; empty if none. It errs
// on the side of finding one: a grant counts as had only where it plainly covers.
func gained(v *view.View, req DirectoryRequest) string {
	switch {
	case req.Action == ProveApplications && req.Application != nil: // without a service principal too: it may get one later
		target := req.Application.Principal.ObjectID
		if target == req.Principal.ObjectID {
			return "" // it can act as itself already
		}
		for _, gain := range []string{
			gainedRoles(v, req.Principal, append([]name.GUID{target}, v.GroupsOf(target)...)),
			gainedAppRoles(v, req.Principal, target), gainedTrust(v, req.Principal, &req.Application.Principal),
			evaded(v, req.Principal, &req.Application.Principal), gainedOwnership(v, req.Principal, target),
		} {
			if gain != "" {
				return "whoever can sign in as the application has what it has: " + gain
			}
		}
	case req.Action == AssignAppRoles && req.Application != nil && !req.Gives.IsZero():
		return gainedGrant(v, req)
	case req.Action == NameApplications && req.Application != nil && len(req.Application.IDURIs) > 0:
		return gainedName(v, req)
	case (req.Action == FillGroups || req.Action == WriteGroups) && req.Group != nil:
		ids := append([]name.GUID{req.Group.ObjectID}, v.GroupsOf(req.Group.ObjectID)...)
		if gain := spared(v, req, ids); gain != "" {
			return gain
		}
		if req.Action == WriteGroups {
			return "" // who leaves a group gets nothing
		}
		if gain := gainedRoles(v, req.Principal, ids); gain != "" {
			return "a member of the group has what it has: " + gain
		}
		return withheld(v, req.Principal, ids)
	}
	return ""
}

// gainedGrant finds whether an app role that is given to anybody is more than the principal has: it could sign in as the
// one who gets it.
func gainedGrant(v *view.View, req DirectoryRequest) string {
	for _, role := range req.Application.Roles {
		if role.ID == req.Gives && !rulesOver(v, req, role) {
			return fmt.Sprintf("the principal does not hold the app role %s of %q itself, and gives nobody more than it has",
				role.Value, req.Application.DisplayName)
		}
	}
	return ""
}

// gainedName finds an app role that the principal could give itself if it took the application's name: services know an
// application by that, and believe the roles in whatever token is for it.
func gainedName(v *view.View, req DirectoryRequest) string {
	for _, role := range req.Application.Roles {
		if !rulesOver(v, req, role) {
			return fmt.Sprintf("whoever registers the names of %q next answers for the app role %s, which the principal does not hold",
				req.Application.DisplayName, role.Value)
		}
	}
	return ""
}

// rulesOver tells whether a principal may say who holds an app role of the application: it holds it itself, or it owns the
// application, because what its roles mean is its own to say. Who owns the whole tenant gives any.
func rulesOver(v *view.View, req DirectoryRequest, role view.AppRole) bool {
	return slices.Contains(role.Members, req.Principal.ObjectID) ||
		!req.Application.House && slices.Contains(req.Application.Owners, req.Principal.ObjectID) || ownsTenant(v, req.Principal)
}

// gainedOwnership finds an application that the target owns and the principal does not: its owner gives its app roles.
func gainedOwnership(v *view.View, p *view.Principal, target name.GUID) string {
	if target.IsZero() || ownsTenant(v, p) {
		return ""
	}
	for a := range v.Applications() {
		if a.Principal.Tenant == p.Tenant && slices.Contains(a.Owners, target) && !slices.Contains(a.Owners, p.ObjectID) {
			return fmt.Sprintf("it owns the application %q, which the principal does not", a.DisplayName)
		}
	}
	return ""
}

// spared finds a deny assignment that names one of the groups: being put into a group that is excluded, or taken out of one
// that is blocked, undoes it. Who owns the whole tenant may do that for others, where it is not blocked itself.
func spared(v *view.View, req DirectoryRequest, groups []name.GUID) string {
	owns := ownsTenant(v, req.Principal)
	for d := range v.Denies() {
		if owns && !blocks(v, d, req.Principal) {
			continue
		}
		named := d.Exclude
		if req.Action == WriteGroups {
			named = d.Principals
		}
		if d.Tenant == req.Principal.Tenant && slices.ContainsFunc(groups, func(id name.GUID) bool { return slices.Contains(named, id) }) {
			return fmt.Sprintf("the deny assignment %q names the group: its members decide whom it blocks", d.Name)
		}
	}
	return ""
}

// withheld finds a deny assignment that blocks the principal where one of the groups has a role: others would get by the group
// what the principal, for all its own roles, may not do.
func withheld(v *view.View, p *view.Principal, groups []name.GUID) string {
	for d := range v.Denies() {
		if d.Tenant != p.Tenant || !blocks(v, d, p) {
			continue
		}
		for _, group := range groups {
			for _, a := range v.AssignmentsOf(group) {
				if a.Scope.Covers(d.Scope) || d.Scope.Covers(a.Scope) {
					return fmt.Sprintf("the group has a role where the deny assignment %q blocks the principal", d.Name)
				}
			}
		}
	}
	return ""
}

// gainedRoles finds a role assignment of the targets that the principal's own do not cover.
func gainedRoles(v *view.View, p *view.Principal, targets []name.GUID) string {
	mine := slices.Collect(assignments(v, p, v.GroupsOf(p.ObjectID)))
	for _, target := range targets {
		for _, a := range v.AssignmentsOf(target) {
			role, ok := v.AzureRole(a.Tenant, a.Role)
			if !ok || a.Tenant != p.Tenant {
				continue // it grants nothing
			}
			if !covered(mine, role, a.Scope) {
				return fmt.Sprintf("the role %q at %s, which the principal has not", role.Name(), a.Scope)
			}
		}
	}
	return ""
}

// covered tells whether the assignments grant all that the role does at the scope: the same role above it, or roles whose
// patterns list each of its patterns and take nothing back.
func covered(mine []rbac.Assignment, role *rbac.Role, scope name.Scope) bool {
	var patterns [2][]string
	for _, a := range mine {
		if a.Role == nil || a.Condition != nil || !a.Scope.Covers(scope) {
			continue
		}
		if a.Role.ID() == role.ID() {
			return true
		}
		for _, block := range a.Role.Definition().Permissions {
			if len(block.NotActions) == 0 {
				patterns[0] = append(patterns[0], block.Actions...)
			}
			if len(block.NotDataActions) == 0 {
				patterns[1] = append(patterns[1], block.DataActions...)
			}
		}
	}
	for _, block := range role.Definition().Permissions {
		if !listed(patterns[0], block.Actions) || !listed(patterns[1], block.DataActions) {
			return false
		}
	}
	return true
}

// listed tells whether each wanted pattern is an instance of one that is had, its stars taken for letters: what matches
// the one then matches the other.
func listed(had, wanted []string) bool {
	for _, w := range wanted {
		if !slices.ContainsFunc(had, func(h string) bool {
			if strings.ContainsRune(h, '?') {
				return false
			}
			p, err := glob.Compile(h, glob.Fold)
			return err == nil && p.Match(glob.Lower(w))
		}) {
			return false
		}
	}
	return true
}

// gainedAppRoles finds an app role of the target that the principal does not hold. Who owns the whole tenant may give itself
// any that it may assign.
func gainedAppRoles(v *view.View, p *view.Principal, target name.GUID) string {
	if ownsTenant(v, p) && holdsGraphRole(v, p, azwire.AppRoleAssign) {
		return ""
	}
	for a := range v.Applications() {
		if a.Principal.Tenant != p.Tenant {
			continue
		}
		for _, role := range a.Roles {
			if slices.Contains(role.Members, target) && !slices.Contains(role.Members, p.ObjectID) {
				return fmt.Sprintf("the app role %s of %q, which the principal does not hold", role.Value, a.DisplayName)
			}
		}
	}
	return ""
}

// gainedTrust finds somebody who takes a token of the target for an assertion: a federated credential or the trust policy
// of an IAM role. What lies behind it is not compared. Who owns the whole tenant rules over all of its names already.
func gainedTrust(v *view.View, p, target *view.Principal) string {
	if ownsTenant(v, p) {
		return ""
	}
	issuers := []string{v.Installation().IssuerV1(target.Tenant), v.Installation().IssuerV2(target.Tenant)}
	trusts := func(c view.FederatedCredential) bool {
		return slices.Contains(issuers, c.Issuer.String()) && (c.Subject == target.ObjectID.String() || c.Pattern != "" || c.Expression != "")
	}
	for a := range v.Applications() {
		if slices.ContainsFunc(a.Federated, trusts) {
			return "a federated credential trusts its tokens"
		}
	}
	for r := range v.Under(name.Root()) {
		if i, ok := r.(*view.UserIdentity); ok && slices.ContainsFunc(i.Federated, trusts) {
			return "a federated credential trusts its tokens"
		}
	}
	for role := range v.Roles(name.AccountID{}) {
		for _, issuer := range issuers {
			if provider, ok := v.ProviderOf(role.ARN.Account(), issuer); ok && assumable(v, role, provider, target) {
				return "the IAM role " + role.ARN.String() + " trusts its tokens"
			}
		}
	}
	return ""
}

// ownsTenant tells whether a principal may do everything in its tenant, plainly.
func ownsTenant(v *view.View, p *view.Principal) bool {
	for a := range assignments(v, p, v.GroupsOf(p.ObjectID)) {
		if a.Role == nil || a.Condition != nil || a.Scope.Key() != "/" {
			continue
		}
		for _, block := range a.Role.Definition().Permissions {
			if slices.Contains(block.Actions, "*") && len(block.NotActions) == 0 {
				return true
			}
		}
	}
	return false
}

// assumable tells whether a token of the target could open an IAM role, for one of the audiences that its account takes. A
// policy that names the target counts, whatever else it asks for.
func assumable(v *view.View, role *view.Role, provider *view.OIDCProvider, target *view.Principal) bool {
	trust := strings.ToLower(role.Trust)
	if strings.Contains(trust, target.ObjectID.String()) || strings.Contains(trust, target.ClientID.String()) {
		return true
	}
	issuer := provider.URL.WithoutScheme()
	for _, audience := range provider.ClientIDs {
		facts := new(cond.Facts)
		for key, value := range map[string]string{
			"sub": target.ObjectID.String(), "oid": target.ObjectID.String(), "tid": target.Tenant.String(), "aud": audience,
			"appid": target.ClientID.String(), "azp": target.ClientID.String(), "idtyp": "app",
		} {
			facts.Set(issuer+":"+key, value)
		}
		facts.Set("aws:SecureTransport", "true")
		d := Assume(v, AssumeRequest{
			Role: role, RoleARN: role.ARN, Action: "sts:AssumeRoleWithWebIdentity", Context: facts,
			Caller: iampolicy.Principal{Type: iampolicy.WebIdentity, Federated: provider.ARN.String()},
		})
		if d.Outcome == reason.Allow {
			return true
		}
	}
	return false
}

// evaded finds a deny assignment that blocks the principal and would not block the target.
func evaded(v *view.View, p, target *view.Principal) string {
	for d := range v.Denies() {
		if d.Tenant == p.Tenant && blocks(v, d, p) && !blocks(v, d, target) {
			return fmt.Sprintf("the deny assignment %q does not block it", d.Name)
		}
	}
	return ""
}

// blocks tells whether a deny assignment is about a principal.
func blocks(v *view.View, d *view.DenyAssignment, who *view.Principal) bool {
	ids := append([]name.GUID{who.ObjectID}, v.GroupsOf(who.ObjectID)...)
	named := func(list []name.GUID) bool {
		return slices.ContainsFunc(ids, func(id name.GUID) bool { return slices.Contains(list, id) })
	}
	return (named(d.Principals) || slices.Contains(d.Principals, rbac.Everyone())) && !named(d.Exclude)
}
