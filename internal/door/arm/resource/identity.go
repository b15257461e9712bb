package resource

import (
	"slices"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// BadIdentity means that an identity block contradicts itself, or lists something that is no user-assigned identity.
const BadIdentity fault.Reason = "arm.bad_identity"

// assign is the right that attaching a user-assigned identity needs on the identity itself.
const assign = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"

// identityBlock is what a request says in "identity".
type identityBlock struct {
	given        bool // there is a block
	system, user bool
	attach       []name.ResourceID // listed with a value
	detach       []name.ResourceID // listed with null
}

// readIdentity reads the block of a body (common types v5, "ManagedServiceIdentity"). What only answers carry in it,
// principalId and tenantId, is passed over.
func readIdentity(body kit.Object) (b identityBlock, err error) {
	in, ok, err := body.Object("identity")
	if err != nil || !ok {
		return b, err
	}
	b.given = true
	typ, err := in.Text("type")
	if err != nil {
		return b, err
	}
	if typ == "" {
		return b, badIdentity("The identity block has no type. It is None, SystemAssigned, UserAssigned or 'SystemAssigned, UserAssigned'.")
	}
	if b.system, b.user, err = directory.ParseIdentityType(typ); err != nil {
		return b, badIdentity("The identity type '%s' is none of None, SystemAssigned, UserAssigned and 'SystemAssigned, UserAssigned'.", kit.Shown(typ))
	}
	list, _, err := in.Object("userAssignedIdentities")
	if err != nil {
		return b, err
	}
	return b, b.readList(list)
}

// readList reads the map of identities: a value attaches, null takes away.
func (b *identityBlock) readList(list kit.Object) error {
	seen := map[string]bool{}
	for _, m := range list.Members() {
		id, err := name.ParseResourceID(m.Name)
		if err != nil || !id.IsType(view.TypeUserIdentity) {
			return badIdentity("'%s' is not the resource id of a user-assigned identity.", kit.Shown(m.Name))
		}
		if seen[id.Key()] {
			return badIdentity("The user-assigned identity '%s' is listed twice.", kit.Shown(m.Name))
		}
		seen[id.Key()] = true
		switch m.Value.Kind() {
		case strictjson.Null:
			b.detach = append(b.detach, id)
		case strictjson.ObjectKind:
			b.attach = append(b.attach, id)
		case strictjson.Invalid, strictjson.Bool, strictjson.Number, strictjson.String, strictjson.Array:
			return badIdentity("The value of the user-assigned identity '%s' is neither {} nor null.", kit.Shown(m.Name))
		}
	}
	return nil
}

// replace is what a PUT asks for: the block is the whole set, and none is no identity.
func (b identityBlock) replace() (directory.IdentitySpec, error) { return b.settle(b.attach) }

// merge is what a PATCH asks for, on a resource as it is: what is listed is added or taken away, what is not stays, and a
// type that leaves a kind of identity out ends it.
func (b identityBlock) merge(old *view.Resource) (directory.IdentitySpec, error) {
	if !b.given {
		return kept(old), nil
	}
	var users []name.ResourceID
	if b.user {
		for _, a := range old.Users {
			if !listed(b.detach, a.ID) && !listed(b.attach, a.ID) {
				users = append(users, a.ID)
			}
		}
	}
	return b.settle(append(users, b.attach...))
}

// settle checks that type and list agree.
func (b identityBlock) settle(users []name.ResourceID) (directory.IdentitySpec, error) {
	switch {
	case b.user && len(users) == 0:
		return directory.IdentitySpec{}, badIdentity("The identity type includes UserAssigned, but no user-assigned identity would be attached.")
	case !b.user && len(b.attach) > 0:
		return directory.IdentitySpec{}, badIdentity("User-assigned identities are listed, but the identity type does not include UserAssigned.")
	}
	return directory.IdentitySpec{System: b.system, Users: users}, nil
}

// kept is the identity that a resource has.
func kept(r *view.Resource) directory.IdentitySpec {
	spec := directory.IdentitySpec{System: r.System != nil}
	for _, a := range r.Users {
		spec.Users = append(spec.Users, a.ID)
	}
	return spec
}

func listed(ids []name.ResourceID, id name.ResourceID) bool {
	return slices.ContainsFunc(ids, func(o name.ResourceID) bool { return o.Equal(id) })
}

// mayAttach asks for the right to assign each identity that is not attached yet: whoever may write the resource alone must
// not lend it somebody's identity. An identity that was made again under an old name counts as new. v is what the command
// sees, so that what is asked about is what is attached.
func mayAttach(c *kit.Call, v *view.View, old *view.Resource, users []name.ResourceID) error {
	for _, id := range users {
		now, exists := v.Identity(id)
		attached := old != nil && slices.ContainsFunc(old.Users, func(a view.Attached) bool {
			return a.ID.Equal(id) && (!exists || a.ObjectID == now.Principal.ObjectID)
		})
		if attached {
			continue
		}
		if err := c.AllowLinked(v, assign, id.Scope()); err != nil {
			return err
		}
	}
	return nil
}

func badIdentity(format string, args ...any) error {
	return fault.New(fault.Invalid, BadIdentity, format, args...)
}
