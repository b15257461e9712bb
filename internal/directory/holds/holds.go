package holds

import (
	"fmt"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory/start"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Tenant gives what goes with a tenant: its operator, the house's applications and the deny assignments. still names something of somebody's
// that is left in it; empty if nothing is.
func Tenant(v *view.View, id name.GUID) (own []view.Record, still string) {
	for s := range v.Subscriptions() {
		if s.Tenant == id {
			return nil, fmt.Sprintf("the subscription %q", s.Name)
		}
	}
	for d := range v.RoleDefinitions() {
		if d.Tenant == id {
			return nil, fmt.Sprintf("the role definition %q", d.Name)
		}
	}
	for g := range v.DirectoryGroups() {
		if g.Tenant == id {
			return nil, fmt.Sprintf("the group %q", g.Display)
		}
	}
	for a := range v.Applications() {
		switch {
		case a.Principal.Tenant != id:
		case a.House:
			own = append(own, a)
		default:
			return nil, fmt.Sprintf("the application %q", a.DisplayName)
		}
	}
	if o, ok := v.OperatorOf(id); ok {
		own = append(own, o)
	}
	for d := range v.Denies() {
		if d.Tenant == id {
			own = append(own, d)
		}
	}
	return own, ""
}

// Subscription gives what goes with a subscription: the role and deny assignments on it. still names something of somebody's that is
// left in it, empty if nothing is; fenced tells that this is being deleted already.
func Subscription(v *view.View, s *view.Subscription) (own []view.Record, still string, fenced bool) {
	for r := range v.Under(s.Scope()) {
		switch r := r.(type) {
		case *view.RoleAssignment, *view.DenyAssignment:
			own = append(own, r)
		case *view.ResourceGroup:
			return nil, fmt.Sprintf("the resource group %q", r.Name), v.Fenced(r.Scope())
		default:
			return nil, strings.TrimPrefix(r.StoreKey(), view.Prefix), false
		}
	}
	return own, "", false
}

// Account gives what goes with an AWS account: its operator role. still names something of somebody's that is left in it;
// empty if nothing is.
func Account(v *view.View, id name.AccountID) (own []view.Record, still string) {
	for r := range v.Roles(id) {
		if r.Path != start.OperatorPath || r.Name != start.OperatorName {
			return nil, fmt.Sprintf("the role %q", r.Name)
		}
		own = append(own, r)
	}
	for p := range v.Policies(id) {
		return nil, fmt.Sprintf("the policy %q", p.Name)
	}
	for u := range v.Users(id) {
		return nil, fmt.Sprintf("the user %q", u.Name)
	}
	for g := range v.UserGroups(id) {
		return nil, fmt.Sprintf("the group %q", g.Name)
	}
	for p := range v.OIDCProviders(id) {
		return nil, fmt.Sprintf("the OIDC provider %s", p.URL)
	}
	for p := range v.SAMLProviders(id) {
		return nil, fmt.Sprintf("the SAML provider %q", p.Name())
	}
	for b := range v.Buckets(id) {
		return nil, fmt.Sprintf("the bucket %q", b.Name)
	}
	for r := range v.AWSResources() {
		if r.ARN.Account() == id {
			return nil, fmt.Sprintf("the resource %s", r.ARN)
		}
	}
	for c := range v.Clusters() {
		if c.ARN.Account() == id {
			return nil, fmt.Sprintf("the cluster %s", c.ARN)
		}
	}
	return own, ""
}
