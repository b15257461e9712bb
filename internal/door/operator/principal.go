package operator

import (
	"fmt"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// principal is who a question or a revocation is about. An operator has a side in each cloud.
type principal struct {
	owner   view.Owner    // of a service principal; zero if there is none
	role    *view.Role    // nil if there is none
	user    *view.User    // nil if there is none
	account *view.Account // the root of this account; nil if it is not meant
	full    string
}

func (p principal) azure() bool { return p.owner != (view.Owner{}) }
func (p principal) aws() bool   { return p.role != nil || p.user != nil || p.account != nil }

// findPrincipal finds who the text means: an object or client id, a resource or identity by id or name, a role's or user's ARN, an
// account by id, operator[@NAME] or root@ACCOUNT.
func findPrincipal(v *view.View, text string) (principal, error) {
	if id, err := name.ParseGUID(text); err == nil {
		return principalByGUID(v, id)
	}
	if id, err := name.ParseAccountID(text); err == nil {
		text = "root@" + id.String()
	}
	a, err := parseAs(text)
	if err != nil {
		return principal{}, err
	}
	switch a.kind {
	case byID:
		return principalByID(v, a.id)
	case byName:
		return principalByName(v, a)
	case byARN:
		return principalByARN(v, a.arn)
	case operator, root:
	}
	t, err := findAs(v, text)
	if err != nil {
		return principal{}, err
	}
	if t.root {
		return principal{account: t.account, full: t.full}, nil
	}
	p := principal{full: t.full}
	if t.operator != nil {
		p.owner = view.Owner{Operator: t.operator}
	}
	if t.account != nil {
		p.role, _ = v.Role(operatorRoleARN(t.account.ID))
	}
	return p, nil
}

func principalByGUID(v *view.View, id name.GUID) (principal, error) {
	owner, ok := v.PrincipalByObject(id)
	if !ok {
		owner, ok = v.PrincipalByClient(id)
	}
	if !ok {
		return principal{}, missing(directory.PrincipalNotFound, "There is no service principal with the object id or client id %s.", id)
	}
	return ownerPrincipal(owner), nil
}

func principalByID(v *view.View, id name.ResourceID) (principal, error) {
	if i, ok := v.Identity(id); ok {
		return ownerPrincipal(view.Owner{Identity: i}), nil
	}
	r, ok := v.Resource(id)
	switch {
	case !ok && id.IsType(view.TypeUserIdentity):
		return principal{}, missing(directory.IdentityNotFound, "There is no identity %s.", id)
	case !ok:
		return principal{}, unknown("There is no resource %s.", id)
	}
	return identityOf(v, r)
}

func principalByName(v *view.View, a as) (principal, error) {
	resources, identities := named(v, a)
	var ids []string
	for _, r := range resources {
		ids = append(ids, r.ID.String())
	}
	for _, i := range identities {
		ids = append(ids, i.ID.String())
	}
	switch {
	case len(ids) == 0:
		return principal{}, unnamed(v, a, "There is no resource and no identity named %q.")
	case len(ids) == 2 && len(identities) == 1 && usesOnly(v, resources[0], identities[0]):
		return ownerPrincipal(view.Owner{Identity: identities[0]}), nil // both names mean one principal
	case len(ids) > 1:
		return principal{}, ambiguous(a.String(), ids)
	case len(identities) == 1:
		return ownerPrincipal(view.Owner{Identity: identities[0]}), nil
	}
	return identityOf(v, resources[0])
}

// identityOf gives the identity that tokens of a resource are for when nothing else is asked for.
func identityOf(v *view.View, r *view.Resource) (principal, error) {
	if r.System != nil {
		return ownerPrincipal(view.Owner{Resource: r}), nil
	}
	have := attached(v, r)
	switch len(have) {
	case 0:
		return principal{}, fault.New(fault.Invalid, mint.NoIdentity, "%s has no managed identity.", r.ID)
	case 1:
		return ownerPrincipal(view.Owner{Identity: have[0]}), nil
	}
	ids := make([]string, len(have))
	for i, id := range have {
		ids[i] = id.ID.String()
	}
	return principal{}, fault.New(fault.Invalid, mint.IdentityAmbiguous, "%s has several identities, say which: %s.", r.ID, listed(ids))
}

// usesOnly tells whether tokens of a resource are for this identity when nothing else is asked for.
func usesOnly(v *view.View, r *view.Resource, i *view.UserIdentity) bool {
	p, err := identityOf(v, r)
	return err == nil && p.owner.Identity == i
}

// attached gives the user-assigned identities of a resource that are still the ones that were attached.
func attached(v *view.View, r *view.Resource) []*view.UserIdentity {
	var have []*view.UserIdentity
	for _, a := range r.Users {
		if i, ok := v.Identity(a.ID); ok && i.Principal.ObjectID == a.ObjectID {
			have = append(have, i)
		}
	}
	return have
}

func principalByARN(v *view.View, arn name.ARN) (principal, error) {
	if role, ok := v.Role(arn); ok {
		return principal{role: role, full: arn.String()}, nil
	}
	if u, ok := v.User(arn); ok {
		return principal{user: u, full: arn.String()}, nil
	}
	if w, ok := v.AWSResource(arn); ok {
		if role, ok := v.BoundRole(w); ok {
			return principal{role: role, full: role.ARN.String() + ", the role of " + arn.String()}, nil
		}
		return principal{}, missing(directory.RoleNotFound, "No role is bound to %s.", arn)
	}
	if arn.Service() == "iam" && arn.Resource() == "root" {
		if account, ok := v.Account(arn.Account()); ok {
			return principal{account: account, full: "root@" + account.ID.String()}, nil
		}
	}
	if arn.Service() == "sts" {
		return principal{}, badName("%s is a session; name its role.", arn)
	}
	return principal{}, missing(directory.RoleNotFound, "There is no role and no user %s.", arn)
}

func ownerPrincipal(o view.Owner) principal {
	return principal{owner: o, full: fmt.Sprintf("%s (object id %s)", mint.PrincipalOf(o).Display, o.Principal().ObjectID)}
}
